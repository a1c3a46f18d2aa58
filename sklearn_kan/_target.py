"""Targets in the form that the losses take, and predictions back in the user's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ._scaling import Scaling, identity_scaling, standardise, standardise_robustly
from .network._value import Value
from .training import Huber, Loss


class TargetCode(Protocol):
    """How a target is encoded."""

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Return y of shape (n, q) as the loss takes it."""
        ...


@dataclass(frozen=True, eq=False)
class NumericTarget(Value):
    """A numeric target, scaled for losses that have no link.

    Parameters
    ----------
    scaling : Scaling
    is_column : bool
        Whether y is one-dimensional.
    """

    scaling: Scaling
    is_column: bool

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Return scaled y of shape (n, q).

        Raises
        ------
        ValueError
            If y has another number of outputs.
        """
        columns = y.reshape(len(y), -1)
        if columns.shape[1] != len(self.scaling.center):
            raise ValueError(
                f"y has {columns.shape[1]} outputs, {len(self.scaling.center)} are expected."
            )
        return self.scaling.apply(columns)

    def decode(self, predictions: np.ndarray) -> np.ndarray:
        """Return predictions (n, q) of the loss in the units and shape of y."""
        restored = self.scaling.restore(predictions)
        return restored[:, 0] if self.is_column else restored


def numeric_target(y: np.ndarray, weights: np.ndarray, loss: Loss) -> NumericTarget:
    """Fit the encoding of a numeric target."""
    columns = y.reshape(len(y), -1)
    if not loss.scales_target:
        scaling = identity_scaling(columns.shape[1])
    elif isinstance(loss, Huber):
        scaling = standardise_robustly(columns, weights)
    else:
        scaling = standardise(columns, weights)
    return NumericTarget(scaling, y.ndim == 1)


@dataclass(frozen=True, eq=False)
class ClassTarget(Value):
    """Class labels: one column of 0 and 1 for two classes, one-hot for more.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Sorted.
    """

    classes: np.ndarray

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Return y of shape (n, 1) or (n, n_classes).

        Raises
        ------
        ValueError
            If a label is not among the classes.
        """
        unknown = np.setdiff1d(y, self.classes)
        if len(unknown):
            raise ValueError(f"y has labels {unknown!r} that are not in classes {self.classes!r}.")
        if len(self.classes) == 2:
            return (y == self.classes[1]).astype(float)[:, None]
        return (y[:, None] == self.classes).astype(float)
