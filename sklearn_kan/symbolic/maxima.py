"""Maxima and minima as sums of moduli, which edges compute: max(a, b) = (a + b + |a - b|) / 2."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Every argument of n stands n times in the result: so many nodes there may be at most.
_MOST_NODES = 20_000


def with_moduli(expression: Any) -> Any:
    """Return an expression without maxima and minima.

    Raises
    ------
    ValueError
        If there are so many of them within each other that it would be too long.
    """
    import sympy

    if not expression.has(sympy.Max, sympy.Min):
        return expression
    if _size(expression) > _MOST_NODES:
        raise ValueError("There are too many maxima and minima within each other.")
    return expression.replace(lambda part: isinstance(part, sympy.Max | sympy.Min), _moduli)


def _size(expression: Any) -> int:
    """Return about how many nodes the result has."""
    import sympy

    below = sum(_size(argument) for argument in expression.args)
    is_one = isinstance(expression, sympy.Max | sympy.Min)
    return 1 + below * (len(expression.args) if is_one else 1)


def _moduli(extremum: Any) -> Any:
    import sympy

    sign = 1 if isinstance(extremum, sympy.Max) else -1

    def joined(arguments: Sequence[Any]) -> Any:
        if len(arguments) == 1:
            return arguments[0]
        middle = len(arguments) // 2
        a, b = joined(arguments[:middle]), joined(arguments[middle:])
        return (a + b + sign * sympy.Abs(a - b)) / 2

    return joined(extremum.args)
