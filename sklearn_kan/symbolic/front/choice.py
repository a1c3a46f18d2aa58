"""Which formula of a front is chosen: the rule, stated once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...training.objective.folds import is_gain
from ..judging.description import Description
from ..language.primitive import Array

RULE = (
    "The formula by which the rows are shortest to write down: its nodes, its numbers, and what "
    "it leaves of y; of formulas as short, the simplest one that is no worse on rows held out. "
    "The network, edge by edge, only where its loss on rows left out is lower by more than "
    "chance makes it, and by more than 3 %."
)
# A factor e of what is left counts for every row while formulas are this near to the best one (in
# nats, all rows); beyond, what is left is no noise, and counts for so many rows at the most, less
# and less the more of it there is.
_NEAR, _ROWS = 60.0, 150.0
# Descriptions that differ by less, in nats, are as short as each other.
_SHORT = 5.0
# Standard errors that may be chance; how much lower the loss of a network is to be, as a share of a
# formula's and of a constant's.
_ERRORS = 2.0
_SLACK, _NOTHING = 0.03, 1e-7


@dataclass(frozen=True, eq=False)
class Standing:
    """What a formula is judged by.

    Parameters
    ----------
    left : float
        How long what it leaves of y is to write down, in nats, up to a constant.
    description : Description
    held_out : ndarray of shape (m,)
        Its loss on each of the rows held out.
    """

    left: float
    description: Description
    held_out: Array


def choose(standings: Sequence[Standing], n: float, weights: Array) -> int:
    """Return which of the formulas, simplest first, is the one to use.

    Parameters
    ----------
    standings : sequence of Standing
        The same rows are held out for all.
    n : float
        Rows that they were fitted to.
    weights : ndarray of shape (m,)
        Of the rows held out.
    """
    totals = lengths(standings, n)
    near = np.flatnonzero(totals < totals.min() + _SHORT).tolist()
    losses = {k: standings[k].held_out for k in near}
    best = min(near, key=lambda k: float(weights @ losses[k]))
    return next(
        k for k in near if k == best or not is_gain(losses[k] - losses[best], weights, _ERRORS)
    )


def lengths(standings: Sequence[Standing], n: float) -> Array:
    """Return how long the rows are when written down by each formula, up to a constant, in nats.

    Where the best formula leaves noise, each row tells formulas apart. What a formula leaves
    beyond that is a curve, not noise: more rows of it say no more.
    """
    left = np.array([standing.left for standing in standings])
    beyond = left - left.min()
    beyond = np.minimum(beyond, _NEAR + min(n, _ROWS) * np.log1p(beyond / n))
    return np.asarray(beyond + [standing.description.total for standing in standings])


def is_network_better(network: Array, formula: Array, weights: Array, constant: float) -> bool:
    """Tell whether a network is to be chosen and not a formula.

    Parameters
    ----------
    network, formula : ndarray of shape (n,)
        Their losses on each row when it is left out.
    weights : ndarray of shape (n,)
    constant : float
        The mean loss of the best constant.
    """
    gains = (1.0 - _SLACK) * formula - network - _NOTHING * constant
    return is_gain(gains, weights, _ERRORS)
