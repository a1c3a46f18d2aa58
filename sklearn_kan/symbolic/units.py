"""Rows in units of their own size: columns of 1e24 or 1e-11 would overflow in powers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .expression import Column, Constant, Node, Product, substitute
from .primitive import Array
from .problem import EXACT, Problem
from .tidy import tidy

# Sizes within this power of ten of 1 are left as they are: a law may add 1 to a column.
_PLAIN = 4


@dataclass(frozen=True, eq=False)
class DecimalUnits:
    """Powers of ten that columns, and the target, are divided by.

    Parameters
    ----------
    columns : ndarray of shape (p,)
    target : float
    """

    columns: Array
    target: float

    @classmethod
    def of(cls, problem: Problem) -> DecimalUnits:
        """Return units for rows: 1 unless a column's size is far from it."""
        return cls(np.array([_unit(x) for x in problem.X.T]), _unit(problem.y))

    def measured(self, problem: Problem, error: float = 0.0) -> Problem:
        """Return a problem in these units; the target's error is a share of its deviation."""
        floor = max(error, EXACT)
        return replace(problem, X=problem.X / self.columns, y=problem.y / self.target, floor=floor)

    def restored(self, node: Node) -> Node:
        """Return a formula in these units as one of the columns as they were."""
        columns: list[Node] = [
            Column(i) if unit == 1.0 else Product((Constant(1.0 / unit), Column(i)))
            for i, unit in enumerate(self.columns.tolist())
        ]
        node = substitute(node, columns)
        return tidy(node if self.target == 1.0 else Product((Constant(self.target), node)))


def _unit(x: Array) -> float:
    """Return the power of ten nearest to the largest size of x, 1 if that is moderate."""
    size = float(np.abs(x).max(initial=0.0))
    power = int(np.round(np.log10(size))) if 0.0 < size < np.inf else 0
    return 1.0 if abs(power) < _PLAIN else 10.0**power
