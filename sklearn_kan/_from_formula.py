"""The way back: the fitted attributes of an estimator that computes a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np

from ._compiling import Units, compiled, own_functions
from ._data import checked_X
from ._edits import network_attributes
from ._encoding import Encoding
from ._formula import Symbolic
from ._hyperparameters import architecture_of, refinement_schedule
from ._scaling import Scaling, standardise
from ._target import NumericTarget
from .symbolic.assemble import Assembled, evaluate_rows
from .symbolic.parse import parse_formula
from .symbolic.parts import check_parts
from .symbolic.symbols import column_symbol, in_columns
from .training import REGRESSION_LOSSES, AdamState, Rows

# Rows that stand for the columns where none are given, all over [-1, 1].
_STAND_INS = 1000


def attributes_of(
    estimator: Any, formula: Any, feature_names: Sequence[str] | None, X: Any
) -> dict[str, Any]:
    """Return fitted attributes of an estimator that computes a formula.

    Parameters
    ----------
    estimator : BaseKAN
        An unfitted one, on which checks of X record names and numbers of columns.
    formula, feature_names, X
        See `KANRegressor.from_formula`.

    Raises
    ------
    ValueError
        If they do not go together, or no network computes the formula.
    """
    try:
        return _attributes_of(estimator, formula, feature_names, X)
    except RecursionError:
        raise ValueError("expr is nested too deeply.") from None


def _attributes_of(
    estimator: Any, formula: Any, feature_names: Sequence[str] | None, X: Any
) -> dict[str, Any]:
    is_column = isinstance(formula, str) or not isinstance(formula, Sequence)
    formulas = [formula] if is_column else list(formula)
    if not formulas:
        raise ValueError("expr must be a formula, or a sequence of at least one.")
    values = None
    if X is not None:
        values = checked_X(estimator, X, reset=True)
    given = _given_names(feature_names, estimator)
    library = estimator.symbolic_library
    functions = {} if library is None else own_functions(estimator._library())
    expressions = tuple(_expression(one, given, functions) for one in formulas)
    names = _names(expressions, given, values)
    x = np.random.default_rng(0).uniform(-1.0, 1.0, (_STAND_INS, len(names)))
    x = x if values is None else values
    estimator.n_features_in_ = len(names)
    units = _units(Assembled(expressions, _values(functions)), names, x, is_known=X is not None)
    rows = Rows(units.x_scaling.apply(x), np.zeros((len(x), len(expressions))), np.ones(len(x)))
    shape = architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1])
    network = compiled(expressions, units, shape, rows, functions)
    reach = np.stack([rows.x.min(axis=0), rows.x.max(axis=0)])
    target = NumericTarget(
        Scaling(units.y_center, units.y_scale), is_column, REGRESSION_LOSSES[estimator.loss]
    )
    return {
        **network_attributes(network, rows),
        "n_outputs_": len(expressions),
        "_encoding_": Encoding(units.x_scaling, target, tuple(names)),
        "_x_range_": np.full(reach.shape, [[-np.inf], [np.inf]]) if values is None else reach,
        "_y_range_": np.tile([[-np.inf], [np.inf]], len(expressions)),
        "_explained_": -np.inf,
        "_asked_": shape,
        "pruning_report_": None,
        "_symbolic_": Symbolic(network, expressions, functions),
        "n_iter_": 1,
        "loss_curve_": [],
        "history_": [],
        "validation_loss_curve_": None,
        "log_evidence_": None,
        "_adam_": AdamState.fresh(network.n_parameters),
        "_predictive_": None,
    }


def _given_names(feature_names: Sequence[str] | None, estimator: Any) -> list[str] | None:
    """Return the names of the columns where they are known before the formula is read."""
    of_rows = getattr(estimator, "feature_names_in_", None)
    given = of_rows if feature_names is None else feature_names
    if given is None:
        return None
    names = [given] if isinstance(given, str) else [str(name) for name in given]
    if len(set(names)) < len(names):
        raise ValueError(f"feature_names has a name twice: {names}.")
    if of_rows is not None and list(of_rows) != names:
        raise ValueError(f"feature_names are {names}, but X has columns {list(of_rows)}.")
    return names


def _values(functions: dict[str, Any]) -> dict[str, Any]:
    return {name: primitive.value for name, primitive in functions.items()}


def _expression(formula: Any, names: Sequence[str] | None, functions: dict[str, Any]) -> Any:
    """Return a formula in symbols of the columns: text is read, and never run."""
    import sympy

    if isinstance(formula, str):
        return parse_formula(formula, names, _values(functions))
    try:
        expression = sympy.sympify(formula, strict=True)
    except sympy.SympifyError as error:
        raise ValueError(f"expr={formula!r} is no formula: {error}") from error
    if not isinstance(expression, sympy.Expr):
        raise ValueError(f"expr={formula!r} is no formula of numbers.")
    check_parts(expression)
    return in_columns(expression)


def _names(
    expressions: Sequence[Any], given: list[str] | None, values: np.ndarray | None
) -> list[str]:
    """Return the names of the columns, in order: given, or those in the formula."""
    used = {symbol.name for e in expressions for symbol in e.free_symbols}
    names = sorted(used, key=_natural) if given is None else given
    if missing := used - set(names):
        raise ValueError(f"expr has {sorted(missing)}, which are none of the columns {names}.")
    if values is not None and values.shape[1] != len(names):
        raise ValueError(
            f"X has {values.shape[1]} columns, but there are {len(names)} feature_names: {names}."
        )
    if not names:
        raise ValueError("expr has no column in it: name one at least in feature_names.")
    return names


def _natural(name: str) -> list[tuple[int, int, str]]:
    """Return a key by which x2 comes before x10."""
    return [
        (1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.split(r"(\d+)", name)
    ]


def _units(assembled: Assembled, names: Sequence[str], x: np.ndarray, *, is_known: bool) -> Units:
    """Return the units: standardised where rows are known, else those of the formula."""
    symbols = [column_symbol(name) for name in names]
    p, q = len(names), len(assembled.expressions)
    plain = Units(symbols, Scaling(np.zeros(p), np.ones(p)), np.ones(q), np.zeros(q))
    if not is_known:
        return plain
    ones = np.ones(len(x))
    y = evaluate_rows(assembled, symbols, x)
    is_defined = np.isfinite(y).all(axis=0)
    y_scaling = standardise(np.where(is_defined, y, 0.0), ones)
    usable = is_defined & np.isfinite(y_scaling.scale)
    scale, center = np.where(usable, [y_scaling.scale, y_scaling.center], [[1.0], [0.0]])
    return Units(symbols, standardise(x, ones), scale, center)
