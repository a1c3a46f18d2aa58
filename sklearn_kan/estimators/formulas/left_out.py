"""Raw predictions of rows that are left out, without a fit for each."""

from __future__ import annotations

import numpy as np

from ...network import Network, predict
from ...training.evidence.predictive import Predictive
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows

# Rows determine numbers at least in part; where it is not known which, in half at the most.
_MOST, _MOST_BY_NUMBERS = 0.99, 0.5
# What meets fewer rows than this, each by numbers of its own, says nothing between them.
_FEW = 50.0


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
        How sure the fit of its splines was; without it all rows have the same share of its
        numbers.
    n_numbers : float
        How many it has, those of splines only without `predictive`.

    Returns
    -------
    ndarray of shape (n, q)
        Those of a constant where rows are few and each is met by numbers of its own.
    """
    raw = predict(network, rows.x)
    leverage = np.full(raw.shape, n_numbers / max(rows.total_weight, 1.0))
    if predictive is not None:
        part = np.minimum(rows.weights, 1.0)[:, None]
        spread = predictive.variances(rows.x) / predictive.dispersion
        leverage = np.maximum(leverage, part * spread * _curvature(rows, raw, loss))
    held = np.minimum(leverage, _MOST_BY_NUMBERS if predictive is None else _MOST)
    left_out = _moved(raw, held, rows, loss)
    if rows.total_weight >= _FEW:
        return left_out
    constant = np.tile(loss.best_constant(rows.y, rows.weights), (len(raw), 1))
    share = np.full(raw.shape, 1.0 / max(rows.total_weight, 2.0))
    return np.where(leverage < _MOST, left_out, _moved(constant, share, rows, loss))


def _moved(raw: np.ndarray, leverage: np.ndarray, rows: Rows, loss: Loss) -> np.ndarray:
    """Return where raw predictions go when the row, of a leverage, is taken away."""
    gradient = loss.loss_gradient(rows.y, raw)[1]
    return np.asarray(raw + leverage / (1.0 - leverage) * gradient / _curvature(rows, raw, loss))


def _curvature(rows: Rows, raw: np.ndarray, loss: Loss) -> np.ndarray:
    """Return the diagonal (n, q) of the Hessians."""
    hessian = loss.hessian(rows.y, raw)
    if hessian.ndim == 3:
        hessian = np.einsum("nqq->nq", hessian)
    return np.maximum(hessian, 1e-12)
