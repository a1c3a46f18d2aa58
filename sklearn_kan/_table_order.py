"""The one order that a table is fitted in, whatever order its rows and columns come in.

A search that is not convex amplifies rounding: sums over the same rows in another order end, after
some hundred steps, in another optimum. So equal rows become one, of the sum of their weights, and
rows and columns are put in an order that only what they say decides. Then a weight of 2 is the row
twice, and a shuffled table the table itself, to the bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

import numpy as np

from ._data import Data

# Statistics that agree to so many digits are equal: sums in another order differ beyond.
_DIGITS = 9


@dataclass(frozen=True, eq=False)
class OrderedTable:
    """Distinct rows in their order, and where its columns stand in the user's table.

    Parameters
    ----------
    data : Data
        With columns in their order.
    columns : ndarray of shape (p,), int
        Column k is column ``columns[k]`` of the user's.
    """

    data: Data
    columns: np.ndarray

    @property
    def users(self) -> Data:
        """The rows with columns as the user has them."""
        return self.data.in_order(self.places)

    @property
    def places(self) -> np.ndarray:
        """Where each column of the user's stands here, (p,)."""
        return np.argsort(self.columns)


def in_one_order(data: Data) -> OrderedTable:
    """Return the rows that count, equal ones as one, and the columns in an order of their own."""
    data = data.present()
    columns = _column_order(data.X, _codes(data.y), data.weights)
    return OrderedTable(distinct_rows(data, columns), columns)


def distinct_rows(data: Data, columns: np.ndarray | None = None) -> Data:
    """Return the distinct rows, weights of equal ones added up, in an order of their own.

    They are sorted by content, which no change of units alters, and shuffled with a fixed seed: any
    part of them is a sample.

    Parameters
    ----------
    data : Data
        Weights are positive.
    columns : ndarray of shape (p,), int, or None
        The order to sort and return columns in; None for the one they have.
    """
    if columns is None:
        columns = np.arange(data.X.shape[1])
    by_column = (data.X[:, k] for k in columns)
    place = _places(chain(_codes(data.y).T, by_column), len(data.X))
    order = np.lexsort((data.weights, place))
    starts = np.flatnonzero(np.r_[True, np.diff(place[order]) > 0])
    weights = np.add.reduceat(data.weights[order], starts)
    shuffled = np.random.default_rng(0).permutation(len(starts))
    first = order[starts][shuffled]
    return Data(data.X[np.ix_(first, columns)], data.y[first], weights[shuffled])


def _codes(y: np.ndarray) -> np.ndarray:
    """Return a target as numbers (n, q), labels by their rank."""
    if y.dtype.kind not in "fiub":
        y = np.unique(y, return_inverse=True)[1]
    return y.reshape(len(y), -1).astype(np.float64)


def _places(columns: Iterable[np.ndarray], n: int) -> np.ndarray:
    """Return how many rows (n,) come before each, sorted by the first column, then the next ones.

    Only rows that all columns so far have in common are looked at again.
    """
    place, tied = np.zeros(n, int), np.arange(n)
    for column in columns:
        order = np.lexsort((column[tied], place[tied]))
        rows = tied[order]
        before, values = place[rows], column[rows]
        in_new_group = np.r_[True, np.diff(before) > 0]
        is_new = in_new_group | np.r_[True, values[1:] != values[:-1]]
        here = np.arange(len(rows))
        group = np.maximum.accumulate(np.where(in_new_group, here, 0))
        start = np.maximum.accumulate(np.where(is_new, here, 0))
        place[rows] = before + start - group
        size = np.diff(np.r_[np.flatnonzero(is_new), len(rows)])
        tied = rows[np.repeat(size > 1, size)]
        if not len(tied):
            break
    return place


def _column_order(X: np.ndarray, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the columns by what they say of the target, then by their shape; ties as they come."""
    share = weights / weights.sum()
    target = np.stack([_standardised(column, share) for column in y.T])
    keys = np.array([_statistics(column, target, share) for column in X.T])
    return np.lexsort(-np.round(keys.reshape(-1, 3).T[::-1], _DIGITS))


def _statistics(
    column: np.ndarray, target: np.ndarray, share: np.ndarray
) -> tuple[float, float, float]:
    """Return how much of a target (q, n) lines and squares of a column explain, and its tails.

    All are between 0 and q, and stay what they are in other units.
    """
    z = _standardised(column, share)
    square = np.square(z)
    kurtosis = max(float(share @ np.square(square)), 1.0)
    linear = np.square(target @ (share * z)).sum()
    curved = np.square(target @ (share * square)).sum() / kurtosis
    return float(linear), float(curved), 1.0 / kurtosis


def _standardised(column: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Return a column of mean 0 and variance 1; zeros if it is constant up to rounding."""
    unit = column / max(float(np.abs(column).max()), 1e-300)  # no square overflows
    unit = unit - share @ unit
    deviation = float(np.sqrt(share @ np.square(unit)))
    return unit / deviation if deviation > 1e-12 else np.zeros_like(unit)
