"""Where most values of a column are, whatever a few of them, or a code among them, say."""

from __future__ import annotations

import numpy as np

# What ranges over less than this, or this share of its largest value, is constant.
CONSTANT = 1e-9
# A gap of so many lengths of what is on one side of it parts the far values from the bulk.
_FAR = 5.0


def bulk_ends(x: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the smallest and the largest value (p,) of the bulk of each column of x (n, p).

    The bulk grows from the shortest interval that holds most of a column: it takes the next value
    on either side in as long as that is not farther off than five times the bulk's own length.
    What is beyond such a gap is *far*: a slip of the pen, a code for a missing value. Heavy tails
    without gaps are all bulk, and so are columns of one or two values.

    A value counts by the root of its weight: neither one value that half of the rows have is a
    bulk, nor are the many values of few rows.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    weights : ndarray of shape (n,)
        Positive. Only their ratios matter, and a weight of two is the row twice.
    """
    ends = [_column_ends(column, weights) for column in x.T]
    low, high = np.array(ends).reshape(-1, 2).T
    return low, high


def without_far(x: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Put the values of x (n, p) that are far from a range at its nearer end, (p,) and (p,).

    Far are those beyond a gap of five lengths of it, as in `bulk_ends`.
    """
    inside = np.clip(x, low, high)
    is_far = np.abs(x - inside) > _FAR * (high - low)
    return np.where(is_far, inside, x)


def _column_ends(column: np.ndarray, weights: np.ndarray) -> tuple[float, float]:
    values, place = np.unique(column, return_inverse=True)
    if len(values) < 3:
        return float(values[0]), float(values[-1])
    counts = np.sqrt(np.bincount(place, weights / weights.max()))
    scaled = 0.25 * values  # differences must not overflow
    gaps = np.diff(scaled) / _FAR
    first, last = _shortest_half(scaled, counts)
    while True:
        length = scaled[last] - scaled[first]
        above, below = gaps[last:] > length, gaps[:first][::-1] > length
        more = int(np.argmax(above)) if above.any() else len(above)
        less = int(np.argmax(below)) if below.any() else len(below)
        if not more and not less:
            return float(values[first]), float(values[last])
        first, last = first - less, last + more


def _shortest_half(values: np.ndarray, counts: np.ndarray) -> tuple[int, int]:
    """Return the first and last index of the shortest interval with more than half the counts.

    It has two values at the least.
    """
    total = np.cumsum(counts)
    wanted = total - counts + 0.5 * total[-1]
    first = np.flatnonzero(wanted < total[-1])
    first = first[first < len(values) - 1]
    last = np.maximum(np.searchsorted(total, wanted[first], side="right"), first + 1)
    shortest = int(np.argmin(values[last] - values[first]))
    return int(first[shortest]), int(last[shortest])
