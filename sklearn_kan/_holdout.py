"""The rows that early stopping watches: given by the user, or split off."""

from __future__ import annotations

import numpy as np

from ._data import Data


def split_for_validation(
    data: Data, fraction: float, seed: int, classes: np.ndarray | None
) -> tuple[Data, Data]:
    """Return the rows to fit and those to validate on.

    A row's side depends on its values and the seed alone, not on its place or its weight:
    copies of a row stay together, and a weight of two gives what the row twice gives.

    Parameters
    ----------
    data : Data
        Rows of positive weight.
    fraction : float
        The share of the weight, of each class, to validate on.
    seed : int
    classes : ndarray of shape (n,) or None
        The class of each row, as an index, for a stratified split.

    Raises
    ------
    ValueError
        If there are too few rows to have both.
    """
    y = data.y if classes is None else classes
    hashes = _row_hashes(np.column_stack([data.X, y.reshape(len(y), -1)]), seed)
    held_out = np.zeros(len(hashes), bool)
    strata = np.zeros(len(hashes), int) if classes is None else classes
    for stratum in np.unique(strata):
        of_stratum = strata == stratum
        held_out[of_stratum] = _held_out(hashes[of_stratum], data.weights[of_stratum], fraction)
    if not held_out.any() and len(np.unique(hashes)) > 1:
        # Classes of one row each.
        held_out = _held_out(hashes, data.weights, fraction)
    if not held_out.any():
        raise ValueError(
            "early_stopping=True needs at least two different samples, to hold one out for "
            f"validation; got n_samples={len(hashes)}, all alike. Set early_stopping=False or "
            "give X_val and y_val."
        )
    return data.take(~held_out), data.take(held_out)


def _held_out(hashes: np.ndarray, weights: np.ndarray, fraction: float) -> np.ndarray:
    """Mark rows, in the order of their hashes, up to a share of the weight; one kept at least."""
    distinct, index = np.unique(hashes, return_inverse=True)
    mass = np.bincount(index, weights=weights)
    middle = np.cumsum(mass) - 0.5 * mass
    n_marked = np.searchsorted(middle, fraction * mass.sum())
    n_marked = min(max(n_marked, 1), len(distinct) - 1)
    return index < n_marked


def _row_hashes(values: np.ndarray, seed: int) -> np.ndarray:
    """Return a hash (n,) of each row of values (n, d): SplitMix64 over its bits."""
    bits = (values + 0.0).astype(np.float64).view(np.uint64)  # -0.0 and 0.0 are the same
    hashes = np.full(len(values), seed, np.uint64)
    for column in bits.T:
        hashes = _mix(hashes ^ column)
    return hashes


def _mix(z: np.ndarray) -> np.ndarray:
    z = z + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))
