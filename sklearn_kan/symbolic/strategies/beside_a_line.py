"""Curves of one column that are a line and a function of x^2 + c, or x times it: roots, say.

The number c is looked for among a few values; refinement finds its digits.
"""

from __future__ import annotations

import numpy as np

from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals, Start
from ..judging.selection import Projected, best_single, orthonormal
from ..language.atoms import UNARY, power_of
from ..language.expression import Column, Constant, Node, Product, Sum, values
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
    base = orthonormal(np.column_stack([np.ones(problem.n), problem.X]))
    costs = np.zeros(len(nodes))
    hits = best_single(Projected.of(np.array(kept), problem.y, base, costs, problem.n), _TRIED)
    for _, (k,) in hits:
        columns = np.column_stack([kept[k], problem.X, np.ones(problem.n)])
        coef, slope, constant = least_squares(columns, problem.y, 1e-13)
        coef /= np.sqrt(np.mean(values(nodes[k], problem.X) ** 2))
        line = Product((Constant(float(slope)), Column(0)))
        curve = Product((Constant(float(coef)), nodes[k]))
        yield Start(Sum((curve, line, Constant(float(constant)))))


def _functions(x: Array) -> list[Node]:
    mean, least = float(np.mean(x**2)), float(np.min(x**2))
    shifts = [share * mean for share in _ABOVE] + [-share * least for share in _BELOW]
    square = power_of(Column(0), 2)
    insides = [Sum((square, Constant(shift))) for shift in shifts if shift != 0.0]
    alone = [UNARY[name](inside) for name in _FUNCTIONS for inside in insides]
    return alone + [Product((Column(0), node)) for node in alone]
