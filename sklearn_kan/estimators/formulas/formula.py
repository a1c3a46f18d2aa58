"""The formula that a fit computes, in the user's columns and units, and exports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...network import Network
from ..encoding.data import dense
from ..encoding.target import NumericTarget
from ..fitting.fitted import Fitted, Setup

if TYPE_CHECKING:
    from ...symbolic.networks.assemble import Assembled


def column_names(setup: Setup) -> list[str]:
    """Return the names of the columns, no two alike: the user's, or x0, x1, ..."""
    from ...symbolic.text.names import distinct

    of_rows = setup.columns.names
    names = setup.encoding.names if of_rows is None else of_rows
    if names is None:
        return [f"x{i}" for i in range(setup.columns.n)]
    return distinct([str(name) for name in names])


def column_symbols(setup: Setup) -> list[Any]:
    """Return a SymPy symbol for each column."""
    from ...symbolic.text.symbols import column_symbol

    return [column_symbol(name) for name in column_names(setup)]


def input_maps(setup: Setup) -> np.ndarray:
    """Return (scale, shift) of each input of the network as a function of its column, (p, 2)."""
    scaling = setup.encoding.x_scaling
    scale = 1.0 / scaling.scale  # zero for a constant column
    return np.stack([scale, -scale * scaling.center], axis=1)


def output_maps(setup: Setup) -> np.ndarray:
    """Return (scale, shift) of each output as a function of the raw prediction, (q, 2)."""
    target = setup.encoding.target
    if not isinstance(target, NumericTarget):
        return np.tile([1.0, 0.0], (target.n_outputs, 1))
    return np.stack([target.scaling.unit, target.scaling.center], axis=1)


def has_log_link(setup: Setup) -> bool:
    """Tell whether predictions are exp of the raw ones."""
    return setup.loss.has_log_link


def has_link(setup: Setup) -> bool:
    """Tell whether the target is something else than the raw prediction in other units."""
    is_numeric = isinstance(setup.encoding.target, NumericTarget)
    return not is_numeric or has_log_link(setup)


def assembled(fitted: Fitted) -> Assembled:
    """Return the formula of each output, and what evaluates its spline edges."""
    from sympy.core.function import AppliedUndef

    from ...symbolic.networks.assemble import Assembled

    known = fitted.symbolic
    if known is not None and known.expressions and known.network is fitted.network:
        applied = [part for e in known.expressions for part in e.atoms(AppliedUndef)]
        used = sorted({type(part).__name__ for part in applied})
        found = Assembled(known.expressions, {name: known.functions[name].value for name in used})
    else:
        found = assembled_network(fitted, fitted.network)
    expressions = [to_read(fitted, expression) for expression in found.expressions]
    return Assembled(tuple(expressions), found.functions)


def assembled_network(setup: Setup, network: Network) -> Assembled:
    """Return the formula of each output as a network in place of the fitted one says it."""
    import sympy

    from ...symbolic.networks.assemble import Assembled, affine, expressions_of

    found = expressions_of(network, column_symbols(setup), input_maps(setup))
    link = sympy.exp if has_log_link(setup) else (lambda raw: raw)
    maps = output_maps(setup).tolist()
    expressions = [affine(link(e), *m) for e, m in zip(found.expressions, maps, strict=True)]
    return Assembled(tuple(expressions), found.functions)


def to_read(setup: Setup, expression: Any) -> Any:
    """Return an expression in which no constant reads like a column."""
    from ...symbolic.text.symbols import with_clear_constants

    return with_clear_constants(expression, column_names(setup))


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
        from ...symbolic.networks.assemble import Assembled, evaluate_rows

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
