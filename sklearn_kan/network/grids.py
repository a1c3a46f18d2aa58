"""Grids from data: breaks between uniform and quantile, with weights."""

from __future__ import annotations

import numpy as np


def fit_breaks(
    x: np.ndarray, weights: np.ndarray, grid_size: int, grid_eps: float, margin: float = 0.0
) -> np.ndarray:
    """Return breaks (p, G + 1) that cover each column of x.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    weights : ndarray of shape (n,)
        Non-negative, not all zero; rows of weight zero count as absent, and a weight of two
        as the row twice.
    grid_size : int
        G.
    grid_eps : float
        1 for uniform breaks, 0 for quantiles of the rows, between them for a mix.
    margin : float
        How far the grid goes beyond the data at either end, as a share of their range.

    Returns
    -------
    ndarray of shape (p, G + 1)
        Strictly increasing. A constant column gets a grid of length 2 around it, and a longer
        one where its value is so large that rounding would swallow that. Constant are all
        columns that range over less than 1e-9, or 1e-9 of their largest value.
    """
    present = weights > 0
    if not present.all():
        x, weights = x[present], weights[present]
    low, high = _ends(x.min(axis=0), x.max(axis=0), margin)
    share = np.linspace(0.0, 1.0, grid_size + 1)
    uniform = low[:, None] + (high - low)[:, None] * share
    uniform[:, -1] = high
    if grid_eps >= 1.0 or grid_size == 1:
        return uniform
    quantiles = weighted_quantiles(x, weights, share)
    quantiles[:, 0], quantiles[:, -1] = low, high
    return _part(quantiles + grid_eps * (uniform - quantiles), uniform)


def _ends(low: np.ndarray, high: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Widen the range of a column, at the least so that a grid on it can be told apart."""
    span = high - low
    size = np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
    flat = span <= 1e-9 * size
    pad = np.where(flat, np.maximum(1.0, 1e-9 * size), margin * span)
    return low - pad, high + pad


# No interval shorter than this share of a uniform one: slopes stay computable.
_SHORTEST = 0.05


def _part(breaks: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Mix in as much of the uniform grid as keeps every interval from vanishing (ties)."""
    step = np.diff(uniform, axis=1).min(axis=1)
    shortest = np.diff(breaks, axis=1).min(axis=1)
    share = np.minimum(shortest / step, _SHORTEST)
    need = (_SHORTEST - share) / (1.0 - share)
    return breaks + need[:, None] * (uniform - breaks)


def weighted_quantiles(x: np.ndarray, weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the quantiles (p, len(shares)) of each column of x (n, p); weights are positive.

    The weight below each distinct value, half of its own included, is interpolated. Values
    equal up to rounding are merged first, so that a weight of two gives what the row twice
    gives, also where the copies were computed apart (the activations of hidden nodes).
    """
    return np.stack([_column_quantiles(column, weights, shares) for column in x.T])


# Values closer than this share of their range are one value.
_SAME = 1e-10


def _column_quantiles(column: np.ndarray, weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    order = np.argsort(column, kind="stable")
    column, weights = column[order], weights[order]
    # Ends are halved: their difference could overflow.
    new = np.diff(0.5 * column) > _SAME * (0.5 * column[-1] - 0.5 * column[0])
    starts = np.flatnonzero(np.concatenate([[True], new]))
    values, mass = column[starts], np.add.reduceat(weights, starts)
    middle = np.cumsum(mass) - 0.5 * mass
    return np.interp(shares, middle / mass.sum(), values)
