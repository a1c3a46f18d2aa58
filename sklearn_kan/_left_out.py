"""Raw predictions of rows that are left out, without a fit for each."""

from __future__ import annotations

import numpy as np

from .network import Network, predict
from .training import Loss, Rows
from .training.predictive import Predictive

# Of the leverage: a row that determines a number alone has no prediction without it.
_MOST, _MOST_BY_NUMBERS = 0.99, 0.5


def raw_left_out(
    network: Network,
    rows: Rows,
    loss: Loss,
    predictive: Predictive | None = None,
    n_numbers: float = 0.0,
) -> np.ndarray:
    """Return raw predictions (n, q) of each row by a fit to the others, to first order.

    Parameters
    ----------
    network : Network
        Fitted to the rows.
    rows : Rows
    loss : Loss
    predictive : Predictive or None
        How sure the fit was; without it all rows have the same share of its numbers.
    n_numbers : float
        How many it has.
    """
    raw = predict(network, rows.x)
    gradient = loss.loss_gradient(rows.y, raw)[1]
    hessian = loss.hessian(rows.y, raw)
    if hessian.ndim == 3:
        hessian = np.einsum("nqq->nq", hessian)
    hessian = np.maximum(hessian, 1e-12)
    part = np.minimum(rows.weights, 1.0)[:, None]
    if predictive is None:
        share = min(n_numbers / max(rows.total_weight, 1.0), _MOST_BY_NUMBERS)
        leverage = np.full(raw.shape, share)
    else:
        spread = predictive.variances(rows.x) / predictive.dispersion
        leverage = np.clip(part * spread * hessian, 0.0, _MOST)
    return np.asarray(raw + leverage / (1.0 - leverage) * gradient / hessian)
