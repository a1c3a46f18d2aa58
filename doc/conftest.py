"""What pytest reads here: the examples in the pages, not what Sphinx reads or writes."""

collect_ignore = ["overview.py", "conf.py", "_ext", "_build", "auto_examples", "generated"]
