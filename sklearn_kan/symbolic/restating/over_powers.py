"""A power of the column times a function of it, where there is but one column.

Planck's law and its kin: y over the power is a primitive under an outer function.
"""

from __future__ import annotations

import numpy as np

from ..judging.problem import EXACT, Finds
from ..language.exact import Exact
from ..language.expression import Column, Node, Number, Power, Product
from ..language.primitive import Array, Primitive
from ..language.tidy import tidy
from ..strategies.additive_under_outer import additive_fits, identify

_EXPONENTS = ((1, 1), (-1, 1), (2, 1), (-2, 1), (3, 1), (-3, 1), (1, 2), (-1, 2))
# Outer functions that are tried for each.
_OUTERS = 3


def search_times_powers(finds: Finds, library: tuple[Primitive, ...] | None) -> None:
    """Look for a power of the only column times a function of the library, under outer ones."""
    problem = finds.problem
    if problem.p != 1 or problem.floor > EXACT or np.any(problem.X == 0):
        return
    x: Array = problem.X[:, 0]
    for numerator, denominator in _EXPONENTS:
        if denominator > 1 and x.min() < 0:
            continue
        part = problem.over(x ** (numerator / denominator), problem.X)
        if not (np.isfinite([part.y, part.weights]).all() and np.ptp(part.y) > 0):
            continue
        rest = Finds(part)
        power: Node = Power(Column(0), Number(Exact(numerator, denominator)))
        for fitted in additive_fits(rest.problem)[:_OUTERS]:
            identify(fitted, rest, library)
            if rest.exact:
                break
        if rest.best is not None:
            finds.add(tidy(Product((power, rest.best.node))))
        if finds.exact:
            return
