"""Functions of one variable that may stand in a formula: values, derivatives, SymPy, domain.

A primitive is finite for any finite argument: beyond the numbers where it can be worked out
(log of a negative, exp of a thousand) it stays at the value on the edge, and is flat there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

Array = np.ndarray
Map = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Primitive:
    """A smooth function of one variable.

    Parameters
    ----------
    name : str
    derivatives : tuple of three callables
        Value, first and second derivative, vectorised.
    expression : callable
        From a SymPy expression to the SymPy expression of the function of it.
    complexity : int
        What it counts in a ranking, about the nodes of its expression tree.
    domain : tuple of (low, high)
        Open intervals on which it is smooth and finite. Where there is a `period`, they lie
        within one period, and are repeated by it.
    guard : callable
        Moves arguments for which `derivatives` would not be finite to the nearest that are.
    parity : int
        1 for an even function, -1 for an odd one, 0 for neither.
    period : float or None
    origin : object
        What `as_primitive` makes an equal one from; for pickling. None: as the library has it.
    """

    name: str
    derivatives: tuple[Map, Map, Map]
    expression: Callable[[Any], Any]
    complexity: int = 2
    domain: tuple[tuple[float, float], ...] = ((-np.inf, np.inf),)
    guard: Map = np.asarray
    parity: int = 0
    period: float | None = None
    origin: Any = None

    def value(self, u: Array) -> Array:
        """Return the function at `u`, of any shape."""
        return self.derivatives[0](self.guard(u))

    def slope(self, u: Array) -> Array:
        """Return the first derivative at `u`; 0 where the guard acts."""
        return self._guarded(self.derivatives[1], u)

    def curvature(self, u: Array) -> Array:
        """Return the second derivative at `u`; 0 where the guard acts."""
        return self._guarded(self.derivatives[2], u)

    def _guarded(self, derivative: Map, u: Array) -> Array:
        moved = self.guard(u)
        return np.where(moved == u, derivative(moved), 0.0)

    def is_smooth_on(self, low: float, high: float) -> bool:
        """Tell whether all of [low, high] lies within one interval of the domain."""
        if self.period is not None and np.isfinite(self.domain[0]).any():
            shift = self.period * np.floor((low - self.domain[0][0]) / self.period)
            low, high = low - shift, high - shift
        return any(a < low and high < b for a, b in self.domain)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by what makes an equal one: functions written in place do not pickle."""
        from .primitives import as_primitive, named

        if self.origin is None:
            return as_primitive, (self.name,)
        return named, (self.origin, self.name, self.complexity)

    def __repr__(self) -> str:
        """Name the primitive."""
        return f"Primitive({self.name!r})"

    def renamed(self, name: str, complexity: int, origin: Any) -> Primitive:
        """Return the same function under another name or complexity."""
        return replace(self, name=name, complexity=complexity, origin=origin)


def count_nodes(expression: Any) -> int:
    """Return the number of nodes of a SymPy expression's tree."""
    import sympy

    return sum(1 for _ in sympy.preorder_traversal(expression))
