"""Which building blocks of one column lie in a space of curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.optimize import minimize_scalar

from ..language.atoms import UNARY, functions_of, make_atoms, minus, plus, power_of
from ..language.exact import Exact
from ..language.expression import (
    Column,
    Constant,
    Node,
    Number,
    Power,
    Product,
    Sum,
    substitute,
    values,
)
from ..language.primitive import Array
from ..language.tidy import ONE

# A column, and the constant of a family of its functions.
_X, _C = Column(0), Column(1)
# A block is of the space if it is no farther off than so many times the space's error.
_NEAR, _ROUNDING = 5.0, 1e-4
# Blocks a dimension; values of a constant that are tried, and how many minima are gone into.
_KEPT, _VALUES, _MINIMA = 5, 160, 2


@dataclass(frozen=True, eq=False)
class CurveSpace:
    """Curves of one column, all of them combinations of few.

    Parameters
    ----------
    x : ndarray of shape (m,)
        Where the curves are known.
    frame : ndarray of shape (m, rank)
        An orthonormal basis, the most important direction first.
    lengths : ndarray of shape (rank,)
        How important each is: singular values, as shares of the first.
    error : float
        What of the curves is not in the space, in the same unit.
    """

    x: Array
    frame: Array
    lengths: Array
    error: float

    @property
    def rank(self) -> int:
        """The number of dimensions."""
        return len(self.lengths)

    @cached_property
    def has_constants(self) -> bool:
        """Whether the constant curve is in it."""
        ones = np.full((1, len(self.x)), len(self.x) ** -0.5)
        return bool(self._off(ones)[0] < self._tolerance(ones)[0])

    def distances(self, F: Array) -> Array:
        """Return how far off curves (k, m) are, 1 where that is as far as may be."""
        F = self.scaled(F)
        off = self._off(F) / self._tolerance(F)
        return np.where(np.isfinite(off) & F.any(axis=1), off, np.inf)

    def scaled(self, F: Array) -> Array:
        """Return curves (k, m) of length one, without what is constant if that is in the space."""
        if self.has_constants:
            F = F - F.mean(axis=1, keepdims=True)
        sizes = np.linalg.norm(F, axis=1, keepdims=True)
        return F / np.where(sizes > 0, sizes, 1.0)

    def _off(self, F: Array) -> Array:
        off: Array = np.linalg.norm(F - (F @ self.frame) @ self.frame.T, axis=1)
        return off

    def _tolerance(self, F: Array) -> Array:
        # The less important a direction is, the less exact.
        blur = np.linalg.norm((F @ self.frame) / self.lengths, axis=1)
        tolerance: Array = _NEAR * self.error * blur + _ROUNDING
        return tolerance


def blocks_of(space: CurveSpace) -> list[Node]:
    """Return formulas of one column that lie in a space, the simplest first."""
    nodes = [*_plain(), *_with_constants(space)]
    found = make_atoms(nodes, space.x[:, None])
    off = space.distances(found.F) if len(found) else np.empty(0)
    score = 2.0 * np.log(np.maximum(off, 0.2)) + 0.2 * found.costs
    order = [int(k) for k in np.argsort(score, kind="stable") if off[k] < 1.0]
    return [found.nodes[k] for k in _apart(space.scaled(found.F), order)[: _KEPT * space.rank]]


def _apart(F: Array, order: Sequence[int]) -> list[int]:
    """Return which curves (k, m) are no multiples of earlier ones, beside constants."""
    kept: list[int] = []
    for k in order:
        if not np.any(np.abs(F[kept] @ F[k]) > 1.0 - _ROUNDING**2):
            kept.append(k)
    return kept


def _plain() -> list[Node]:
    """Return functions of a column without free constants."""
    inside = [_X, plus(_X, ONE), minus(ONE, _X), minus(_X, ONE)]
    squares = [plus(power_of(_X, 2), ONE), minus(ONE, power_of(_X, 2))]
    found = functions_of([*inside, *squares, power_of(_X, 2)])
    powers = [power_of(_X, k) for k in (4, 5, 6, -3, -4)]
    factors = (_X, power_of(_X, -1), power_of(_X, 2))
    names = ("1/x", "sqrt", "1/sqrt", "log", "exp", "exp-", "sin", "cos")
    beside = functions_of([*inside, *squares], names)
    return [*found, *powers, *(Product((a, b)) for a in factors for b in beside)]


def _with_constants(space: CurveSpace) -> list[Node]:
    """Return functions with a free constant, where it brings them nearest to a space."""
    low, high = float(space.x.min()), float(space.x.max())
    width = high - low
    rates = np.geomspace(0.1, 30.0, _VALUES) / width
    beyond = np.geomspace(0.02, 30.0, _VALUES) * width
    squares = np.geomspace(0.02, 30.0, _VALUES) ** 2 * max(abs(low), abs(high)) ** 2
    exponential, power = UNARY["exp"](Product((_C, _X))), Power(_X, _C)
    found = _nearest(space, exponential, rates) + _nearest(space, exponential, -rates)
    if low > 0:
        found += _nearest(space, power, np.linspace(-4.0, 4.0, _VALUES))
    minus_x = Product((Number(Exact(-1)), _X))
    for name in ("1/x", "log", "sqrt", "1/sqrt", "1/square"):
        found += _nearest(space, UNARY[name](Sum((_X, _C))), beyond - low)
        found += _nearest(space, UNARY[name](Sum((minus_x, _C))), beyond + high)
        found += _nearest(space, UNARY[name](Sum((power_of(_X, 2), _C))), squares)
    return found + _waves(space, rates)


def _nearest(space: CurveSpace, family: Node, constants: Array) -> list[Node]:
    """Return a family's curves at the minima of their distance to the space."""

    def distances(values_of_c: Array) -> Array:
        pairs = np.meshgrid(values_of_c, space.x, indexing="ij")
        F = values(family, np.stack([part.ravel() for part in pairs[::-1]], axis=1))
        return space.distances(F.reshape(len(values_of_c), -1))

    return [
        substitute(family, [_X, Constant(c)])
        for c in _minima(lambda c: float(distances(np.array([c]))[0]), distances, constants)
    ]


def _minima(
    function: Callable[[float], float], many: Callable[[Array], Array], grid: Array
) -> list[float]:
    """Return where a function has its lowest minima, by a grid in order and then by itself."""
    height = many(grid)
    inner = np.flatnonzero((height[1:-1] <= height[:-2]) & (height[1:-1] <= height[2:])) + 1
    lowest = inner[np.argsort(height[inner], kind="stable")][:_MINIMA]
    found = []
    for k in lowest:
        ends = (float(min(grid[k - 1], grid[k + 1])), float(max(grid[k - 1], grid[k + 1])))
        best = minimize_scalar(function, bounds=ends, method="bounded", options={"xatol": 1e-9})
        found.append(float(best.x))
    return found


def _waves(space: CurveSpace, rates: Array) -> list[Node]:
    """Return sines whose rate and phase bring them nearest to a space."""

    def nearest(rate: float) -> tuple[float, Array]:
        pair = np.stack([np.sin(rate * space.x), np.cos(rate * space.x)])
        if space.has_constants:
            pair = pair - pair.mean(axis=1, keepdims=True)
        mixing, stretch, rows = np.linalg.svd(pair, full_matrices=False)
        turned = np.linalg.svd(space.frame.T @ rows.T, full_matrices=False)[2]
        weights = mixing @ (turned[0] / np.maximum(stretch, 1e-12 * stretch[0]))
        return float(space.distances((weights @ pair)[None])[0]), weights

    def many(all_rates: Array) -> Array:
        return np.array([nearest(float(rate))[0] for rate in all_rates])

    found: list[Node] = []
    for rate in _minima(lambda rate: nearest(rate)[0], many, rates):
        sine, cosine = nearest(rate)[1]
        phase = Constant(float(np.arctan2(cosine, sine)))
        found.append(UNARY["sin"](Sum((Product((Constant(rate), _X)), phase))))
    return found
