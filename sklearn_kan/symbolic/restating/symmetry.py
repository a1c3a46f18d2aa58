"""Symmetries in the gradient of an interpolant, which leave fewer columns.

If ``sum_i s_i x_i dy/dx_i = s_y y`` everywhere, scaling each column by c^s_i scales y by
c^s_y: the law holds between products of powers, one fewer than there were columns. If
``sum_i s_i dy/dx_i = s_y``, shifting them shifts y, and the law holds between differences.
All such s are the null space of a matrix with a row for each row of the data; columns that do
not matter, and factors that are powers of a column, are special cases.

The idea is that of Buckingham's pi theorem, without units; compare the symmetry tests of
Udrescu and Tegmark (2020).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..judging.interpolant import Interpolant, interpolate
from ..judging.problem import LawProblem
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
from ..language.tidy import tidy
from .null_vectors import null_vectors, reduced_echelon

# Directions with free coefficients are only as exact as this share.
_STEEP = 0.05


@dataclass(frozen=True, eq=False)
class Reduction:
    """A problem in fewer columns.

    Parameters
    ----------
    problems : tuple of LawProblem
        One: y over a factor, or less a summand, as a function of the new columns.
    columns : tuple of Node
        The new columns in the old.
    factor, summand : Node
        y = factor * (law of the new columns) + summand.
    """

    problems: tuple[LawProblem, ...]
    columns: tuple[Node, ...]
    factor: Node
    summand: Node

    def restored(self, laws: Sequence[Node]) -> Node:
        """Return a law of the new columns as one of the old."""
        law = substitute(laws[0], self.columns)
        return tidy(Sum((Product((self.factor, law)), self.summand)))


def reductions(problem: LawProblem, smooth: Interpolant) -> list[Reduction]:
    """Return the ways to state a problem in fewer columns, the best first.

    Every number of null vectors is tried. What counts is how well the new columns explain y:
    an interpolant of them must leave little more than that of all columns.
    """
    found: dict[tuple[object, ...], tuple[float, Reduction]] = {}
    counts = range(1, problem.p + 1)
    tried = [
        find(problem, smooth, k) for find in (scalings, translations, rotations) for k in counts
    ]
    for reduction in [*tried, single_factors(problem, smooth)]:
        if reduction is None or (reduction.columns, reduction.factor) in found:
            continue
        key = (reduction.columns, reduction.factor)
        found[key] = (_error_of(reduction, problem), reduction)
    worst = 3.0 * smooth.error + 3e-3
    good = [pair for pair in found.values() if pair[0] < worst]
    good.sort(key=lambda pair: (len(pair[1].columns), pair[0]))
    return [reduction for _, reduction in good[:2]]


def _error_of(reduction: Reduction, problem: LawProblem) -> float:
    """Return what an interpolant of the new columns leaves of y, as a share of its deviation."""
    (new,) = reduction.problems
    if new.p == 0:
        centre = np.average(new.y, weights=new.weights)
        scale = values(reduction.factor, problem.X)
        return float(np.sqrt(np.mean((scale * (new.y - centre)) ** 2))) / problem.sd()
    return interpolate(new).error


def scalings(problem: LawProblem, smooth: Interpolant, count: int) -> Reduction | None:
    """Return the problem in products of powers, if scaling columns scales y."""
    X = problem.X[smooth.rows]
    usable = np.flatnonzero((X != 0).all(axis=0))
    fixed = [i for i in range(problem.p) if i not in usable]
    if len(usable) == 0:
        return None
    M = np.concatenate([X[:, usable] * smooth.gradient[:, usable], -smooth.values[:, None]], axis=1)
    signed = (X[:, usable] < 0).any(axis=0)
    found = null_vectors(M, count, forbidden=signed)
    if found is None:
        return None
    pivots, S = found
    columns: list[Node] = [Column(i) for i in fixed]
    for k, i in enumerate(usable):
        if k not in pivots:
            columns.append(_monomial([int(i), *usable[pivots]], [1.0, *(-S[:, k])]))
    factor = _monomial([int(i) for i in usable[pivots]], list(S[:, -1]))
    return _reduced(problem, columns, factor, Number(Exact(0)))


def single_factors(problem: LawProblem, smooth: Interpolant) -> Reduction | None:
    """Return the problem without the columns whose powers are factors of y by themselves.

    Of several symmetries a null vector mixes what errors let it; one of a single column stands
    for itself. Columns that do not matter are such factors, of power zero.
    """
    X = problem.X[smooth.rows]
    size = max(float(smooth.values @ smooth.values), 1e-300)
    columns, factors, powers = [], [], []
    for i in range(problem.p):
        slope = X[:, i] * smooth.gradient[:, i]
        power = float(slope @ smooth.values) / size
        off = float(np.sqrt(np.sum((slope - power * smooth.values) ** 2) / size))
        whole = round(2.0 * power) / 2.0
        if off < max(0.1, 3.0 * smooth.error) and abs(power - whole) < 0.1 and (X[:, i] != 0).all():
            factors.append(i)
            powers.append(whole)
        else:
            columns.append(i)
    if not factors or (np.any(X[:, factors] < 0) and any(k % 1 for k in powers)):
        return None
    factor = _monomial(factors, powers)
    return _reduced(problem, [Column(i) for i in columns], factor, Number(Exact(0)))


def translations(problem: LawProblem, smooth: Interpolant, count: int) -> Reduction | None:
    """Return the problem in differences, if shifting columns shifts y by a constant."""
    M = np.concatenate([smooth.gradient, -np.full((len(smooth.values), 1), problem.sd())], axis=1)
    found = null_vectors(M, count, forbidden=np.zeros(problem.p, dtype=bool))
    if found is None:
        return _directions(problem, smooth, M[:, :-1], count)
    pivots, S = found
    if np.any(S[:, -1] != 0):
        return None
    columns = [
        _combination([i, *pivots], [1.0, *(-S[:, i])]) for i in range(problem.p) if i not in pivots
    ]
    return _reduced(problem, columns, Number(Exact(1)), Number(Exact(0)))


def _directions(
    problem: LawProblem, smooth: Interpolant, gradient: Array, count: int
) -> Reduction | None:
    """Return the problem in sums of columns with free coefficients, as exact as they are."""
    sd = np.maximum(problem.X.std(axis=0), 1e-300)
    _, singular, right = np.linalg.svd(gradient * sd, full_matrices=False)
    if count >= len(singular) or singular[-count] > _STEEP * singular[0]:
        return None
    N = reduced_echelon(right[len(singular) - count :], np.zeros(problem.p, dtype=bool))
    if N is None:
        return None
    pivots, S = N
    S = S * (sd[None, :] / sd[pivots][:, None])
    columns: list[Node] = []
    for i in range(problem.p):
        if i not in pivots:
            parts: list[Node] = [Column(i)]
            used = [k for k in range(len(pivots)) if abs(S[k, i] * sd[pivots[k]]) > 1e-2 * sd[i]]
            parts += [Product((Constant(float(-S[k, i])), Column(int(pivots[k])))) for k in used]
            columns.append(tidy(Sum(tuple(parts))))
    floor = max(smooth.error, float(singular[-count] / singular[0]))
    return _reduced(problem, columns, Number(Exact(1)), Number(Exact(0)), floor=floor)


def rotations(problem: LawProblem, smooth: Interpolant, count: int) -> Reduction | None:
    """Return the problem in sums and differences of squares, if y depends on those alone."""
    X = problem.X[smooth.rows]
    away = (np.abs(X) > 1e-3 * X.std(axis=0)).all(axis=1)
    if np.count_nonzero(away) <= problem.p:  # indicator columns: some column is 0 in every row
        return None
    M = smooth.gradient[away] / X[away]
    # Rows near an axis count less: their quotients are mostly error.
    M = np.concatenate([M, np.zeros((len(M), 1))], axis=1)
    M *= np.abs(X[away]).min(axis=1, keepdims=True) / X.std()
    M[:, -1] = np.abs(M).max()
    found = null_vectors(M, count, forbidden=np.zeros(problem.p, dtype=bool))
    if found is None:
        return None
    pivots, S = found
    if np.any(np.count_nonzero(S[:, :-1], axis=1) < 2):
        return None
    columns = []
    for i in range(problem.p):
        if i not in pivots:
            others = [Power(Column(int(j)), Number(Exact(2))) for j in (i, *pivots)]
            weights = [1.0, *(-S[:, i])]
            columns.append(_weighted(others, weights) if np.any(S[:, i]) else Column(i))
    return _reduced(problem, columns, Number(Exact(1)), Number(Exact(0)))


def _exact(value: float) -> Number:
    return Number(Exact(*float(value).as_integer_ratio()))


def _monomial(columns: Sequence[int], exponents: Sequence[float]) -> Node:
    parts = [
        Power(Column(int(i)), _exact(k)) for i, k in zip(columns, exponents, strict=True) if k != 0
    ]
    return tidy(Product(tuple(parts)))


def _combination(columns: Sequence[int], weights: Sequence[float]) -> Node:
    return _weighted([Column(int(i)) for i in columns], weights)


def _weighted(nodes: Sequence[Node], weights: Sequence[float]) -> Node:
    parts = [Product((_exact(w), node)) for node, w in zip(nodes, weights, strict=True) if w != 0]
    return tidy(Sum(tuple(parts)))


def _reduced(
    problem: LawProblem,
    columns: Sequence[Node],
    factor: Node,
    summand: Node,
    floor: float | None = None,
) -> Reduction | None:
    """Return the reduction, if everything in it is finite on the rows."""
    X = np.stack([values(node, problem.X) for node in columns], axis=1) if columns else None
    scale = values(factor, problem.X)
    if X is None:
        X = np.empty((problem.n, 0))
    new = replace(problem, y=problem.y - values(summand, problem.X)).over(scale, X)
    if not (np.isfinite(new.X).all() and np.isfinite(new.y).all()):
        return None
    new = new if floor is None else replace(new, floor=floor)
    return Reduction((new,), tuple(columns), factor, summand)
