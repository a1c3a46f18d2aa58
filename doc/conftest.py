"""What pytest reads here: the examples in the pages, not what Sphinx reads or writes."""

collect_ignore = ["conf.py", "_ext", "_build", "auto_examples", "generated"]
