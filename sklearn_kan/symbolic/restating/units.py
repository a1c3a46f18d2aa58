"""Rows in units of their own size: columns of 1e24 or 1e-11 would overflow in powers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..judging.problem import LawProblem
from ..language.expression import Column, Constant, Node, Product, substitute
from ..language.primitive import Array
from ..language.tidy import tidy

# Sizes within this power of ten of 1 are left as they are: a law may add 1 to a column.
_PLAIN = 4


@dataclass(frozen=True, eq=False)
class DecimalUnits:
    """A problem whose columns, and target, are divided by powers of ten.

    Parameters
    ----------
    columns : ndarray of shape (p,)
    target : float
    problems : tuple of LawProblem
        One, in these units.
    """

    columns: Array
    target: float
    problems: tuple[LawProblem, ...]

    @classmethod
    def of(cls, problem: LawProblem) -> DecimalUnits:
        """Return a problem in units that are 1 unless a column's size is far from it."""
        columns, target = np.array([_unit(x) for x in problem.X.T]), _unit(problem.y)
        return cls(
            columns, target, (replace(problem, X=problem.X / columns, y=problem.y / target),)
        )

    def restored(self, laws: Sequence[Node]) -> Node:
        """Return a law in these units as one of the columns as they were."""
        columns: list[Node] = [
            Column(i) if unit == 1.0 else Product((Constant(1.0 / unit), Column(i)))
            for i, unit in enumerate(self.columns.tolist())
        ]
        node = substitute(laws[0], columns)
        return tidy(node if self.target == 1.0 else Product((Constant(self.target), node)))


def _unit(x: Array) -> float:
    """Return the power of ten nearest to the largest size of x, 1 if that is moderate."""
    size = float(np.abs(x).max(initial=0.0))
    power = int(np.round(np.log10(size))) if 0.0 < size < np.inf else 0
    return 1.0 if abs(power) < _PLAIN else 10.0**power
