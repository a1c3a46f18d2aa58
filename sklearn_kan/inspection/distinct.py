"""Columns of few distinct values, told from their quantiles.

Between the values of a column, quantiles are interpolated: those of two values climb in a
straight line from one to the other. The kinks of such a line are the values, and where they
stand says how many rows have each.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

_MOST_VALUES = 8
_ROUNDING = 1e-8
# Values this near to each other, relative to their size, are the same.
_SAME = 1e-12
# As many points as a histogram is made of.
_SAMPLE = 200


def distinct_values(profile: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the values of a column and their shares of the rows, if there are only a few.

    Parameters
    ----------
    profile : ndarray of shape (m,)
        Quantiles at equal steps, from the smallest value to the largest.

    Returns
    -------
    tuple of two ndarrays of shape (n_values,), or None
        None for more than 8 values, and for one.
    """
    spread = profile[-1] - profile[0]
    if spread <= 0:
        return None
    lines = _straight_parts(profile, _ROUNDING * spread)
    if len(lines) > _MOST_VALUES + 1 or len(lines) < 3:
        return None
    covered = sum(last - first + 1 for first, last in lines)
    if len(profile) - covered > 2 * len(lines):
        return None  # much of it is curved
    kinks = [_crossing(profile, *pair) for pair in pairwise(lines)]
    places, values = np.array(kinks).T
    # A value stands in the middle of its rows.
    shares = np.empty(len(places))
    below = 0.0
    for k, middle in enumerate(places / (len(profile) - 1)):
        shares[k] = max(2.0 * (middle - below), 0.0)
        below += shares[k]
    return values, shares / shares.sum()


def is_constant(values: np.ndarray) -> bool:
    """Tell whether increasing values are one, but for rounding: they have no histogram."""
    return bool(values[-1] - values[0] <= _SAME * max(abs(values[0]), abs(values[-1])))


def density_sample(profile: np.ndarray) -> np.ndarray:
    """Return values that are spread as the column is, distinct ones in heaps."""
    found = distinct_values(profile)
    if found is None:
        return profile
    values, shares = found
    return np.repeat(values, np.maximum(np.round(_SAMPLE * shares).astype(int), 1))


def _straight_parts(profile: np.ndarray, tolerance: float) -> list[tuple[int, int]]:
    """Return first and last point of each straight part of at least three points."""
    bent = np.abs(np.diff(profile, 2)) > tolerance
    parts, first = [], 0
    for point in range(1, len(profile)):
        if point == len(profile) - 1 or bent[point - 1]:
            if point - first >= 2:
                parts.append((first, point))
            first = point
    return parts


def _crossing(
    profile: np.ndarray, one: tuple[int, int], other: tuple[int, int]
) -> tuple[float, float]:
    """Return place and value at which two straight parts, made longer, meet."""
    slopes = [(profile[last] - profile[first]) / (last - first) for first, last in (one, other)]
    start, end = one[1], other[0]
    rise = profile[end] - profile[start] - slopes[1] * (end - start)
    along = rise / (slopes[0] - slopes[1]) if slopes[0] != slopes[1] else 0.0
    along = min(max(along, 0.0), float(end - start))
    return start + along, float(profile[start] + slopes[0] * along)
