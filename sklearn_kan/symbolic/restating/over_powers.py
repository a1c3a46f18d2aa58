"""A power of the column times a function of it, where there is but one column.

Planck's law and its kin: y over the power is a primitive under an outer function.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.problem import EXACT, Finds, LawProblem
from ..judging.proposals import Proposals, follow
from ..language.exact import Exact
from ..language.expression import Column, Node, Number, Power, Product
from ..language.primitive import Array
from ..language.tidy import tidy
from ..strategies.additive_under_outer import additive_fits, named_curves
from .restatement import restored_laws

_EXPONENTS = ((1, 1), (-1, 1), (2, 1), (-2, 1), (3, 1), (-3, 1), (1, 2), (-1, 2))
# Outer functions that are tried for each.
_OUTERS = 3


@dataclass(frozen=True, eq=False)
class OverPower:
    """The problem of y over a power of the column.

    Parameters
    ----------
    power : Node
    problems : tuple of LawProblem
        One.
    """

    power: Node
    problems: tuple[LawProblem, ...]

    def restored(self, laws: Sequence[Node]) -> Node:
        """Return a law times the power."""
        return tidy(Product((self.power, *laws)))


def powers_times_functions(problem: LawProblem) -> Proposals:
    """Propose a power of the only column times a function of the library, under outer ones."""
    if problem.p == 1 and problem.floor <= EXACT and not np.any(problem.X == 0):
        for restatement in over_powers(problem):
            yield from restored_laws(restatement, _search, few=1)


def over_powers(problem: LawProblem) -> Iterator[OverPower]:
    """Yield the problems of y over powers of the only column."""
    x: Array = problem.X[:, 0]
    for numerator, denominator in _EXPONENTS:
        if denominator > 1 and x.min() < 0:
            continue
        part = problem.over(x ** (numerator / denominator), problem.X)
        if np.isfinite([part.y, part.weights]).all() and np.ptp(part.y) > 0:
            power: Node = Power(Column(0), Number(Exact(numerator, denominator)))
            yield OverPower(power, (part,))


def _search(problem: LawProblem) -> Finds:
    return follow(_proposals(problem), Finds(problem))


def _proposals(problem: LawProblem) -> Proposals:
    for fitted in additive_fits(problem)[:_OUTERS]:
        yield from named_curves(fitted, problem)
