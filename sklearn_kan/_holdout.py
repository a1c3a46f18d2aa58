"""The rows that early stopping watches: given by the user, or split off."""

from __future__ import annotations

import numpy as np

from ._data import Data


def split_for_validation(
    data: Data, fraction: float, rng: np.random.Generator, classes: np.ndarray | None
) -> tuple[Data, Data]:
    """Return the rows to fit and those to validate on: numbers from low to high, all classes.

    Parameters
    ----------
    data : Data
        Distinct rows of positive weight, in the order of `_table_order`: then copies of a row
        stay together, and a weight of two gives what the row twice gives.
    fraction : float
        The share of the weight, of each class, to validate on. Rows are drawn at even distances
        along the (first) target, in a random order where it is the same.
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
    if classes is None:
        strata = np.zeros(n, int)
        order = order[np.argsort(data.y.reshape(n, -1)[order, 0], kind="stable")]
    else:
        strata = classes
    held_out = np.zeros(n, bool)
    for stratum in np.unique(strata):
        mine = order[strata[order] == stratum]
        held_out[mine] = _evenly(data.weights[mine], fraction, rng.random())
    if not held_out.any():  # classes of one row each
        held_out[order] = _evenly(data.weights[order], fraction, rng.random())
    return data.take(~held_out), data.take(held_out)


def _evenly(weights: np.ndarray, fraction: float, offset: float) -> np.ndarray:
    """Mark a share of the weight, at even distances; of several rows one at least, and not all."""
    points = np.floor(fraction * np.cumsum(weights) / weights.mean() + offset)
    marked = np.diff(points, prepend=np.floor(offset)) > 0
    if not marked.any():
        marked[int(offset * len(marked))] = True
    if marked.all():
        marked[int(offset * len(marked))] = False
    return marked
