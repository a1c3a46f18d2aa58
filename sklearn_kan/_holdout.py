"""The rows that early stopping watches: given by the user, or split off."""

from __future__ import annotations

import numpy as np

from ._data import Data


def split_for_validation(
    data: Data, fraction: float, rng: np.random.Generator, classes: np.ndarray | None
) -> tuple[Data, Data]:
    """Return the rows to fit and those to validate on, drawn at random.

    Parameters
    ----------
    data : Data
        Distinct rows of positive weight, in the order of `_table_order`: then copies of a row
        stay together, and a weight of two gives what the row twice gives.
    fraction : float
        The share of the weight, of each class, to validate on.
    rng : Generator
    classes : ndarray of shape (n,) or None
        The class of each row, as an index, for a stratified split.

    Raises
    ------
    ValueError
        If there are too few rows to have both.
    """
    n = len(data.X)
    if n < 2:
        raise ValueError(
            "early_stopping=True needs at least two different samples, to hold one out for "
            f"validation; got n_samples={n}. Set early_stopping=False or give X_val and y_val."
        )
    order = rng.permutation(n)
    strata = np.zeros(n, int) if classes is None else classes
    held_out = np.zeros(n, bool)
    for stratum in np.unique(strata):
        mine = order[strata[order] == stratum]
        held_out[mine] = _first_share(data.weights[mine], fraction)
    if not held_out.any():  # classes of one row each
        held_out[order] = _first_share(data.weights[order], fraction)
    return data.take(~held_out), data.take(held_out)


def _first_share(weights: np.ndarray, fraction: float) -> np.ndarray:
    """Mark the first rows up to a share of the weight; one at least, and not all, of several."""
    middle = np.cumsum(weights) - 0.5 * weights
    n_marked = np.searchsorted(middle, fraction * weights.sum())
    n_marked = min(max(n_marked, 1), len(weights) - 1)
    return np.arange(len(weights)) < n_marked
