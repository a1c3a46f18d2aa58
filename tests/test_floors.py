"""The floors of the package: imports only point down, and what is slow is imported where used."""

import ast
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = "sklearn_kan"
NUMERICS = {"numpy", "scipy"}
LEARNING = NUMERICS | {"sklearn", "joblib"}
SLOW = {"sympy", "matplotlib", "pandas"}

# Rooms from the ground up, those of one line beside each other: a room imports from lines before
# its own. A room of one file has the file's name.
ROOMS = """
_compat _table
network
training.report training.objective
training.initial
training.summaries
training.descent training.coordinates
training.evidence
training.given
training.candidates
training.choice
training.pruning
training
symbolic.language
symbolic.text
symbolic.judging
symbolic.curves symbolic.front
symbolic.strategies symbolic.networks
symbolic.restating
symbolic.run
symbolic.search
symbolic
estimators.encoding
estimators.fitting
inspection
estimators.formulas
estimators.methods
estimators.base
estimators.regressor estimators.classifier
"""
HEIGHT = {room: height for height, line in enumerate(ROOMS.split("\n")) for room in line.split()}
# What is not ours, by floor.
OTHERS = {
    "network": NUMERICS,
    "training": LEARNING,
    "symbolic": LEARNING | SLOW,
    "inspection": LEARNING | SLOW,
    "estimators": LEARNING | SLOW,
    "_table": SLOW,
    "_compat": LEARNING,
    "": set(),
}
# Rooms of formulas that know how networks are trained; others know losses alone.
KNOW_TRAINING = ("symbolic.networks", "symbolic")
LOSSES = "training.objective"


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
    return [
        f"{module}, line {found.line}: {found.target} {fault}"
        for found in imports_of(source, package)
        for fault in [fault_of(found, module)]
        if fault
    ]


def room_of(name: str) -> str:
    """Return the room that a module lies in, or what is imported from it; "" is the roof."""
    return max((room for room in HEIGHT if within(name, f"{PACKAGE}.{room}")), key=len, default="")


def fault_of(found: Import, module: str) -> str | None:
    top = found.target.partition(".")[0]
    if top != PACKAGE:
        return fault_of_other(found, module, top)
    room, target = room_of(module), room_of(found.target)
    if room == target or not room:
        return None
    if not target or HEIGHT[target] >= HEIGHT[room]:
        return f"is not below {room}"
    if within(room, "symbolic") and within(target, "training"):
        if target != LOSSES and room not in KNOW_TRAINING:
            return f"is for {' and '.join(KNOW_TRAINING)} alone"
    return None


def fault_of_other(found: Import, module: str, top: str) -> str | None:
    """Return what is wrong with an import from another package."""
    floor = room_of(module).partition(".")[0]
    if top not in sys.stdlib_module_names and top not in OTHERS[floor]:
        return f"is not for {floor or PACKAGE}"
    if top in SLOW and not found.deferred:
        return "is imported with the module: import it in the function that uses it"
    if is_private_sklearn(found.target) and module != f"{PACKAGE}._compat":
        return f"is private: only {PACKAGE}._compat may import it"
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


def test_no_files_import_each_other_in_a_circle():
    paths = dict(modules())
    graph = {}
    for module, path in paths.items():
        package = module if path.name == "__init__.py" else module.rpartition(".")[0]
        targets = {file_of(found.target, paths) for found in imports_of(path.read_text(), package)}
        graph[module] = targets - {"", PACKAGE, module}
    order = list(TopologicalSorter(graph).static_order())  # raises an error that shows a circle
    assert order[-1] == PACKAGE


def file_of(target: str, paths: dict[str, Path]) -> str:
    """Return the module that a name is imported from, "" if it is none of ours."""
    while target and target not in paths:
        target = target.rpartition(".")[0]
    return target


def test_every_room_is_there():
    rooms = {module: room_of(module) for module, _ in modules()}
    assert {*rooms.values()} == {*HEIGHT, ""}
    under_the_roof = [module for module, room in rooms.items() if not room]
    assert under_the_roof == [PACKAGE, f"{PACKAGE}.estimators"]


# Below `base.py` an estimator is known to what reads its hyperparameters, to its attributes, and to
# what tells callbacks of it; all else takes records.
KNOW_ESTIMATORS = {"hyperparameters", "learning", "attributes", "progress"}


def test_rooms_below_the_estimators_take_records():
    found = {
        module.rpartition(".")[2]
        for module, path in modules()
        if within(module, f"{PACKAGE}.estimators") and "." in room_of(module)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.arg) and node.arg in {"estimator", "model"}
        if ast.unparse(node.annotation or ast.Constant("Any")) == "Any"
    }
    assert found == KNOW_ESTIMATORS


GOOD = [
    ("network.basis", "import math\nimport numpy as np\nfrom scipy import linalg"),
    ("network.layer", "from .basis import values\nfrom sklearn_kan.network import basis"),
    ("training.evidence.loss", "from ...network import Network\nfrom sklearn.utils import Bunch"),
    ("training.evidence.system", "from ..objective.losses import Loss\nfrom .gauge import Gauge"),
    ("symbolic.networks.joint", "from ...training.objective.losses import Loss"),
    ("symbolic.text.parse", "def assemble():\n    import sympy\n    from sympy import exp"),
    ("inspection.draw", "if TYPE_CHECKING:\n    from matplotlib.axes import Axes"),
    ("_compat", "from sklearn.base import _fit_context"),
    ("estimators.base", "from ..training.choice.automatic import fit\nfrom .._compat import I"),
    ("estimators.base", "import joblib\nfrom sklearn import __version__"),
]

BAD = [
    ("network.basis", "import sklearn", "sklearn"),
    ("network.basis", "def late():\n    import joblib", "joblib"),
    ("network.basis", "from ..training.loss import Loss", "sklearn_kan.training.loss.Loss"),
    ("network.basis", "from .. import training", "sklearn_kan.training"),
    ("network.basis", "from sklearn_kan import KANRegressor", "sklearn_kan.KANRegressor"),
    ("network.basis", "import sklearn_kan.training", "sklearn_kan.training"),
    ("network.basis", "import numpy_financial", "numpy_financial"),
    ("training.evidence.x", "from ...symbolic import library", "sklearn_kan.symbolic.library"),
    ("training.evidence.x", "from ..choice import mixing", "sklearn_kan.training.choice.mixing"),
    (
        "training.descent.x",
        "from ..coordinates.chart import C",
        "sklearn_kan.training.coordinates.",
    ),
    (
        "training.evidence.x",
        "def late():\n    from ..given import fit",
        "sklearn_kan.training.given",
    ),
    ("training.evidence.x", "from .. import Fit", "sklearn_kan.training.Fit"),
    ("training.evidence.x", "from ...estimators.base import B", "sklearn_kan.estimators.base.B"),
    ("training.evidence.x", "def late():\n    import sympy", "sympy"),
    ("training.evidence.x", "from sklearn._loss import HalfSquaredError", "sklearn._loss."),
    ("symbolic.curves.x", "from ...training.evidence.gauge import G", "sklearn_kan.training."),
    ("symbolic.curves.x", "from ...inspection import draw", "sklearn_kan.inspection.draw"),
    ("symbolic.curves.x", "import sympy", "sympy"),
    ("inspection.draw", "from ..estimators.base import BaseKAN", "sklearn_kan.estimators.base."),
    ("inspection.draw", "try:\n    import matplotlib\nfinally:\n    pass", "matplotlib"),
    ("inspection.draw", "class Display:\n    import pandas", "pandas"),
    ("estimators.fitting.fit", "if TYPE_CHECKING:\n    from ..base import B", "sklearn_kan."),
    ("estimators.base", "import torch", "torch"),
    ("estimators.base", "from sklearn.base import _fit_context", "sklearn.base._fit_context"),
    (
        "estimators.base",
        "import sklearn.utils._param_validation",
        "sklearn.utils._param_validation",
    ),
    ("_compat", "from .estimators.base import B", "sklearn_kan.estimators.base.B"),
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
    (fault,) = faults(f"{PACKAGE}.network", source, is_package=True)
    assert f"line 2: {PACKAGE}.training.fit" in fault
