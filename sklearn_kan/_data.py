"""Rows as the user gives them, checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from ._compat import check_sample_weight

# Beyond this the sum of the weights could overflow.
_LARGEST_WEIGHT = 1e100


@contextmanager
def numeric(names: str) -> Iterator[None]:
    """Turn errors of number conversion into ones that name what was not numeric."""
    try:
        yield
    except OverflowError as error:
        raise ValueError(f"{names} must be within the range of floats: {error}.") from error
    except ValueError as error:
        if "could not convert string" not in str(error):
            raise
        raise ValueError(
            f"{names} must be numeric: {error}. Encode text first, with OneHotEncoder say."
        ) from error


@dataclass(frozen=True, eq=False)
class Data:
    """Checked rows in the user's units: X (n, p), y, and weights (n,)."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    def take(self, index: np.ndarray) -> Data:
        """Return some of the rows, by index or mask."""
        return Data(self.X[index], self.y[index], self.weights[index])

    def in_order(self, columns: np.ndarray) -> Data:
        """Return the rows with columns in another order: column k is ``columns[k]`` of these."""
        return Data(self.X[:, columns], self.y, self.weights)

    def present(self) -> Data:
        """Return the rows whose weight is not zero."""
        keep = self.weights > 0
        return self if keep.all() else self.take(keep)


def checked_weights(sample_weight: Any, X: np.ndarray, name: str = "sample_weight") -> np.ndarray:
    """Return float weights (n,), ones for None.

    Raises
    ------
    ValueError
        If they are of another length, negative, not finite, all zero, or huge.
    """
    try:
        weights = check_sample_weight(sample_weight, X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not usable: {error}") from error
    if (weights < 0).any():
        raise ValueError(f"Negative values in {name}: weights must be at least 0.")
    if not (weights > 0).any():
        raise ValueError(f"All of {name} is zero: at least one row needs a positive weight.")
    if weights.max() > _LARGEST_WEIGHT:
        raise ValueError(f"{name} has values above {_LARGEST_WEIGHT}: their sum could overflow.")
    return weights
