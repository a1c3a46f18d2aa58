"""Columns of few distinct values: their profiles consist of them, see `training.profiles`."""

from __future__ import annotations

import numpy as np

from ..training.profiles import MOST_VALUES

# Values this near to each other, relative to their size, are the same.
_SAME = 1e-12


def distinct_values(profile: np.ndarray) -> np.ndarray | None:
    """Return the values of a column if there are only a few.

    Parameters
    ----------
    profile : ndarray of shape (m,)
        Quantiles at equal steps, from the smallest value to the largest.

    Returns
    -------
    ndarray of shape (n_values,), or None
        None for more than 8 values, and for one.
    """
    if is_constant(profile):
        return None
    values = np.unique(profile)
    return values if len(values) <= MOST_VALUES else None


def is_constant(values: np.ndarray) -> bool:
    """Tell whether increasing values are one, but for rounding: they have no histogram."""
    return bool(values[-1] - values[0] <= _SAME * max(abs(values[0]), abs(values[-1])))
