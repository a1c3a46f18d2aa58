"""Waves across two columns: a quadratic polynomial and a sine of xy, x and y.

y ~ quadratic(x, y) + A sin(a xy + b x + c y + d). For given (a, b, c) the rest is linear: all
of a grid of them are judged at once, and the best are refined.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from ..curves.univariate import has_all
from ..judging.best_blocks import orthonormal
from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals, Start
from ..judging.rows import evenly
from ..language.expression import Apply, Column, Constant, Node, Power, Product, Sum, number, values
from ..language.library import LIBRARY
from ..language.primitive import Array

_SAMPLE = 300
_TWISTS = (0.0, 0.5, -0.5, 1.0, -1.0, 2.0, -2.0)
# Turns over the range of a column.
_TURNS = np.arange(-12, 13) * 0.25
_MOST_COLUMNS = 4
_GO_ON = 4


def waves_across_columns(problem: LawProblem) -> Proposals:
    """Propose waves across each two columns."""
    if not 2 <= problem.p <= _MOST_COLUMNS or not has_all(problem.library, "sin"):
        return
    for first, second in combinations(range(problem.p), 2):
        for node in _starts(problem, first, second):
            yield Start(node, max_iter=60)


def _starts(problem: LawProblem, first: int, second: int) -> list[Node]:
    if not np.isfinite(problem.X[:, [first, second]] ** 2).all():
        return []  # their products overflow
    rows = evenly(problem.n, _SAMPLE)
    x, y = problem.X[rows, first], problem.X[rows, second]
    spans = [2.0 * np.pi / max(float(np.ptp(part)), 1e-300) for part in (x, y)]
    grid = np.array(list(product(_TWISTS, _TURNS * spans[0], _TURNS * spans[1])))
    # Half of them say the same as the other half.
    grid = grid[grid[:, 0] >= 0]
    phase = grid @ np.stack([x * y, x, y])
    base = orthonormal(np.stack([np.ones(len(x)), x, y, x * y, x**2, y**2], axis=1))
    left = _left(np.sin(phase), np.cos(phase), problem.y[rows], base)
    chosen = np.argsort(left, kind="stable")[:_GO_ON]
    return [_node(first, second, grid[k], problem) for k in chosen]


def _left(sines: Array, cosines: Array, target: Array, base: Array) -> Array:
    """Return what each pair of waves (m, s) leaves of the target (s,) beside the base."""

    def without(F: Array) -> Array:
        return F - (F @ base) @ base.T

    S, C, t = without(sines), without(cosines), without(target)
    ss, cc, sc = (np.einsum("ms,ms->m", a, b) for a, b in ((S, S), (C, C), (S, C)))
    st, ct = S @ t, C @ t
    apart = ss * cc - sc**2
    usable = apart > 1e-8 * float(len(t)) ** 2
    with np.errstate(all="ignore"):
        explained = (cc * st**2 + ss * ct**2 - 2.0 * sc * st * ct) / apart
    return np.where(usable, float(t @ t) - explained, np.inf)


def _node(first: int, second: int, numbers: Array, problem: LawProblem) -> Node:
    """Return the formula, its linear part and its phase by least squares."""
    x, y = Column(first), Column(second)
    both = Product((x, y))
    powers: tuple[Node, ...] = (x, y, both, *(Power(part, number(2)) for part in (x, y)))
    twist, a, b = map(float, numbers)
    inner: list[Node] = [Product((Constant(a), x)), Product((Constant(b), y))]
    if twist:
        inner.append(Product((Constant(twist), both)))
    sine, cosine = (Apply(LIBRARY[name], Sum(tuple(inner))) for name in ("sin", "cos"))
    X, target = problem.X, problem.y
    design = [np.ones(len(X)), *(values(part, X) for part in (*powers, sine, cosine))]
    coef = least_squares(np.stack(design, axis=1), target)
    phase = float(np.arctan2(coef[-1], coef[-2]))
    wave = Apply(LIBRARY["sin"], Sum((*inner, Constant(phase))))
    amplitude = float(np.hypot(coef[-1], coef[-2]))
    terms = zip((*coef[1:-2], amplitude), (*powers, wave), strict=True)
    parts = [Product((Constant(float(c)), part)) for c, part in terms]
    return Sum((*parts, Constant(float(coef[0]))))
