"""How much of the hidden nodes' part to believe: a share found on rows left out.

The additive fit and a fit with hidden nodes have their direct edges on the same functions, so
``(1 - share) * additive + share * hidden`` is one network, no larger than the second. A share
below one shrinks what was found by search, which the evidence takes as given.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.optimize import minimize_scalar

from .gauss_newton import State
from .losses import Loss
from .objective import Rows


@dataclass(frozen=True)
class Blend:
    """Which candidate to mix with the first, its share, and the mean loss on rows left out."""

    candidate: int
    share: float
    risk: float


def best_blend(
    predictions: np.ndarray, rows: Rows, loss: Loss, whole: tuple[int, ...] = ()
) -> Blend:
    """Return the best mixture of the first candidate with one of the others.

    Parameters
    ----------
    predictions : ndarray of shape (candidates, n, q)
        Raw predictions for each row by fits that left it out.
    rows : Rows
    loss : Loss
        Convex in the raw predictions, hence in the share.
    whole : tuple of int
        Candidates that cannot be mixed: their share is one or none.

    Returns
    -------
    Blend
        The share is 0 unless the gain is more than half its standard error over the rows.
    """
    first = predictions[0]
    base = loss.value(rows.y, first)
    best = Blend(0, 0.0, float(np.average(base, weights=rows.weights)))
    for candidate in range(1, len(predictions)):
        change = predictions[candidate] - first
        share = 1.0 if candidate in whole else _best_share(first, change, rows, loss)
        losses = loss.value(rows.y, first + share * change)
        risk = float(np.average(losses, weights=rows.weights))
        if risk < best.risk and is_gain(base - losses, rows.weights):
            best = Blend(candidate, share, risk)
    return best


def _best_share(first: np.ndarray, change: np.ndarray, rows: Rows, loss: Loss) -> float:
    def risk(share: float) -> float:
        return float(rows.weights @ loss.value(rows.y, first + share * change))

    return float(minimize_scalar(risk, bounds=(0.0, 1.0), method="bounded").x)


def is_gain(gains: np.ndarray, weights: np.ndarray, n_errors: float = 0.5) -> bool:
    """Tell whether the mean gain of the rows (n,) is more than so many standard errors."""
    mean = np.average(gains, weights=weights)
    variance = np.average((gains - mean) ** 2, weights=weights)
    return bool(mean > n_errors * np.sqrt(variance / weights.sum()))


def blended(additive: State, hidden: State, share: float) -> State:
    """Return the mixture as one state, with the strengths and the posterior of `hidden`.

    Parameters
    ----------
    additive : State
        Of a network without hidden layers.
    hidden : State
        Grown from it: one hidden layer, and direct edges on the same coordinates.
    share : float
    """
    chart = hidden.chart
    matrices = chart.matrices(hidden.beta)
    last = chart.n_hidden
    matrices[last] = share * matrices[last]
    alone = additive.chart.matrices(additive.beta)[0]
    matrices[last + 1] = (1.0 - share) * alone + share * matrices[last + 1]
    bias = (1.0 - share) * additive.beta[additive.chart.bias_part]
    bias = bias + share * hidden.beta[chart.bias_part]
    return replace(hidden, beta=chart.pack(matrices, bias))
