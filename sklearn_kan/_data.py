"""Rows as the user gives them, checked, and the split for early stopping."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.model_selection import train_test_split

from ._compat import check_sample_weight


@dataclass(frozen=True, eq=False)
class Data:
    """Checked rows in the user's units: X (n, p), y, and weights (n,)."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    def take(self, index: np.ndarray) -> Data:
        """Return some of the rows, by index or mask."""
        return Data(self.X[index], self.y[index], self.weights[index])

    def present(self) -> Data:
        """Return the rows whose weight is not zero."""
        keep = self.weights > 0
        return self if keep.all() else self.take(keep)


def checked_weights(sample_weight: Any, X: np.ndarray, name: str = "sample_weight") -> np.ndarray:
    """Return float weights (n,), ones for None.

    Raises
    ------
    ValueError
        If they are of another length, negative, not finite, or all zero.
    """
    weights = check_sample_weight(sample_weight, X, dtype=np.float64)
    if (weights < 0).any():
        raise ValueError(f"Negative values in {name}: weights must be at least 0.")
    if not (weights > 0).any():
        raise ValueError(f"All of {name} is zero: at least one row needs a positive weight.")
    # Only ratios matter up to the penalty; sums of 1e300 would overflow.
    if weights.max() > 1e100:
        raise ValueError(f"{name} has values above 1e100: their sum could overflow.")
    return weights


def split_for_validation(
    data: Data, fraction: float, strata: np.ndarray | None, random_state: np.random.RandomState
) -> tuple[Data, Data]:
    """Return the rows to fit and those to validate on, stratified where that is possible.

    Raises
    ------
    ValueError
        If there are too few rows to have both.
    """
    present = np.flatnonzero(data.weights > 0)
    if len(present) < 2:
        raise ValueError(
            "early_stopping=True needs at least two samples to hold one out for validation; "
            f"got {len(present)}. Set early_stopping=False or give X_val and y_val."
        )
    n_val = min(max(int(round(fraction * len(present))), 1), len(present) - 1)
    if strata is not None:
        strata = strata[present]
        counts = np.unique(strata, return_counts=True)[1]
        if counts.min() < 2 or min(n_val, len(present) - n_val) < len(counts):
            strata = None
    fit_rows, val_rows = train_test_split(
        present, test_size=n_val, stratify=strata, random_state=random_state
    )
    return data.take(np.sort(fit_rows)), data.take(np.sort(val_rows))
