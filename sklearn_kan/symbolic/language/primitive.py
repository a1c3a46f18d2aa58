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
class Origin:
    """What makes an equal primitive again, for pickling: `maker` of `argument`."""

    maker: Callable[[Any], Primitive]
    argument: Any

    def remade(self, complexity: int) -> Primitive:
        """Return the primitive, with a complexity of its own."""
        made = self.maker(self.argument)
        return made if made.complexity == complexity else made.of_complexity(complexity)


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
    degree : float or None
        The exponent, if it is a power of its argument.
    free : tuple of two bool
        Whether scale, and shift, of the argument say anything that a coefficient and a constant
        beside the function do not.
    limit_degree : int or None
        1 if it is nearly a line where its argument hardly varies, 2 if nearly a parabola about 0.
    is_wave : bool
        Whether half a period changes nothing but its sign.
    at_zero : int or None
        What it is of 0, for formulas to be shortened by.
    origin : Origin or None
        None does not pickle: its functions may have been written in place.
    """

    name: str
    derivatives: tuple[Map, Map, Map]
    expression: Callable[[Any], Any]
    complexity: int = 2
    domain: tuple[tuple[float, float], ...] = ((-np.inf, np.inf),)
    guard: Map = np.asarray
    parity: int = 0
    period: float | None = None
    degree: float | None = None
    free: tuple[bool, bool] = (True, True)
    limit_degree: int | None = None
    is_wave: bool = False
    at_zero: int | None = None
    origin: Origin | None = None

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

    @property
    def has_poles(self) -> bool:
        """Whether it goes to infinity at the ends of each period."""
        return self.period is not None and bool(np.isfinite(self.domain[0]).any())

    def branches(self, u: Array) -> Array:
        """Return the numbers of the periods that arguments lie in, the domain's own is 0."""
        assert self.period is not None
        return np.floor((u - self.domain[0][0]) / self.period)

    @property
    def is_whole_power(self) -> bool:
        """Whether it is one of the powers that polynomials are made of."""
        return self.degree is not None and self.degree >= 1.0 and self.degree.is_integer()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle by what makes an equal one: functions written in place do not pickle."""
        if self.origin is None:
            raise TypeError(f"{self!r} was made of functions alone, which do not pickle.")
        return self.origin.remade, (self.complexity,)

    def __repr__(self) -> str:
        """Name the primitive."""
        return f"Primitive({self.name!r})"

    def of_complexity(self, complexity: int) -> Primitive:
        """Return the same function, which counts differently in a ranking."""
        return replace(self, complexity=complexity)


def count_nodes(expression: Any) -> int:
    """Return the number of nodes of a SymPy expression's tree."""
    import sympy

    return sum(1 for _ in sympy.preorder_traversal(expression))
