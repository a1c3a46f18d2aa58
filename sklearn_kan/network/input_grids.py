"""The basis of the inputs: grids on the bulk of the rows, with a few intervals for what is far."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis, make_basis
from .bulk import CONSTANT, bulk_ends
from .grids import fit_breaks, with_intervals

# The base function's argument at far values: its own values must not be far out either. On the
# bulk it is then all but a line, and splines do the rest.
_LARGEST_ARGUMENT = 1.0


def input_basis(
    x: np.ndarray,
    weights: np.ndarray,
    grid_size: int,
    degree: int,
    base: str = "silu",
    grid_eps: float = 1.0,
    margin: float = 0.0,
) -> Basis:
    """Return a basis whose grids cover each column of x, far values too.

    The bulk of a column has `grid_size` intervals, whatever is far out. At an end with far values,
    see `bulk_ends`, there are a few more: narrow ones that hold no rows, for curves to bend in,
    and a last one that reaches to the farthest value. As many narrow ones as let curves come to
    rest, all derivatives but the last: what far rows ask for pulls at no slope within the bulk.
    Where one column has them, the grids of all have as many intervals.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    weights : ndarray of shape (n,)
        Non-negative, not all zero; rows of weight zero count as absent.
    grid_size : int
    degree : int
    base : str
        See `Basis`.
    grid_eps, margin : float
        See `fit_breaks`; the margin is a share of the bulk's range.
    """
    present = weights > 0
    x, weights = x[present], weights[present]
    low, high = bulk_ends(x, weights)
    size = np.maximum(1.0, np.maximum(np.abs(low), np.abs(high)))
    flat = high - low <= CONSTANT * size
    low, high = np.where(flat, x.min(axis=0), low), np.where(flat, x.max(axis=0), high)
    far = np.stack([x.min(axis=0) < low, x.max(axis=0) > high], axis=1)
    each = max(degree, 2)
    sides = far.sum(axis=1)
    whole = grid_size + each * int(sides.max(initial=0))
    breaks = np.empty((len(sides), whole + 1))
    for i, column in enumerate(x.T):
        mine = (column >= low[i]) & (column <= high[i])
        number = whole - each * int(sides[i])
        bulk = fit_breaks(column[mine, None], weights[mine], number, grid_eps, margin)[0]
        parts = [bulk]
        if far[i, 0]:
            parts.insert(0, -_beyond(-bulk[0], -column.min(), bulk, each)[::-1])
        if far[i, 1]:
            parts.append(_beyond(bulk[-1], column.max(), bulk, each))
        breaks[i] = np.concatenate(parts)
    basis = make_basis(breaks, degree, base)
    if not sides.any():
        return basis
    scale = np.minimum(1.0, _LARGEST_ARGUMENT / np.abs(breaks[:, [0, -1]]).max(axis=1))
    base_map = np.stack([np.where(sides, scale, 1.0), np.zeros(len(sides))], axis=1)
    return replace(basis, base_map=base_map, outer=each * far)


def _beyond(end: float, farthest: float, bulk: np.ndarray, number: int) -> np.ndarray:
    """Return breaks (number,) above the bulk's end, the last at the farthest value."""
    width = min((bulk[-1] - bulk[0]) / (len(bulk) - 1), (farthest - end) / (2 * number))
    return np.append(end + width * np.arange(1, number), farthest)


def cut_on_bulk(basis: Basis, node: int, number: int) -> np.ndarray:
    """Return the breaks (number + 1,) of a node, its widest intervals on the bulk halved."""
    breaks, (low, high) = basis.breaks[node], basis.n_beyond[node]
    end = len(breaks) - high
    bulk = with_intervals(breaks[low:end], number - int(low + high))
    return np.concatenate([breaks[:low], bulk, breaks[end:]])
