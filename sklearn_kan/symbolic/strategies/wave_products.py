"""Waves too fine for an interpolant, which takes them for noise.

Of a product of powers, perhaps with an amplitude, and products of waves of two columns.
For a given frequency what is to be found is linear: all frequencies of a grid are judged at once,
and the best are refined.
"""

from __future__ import annotations

from itertools import combinations, product

import numpy as np

from ..curves.univariate import has_all
from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import BestSoFar, Proposals, Start
from ..judging.rows import evenly
from ..language.atoms import UNARY, power_of
from ..language.expression import Column, Constant, Node, Product, Sum, values
from ..language.primitive import Array
from ..language.tidy import ONE, tidy

_SAMPLE, _MOST_COLUMNS, _TRIED = 300, 4, 3
# Turns over the range of a product of powers, and of each of two columns.
_TURNS, _COARSE = np.arange(1, 121) * 0.25, np.arange(1, 33) * 0.5
# Starts that leave more than this are no waves; what other formulas leave less of is none.
_LEFT = 0.6


def wave_products(problem: LawProblem) -> Proposals:
    """Propose one wave of a product of powers, and a product of waves of two columns."""
    p = problem.p
    if not 2 <= p <= _MOST_COLUMNS or not has_all(problem.library, "sin"):
        return
    best = yield BestSoFar()
    if best is not None and best.loss < _LEFT:
        return
    X = problem.X
    factors = [ONE, *(power_of(Column(i), k) for i in range(p) for k in (1, -1) if X[:, i].all())]
    starts = [_of_monomial(*both, problem) for both in product(_monomials(X), factors)]
    starts += [_of_two(first, second, problem) for first, second in combinations(range(p), 2)]
    starts.sort(key=lambda start: start[0])
    for left, node in starts[:_TRIED]:
        if left < _LEFT:
            yield Start(node, max_iter=60)


def _monomials(X: Array) -> list[Node]:
    """Return products of columns and their inverses."""
    signs = [(0, 1, -1) if (x > 0).all() else (0, 1) for x in X.T]
    found = []
    for powers in product(*signs):
        used = [k for k in powers if k]
        if used and used[0] > 0:
            parts = [power_of(Column(i), k) for i, k in enumerate(powers) if k]
            found.append(tidy(Product(tuple(parts))))
    return found


def _of_monomial(node: Node, factor: Node, problem: LawProblem) -> tuple[float, Node]:
    """Return what the best sine of a multiple of a tree, times a factor, leaves of y, and it."""
    rows = evenly(problem.n, _SAMPLE)
    u = values(node, problem.X[rows])
    h = values(factor, problem.X[rows])
    if not (np.isfinite(u).all() and np.isfinite(h).all() and np.ptp(u) > 0):
        return 1.0, ONE
    rates = _TURNS * 2.0 * np.pi / float(np.ptp(u))
    blocks = h * np.stack([np.sin(np.outer(rates, u)), np.cos(np.outer(rates, u))], axis=1)
    left, best, theta = _best(blocks, problem.y[rows])
    inside = Sum((Product((Constant(float(rates[best])), node)), Constant(_phase(theta[1:]))))
    size = float(np.hypot(*theta[1:]))
    wave = Product((Constant(size), factor, UNARY["sin"](inside)))
    return left, tidy(Sum((wave, Constant(float(theta[0])))))


def _of_two(first: int, second: int, problem: LawProblem) -> tuple[float, Node]:
    """Return what the best product of a wave of either column leaves of y, and it."""
    rows = evenly(problem.n, _SAMPLE)
    waves, rates = [], []
    for i in (first, second):
        x = problem.X[rows, i]
        rates.append(_COARSE * 2.0 * np.pi / max(float(np.ptp(x)), 1e-300))
        angle = np.outer(rates[-1], x)
        waves.append(np.stack([np.sin(angle), np.cos(angle)], axis=1))
    blocks = waves[0][:, None, :, None] * waves[1][None, :, None, :]
    left, best, theta = _best(blocks.reshape(-1, 4, len(rows)), problem.y[rows])
    # A product of two waves has coefficients of rank one.
    one, size, other = np.linalg.svd(theta[1:].reshape(2, 2))
    parts: list[Node] = [Constant(float(size[0]))]
    places = divmod(best, len(_COARSE))
    for i, k, own, phases in zip(
        (first, second), places, rates, (one[:, 0], other[0]), strict=True
    ):
        inside = Sum((Product((Constant(float(own[k])), Column(i))), Constant(_phase(phases))))
        parts.append(UNARY["sin"](inside))
    return left, Sum((Product(tuple(parts)), Constant(float(theta[0]))))


def _best(blocks: Array, t: Array) -> tuple[float, int, Array]:
    """Return what the best of blocks (m, k, s) leaves of t (s,) beside a constant, and factors.

    All of it, where there are values that are not finite.
    """
    if not (np.isfinite(blocks).all() and np.isfinite(t @ t)):
        return 1.0, 0, np.zeros(blocks.shape[1] + 1)
    centred = blocks - blocks.mean(axis=2, keepdims=True)
    target = t - t.mean()
    gram = centred @ centred.transpose(0, 2, 1)
    gram += 1e-6 * len(t) * np.eye(blocks.shape[1])
    right = centred @ target
    explained = np.einsum("mk,mk->m", right, np.linalg.solve(gram, right[..., None])[..., 0])
    best = int(np.argmax(explained))
    rows = np.concatenate([np.ones((1, len(t))), blocks[best]]).T
    left = 1.0 - explained[best] / max(float(target @ target), 1e-300)
    return float(np.sqrt(max(left, 0.0))), best, least_squares(rows, t)


def _phase(factors: Array) -> float:
    """Return the phase of ``a sin + b cos`` from (a, b)."""
    return float(np.arctan2(factors[1], factors[0]))
