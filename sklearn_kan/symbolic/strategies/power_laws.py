"""Sums of few power laws, with exponents that polynomials of many terms do not reach.

Where y varies over orders of magnitude, derivatives that would show its symmetries are inexact;
but few products of powers can be looked for among all of them at once.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from ..judging.best_blocks import orthonormal
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals
from ..judging.rows import evenly
from ..judging.selection import Reach, Selection, by_left, linear_starts, sums_of
from ..language.atoms import make_atoms, power_of
from ..language.expression import Column, Node, Product
from ..language.outer import outers_of
from ..language.tidy import ONE, tidy
from .blocks import most_in_pairs

# Exponents for so many columns; of more columns there would be too many products.
_EXPONENTS: dict[int, tuple[int, ...]] = {
    2: tuple(range(-12, 13)),
    3: (-12, -8, -6, -4, -3, -2, -1, 0, 1, 2, 3, 4, 6, 8, 12),
    4: (-3, -2, -1, 0, 1, 2, 3),
}
_OUTERS = ("y", "sqrt", "1/x", "square", "1/sqrt")
_REACH = Reach(singles=1, pairs=4, from_pairs=2)
_SAMPLE, _TRIED, _LEFT, _FEW_ROWS = 200, 3, 0.01, 50


def power_laws(problem: LawProblem) -> Proposals:
    """Propose sums of one to three products of powers of two to four columns."""
    if problem.p not in _EXPONENTS or not (problem.X > 0).all():
        return
    rows = evenly(problem.n, _SAMPLE)
    atoms = make_atoms(_monomials(problem.p), problem.X[rows])
    if problem.n < _FEW_ROWS:
        atoms = atoms.simplest(most_in_pairs(problem.n))
    ones = orthonormal(np.ones((len(rows), 1)))
    for outer, z, _ in outers_of(problem.y, problem.permitted):
        if outer.name not in _OUTERS:
            continue
        found = Selection(atoms, z[rows], ones, problem.n, _REACH)
        hits = by_left([*found.singles, *found.pairs, *found.longer])[:_TRIED]
        near = [hit for hit in hits if hit[0] < _LEFT]
        yield from linear_starts(near, sums_of(atoms), outer, (problem.X, z))


def _monomials(p: int) -> list[Node]:
    """Return all products of powers of p columns."""
    return [
        tidy(Product((ONE, *(power_of(Column(i), k) for i, k in enumerate(powers) if k))))
        for powers in product(_EXPONENTS[p], repeat=p)
        if any(powers)
    ]
