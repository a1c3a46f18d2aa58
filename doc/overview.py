"""Draw the picture of README and of the first page: ``python doc/overview.py``.

One network three times: fitted, pruned, and with a formula on every edge. What it shows is the
example ``plot_deep_formula.py``, which it runs (half a minute).
"""

import runpy
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
HERE = Path(__file__).parent


def main():
    """Run the example and keep its figure."""
    example = HERE.parent / "examples" / "plot_deep_formula.py"
    figure = runpy.run_path(str(example))["figure"]
    figure.savefig(HERE / "images" / "overview.png", dpi=80)


if __name__ == "__main__":
    main()
