"""Curves of one column that are a line and a function of x^2 + c, or x times it: roots, say.

The number c is looked for among a few values; refinement finds its digits.
"""

from __future__ import annotations

import numpy as np

from ..judging.best_blocks import orthonormal
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals
from ..judging.selection import Reach, Selection, combination, linear_starts
from ..language.atoms import UNARY, Atoms, power_of
from ..language.expression import Column, Constant, Node, Product, Sum, values
from ..language.outer import IDENTITY
from ..language.primitive import Array

_FUNCTIONS = ("sqrt", "log", "1/x", "1/sqrt")
# Values of c as multiples of the mean square of x, and of its least square where c is negative.
_ABOVE, _BELOW = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0), (0.2, 0.5, 0.8, 0.95)
_TRIED = 4


def curves_beside_a_line(problem: LawProblem) -> Proposals:
    """Propose a line and a function of x^2 + c, if there is one column."""
    if problem.p != 1:
        return
    nodes, kept = [], []
    for node in _functions(problem.X[:, 0]):
        found = values(node, problem.X)
        if np.isfinite(found).all() and np.ptp(found) > 0:
            nodes.append(node)
            kept.append(found / np.sqrt(np.mean(found**2)))
    if not nodes:
        return
    atoms = Atoms(tuple(nodes), np.array(kept), np.zeros(len(nodes), dtype=int))
    base = orthonormal(np.column_stack([np.ones(problem.n), problem.X]))

    def tree_of(chosen: tuple[int, ...]) -> Node:
        return combination([*(nodes[k] for k in chosen), Column(0)])

    hits = Selection(atoms, problem.y, base, problem.n, Reach(singles=_TRIED)).singles
    yield from linear_starts(hits, tree_of, IDENTITY, (problem.X, problem.y), max_iter=40)


def _functions(x: Array) -> list[Node]:
    mean, least = float(np.mean(x**2)), float(np.min(x**2))
    shifts = [share * mean for share in _ABOVE] + [-share * least for share in _BELOW]
    square = power_of(Column(0), 2)
    insides = [Sum((square, Constant(shift))) for shift in shifts if shift != 0.0]
    alone = [UNARY[name](inside) for name in _FUNCTIONS for inside in insides]
    return alone + [Product((Column(0), node)) for node in alone]
