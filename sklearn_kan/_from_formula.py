"""The way back: the fitted attributes of an estimator that computes a formula."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.utils.validation import validate_data

from ._data import numeric
from ._edits import network_attributes
from ._fitting import Encoding
from ._formula import Symbolic
from ._hyperparameters import architecture_of, refinement_schedule
from ._scaling import Scaling, standardise
from ._symbolify import Units, compiled
from ._target import NumericTarget
from .training import AdamState, Rows

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
    is_column = isinstance(formula, str) or not isinstance(formula, Sequence)
    expressions = tuple(_expression(one) for one in ([formula] if is_column else formula))
    if not expressions:
        raise ValueError("expr must be a formula, or a sequence of at least one.")
    values = None
    if X is not None:
        with numeric("X"):
            values = validate_data(estimator, X, dtype=np.float64)
    names = _names(expressions, feature_names, estimator, values)
    x = np.random.default_rng(0).uniform(-1.0, 1.0, (_STAND_INS, len(names)))
    x = x if values is None else values
    estimator.n_features_in_ = len(names)
    units = _units(expressions, names, x, is_known=values is not None)
    rows = Rows(units.x_scaling.apply(x), np.zeros((len(x), len(expressions))), np.ones(len(x)))
    shape = architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1])
    network = compiled(expressions, units, shape, rows, {})
    reach = np.stack([rows.x.min(axis=0), rows.x.max(axis=0)])
    target = NumericTarget(Scaling(units.y_center, units.y_scale), is_column)
    return {
        **network_attributes(network, rows),
        "n_outputs_": len(expressions),
        "_encoding_": Encoding(units.x_scaling, target, tuple(names)),
        "_x_range_": np.full(reach.shape, [[-np.inf], [np.inf]]) if values is None else reach,
        "_asked_": shape,
        "pruning_report_": None,
        "_symbolic_": Symbolic(network, expressions),
        "n_iter_": 1,
        "loss_curve_": [],
        "history_": [],
        "validation_loss_curve_": None,
        "log_evidence_": None,
        "_adam_": AdamState.fresh(network.n_parameters),
        "_predictive_": None,
    }


def _expression(formula: Any) -> Any:
    import sympy

    try:
        expression = sympy.sympify(formula)
    except (sympy.SympifyError, TypeError, SyntaxError) as error:
        raise ValueError(f"expr={formula!r} is no formula: {error}") from error
    if not isinstance(expression, sympy.Expr):
        raise ValueError(f"expr={formula!r} is no formula of numbers.")
    return expression


def _names(
    expressions: Sequence[Any],
    given: Sequence[str] | None,
    estimator: Any,
    values: np.ndarray | None,
) -> list[str]:
    """Return the names of the columns, in order: given, those of X, or those in the formula."""
    used = {symbol.name for e in expressions for symbol in e.free_symbols}
    if given is not None:
        names = [str(name) for name in given]
    elif hasattr(estimator, "feature_names_in_"):
        names = [str(name) for name in estimator.feature_names_in_]
    else:
        names = sorted(used, key=_natural)
    if len(set(names)) < len(names):
        raise ValueError(f"feature_names has a name twice: {names}.")
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


def _units(
    expressions: Sequence[Any], names: Sequence[str], x: np.ndarray, *, is_known: bool
) -> Units:
    """Return the units: standardised where rows are known, else those of the formula."""
    import sympy

    from .symbolic.assemble import Assembled, evaluate_rows

    symbols = [sympy.Symbol(name) for name in names]
    p, q = len(names), len(expressions)
    plain = Units(symbols, Scaling(np.zeros(p), np.ones(p)), np.ones(q), np.zeros(q))
    if not is_known:
        return plain
    ones = np.ones(len(x))
    x_scaling = standardise(x, ones)
    y = evaluate_rows(Assembled(tuple(expressions), {}), symbols, x)
    scale, center = np.ones(q), np.zeros(q)
    # A formula that is not defined, or constant, on the rows has no spread to go by.
    defined = np.flatnonzero(np.isfinite(y).all(axis=0))
    y_scaling = standardise(y[:, defined], ones)
    varies = np.isfinite(y_scaling.scale)
    scale[defined[varies]] = y_scaling.scale[varies]
    center[defined[varies]] = y_scaling.center[varies]
    return Units(symbols, x_scaling, scale, center)
