"""How much of each fit with hidden nodes to believe: shares found on rows left out.

A share below one shrinks what was found by search, which the evidence takes as given; and fits
that are mixed err less than each of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from ..objective.folds import is_gain
from ..objective.losses import Loss
from ..objective.objective import Rows


@dataclass(frozen=True)
class Blend:
    """Which candidate to mix with the first, its share, and the mean loss on rows left out."""

    candidate: int
    share: float
    risk: float


def best_blend(predictions: np.ndarray, rows: Rows, loss: Loss) -> Blend:
    """Return the best mixture of the first candidate with one of the others.

    Parameters
    ----------
    predictions : ndarray of shape (candidates, n, q)
        Raw predictions for each row by fits that left it out.
    rows : Rows
    loss : Loss
        Convex in the raw predictions, hence in the share.

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
        share = _best_share(first, change, rows, loss)
        losses = loss.value(rows.y, first + share * change)
        risk = float(np.average(losses, weights=rows.weights))
        if risk < best.risk and is_gain(base - losses, rows.weights):
            best = Blend(candidate, share, risk)
    return best


# Candidates in a mixture, at the most, and by how much it must be better than one alone.
MOST_IN_MIXTURE, _WORTH_MORE = 3, 0.02
# Less of a candidate than this is not worth its parameters.
_LEAST_SHARE = 0.03
# Standard errors by which a candidate may be worse than the first, and still be mixed with it.
_CLEARLY = 1.0


def best_shares(
    predictions: np.ndarray, rows: Rows, loss: Loss, whole: Sequence[int] | np.ndarray = ()
) -> tuple[np.ndarray, float]:
    """Return the shares (candidates,), which sum to one, of a mixture, and its mean loss.

    The first candidate is mixed with the best other one, that with the best third one, and so
    on (greedy selection of ensembles, Caruana et al. 2004): each has to gain as in `best_blend`.
    What alone is worse than the first by more than a standard error has no share: what it seems to
    add is chance. Shares of less than 0.03 go to the others. The mixture in turn has to gain over
    each candidate of `whole` that is better than the first, by a fiftieth of its loss more: it has
    more nodes, and edges are not eliminated from it.

    Parameters
    ----------
    predictions, rows, loss
        See `best_blend`.
    whole : sequence of int
        Candidates that are taken alone or not at all.
    """
    shares = np.zeros(len(predictions))
    shares[0] = 1.0
    mixture = predictions[0]
    losses = [loss.value(rows.y, raw) for raw in predictions]
    is_worse = [is_gain(one - losses[0], rows.weights, _CLEARLY) for one in losses]
    others = [k for k in range(1, len(predictions)) if k not in whole and not is_worse[k]]
    for _ in range(MOST_IN_MIXTURE):
        blend = best_blend(np.stack([mixture, *predictions[others]]), rows, loss)
        if not blend.candidate:
            break
        chosen = others[blend.candidate - 1]
        shares *= 1.0 - blend.share
        shares[chosen] += blend.share
        mixture = mixture + blend.share * (predictions[chosen] - mixture)
    shares = np.where(shares < _LEAST_SHARE, 0.0, shares)
    shares = shares / shares.sum()
    mixture = np.tensordot(shares[shares > 0], predictions[shares > 0], axes=1)
    best = loss.value(rows.y, mixture)
    for k in whole:
        better = is_gain(losses[0] - losses[k], rows.weights)
        if better and not is_gain((1.0 - _WORTH_MORE) * losses[k] - best, rows.weights):
            shares, best = np.eye(len(predictions))[k], losses[k]
    return shares, float(np.average(best, weights=rows.weights))


def _best_share(first: np.ndarray, change: np.ndarray, rows: Rows, loss: Loss) -> float:
    def risk(share: float) -> float:
        return float(rows.weights @ loss.value(rows.y, first + share * change))

    inside = minimize_scalar(risk, bounds=(0.0, 1.0), method="bounded")  # it never tries an end
    return 1.0 if risk(1.0) <= inside.fun else float(inside.x)
