"""Grids from data: breaks anywhere from uniform to quantiles of weighted rows."""

from __future__ import annotations

import numpy as np

from .bulk import CONSTANT


def fit_breaks(
    x: np.ndarray, weights: np.ndarray, grid_size: int, grid_eps: float, margin: float = 0.0
) -> np.ndarray:
    """Return breaks (p, G + 1) that cover each column of x.

    They are quantiles of a mixture: of the rows, and of the uniform distribution over their
    range, which has the share `grid_eps`. So 1 - grid_eps of the intervals are where the rows are,
    however far out some are. Intervals do not widen at once, see `_graded`.

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
    return np.stack(
        [_mixed(column, weights, own, grid_eps) for column, own in zip(x.T, uniform, strict=True)]
    )


def _ends(low: np.ndarray, high: np.ndarray, margin: float) -> tuple[np.ndarray, np.ndarray]:
    """Widen the range of a column, at the least so that a grid on it can be told apart."""
    span = high - low
    size = np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
    flat = span <= CONSTANT * size
    pad = np.where(flat, np.maximum(1.0, CONSTANT * size), margin * span)
    return low - pad, high + pad


# Grids that so small a share of is used belong to constant columns.
_LEAST_USED = 1e-3
# Sizes of intervals grow by no more than this times the distance.
_GROWTH = 2.0
# Intervals are no shorter than these shares of what their ends are, and of the range.
_LOCAL, _SHORTEST = 1e-10, 1e-40


def _mixed(
    column: np.ndarray, weights: np.ndarray, uniform: np.ndarray, grid_eps: float
) -> np.ndarray:
    """Return the breaks (G + 1,) of one column, given uniform ones."""
    low, high = uniform[0], uniform[-1]
    values, share = _shares(column, weights)
    if values[-1] - values[0] < _LEAST_USED * (high - low):
        return uniform
    values = np.concatenate([[low], values, [high]])
    share = np.concatenate([[0.0], (share - share[0]) / (share[-1] - share[0]), [1.0]])
    share += grid_eps * ((values - low) / (high - low) - share)
    breaks = np.interp(np.linspace(0.0, 1.0, len(uniform)), share, values)
    breaks[0], breaks[-1] = low, high
    return _parted(_graded(_parted(breaks, uniform)), uniform)


def _parted(breaks: np.ndarray, uniform: np.ndarray) -> np.ndarray:
    """Mix in as much of the uniform grid as keeps intervals from vanishing in rounding."""
    size = np.maximum(np.abs(breaks[1:]), np.abs(breaks[:-1]))
    least = _LOCAL * size + _SHORTEST * (uniform[-1] - uniform[0])
    width, even = np.diff(breaks), np.diff(uniform)
    short = width < least
    if not short.any():
        return breaks
    need = ((least - width)[short] / (even - width)[short]).max()
    return breaks + need * (uniform - breaks)


def _graded(breaks: np.ndarray) -> np.ndarray:
    """Move breaks (G + 1,) so that intervals do not widen at once.

    With S(x) the largest function that is at most the length of each interval there, and of slope
    at most `_GROWTH`, the integral of 1/S is a fractional number of intervals: it is cut into
    equal parts.
    """
    width = np.diff(breaks)
    at_break = np.minimum(np.append(width, np.inf), np.append(np.inf, width))
    for j, own in enumerate(width):
        at_break[j + 1] = min(at_break[j + 1], at_break[j] + _GROWTH * own)
    for j in range(len(width) - 1, -1, -1):
        at_break[j] = min(at_break[j], at_break[j + 1] + _GROWTH * width[j])
    nodes, sizes = [breaks[:1]], [at_break[:1]]
    for j, own in enumerate(width):
        left, right = at_break[j], at_break[j + 1]
        top = min(own, 0.5 * (left + right + _GROWTH * own))
        up, down = (top - left) / _GROWTH, (top - right) / _GROWTH
        nodes.append(np.array([breaks[j] + up, breaks[j + 1] - down, breaks[j + 1]]))
        sizes.append(np.array([top, top, right]))
    return _cut_evenly(np.concatenate(nodes), np.concatenate(sizes), len(breaks))


def _cut_evenly(nodes: np.ndarray, sizes: np.ndarray, number: int) -> np.ndarray:
    """Return points (number,) that cut the integral of 1/S into equal parts.

    S is linear between nodes, where it is `sizes`.
    """
    ratio = np.log(sizes[1:] / sizes[:-1])
    ratio = np.where(np.abs(ratio) < 1e-9, 1e-9, ratio)
    length = np.diff(nodes)
    count = length / sizes[:-1] * ratio / np.expm1(ratio)
    total = np.concatenate([[0.0], np.cumsum(count)])
    wanted = total[-1] * np.arange(1, number - 1) / (number - 1)
    at = np.clip(np.searchsorted(total, wanted, side="right") - 1, 0, len(count) - 1)
    share = np.expm1((wanted - total[at]) / count[at] * ratio[at]) / np.expm1(ratio[at])
    return np.concatenate([nodes[:1], nodes[at] + share * length[at], nodes[-1:]])


def with_intervals(breaks: np.ndarray, number: int) -> np.ndarray:
    """Return breaks (number + 1,) with these among them: the widest intervals are halved.

    >>> with_intervals(np.array([0.0, 1.0, 4.0]), 4)
    array([0.  , 1.  , 1.75, 2.5 , 4.  ])
    """
    while len(breaks) <= number:
        widest = int(np.argmax(np.diff(breaks)))
        middle = 0.5 * (breaks[widest] + breaks[widest + 1])
        breaks = np.insert(breaks, widest + 1, middle)
    return breaks


def weighted_quantiles(x: np.ndarray, weights: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the quantiles (p, len(shares)) of each column of x (n, p); weights are positive.

    The weight below each distinct value, half of its own included, is interpolated. Values
    equal up to rounding are merged first, so that a weight of two gives what the row twice
    gives, also where the copies were computed apart (the activations of hidden nodes).
    """
    found = [_shares(column, weights) for column in x.T]
    return np.stack([np.interp(shares, share, values) for values, share in found])


# Values closer than this share of the range that the middle half has are one value.
_SAME = 1e-10


def _shares(column: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct values of a column, and the share of the weight below each."""
    order = np.argsort(column, kind="stable")
    column, weights = column[order], weights[order]
    halved = 0.5 * column  # differences could overflow
    quarters = np.searchsorted(np.cumsum(weights), np.array([0.25, 0.75]) * weights.sum())
    first, last = halved[np.minimum(quarters, len(halved) - 1)]
    range_ = last - first if last > first else halved[-1] - halved[0]
    new = np.diff(halved) > _SAME * range_
    starts = np.flatnonzero(np.concatenate([[True], new]))
    values, mass = column[starts], np.add.reduceat(weights, starts)
    middle = np.cumsum(mass) - 0.5 * mass
    return values, middle / mass.sum()
