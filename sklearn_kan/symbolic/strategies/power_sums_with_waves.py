"""Sums of products of powers whose terms have a wave or another such factor beside them.

Such a letter is a function of a column, or of two columns' product, difference or quotient: it
need not be known which powers stand beside it, for these are fitted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, permutations

import numpy as np

from ..judging.problem import LawProblem
from ..judging.proposals import Proposals
from ..language.atoms import UNARY, minus, power_of
from ..language.expression import Column, Node, Product, values
from ..language.permitted import is_permitted
from ..language.primitive import Array
from ..language.tidy import ONE, tidy
from .power_sums import sums_of_powers

# What columns of both signs, positive ones that may be angles, and two columns come in as.
_WAVES, _WHOLE, _WAVES_OF_TWO = (
    ("sin2", "sin", "cos", "tan"),
    ("x", "square"),
    ("sin", "cos", "cos2"),
)
# Angles vary by so much. There are no more columns than this for letters, or for those of two.
_ARC, _MOST_COLUMNS, _MOST_FOR_TWO = 0.9, 6, 5
# Letters have no larger values: near a pole nothing else would count.
_LARGEST = 1e3


def power_sums_with_letters(problem: LawProblem) -> Proposals:
    """Propose sums of products of powers, some of them with a letter as a factor.

    One of the columns may have both signs: it comes in as a wave, by itself or as its square.
    """
    X, p = problem.X, problem.p
    signed = [int(i) for i in np.flatnonzero(~(X > 0).all(axis=0))]
    if not 2 < p <= _MOST_COLUMNS or len(signed) > 1:
        return
    angles = signed or [int(i) for i in np.flatnonzero(np.ptp(X, axis=0) > _ARC)]
    for i in angles:
        nodes = [UNARY[name](Column(i)) for name in _WAVES]
        nodes.append(power_of(UNARY["cos"](Column(i)), -2))
        nodes += [UNARY[name](Column(i)) for name in _WHOLE] if signed else []
        letters = _usable(nodes, problem)
        others = [k for k in range(p) if k != i]
        if letters:
            yield from sums_of_powers(problem, others, letters, ("y", "sqrt"))
    if signed or p > _MOST_FOR_TWO:
        return
    for group in _of_two(X):
        letters = _usable(group, problem)
        if letters:
            yield from sums_of_powers(problem, range(p), letters, ("y",), most_terms=2)


def _of_two(X: Array) -> Iterator[list[Node]]:
    """Yield functions of quotients, and of two columns' product or difference."""
    for i, j in permutations(range(X.shape[1]), 2):
        if (X[:, i] < X[:, j]).all():
            ratio = Product((Column(i), power_of(Column(j), -1)))
            square = minus(ONE, power_of(ratio, 2))
            for whole in (square, minus(ONE, ratio)):
                yield [power_of(whole, k, 2) for k in (-1, 1, -2)]
        yield [UNARY["exp-"](Product((Column(i), power_of(Column(j), -1))))]
    for i, j in combinations(range(X.shape[1]), 2):
        for inner in (Product((Column(i), Column(j))), minus(Column(i), Column(j))):
            yield [UNARY[name](inner) for name in _WAVES_OF_TWO]
        yield [UNARY["exp-"](Product((Column(i), Column(j))))]


def _usable(nodes: Sequence[Node], problem: LawProblem) -> list[Node]:
    """Return the letters that are permitted and vary on the rows."""
    return [
        node
        for node in map(tidy, nodes)
        if is_permitted(node, problem.permitted) and 0 < np.ptp(_scaled(node, problem.X)) < _LARGEST
    ]


def _scaled(node: Node, X: Array) -> Array:
    found = values(node, X)
    return found / max(float(np.median(np.abs(found))), 1e-300)
