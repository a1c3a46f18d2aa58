"""What SymPy expressions may be made of to be formulas."""

from __future__ import annotations

from typing import Any


def check_parts(expression: Any) -> None:
    """Raise a ValueError if an expression is no formula of real numbers.

    Formulas are numbers, symbols, sums, products, powers, functions, maxima, and pieces under
    conditions; sums over an index, integrals, matrices and the like are none.
    """
    import sympy
    from sympy.functions.elementary.piecewise import ExprCondPair
    from sympy.logic.boolalg import Boolean

    parts = (
        sympy.Number | sympy.NumberSymbol | sympy.Symbol | sympy.Add | sympy.Mul | sympy.Pow
        | sympy.Function | sympy.Max | sympy.Min | ExprCondPair | Boolean
    )  # fmt: skip
    for part in sympy.preorder_traversal(expression):
        if not isinstance(part, parts) or not getattr(part, "is_commutative", True):
            kind = type(part).__name__
            raise ValueError(f"{expression} is no formula of numbers: it has a part {kind}.")
