"""Sums of few products of powers of any number of columns, their exponents free.

Products of powers of many columns are too many to be listed, and where y varies over orders of
magnitude no interpolant shows which columns belong together. But exponents can be fitted like any
other constants: by Levenberg-Marquardt from several starts, in the logarithms of the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement, pairwise, product

import numpy as np
from scipy import optimize

from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals, Start
from ..judging.rows import evenly
from ..language.exact import Exact
from ..language.expression import Column, Constant, Node, Number, Power, Product, Sum, values
from ..language.outer import outers_of
from ..language.primitive import Array
from ..language.tidy import ONE, tidy

_OUTERS = ("y", "sqrt", "1/x", "1/sqrt", "square")
# Rows that are fitted; starts for so many terms; columns. Fewer starts with every letter.
_SAMPLE, _STARTS, _MOST_COLUMNS = 300, (1, 6, 10), 9
_FEW_STARTS = (1, 5, 5)
# Exponents begin within this range. A sum that leaves less than this is worth refining on all
# rows, one that leaves so little is the law, and so near to a fraction exponents are taken for it.
_WIDEST, _LEFT, _EXACT, _NEAR = 2, 0.2, 1e-8, 0.02
# Where two terms with letters leave more than this, three are not tried.
_HOPELESS = 0.3
_DENOMINATORS = (1, 2, 3)
# Logarithms of powers are held to this range.
_FARTHEST = 150.0


@dataclass(frozen=True, eq=False)
class _Carriers:
    """What each term is multiplied by: trees, and values (terms, n)."""

    nodes: tuple[Node, ...]
    H: Array


@dataclass(frozen=True, eq=False)
class _Powers:
    """Exponents (terms, p), factors (terms + 1,), the constant last, and the share they leave."""

    exponents: Array
    factors: Array
    carriers: _Carriers
    left: float


def power_sums(problem: LawProblem) -> Proposals:
    """Propose sums of up to three products of powers, and a constant, under outer functions."""
    if problem.p > 2 and (problem.X > 0).all():
        yield from sums_of_powers(problem, range(problem.p))


def exact_power_sums(problem: LawProblem) -> Proposals:
    """Propose such sums that leave nothing: near ones may be the beginning of a series."""
    if problem.p > 2 and (problem.X > 0).all():
        yield from sums_of_powers(problem, range(problem.p), most_left=_EXACT)


def sums_of_powers(
    problem: LawProblem,
    powers: Sequence[int],
    letters: Sequence[Node] = (),
    outers: Sequence[str] = _OUTERS,
    most_terms: int = 3,
    most_left: float = _LEFT,
) -> Proposals:
    """Propose sums of products of powers, some or all of which have a letter as a factor.

    Parameters
    ----------
    problem : LawProblem
    powers : sequence of int
        The columns that powers are taken of; positive.
    letters : sequence of Node
        Trees; each of the sums has at least one of them, if there are any.
    outers : sequence of str
    most_terms : int
    most_left : float
        Sums that leave more are not refined on all rows.
    """
    rows = evenly(problem.n, _SAMPLE)
    X = problem.X[rows]
    if not 0 < len(powers) <= _MOST_COLUMNS or not (np.ptp(X[:, powers], axis=0) > 0).all():
        return
    logs = np.log(X[:, powers])
    for outer, z, _ in outers_of(problem.y, problem.permitted):
        if outer.name not in outers:
            continue
        for found in _fits(logs, z[rows], letters, X, most_terms):
            if found.left > most_left:
                continue
            yield Start(outer.inverse(_sum_of(found, powers, problem.X)), max_iter=20)


def _fits(
    logs: Array, t: Array, letters: Sequence[Node], X: Array, most_terms: int
) -> list[_Powers]:
    """Return the best fit of each number of terms, the longest first."""
    rng = np.random.default_rng(0)
    best: _Powers | None = None
    found = []
    all_starts = _FEW_STARTS if letters else _STARTS
    for terms, n_starts in enumerate(all_starts[:most_terms], 1):
        if len(t) < 2 * terms * (logs.shape[1] + 1):
            break
        if letters and terms > 2 and best is not None and best.left > _HOPELESS:
            break
        fits = []
        for carriers, k in product(_carriers(letters, terms, X), range(n_starts)):
            start = rng.integers(-_WIDEST, _WIDEST + 1, (terms, logs.shape[1])).astype(float)
            if best is not None and k % 3 == 2:
                start[:-1] = best.exponents
            elif terms == 1 and (t > 0).all():
                start[0] = _of_logarithms(logs, t)
            fits.append(_fit(logs, t, start, carriers))
            if fits[-1].left < _EXACT:
                break
        best = min(fits, key=lambda fit: fit.left)
        found.append(best)
        if best.left < _EXACT:
            break
    return found[::-1]


def _carriers(letters: Sequence[Node], terms: int, X: Array) -> Iterator[_Carriers]:
    """Yield what terms may be multiplied by: nothing; some of them by letters.

    By one and the same letter, or of two terms by neighbours in the list.
    """
    neighbours = [*pairwise(letters)]
    known = {letter: values(letter, X) for letter in letters} | {ONE: np.ones(len(X))}
    for nodes in combinations_with_replacement((*letters, ONE), terms):
        n_letters = len({*nodes} - {ONE})
        if (n_letters == 1 or not letters) or nodes in neighbours:
            yield _Carriers(nodes, np.stack([known[node] for node in nodes]))


def _of_logarithms(logs: Array, t: Array) -> Array:
    rows = np.concatenate([logs, np.ones((len(t), 1))], axis=1)
    return least_squares(rows, np.log(t))[:-1]


def _fit(logs: Array, t: Array, start: Array, carriers: _Carriers) -> _Powers:
    """Fit exponents from a start, (terms, p); rows count by how large t is beside its median."""
    centred = logs - logs.mean(axis=0)
    root = 1.0 / (np.abs(t) + np.median(np.abs(t)) + 1e-300)
    shape = start.shape

    def factors(exponents: Array) -> tuple[Array, Array]:
        powers = carriers.H * np.exp(np.clip(exponents @ centred.T, -_FARTHEST, _FARTHEST))
        powers = np.concatenate([powers, np.ones((1, len(t)))]) * root
        scale = np.linalg.norm(powers, axis=1) + 1e-300
        return powers, least_squares((powers / scale[:, None]).T, t * root, 1e-12) / scale

    def residual(theta: Array) -> Array:
        powers, c = factors(theta.reshape(shape))
        return c @ powers - t * root

    def jacobian(theta: Array) -> Array:
        powers, c = factors(theta.reshape(shape))
        basis = np.linalg.qr(powers.T)[0]
        columns = (c[:-1, None, None] * powers[:-1, None, :] * centred.T).reshape(-1, len(t)).T
        return columns - basis @ (basis.T @ columns)  # Kaufman's approximation

    best = optimize.least_squares(
        residual, start.ravel(), jacobian, method="lm", max_nfev=40, xtol=1e-12, ftol=1e-12
    )
    target = t * root - root * (root @ (t * root)) / (root @ root)
    left = float(np.sqrt(2.0 * best.cost / max(float(target @ target), 1e-300)))
    exponents = best.x.reshape(shape)
    left = left if np.isfinite(left) else np.inf
    return _Powers(exponents, factors(exponents)[1], carriers, left)


def _sum_of(found: _Powers, columns: Sequence[int], X: Array) -> Node:
    """Return the sum as a tree, exponents near a fraction as that."""
    shift = np.log(X[:, columns]).mean(axis=0)
    parts: list[Node] = []
    for factor, exponents, carrier in zip(
        found.factors[:-1], found.exponents, found.carriers.nodes, strict=True
    ):
        powers = [
            _power(int(i), float(exponent), found.left)
            for i, exponent in zip(columns, exponents, strict=True)
        ]
        size = float(factor * np.exp(np.clip(-exponents @ shift, -_FARTHEST, _FARTHEST)))
        parts.append(Product((Constant(size), *powers, carrier)))
    return tidy(Sum((*parts, Constant(float(found.factors[-1])))))


def _power(i: int, exponent: float, left: float) -> Node:
    for denominator in _DENOMINATORS:
        nearest = Fraction(round(exponent * denominator), denominator)
        if abs(exponent - nearest) < max(_NEAR, 3.0 * left):
            exact = Exact(nearest.numerator, nearest.denominator)
            return Power(Column(i), Number(exact)) if nearest else ONE
    return Power(Column(i), Constant(float(exponent)))
