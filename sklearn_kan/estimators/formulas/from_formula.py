"""The way back: the fit of an estimator that computes a formula."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...symbolic.networks.assemble import Assembled, evaluate_rows
from ...symbolic.text.parse import parse_formula
from ...symbolic.text.parts import check_parts
from ...symbolic.text.symbols import column_symbol, in_columns
from ...training.descent.adam import AdamState
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows
from ..encoding.data import KnownColumns, checked_X
from ..encoding.encoding import Encoding
from ..encoding.scaling import Scaling, standardise
from ..encoding.target import NumericTarget
from ..fitting.fitted import Fitted, Setup, fitted_to
from ..fitting.hyperparameters import Hyperparameters
from ..fitting.known_formulas import Symbolic
from .compiled import Units, compiled, own_functions

if TYPE_CHECKING:
    from ...symbolic.language.primitive import Primitive

# Rows that stand for the columns where none are given, all over [-1, 1].
_STAND_INS = 1000


@dataclass(frozen=True, eq=False)
class Wanted:
    """What is asked for.

    Parameters
    ----------
    formula, feature_names, X
        See `KANRegressor.from_formula`.
    estimator : str
        Who asks, for messages.
    asked : Hyperparameters
    loss : Loss
    library : sequence of Primitive
        Functions that may stand in text by their names.
    """

    formula: Any
    feature_names: Sequence[str] | None
    X: Any
    estimator: str
    asked: Hyperparameters
    loss: Loss
    library: Sequence[Any] = ()


def fit_of(wanted: Wanted) -> Fitted:
    """Return the fit of an estimator that computes a formula.

    Raises
    ------
    ValueError
        If they do not go together, or no network computes the formula.
    """
    try:
        return _fit_of(wanted)
    except RecursionError:
        raise ValueError("expr is nested too deeply.") from None


def _fit_of(wanted: Wanted) -> Fitted:
    formula = wanted.formula
    is_column = isinstance(formula, str) or not isinstance(formula, Sequence)
    formulas = [formula] if is_column else list(formula)
    if not formulas:
        raise ValueError("expr must be a formula, or a sequence of at least one.")
    values = columns = None
    if wanted.X is not None:
        values, columns = checked_X(wanted.X, wanted.estimator)
    given = _given_names(wanted.feature_names, None if columns is None else columns.names)
    functions = own_functions(wanted.library)
    expressions = tuple(_expression(one, given, functions) for one in formulas)
    names = _names(expressions, given, values)
    x = np.random.default_rng(0).uniform(-1.0, 1.0, (_STAND_INS, len(names)))
    x = x if values is None else values
    units = _units(
        Assembled(expressions, _values(functions)), names, x, is_known=values is not None
    )
    rows = Rows(units.x_scaling.apply(x), np.zeros((len(x), len(expressions))), np.ones(len(x)))
    target = NumericTarget(Scaling(units.y_center, units.y_scale), is_column, wanted.loss)
    setup = Setup(
        Encoding(units.x_scaling, target, tuple(names)),
        wanted.asked.architecture(),
        columns or KnownColumns(len(names)),
    )
    network = compiled(expressions, units, setup.asked, rows, functions)
    found = fitted_to(setup, network, rows, explained=-np.inf)
    everywhere = np.array([[-np.inf], [np.inf]])
    return replace(
        found,
        x_range=np.tile(everywhere, len(names)) if values is None else found.x_range,
        y_range=np.tile(everywhere, len(expressions)),
        adam=AdamState.fresh(network.n_parameters),
        symbolic=Symbolic(network, expressions, functions),
    )


def _given_names(
    feature_names: Sequence[str] | None, of_rows: np.ndarray | None
) -> list[str] | None:
    """Return the names of the columns where they are known before the formula is read."""
    given = of_rows if feature_names is None else feature_names
    if given is None:
        return None
    names = [given] if isinstance(given, str) else [str(name) for name in given]
    if len(set(names)) < len(names):
        raise ValueError(f"feature_names has a name twice: {names}.")
    if of_rows is not None and list(of_rows) != names:
        raise ValueError(f"feature_names are {names}, but X has columns {list(of_rows)}.")
    return names


def _values(functions: Mapping[str, Primitive]) -> dict[str, Any]:
    return {name: primitive.value for name, primitive in functions.items()}


def _expression(
    formula: Any, names: Sequence[str] | None, functions: Mapping[str, Primitive]
) -> Any:
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
