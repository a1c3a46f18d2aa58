"""Which formulas of a search are judged on the rows, and what is nearly the same but simpler."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from ..judging.problem import EXACT, Candidate, LawProblem
from ..language.exact import Exact
from ..language.expression import Constant, Node, Number, Power, size, transform, values
from ..language.permitted import is_permitted
from ..language.tidy import tidy
from .limits import limits_of

# Candidates of a search that are judged on the rows: the best, and with others so many.
_BEST, _MOST = 4, 10
# Exponents that are nearly whole or half.
_NEARLY = 0.02
_NO_COLUMNS = np.empty((1, 0))


def starts_of(candidates: Sequence[Candidate], problem: LawProblem) -> list[Node]:
    """Return the formulas of a search that are worth judging, and those they nearly are."""
    nodes = [each.node for each in _promising(candidates)]
    others = [rounded for node in nodes if (rounded := with_round_exponents(node)) != node]
    if min((each.loss for each in candidates), default=0.0) >= EXACT:
        others += [limit for node in nodes for limit in limits_of(node, problem.X)]
    return nodes + [other for other in others if is_permitted(other, problem.permitted)]


def with_round_exponents(node: Node) -> Node:
    """Return a formula whose exponents are whole or half where they are near to that.

    A few rows with errors of their own may say otherwise; which is worth it is told by the front.
    """

    def change(part: Node) -> Node:
        match part:
            case Power(base, Number() | Constant() as exponent):
                value = values(exponent, _NO_COLUMNS)[0]
                near = Fraction(round(2.0 * value), 2)
                if 0.0 < abs(value - near) < _NEARLY:
                    return Power(base, Number(Exact(near.numerator, near.denominator)))
        return part

    rounded = transform(node, change)
    return node if rounded == node else tidy(rounded)


def _promising(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Return the best by score, and the most accurate of every size."""
    kept = list(candidates[:_BEST])
    by_size: dict[int, Candidate] = {}
    for candidate in candidates:
        known = by_size.get(size(candidate.node))
        if known is None or candidate.loss < known.loss:
            by_size[size(candidate.node)] = candidate
    best = np.inf
    for n_nodes in sorted(by_size):
        if by_size[n_nodes].loss < 0.9 * best:
            best = by_size[n_nodes].loss
            if all(by_size[n_nodes] is not each for each in kept):
                kept.append(by_size[n_nodes])
    return kept[:_MOST]
