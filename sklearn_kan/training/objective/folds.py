"""Rows left out, in folds, tell whether one fit is better than another."""

from __future__ import annotations

import numpy as np

from .objective import Rows


def row_folds(rows: Rows, n_folds: int, rng: np.random.Generator) -> np.ndarray:
    """Return the fold (n,), 0 to n_folds - 1, of each row.

    Equal rows share a fold, so that a weight of two gives what the row twice gives and no copy
    of a row judges a network that has seen it. The order of the rows does not matter.
    """
    content = np.concatenate([rows.y, rows.x], axis=1)
    _, index = np.unique(content, axis=0, return_inverse=True)
    index = index.reshape(-1)
    n_distinct = index.max() + 1
    return (rng.permutation(n_distinct) % n_folds)[index]


def is_gain(gains: np.ndarray, weights: np.ndarray, n_errors: float = 0.5) -> bool:
    """Tell whether the mean gain of the rows (n,) is more than so many standard errors."""
    mean = np.average(gains, weights=weights)
    variance = np.average((gains - mean) ** 2, weights=weights)
    return bool(mean > n_errors * np.sqrt(variance / weights.sum()))
