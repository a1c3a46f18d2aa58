"""The order of the examples in the gallery: for readers, from the first steps on."""

__all__ = ["Reading"]

_ORDER = """
quickstart hellokan deep_formula relativity real_table additive_effects uncertainty calibration
irrelevant_columns model_selection scaling_laws special_functions continual_learning
""".split()


class Reading:
    """A key for names of files; new ones come last."""

    def __init__(self, src_dir):
        self.src_dir = src_dir

    def __call__(self, filename):
        """Return where an example stands."""
        name = filename.removeprefix("plot_").removesuffix(".py")
        return (_ORDER.index(name) if name in _ORDER else len(_ORDER), name)

    def __repr__(self):
        """Return the same text in every build: Sphinx compares it."""
        return "<the order of the gallery>"
