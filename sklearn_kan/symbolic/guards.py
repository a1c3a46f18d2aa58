"""Where a function of a user's own is defined, found by trying it."""

from __future__ import annotations

import numpy as np

from .primitive import Array, Map

# Arguments that are tried: zero, and these on either side of it.
_SIZES = np.logspace(-8.0, 8.0, 65)
_PROBES = np.sort(np.concatenate([-_SIZES, [0.0], _SIZES]))
# Bisections between a defined argument and an undefined one: to the last digit.
_BISECTIONS = 60


def guard_of(functions: tuple[Map, ...], name: str) -> Map:
    """Return what moves arguments at which some function is no finite number to where all are.

    Parameters
    ----------
    functions : tuple of callables
        A function and its derivatives.
    name : str
        For the message.

    Returns
    -------
    callable
        The identity where all functions are defined; else the argument goes towards the nearest
        of a set of arguments that are, as far as the edge of the domain.

    Raises
    ------
    ValueError
        If the functions are defined at none of these.
    """

    def is_defined(u: Array) -> Array:
        with np.errstate(all="ignore"):
            found = [np.isfinite(function(u)) for function in functions]
        return np.logical_and.reduce(found)

    known = _PROBES[is_defined(_PROBES)]
    if not len(known):
        raise ValueError(
            f"The function {name} and its derivatives are finite real numbers at none of "
            f"{len(_PROBES)} arguments from {_PROBES[0]:g} to {_PROBES[-1]:g}."
        )

    def guard(u: Array) -> Array:
        u = np.asarray(u, dtype=np.float64)
        undefined = ~is_defined(u)
        if not undefined.any():
            return u
        moved = u.copy()
        moved[undefined] = _edge_of_domain(u[undefined], known, is_defined)
        return moved

    return guard


def _edge_of_domain(u: Array, known: Array, is_defined: Map) -> Array:
    """Return how far from the nearest known argument towards u (m,) the function is defined."""
    u = np.clip(u, -np.finfo(float).max, np.finfo(float).max)
    after = np.clip(np.searchsorted(known, u), 1, max(len(known) - 1, 1))
    before, after = known[after - 1], known[np.minimum(after, len(known) - 1)]
    inside = np.where(np.abs(u - before) <= np.abs(after - u), before, after)
    outside = u.copy()
    for _ in range(_BISECTIONS):
        middle = 0.5 * inside + 0.5 * outside
        good = is_defined(middle)
        inside, outside = np.where(good, middle, inside), np.where(good, outside, middle)
    return inside
