"""The floors of the package: imports only point down, and what is slow is imported where used."""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

NUMERICS = {"numpy", "scipy"}
LEARNING = NUMERICS | {"sklearn", "joblib"}
SLOW = {"sympy", "matplotlib", "pandas"}

# What each floor may import beside itself and the standard library; the first match counts.
FLOORS = {
    "sklearn_kan.network": NUMERICS,
    "sklearn_kan.training": LEARNING | {"sklearn_kan.network"},
    "sklearn_kan.symbolic": LEARNING | SLOW | {"sklearn_kan.network", "sklearn_kan.training"},
    "sklearn_kan.inspection": LEARNING
    | SLOW
    | {"sklearn_kan.network", "sklearn_kan.training", "sklearn_kan.symbolic", "sklearn_kan._table"},
    "sklearn_kan._table": SLOW,
    "sklearn_kan._compat": LEARNING,
    "sklearn_kan": LEARNING | SLOW,
}


class Import(NamedTuple):
    """An absolute dotted name, where it stands, and whether it waits for a call."""

    target: str
    line: int
    deferred: bool


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Yield all imports in the source of a module that lies in `package`."""

    def visit(node: ast.AST, deferred: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, deferred)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield Import(f"{origin(node, package)}.{alias.name}", node.lineno, deferred)
        deferred = deferred or runs_later(node)
        for child in ast.iter_child_nodes(node):
            yield from visit(child, deferred)

    return visit(ast.parse(source), deferred=False)


def origin(node: ast.ImportFrom, package: str) -> str:
    """Return the absolute name of the module that `from ... import` names."""
    if node.level == 0:
        return node.module or ""
    parents = package.split(".")
    base = parents[: len(parents) - node.level + 1]
    return ".".join([*base, node.module] if node.module else base)


def runs_later(node: ast.AST) -> bool:
    """Tell whether importing the module leaves the inside of `node` alone."""
    if isinstance(node, ast.If):
        return ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}
    return isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)


def faults(module: str, source: str, is_package: bool = False) -> list[str]:
    """Return one line for each import that `module` must not have."""
    package = module if is_package else module.rpartition(".")[0]
    floor = next(floor for floor in FLOORS if within(module, floor))
    return [
        f"{module}, line {found.line}: {found.target} {fault}"
        for found in imports_of(source, package)
        for fault in [fault_of(found, module, floor)]
        if fault
    ]


def fault_of(found: Import, module: str, floor: str) -> str | None:
    top = found.target.partition(".")[0]
    below = {floor} | FLOORS[floor]
    if top not in sys.stdlib_module_names and not any(within(found.target, b) for b in below):
        return f"is not below {floor}"
    if top in SLOW and not found.deferred:
        return "is imported with the module: import it in the function that uses it"
    if is_private_sklearn(found.target) and module != "sklearn_kan._compat":
        return "is private: only sklearn_kan._compat may import it"
    return None


def is_private_sklearn(target: str) -> bool:
    top, *parts = target.split(".")
    return top == "sklearn" and any(p.startswith("_") and not p.endswith("__") for p in parts)


def modules() -> Iterator[tuple[str, Path]]:
    """Yield name and path of each module of the package under test."""
    spec = find_spec("sklearn_kan")
    assert spec is not None
    (root,) = map(Path, spec.submodule_search_locations or [])
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root.parent).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def test_imports_point_down():
    found = [
        fault
        for module, path in modules()
        for fault in faults(module, path.read_text("utf-8"), path.name == "__init__.py")
    ]
    assert found == []


GOOD = [
    ("network.basis", "import math\nimport numpy as np\nfrom scipy import linalg"),
    ("network.layer", "from .basis import values\nfrom sklearn_kan.network import basis"),
    ("training.loss", "from ..network import Network\nfrom sklearn.utils import check_array"),
    ("symbolic.edges", "def assemble():\n    import sympy\n    from sympy import exp"),
    ("inspection.draw", "if TYPE_CHECKING:\n    from matplotlib.axes import Axes"),
    ("_compat", "from sklearn.base import _fit_context"),
    ("_base", "from .training import fit\nfrom ._compat import Interval\nimport joblib"),
    ("_base", "from sklearn import __version__"),
]

BAD = [
    ("network.basis", "import sklearn", "sklearn"),
    ("network.basis", "def late():\n    import joblib", "joblib"),
    ("network.basis", "from ..training.loss import Loss", "sklearn_kan.training.loss.Loss"),
    ("network.basis", "from .. import training", "sklearn_kan.training"),
    ("network.basis", "from sklearn_kan import KANRegressor", "sklearn_kan.KANRegressor"),
    ("network.basis", "import sklearn_kan.training", "sklearn_kan.training"),
    ("network.basis", "import numpy_financial", "numpy_financial"),
    ("training.loss", "from ..symbolic import library", "sklearn_kan.symbolic.language.library"),
    ("training.loss", "from .._base import BaseKAN", "sklearn_kan.estimators.base.BaseKAN"),
    ("training.loss", "def late():\n    import sympy", "sympy"),
    ("training.loss", "from sklearn._loss import HalfSquaredError", "sklearn._loss."),
    ("symbolic.edges", "from ..inspection import draw", "sklearn_kan.inspection.draw"),
    ("symbolic.edges", "import sympy", "sympy"),
    ("inspection.draw", "from .._base import BaseKAN", "sklearn_kan.estimators.base.BaseKAN"),
    ("inspection.draw", "try:\n    import matplotlib\nfinally:\n    pass", "matplotlib"),
    ("inspection.draw", "class Display:\n    import pandas", "pandas"),
    ("_base", "import torch", "torch"),
    ("_base", "from sklearn.base import BaseEstimator, _fit_context", "sklearn.base._fit_context"),
    ("_base", "import sklearn.utils._param_validation", "sklearn.utils._param_validation"),
    ("_compat", "from ._base import BaseKAN", "sklearn_kan.estimators.base.BaseKAN"),
]


@pytest.mark.parametrize(("module", "source"), GOOD)
def test_good_imports_are_let_through(module, source):
    assert faults(f"sklearn_kan.{module}", source) == []


@pytest.mark.parametrize(("module", "source", "target"), BAD)
def test_bad_imports_are_found(module, source, target):
    (fault,) = faults(f"sklearn_kan.{module}", source)
    assert f": {target}" in fault


def test_relative_imports_of_a_package_start_in_itself():
    source = "from .layer import Layer\nfrom ..training import fit"
    (fault,) = faults("sklearn_kan.network", source, is_package=True)
    assert "line 2: sklearn_kan.training.fit" in fault
