"""Columns in groups that do not interact: a law is searched for in each group by itself.

y = g(S) + h(T) exactly when every mixed difference y(S,T) + y(S',T') - y(S',T) - y(S,T')
vanishes, y = g(S) h(T) when every y(S,T) y(S',T') - y(S',T) y(S,T') does. An interpolant gives
the values that rows do not have; two columns interact where they, the others held, fail the
test, and the groups are the connected components (compare Udrescu and Tegmark 2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse.csgraph import connected_components

from ..judging.interpolant import Interpolant
from ..judging.problem import LawProblem
from ..language.expression import Column, Constant, Node, Product, Sum, substitute, values
from ..language.primitive import Array
from ..language.tidy import tidy

_PAIRS = 200
# Interactions below this many times the interpolant's error, or this share, are none.
_TIMES, _SHARE = 3.0, 3e-3


@dataclass(frozen=True, eq=False)
class Separation:
    """Groups of columns and a problem for each.

    Parameters
    ----------
    groups : tuple of tuple of int
    problems : tuple of LawProblem
        Values of an interpolant: the columns of a group vary, the others stay.
    multiplied : bool
        Whether the laws of the groups are multiplied, rather than added.
    """

    groups: tuple[tuple[int, ...], ...]
    problems: tuple[LawProblem, ...]
    multiplied: bool

    def restored(self, laws: Sequence[Node]) -> Node:
        """Return a law of all columns from one of each group, its constants a start."""
        parts = [
            substitute(law, [Column(i) for i in group])
            for law, group in zip(laws, self.groups, strict=True)
        ]
        if self.multiplied:
            return tidy(Product((Constant(1.0), *parts)))
        return tidy(Sum((*parts, Constant(0.0))))

    def rest(self, problem: LawProblem, laws: Sequence[Node], k: int) -> LawProblem | None:
        """Return what laws of the other groups leave of the rows themselves for group k.

        Where these laws are right that is as exact as the rows, unlike an interpolant.
        """
        others = [
            values(substitute(law, [Column(i) for i in group]), problem.X)
            for i, (law, group) in enumerate(zip(laws, self.groups, strict=True))
            if i != k
        ]
        X = problem.X[:, list(self.groups[k])]
        if self.multiplied:
            left = problem.over(np.prod(others, axis=0), X)
        else:
            left = replace(problem, X=X, y=problem.y - np.sum(others, axis=0))
        sound = np.isfinite([left.y, left.weights]).all() and np.ptp(left.y) > 0
        return left if sound else None


def separations(problem: LawProblem, smooth: Interpolant) -> list[Separation]:
    """Return the ways to take columns apart, in sums and in products."""
    found = []
    for multiplied in (False, True):
        groups = _groups(problem, smooth, multiplied=multiplied)
        if 1 < len(groups) < problem.p or (multiplied and len(groups) > 1):
            separation = _separated(problem, smooth, groups, multiplied=multiplied)
            if separation is not None:
                found.append(separation)
    return found


def _groups(
    problem: LawProblem, smooth: Interpolant, *, multiplied: bool
) -> tuple[tuple[int, ...], ...]:
    rng = np.random.default_rng(0)
    first, second = problem.X[rng.integers(0, problem.n, (2, _PAIRS))]
    limit = max(_TIMES * smooth.blur, _SHARE)
    joined = np.zeros((problem.p, problem.p))
    for i in range(problem.p):
        for j in range(i):
            joined[i, j] = _interaction(smooth, first, second, (i, j), multiplied, problem) > limit
    _, labels = connected_components(joined, directed=False)
    return tuple(tuple(map(int, np.flatnonzero(labels == k))) for k in range(labels.max() + 1))


def _interaction(
    smooth: Interpolant,
    first: Array,
    second: Array,
    pair: tuple[int, int],
    multiplied: bool,
    problem: LawProblem,
) -> float:
    """Return the size of mixed differences as a share of the standard deviation of y."""
    corners = []
    for moved in ((), pair[:1], pair[1:], pair):
        X = first.copy()
        X[:, list(moved)] = second[:, list(moved)]
        corners.append(smooth.at(X))
    a, b, c, d = corners
    size = problem.sd()
    if multiplied:
        mixed = a * d - b * c
        size *= float(np.sqrt(np.mean(a**2 + b**2 + c**2 + d**2)))
    else:
        mixed = 0.5 * (a + d - b - c)
    return float(np.sqrt(np.mean(mixed**2))) / max(size, 1e-300)


def _separated(
    problem: LawProblem,
    smooth: Interpolant,
    groups: tuple[tuple[int, ...], ...],
    *,
    multiplied: bool,
) -> Separation | None:
    """Return a problem for each group, on values of the interpolant."""
    anchor = _anchor(problem, smooth, multiplied=multiplied)
    height = float(smooth.at(anchor[None])[0])
    problems: list[LawProblem] = []
    for group in groups:
        X = np.repeat(anchor[None], problem.n, axis=0)
        X[:, list(group)] = problem.X[:, list(group)]
        # One of the factors has the size of all.
        scale = height if multiplied and problems else 1.0
        y = smooth.at(X) / scale
        if not np.isfinite(y).all() or np.ptp(y) == 0:
            return None
        part = replace(problem, X=problem.X[:, list(group)], y=y)
        error = _TIMES * smooth.blur * problem.sd() / abs(scale)
        problems.append(replace(part, floor=max(error / part.sd(), 1e-9)))
    return Separation(groups, tuple(problems), multiplied)


def _anchor(problem: LawProblem, smooth: Interpolant, *, multiplied: bool) -> Array:
    """Return a row where the other groups stay: the middle, or where a product is large."""
    middle = np.median(problem.X, axis=0)
    if not multiplied:
        return middle
    place = int(np.argsort(np.abs(smooth.values))[int(0.8 * (len(smooth.values) - 1))])
    return problem.X[smooth.rows[place]]
