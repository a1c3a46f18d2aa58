"""Sparse polynomials in columns and simple functions of them.

Terms are taken out one by one, the one of least effect first, while that lowers the information
criterion.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations_with_replacement

import numpy as np
from scipy import linalg

from ..judging.description import rough_length
from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import BestSoFar, Proposals, Start
from ..language.atoms import UNARY, power_of
from ..language.exact import Exact
from ..language.expression import Apply, Column, Constant, Node, Number, Power, Product, Sum, values
from ..language.library import LIBRARY
from ..language.outer import Outer, outers_of
from ..language.permitted import is_permitted
from ..language.primitive import Array
from ..language.tidy import ONE, tidy

MOST_TERMS = 260
# Of a term, beside its coefficient.
_NODES = 2
# What rounding, and products of it, leave of an exact law in normal equations.
_FLOOR = 1e-13
# Functions of single columns that are summed, of so many columns, and their largest values.
_SIMPLE = ("x", "square", "cube", "fourth", "sin", "cos", "exp", "exp-", "log", "sqrt", "1/x")
_MOST_FOR_FUNCTIONS, _LARGEST = 4, 1e6


@dataclass(frozen=True, eq=False)
class Terms:
    """Products of letters: trees, and their values (m, n)."""

    nodes: tuple[Node, ...]
    F: Array

    def __len__(self) -> int:
        """Return the number of terms."""
        return len(self.nodes)


def polynomials(problem: LawProblem) -> Proposals:
    """Propose polynomials under every outer function."""
    for degree, letters in _alphabets(problem):
        terms = make_terms(letters, degree, problem.X)
        if len(terms) > min(MOST_TERMS, problem.n // (3 if degree > 1 else 2)):
            continue
        for outer, z, slope in outers_of(problem.y, problem.permitted):
            if outer.name in ("-exp", "sin", "arctan"):
                continue
            yield from _polynomial(problem, terms, outer, z, slope)


def _functions(columns: Sequence[Node], problem: LawProblem) -> list[Node]:
    """Return simple functions of each column that have values on the rows."""
    found = [UNARY[name](x) for name in _SIMPLE for x in columns]
    found += [UNARY[name](UNARY["square"](x)) for name in ("sin", "cos") for x in columns]
    nodes = [node for node in map(tidy, found) if is_permitted(node, problem.permitted)]
    return [node for node in nodes if np.abs(values(node, problem.X)).max() < _LARGEST]


def waves_of(columns: Sequence[Node], problem: LawProblem) -> list[Node]:
    """Return sines and cosines of columns, if they are permitted."""
    waves = [Apply(LIBRARY[name], x) for name in ("sin", "cos") for x in columns]
    return [wave for wave in waves if is_permitted(wave, problem.permitted)]


def _alphabets(problem: LawProblem) -> Iterator[tuple[int, list[Node]]]:
    """Yield a degree and the letters of polynomials: columns; their sines; their roots."""
    columns: list[Node] = [Column(i) for i in range(problem.p)]
    yield 1, columns
    logs: list[Node] = [UNARY["log"](x) for i, x in enumerate(columns) if problem.X[:, i].min() > 0]
    if logs:
        yield 1, [*logs, *(x for i, x in enumerate(columns) if problem.X[:, i].min() <= 0)]
    if problem.p == 1:
        yield 9, columns
    if problem.p <= _MOST_FOR_FUNCTIONS:
        yield 1, _functions(columns, problem)
    for degree in (2, 3, 4, 6):
        yield degree, columns
    waves = waves_of(columns, problem)
    roots = [power_of(x, 1, 2) for i, x in enumerate(columns) if problem.X[:, i].min() > 0]
    for degree in (2, 3):
        yield degree, [*columns, *waves]
    if roots:
        others = [x for i, x in enumerate(columns) if problem.X[:, i].min() <= 0]
        for degree in (2, 3):
            yield degree, [*roots, *others, *waves]


def make_terms(letters: Sequence[Node], degree: int, X: Array) -> Terms:
    """Return all products of up to `degree` letters, 1 included, that are finite on the rows."""
    rows = [values(letter, X) for letter in letters]
    nodes: list[Node] = [ONE]
    F = [np.ones(len(X))]
    for count in range(1, degree + 1):
        if len(nodes) > 3 * MOST_TERMS:
            break
        for chosen in combinations_with_replacement(range(len(letters)), count):
            if _is_redundant(chosen, letters):
                continue
            nodes.append(_product([letters[i] for i in chosen]))
            F.append(np.prod([rows[i] for i in chosen], axis=0))
    return Terms(tuple(nodes), np.array(F))


def _is_redundant(chosen: tuple[int, ...], letters: Sequence[Node]) -> bool:
    """Tell whether a product has a squared sine, which squared cosines and 1 stand for."""
    twice = {i for i in chosen if chosen.count(i) > 1}
    return any(
        isinstance(letters[i], Apply) and letters[i].function.name == "sin"  # type: ignore[union-attr]
        for i in twice
    )


def _product(nodes: Sequence[Node]) -> Node:
    powers: dict[Node, int] = {}
    for node in nodes:
        powers[node] = powers.get(node, 0) + 1
    parts = [
        Power(node.base, _times(node.exponent, k)) if isinstance(node, Power) else power_of(node, k)
        for node, k in powers.items()
    ]
    return tidy(Product(tuple(parts)))


def _times(exponent: Node, k: int) -> Node:
    if not isinstance(exponent, Number):
        return Product((exponent, Number(Exact(k))))
    fraction = Fraction(exponent.exact.numerator * k, exponent.exact.denominator)
    return Number(Exact(fraction.numerator, fraction.denominator))


def _polynomial(
    problem: LawProblem, terms: Terms, outer: Outer, z: Array, slope: Array
) -> Proposals:
    size = np.maximum(np.abs(slope), 1e-300)
    weights = problem.weights * np.minimum(size**-2, 30 * np.median(size**-2))
    kept = eliminate(terms.F, z, weights, floor=max(problem.floor**2, _FLOOR))
    if kept is None or len(kept[0]) > 40:
        return
    chosen, left = kept
    best = yield BestSoFar()
    if best is not None and np.sqrt(left) > 20 * best.loss:
        return
    theta = solved(terms.F[chosen], z, weights)
    parts = [Product((Constant(c), terms.nodes[i])) for c, i in zip(theta, chosen, strict=True)]
    if parts:
        yield Start(outer.inverse(tidy(Sum(tuple(parts)))), max_iter=10)


def solved(F: Array, z: Array, weights: Array) -> list[float]:
    """Return the coefficients of terms F (m, n) that fit z (n,) best."""
    root = np.sqrt(weights)
    scale = np.linalg.norm(F * root, axis=1) + 1e-300
    solution = least_squares((F * root / scale[:, None]).T, root * z)
    return [float(c) for c in solution / scale]


def eliminate(
    F: Array, z: Array, weights: Array, floor: float = _FLOOR
) -> tuple[list[int], float] | None:
    """Return the terms (of m, n) that stay, and the share of the target's variance they leave.

    Each removal updates the inverse of the normal equations by rank one.
    """
    root = np.sqrt(weights)
    scaled = F * root
    norms = np.linalg.norm(scaled, axis=1)
    usable = np.flatnonzero(np.isfinite(norms) & (norms > 0))
    if not np.isfinite(z).all() or len(usable) == 0:
        return None
    scaled = scaled[usable] / norms[usable, None]
    target = root * z
    centred = target - root * (root @ target) / (root @ root)
    total = float(centred @ centred)
    if total <= 0:
        return None
    gram = scaled @ scaled.T
    gram[np.diag_indices_from(gram)] += 1e-14
    try:
        inverse = linalg.cho_solve(linalg.cho_factor(gram, lower=True), np.eye(len(gram)))
    except linalg.LinAlgError:
        return None
    theta = least_squares(scaled.T, target, 1e-13)
    rest = target - theta @ scaled
    rss = float(rest @ rest)
    return _eliminate(inverse, theta, rss / total, (total, floor), usable, len(z))


def _eliminate(
    inverse: Array, theta: Array, left: float, units: tuple[float, float], names: Array, n: int
) -> tuple[list[int], float]:
    total, floor = units
    alive = np.arange(len(theta))
    best: tuple[float, Array, float] | None = None
    while True:
        score = rough_length(left + floor, n, len(alive), _NODES * len(alive))
        if best is None or score < best[0]:
            best = (score, alive, left)
        if len(alive) <= 1:
            break
        diagonal = np.maximum(np.diag(inverse), 1e-300)
        rise = theta**2 / diagonal / total
        j = int(np.argmin(rise))
        column = inverse[:, j] / diagonal[j]
        theta = np.delete(theta - column * theta[j], j)
        inverse = inverse - np.outer(column, inverse[j])
        inverse = np.delete(np.delete(inverse, j, 0), j, 1)
        alive = np.delete(alive, j)
        left += float(rise[j])
        if left > 1.0:
            break
    return [int(i) for i in names[best[1]]], best[2]
