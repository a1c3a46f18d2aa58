"""Rows of the user's, checked as an estimator's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.utils import check_consistent_length

from .data import Data, KnownColumns, checked_weights, checked_X, checked_X_val
from .target import TargetCode
from .target_kind import TargetKind


@dataclass(frozen=True, eq=False)
class Checks:
    """What rows are held to.

    Parameters
    ----------
    estimator : str
        Who asks, for messages.
    kind : TargetKind
        As hyperparameters say now.
    columns : KnownColumns or None
        Those that X must have; None where it may have any.
    target : TargetCode or None
        That of the fit at hand: y is to be of its kind.
    """

    estimator: str
    kind: TargetKind
    columns: KnownColumns | None = None
    target: TargetCode | None = None

    def data(self, X: Any, y: Any, sample_weight: Any) -> tuple[Data, KnownColumns]:
        """Return rows to fit, the weights of their classes taken in, and their columns.

        Raises
        ------
        TypeError, ValueError
            If one of them is not usable; it is named.
        """
        if y is None:
            raise ValueError(f"{self.estimator} requires y to be passed, but the target y is None.")
        X, columns = checked_X(X, self.estimator, self.columns)
        y = self.y(y)
        check_consistent_length(X, y)
        weights = checked_weights(sample_weight, X)
        return self.kind.balanced(Data(X, y, weights)), columns

    def validation(self, X_val: Any, y_val: Any, weights_val: Any) -> Data:
        """Return rows for early stopping, which must have the columns."""
        assert self.columns is not None
        X = checked_X_val(X_val, self.estimator, self.columns)
        y = self.y(y_val, "y_val")
        if len(y) != len(X):
            raise ValueError(f"X_val has {len(X)} rows, y_val has {len(y)}.")
        return Data(X, y, checked_weights(weights_val, X, "sample_weight_val"))

    def of(self, columns: KnownColumns) -> Checks:
        """Return checks for rows of these columns."""
        return replace(self, columns=columns)

    def y(self, y: Any, name: str = "y") -> np.ndarray:
        """Return a target alone."""
        kind = self.kind if self.target is None else self.kind.as_coded(self.target)
        return kind.checked(y, name)
