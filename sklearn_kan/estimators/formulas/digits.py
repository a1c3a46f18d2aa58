"""How many digits of a formula's numbers its accuracy needs."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..fitting.fitted import Fitted, made_up_rows
from .formula import FormulaFunction, assembled, column_symbols, rounded

# Digits that are always shown, and those that there are.
_FEWEST, _MOST = 4, 17
# Rounding may move values by this share of what a formula leaves, as a share of their deviation:
# it is taken for this where it is not known, and the move for this where it leaves nothing.
_SHARE, _UNKNOWN, _LEAST = 0.1, 1e-2, 1e-9
# Values vary by this share of their size at least.
_CONSTANT = 1e-3


def enough_digits(fitted: Fitted, expression: Any, r2: float) -> int:
    """Return with how many digits a formula has the accuracy that is stated for it.

    Parameters
    ----------
    fitted : Fitted
        Values are worked out over the ranges of its columns.
    expression : sympy.Expr
    r2 : float
        What the formula explains; NaN where that is not known.
    """
    import sympy

    functions = assembled(fitted).functions
    named = {str(part.func) for part in expression.atoms(sympy.core.function.AppliedUndef)}
    if not named <= functions.keys():  # of a network that is not the present one
        return _FEWEST
    function = FormulaFunction((expression,), column_symbols(fitted), functions, True)
    rows = fitted.encoding.x_scaling.restore(made_up_rows(fitted.profiles[0]).x)
    left = np.sqrt(max(1.0 - r2, 0.0)) if np.isfinite(r2) else _UNKNOWN
    exact = function(rows)
    defined = np.isfinite(exact)
    size = max(float(np.std(exact[defined])), _CONSTANT * float(np.abs(exact[defined]).max()))
    for digits in range(_FEWEST, _MOST):
        function.expressions = (rounded(expression, digits),)
        moved = (function(rows) - exact)[defined]
        if np.sqrt(np.mean(moved**2)) <= max(_SHARE * left, _LEAST) * size:
            return digits
    return _MOST
