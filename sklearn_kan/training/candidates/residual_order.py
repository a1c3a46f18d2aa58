"""Whether residuals have an order: along a column, in a plane of two columns, among all columns.

Residuals of a model that says all there is to say are alike for neighbours no more often than for
rows far apart. Sums of products of neighbours' residuals show it if they are, whatever the
frequency, and cost no more than sorting. Under noise of whatever tails they are, over the root of
their sum of squares, about normal with unit variance (von Neumann 1941, for one column).
"""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree
from scipy.special import ndtri

from ...network import bulk_ends

# How often one of many columns may look as if residuals had an order along it, by chance: a fit is
# tried then, and judged by the evidence. At 1e-2 alone fits to 60 rows of five waves are flat once
# in ten draws; columns that are wrongly called fine share weak strengths with those that are.
_LEVELS = (0.01, 0.1)
# Of fewer distinct values than this, neighbours are too few.
_FEWEST_VALUES = 20
# How often one of many planes, or the space, may look so.
_BY_CHANCE = 1e-4
# Ways to cut a plane, rows of a cell, about, and the fewest cells of an axis; the most columns
# whose planes are looked at, those with the most values.
_CUTS, _ROWS_A_CELL, _FEW_CELLS, _MOST_COLUMNS = 3, 4, 4, 60
# Neighbours are far apart in a space of more columns.
_MOST_DIMENSIONS = 20


def column_order(x: np.ndarray, residual: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return how alike the residuals of neighbouring values are, of each column (p,).

    With z the residuals summed over the rows of each distinct value, in units of their standard
    deviation up to a constant, and u = z_i z_{i+1} the products of neighbours: the sum of u over
    the root of the sum of u^2. Of several outputs, the largest.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    residual : ndarray of shape (n, q)
    weights : ndarray of shape (n,)
    """
    found = np.zeros(x.shape[1])
    for column in range(x.shape[1]):
        values, place = np.unique(x[:, column], return_inverse=True)
        if len(values) < _FEWEST_VALUES:
            continue
        z = _sums(place, residual, weights)
        found[column] = _standardised(z[1:] * z[:-1])
    return found


def are_too_coarse(x: np.ndarray, residual: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Tell of which columns (p,) the curves need a finer grid, or weaker penalties.

    Those where it is clear; where it is of none, those where it may be.
    """
    order = column_order(x, residual, weights)
    for by_chance in _LEVELS:
        found = order > -ndtri(by_chance / max(len(order), 1))
        if found.any():
            break
    return found


def in_planes(x: np.ndarray, residual: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return how alike residuals are in the cells of each plane of two columns (p, p).

    The plane of columns i > j is cut into cells of about four rows, of equal numbers of rows along
    an axis or of one value each: as many along both axes, or few along one of them, for what varies
    fast along the other. With z the residuals summed over equal rows: the sum of z_k z_l over the
    pairs of rows in one cell, over the root of the sum of squares, as a normal deviate. Of several
    outputs, and the three ways to cut, the largest. Zero on and above the diagonal.

    Parameters
    ----------
    x, residual, weights
        See `column_order`.
    """
    p = x.shape[1]
    found = np.zeros((p, p))
    if len(x) == 0 or p < 2:
        return found
    x, z = _distinct(x, residual, weights)
    n_cells = max(len(x) // _ROWS_A_CELL, 1)
    axes = [_Axis(column) for column in x.T]
    powers = np.concatenate([z, z**2, z**4, z**6], axis=1).T
    wanted = np.argsort([-axis.n_values for axis in axes], kind="stable")[:_MOST_COLUMNS]
    for i in np.sort(wanted):
        for j in np.sort(wanted[wanted < i]):
            if min(axes[i].n_values, axes[j].n_values) > 1:
                found[i, j] = max(
                    _alike(powers, axes[i], axes[j], *cut)
                    for cut in _cuts(n_cells, axes[i].n_values, axes[j].n_values)
                )
    return found


def _cuts(n_cells: int, n_a: int, n_b: int) -> set[tuple[int, int]]:
    """Return into how many cells to cut two axes with so many values."""
    wanted = (max(int(np.sqrt(n_cells)), 1), _FEW_CELLS, max(n_cells // _FEW_CELLS, 1))
    few_b = {min(number, n_b) for number in wanted}
    few_a = {min(number, n_a) for number in wanted}
    cuts = {(min(max(n_cells // b, 1), n_a), b) for b in few_b}
    return cuts | {(a, min(max(n_cells // a, 1), n_b)) for a in few_a}


def _alike(powers: np.ndarray, a: _Axis, b: _Axis, n_a: int, n_b: int) -> float:
    """Return how alike residuals in a cell are; `powers` (4 q, n) hold orders 1, 2, 4, 6."""
    cell = a.cells(n_a) * n_b + b.cells(n_b)
    sums = np.stack([np.bincount(cell, one, n_a * n_b) for one in powers])
    first, second, fourth, sixth = np.split(sums, 4)
    products = 0.5 * np.sum(first**2 - second, axis=1)
    variance = 0.5 * np.maximum(np.sum(second**2 - fourth, axis=1), 0.0)
    third = np.maximum(np.sum(second**3 - 3.0 * second * fourth + 2.0 * sixth, axis=1), 0.0)
    spread = np.maximum(np.sqrt(variance), 1e-100)
    return float(_normal(products / spread, third / spread**3).max())


def _normal(value: np.ndarray, skewness: np.ndarray) -> np.ndarray:
    """Return values of mean 0, variance 1 and some skewness as standard normal ones.

    As if they were of a gamma distribution, by the cube root of Wilson and Hilferty (1931): of few
    cells with many rows the sum of products is about a sum of squares.
    """
    shape = 4.0 / np.maximum(skewness, 1e-3) ** 2
    cube_root = np.cbrt(np.maximum(1.0 + value / np.sqrt(shape), 0.0))
    normal: np.ndarray = 3.0 * np.sqrt(shape) * (cube_root - 1.0 + 1.0 / (9.0 * shape))
    return normal


def planes_in_order(
    x: np.ndarray, residual: np.ndarray, weights: np.ndarray
) -> list[tuple[int, int]]:
    """Return the pairs of columns in whose plane residuals are clearly in order."""
    p = x.shape[1]
    clear = -ndtri(_BY_CHANCE / max(_CUTS * p * (p - 1) // 2, 1))
    return [(int(i), int(j)) for i, j in np.argwhere(in_planes(x, residual, weights) > clear)]


def is_in_order(x: np.ndarray, residual: np.ndarray, weights: np.ndarray) -> bool:
    """Tell whether the residuals of rows that are nearest to each other are alike.

    Columns count by the standard deviations of their bulk, and values that are far out as its ends.

    Parameters
    ----------
    x, residual, weights
        See `column_order`.
    """
    if len(x) < _FEWEST_VALUES:
        return False
    x = np.clip(x, *bulk_ends(x, weights))
    mean = np.average(x, axis=0, weights=weights)
    deviation = np.sqrt(np.average((x - mean) ** 2, axis=0, weights=weights))
    x, z = _distinct(x[:, deviation > 0], residual, weights)
    if len(x) < _FEWEST_VALUES or not 1 <= x.shape[1] <= _MOST_DIMENSIONS:
        return False
    x = x / deviation[deviation > 0]
    nearest = cKDTree(x).query(x, 2)[1]
    pairs = np.unique(np.sort(nearest, axis=1), axis=0)
    products = z[pairs[:, 0]] * z[pairs[:, 1]]
    return bool(_standardised(products) > -ndtri(_BY_CHANCE))


def _sums(place: np.ndarray, residual: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the residuals (k, q) summed over rows of one place, over the root of their weight."""
    sums = np.stack([np.bincount(place, weights * one) for one in residual.T], axis=1)
    total: np.ndarray = sums / np.sqrt(np.bincount(place, weights))[:, None]
    return total


def _standardised(products: np.ndarray) -> float:
    """Return the sum of products (k, q) over the root of their sum of squares; the largest."""
    spread = np.sqrt(np.square(products).sum(axis=0))
    return float((products.sum(axis=0) / np.maximum(spread, 1e-300)).max())


def _distinct(
    x: np.ndarray, residual: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows of x, and the residuals summed over each, of size one."""
    distinct, place = np.unique(x, axis=0, return_inverse=True)
    z = _sums(place.reshape(-1), residual, weights)
    return distinct, z / np.maximum(np.sqrt(np.mean(z**2, axis=0)), 1e-300)


class _Axis:
    """A column of n values, to be cut into cells."""

    def __init__(self, column: np.ndarray) -> None:
        values, self._place, counts = np.unique(column, return_inverse=True, return_counts=True)
        self.n_values = len(values)
        self._start = np.cumsum(counts) - counts
        self._cut: dict[int, np.ndarray] = {}

    def cells(self, number: int) -> np.ndarray:
        """Return the cell (n,) of each row, if there are so many, no more than values."""
        if self.n_values == number:
            return self._place
        if number not in self._cut:
            self._cut[number] = (self._start * number // len(self._place))[self._place]
        return self._cut[number]
