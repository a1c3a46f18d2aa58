"""The formula that a fitted estimator computes, in the user's columns and units, and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ._data import dense
from ._table import Table
from ._target import NumericTarget
from .network import Network
from .network._value import Value
from .training.losses import Gamma, Poisson

if TYPE_CHECKING:
    from .symbolic.assemble import Assembled


@dataclass(frozen=True, eq=False)
class Candidate:
    """A row of the front of accuracy against complexity.

    Parameters
    ----------
    expression : sympy.Expr
        In the user's columns and units, functions of a user's own by their names.
    complexity : int
        Nodes of its expression tree.
    r2, r2_held_out : float
        Share of the loss saved, of the variance explained say, on the rows it was fitted to and
        on others; NaN where that was not measured.
    network : Network or None
        What it is the formula of, where it was not found whole.
    """

    expression: Any
    complexity: int
    r2: float
    r2_held_out: float
    network: Network | None = None


@dataclass(frozen=True, eq=False)
class Symbolic(Value):
    """What is known of the formulas of a fitted estimator.

    Parameters
    ----------
    network : Network
        The network that computes `expressions`; when it is edited they are not its formula.
    expressions : tuple of sympy.Expr or None
        One an output; None for what the network itself says.
    functions : mapping of str to Primitive
        Functions of a user's own in the expressions.
    fronts : tuple of tuple of Candidate
        One an output.
    chosen : tuple of int
        Which row of each front `network` is.
    rule : str
        Why.
    report : Table or None
    """

    network: Network
    expressions: tuple[Any, ...] | None = None
    functions: Mapping[str, Any] = field(default_factory=dict)
    fronts: tuple[tuple[Candidate, ...], ...] = ()
    chosen: tuple[int, ...] = ()
    rule: str = ""
    report: Table | None = None


def column_names(estimator: Any) -> list[str]:
    """Return the names of the columns, no two alike: the user's, or x0, x1, ..."""
    from .symbolic.names import distinct

    names = getattr(estimator, "feature_names_in_", estimator._encoding_.names)
    if names is None:
        return [f"x{i}" for i in range(estimator.n_features_in_)]
    return distinct([str(name) for name in names])


def column_symbols(estimator: Any) -> list[Any]:
    """Return a SymPy symbol for each column."""
    from .symbolic.symbols import column_symbol

    return [column_symbol(name) for name in column_names(estimator)]


def input_maps(estimator: Any) -> np.ndarray:
    """Return (scale, shift) of each input of the network as a function of its column, (p, 2)."""
    scaling = estimator._encoding_.x_scaling
    scale = 1.0 / scaling.scale  # zero for a constant column
    return np.stack([scale, -scale * scaling.center], axis=1)


def output_maps(estimator: Any) -> np.ndarray:
    """Return (scale, shift) of each output as a function of the raw prediction, (q, 2)."""
    target = estimator._encoding_.target
    if not isinstance(target, NumericTarget):
        return np.tile([1.0, 0.0], (estimator.network_.n_outputs, 1))
    return np.stack([target.scaling.unit, target.scaling.center], axis=1)


def has_log_link(estimator: Any) -> bool:
    """Tell whether predictions are exp of the raw ones."""
    return isinstance(estimator._loss(estimator._encoding_.target), Poisson | Gamma)


def has_link(estimator: Any) -> bool:
    """Tell whether the target is something else than the raw prediction in other units."""
    is_numeric = isinstance(estimator._encoding_.target, NumericTarget)
    return not is_numeric or has_log_link(estimator)


def assembled(estimator: Any) -> Assembled:
    """Return the formula of each output, and what evaluates its spline edges."""
    from sympy.core.function import AppliedUndef

    from .symbolic.assemble import Assembled

    known: Symbolic | None = estimator._symbolic_
    if known is not None and known.expressions and known.network is estimator.network_:
        applied = [part for e in known.expressions for part in e.atoms(AppliedUndef)]
        used = sorted({type(part).__name__ for part in applied})
        found = Assembled(known.expressions, {name: known.functions[name].value for name in used})
    else:
        found = assembled_network(estimator, estimator.network_)
    expressions = [to_read(estimator, expression) for expression in found.expressions]
    return Assembled(tuple(expressions), found.functions)


def assembled_network(estimator: Any, network: Network) -> Assembled:
    """Return the formula of each output as a network of a fitted estimator says it."""
    import sympy

    from .symbolic.assemble import Assembled, affine, expressions_of

    found = expressions_of(network, column_symbols(estimator), input_maps(estimator))
    link = sympy.exp if has_log_link(estimator) else (lambda raw: raw)
    maps = output_maps(estimator).tolist()
    expressions = [affine(link(e), *m) for e, m in zip(found.expressions, maps, strict=True)]
    return Assembled(tuple(expressions), found.functions)


def to_read(estimator: Any, expression: Any) -> Any:
    """Return an expression in which no constant reads like a column."""
    from .symbolic.symbols import with_clear_constants

    return with_clear_constants(expression, column_names(estimator))


class FormulaFunction:
    """A formula as a function of rows; it pickles.

    Parameters
    ----------
    expressions : sequence of sympy.Expr
    symbols : sequence of sympy.Symbol
        The columns.
    functions : mapping of str to callable
        What evaluates undefined functions.
    is_column : bool
        Whether values are (n,) rather than (n, q).
    """

    def __init__(
        self,
        expressions: Sequence[Any],
        symbols: Sequence[Any],
        functions: Mapping[str, Any],
        is_column: bool,
    ) -> None:
        self.expressions, self.symbols = tuple(expressions), tuple(symbols)
        self.functions, self.is_column = dict(functions), is_column

    def __call__(self, X: Any) -> np.ndarray:
        """Return the values (n,) or (n, q) at rows X (n, p), NaN where a formula has none."""
        from .symbolic.assemble import Assembled, evaluate_rows

        rows = np.asarray(dense(X, "X"), np.float64)
        if rows.ndim != 2 or rows.shape[1] != len(self.symbols):
            raise ValueError(
                f"X must be of shape (n_samples, {len(self.symbols)}); got {rows.shape}."
            )
        values = evaluate_rows(Assembled(self.expressions, self.functions), self.symbols, rows)
        return values[:, 0] if self.is_column else values

    def __repr__(self) -> str:
        """Show the formula."""
        shown = self.expressions[0] if len(self.expressions) == 1 else list(self.expressions)
        return f"FormulaFunction({shown})"


def rounded(expression: Any, ndigits: int) -> Any:
    """Return the expression with its floats rounded to so many significant digits."""
    import sympy

    def short(number: Any) -> Any:
        value = float(f"{float(number):.{ndigits}g}")
        if value.is_integer() and abs(value) < 10**ndigits:
            return sympy.Integer(int(value))
        return sympy.Float(value, ndigits)

    def without_rounding(total: Any) -> Any:
        kept = [part for part in total.args if not (part.is_Float and abs(part) < _ROUNDING)]
        return sympy.Add(*kept)

    cleaned = expression.replace(lambda part: part.is_Add, without_rounding)
    return cleaned.xreplace({number: short(number) for number in cleaned.atoms(sympy.Float)})


# Constants of a sum that are smaller than this are what rounding left.
_ROUNDING = 1e-12
