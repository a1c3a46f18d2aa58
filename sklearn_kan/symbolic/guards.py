"""Where a function of a user's own is defined, found by trying it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ..network._value import Value
from .primitive import Array, Map

# Arguments that are tried: zero, and these on either side of it.
_SIZES = np.concatenate([np.logspace(-8.0, 8.0, 65), np.logspace(9.0, 300.0, 98)])
_PROBES = np.concatenate([-_SIZES[::-1], [0.0], _SIZES])
# Bisections between a defined argument and an undefined one: to the last digit.
_BISECTIONS = 60


def guard_of(functions: tuple[Map, ...]) -> Map:
    """Return what moves arguments at which some function is no finite number to where all are.

    Parameters
    ----------
    functions : tuple of callables
        A function and its derivatives.

    Returns
    -------
    callable
        The identity where all functions are defined. Else the argument goes towards the nearest
        of a set of arguments at which they are, as far as to the edge of the domain; where there
        are none of these, it stays.
    """
    known = _PROBES[_are_defined(functions, _PROBES)]
    return _Guard(functions, known) if len(known) else np.asarray


@dataclass(frozen=True)
class _Guard(Value):
    """See `guard_of`; `known` are arguments at which all functions are defined, increasing.

    Guards of equal functions are equal.
    """

    functions: tuple[Map, ...]
    known: Array = field(compare=False)

    def __call__(self, u: Array) -> Array:
        u = np.asarray(u, dtype=np.float64)
        undefined = ~_are_defined(self.functions, u)
        if not undefined.any():
            return u
        moved = u.copy()
        moved[undefined] = self._edge(u[undefined])
        return moved

    def _edge(self, u: Array) -> Array:
        """Return how far from the nearest known argument towards u (m,) all are defined."""
        u = np.clip(u, -np.finfo(float).max, np.finfo(float).max)
        last = len(self.known) - 1
        after = np.searchsorted(self.known, u)
        low, high = self.known[np.maximum(after - 1, 0)], self.known[np.minimum(after, last)]
        inside = np.where(np.abs(u - low) <= np.abs(high - u), low, high)
        outside = u
        for _ in range(_BISECTIONS):
            middle = 0.5 * inside + 0.5 * outside
            good = _are_defined(self.functions, middle)
            inside, outside = np.where(good, middle, inside), np.where(good, outside, middle)
        return inside


def _are_defined(functions: tuple[Map, ...], u: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.logical_and.reduce([np.isfinite(function(u)) for function in functions])
