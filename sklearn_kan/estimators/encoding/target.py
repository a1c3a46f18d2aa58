"""Targets in the form that the losses take, and predictions back in the user's form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ...network._value import Value
from ...training.objective.losses import (
    REGRESSION_LOSSES,
    BinaryLogLoss,
    Gamma,
    Huber,
    Loss,
    MultinomialLogLoss,
    Poisson,
)
from .scaling import Scaling, by_mean, standardise, standardise_robustly


class TargetCode(Protocol):
    """How a target is encoded, and what it is fitted with."""

    @property
    def loss(self) -> Loss:
        """The loss of raw predictions and encoded targets."""
        ...

    @property
    def classes(self) -> np.ndarray | None:
        """The classes, sorted; None for numbers."""
        ...

    @property
    def n_outputs(self) -> int:
        """Number of raw predictions."""
        ...

    def encode(self, y: np.ndarray) -> np.ndarray:
        """Return y of shape (n, q) as the loss takes it."""
        ...


@dataclass(frozen=True, eq=False)
class NumericTarget(Value):
    """A numeric target, scaled.

    Parameters
    ----------
    scaling : Scaling
    is_column : bool
        Whether y is one-dimensional.
    loss : Loss
        What it is fitted with.
    least : float
        Scaled values are at least this.
    """

    scaling: Scaling
    is_column: bool
    loss: Loss
    least: float = -np.inf

    @property
    def classes(self) -> None:
        """None: there are none."""
        return

    @property
    def n_outputs(self) -> int:
        """Number of columns of y."""
        return len(self.scaling.center)

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
        return np.maximum(self.scaling.apply(columns), self.least)

    def decode(self, predictions: np.ndarray) -> np.ndarray:
        """Return predictions (n, q) of the loss in the units and shape of y."""
        restored = self.scaling.restore(predictions)
        return restored[:, 0] if self.is_column else restored

    def spread(self, deviations: np.ndarray) -> np.ndarray:
        """Return standard deviations (n, q) of scaled values in the units and shape of y."""
        restored = deviations * self.scaling.unit
        return restored[:, 0] if self.is_column else restored


def name_of(loss: Loss) -> str:
    """Return what a loss of numeric targets is called."""
    return next(name for name, known in REGRESSION_LOSSES.items() if type(known) is type(loss))


def numeric_target(y: np.ndarray, weights: np.ndarray, loss: Loss) -> NumericTarget:
    """Fit the encoding of a numeric target.

    Targets of log links are divided by their mean, which shifts the raw prediction. A gamma
    target's mean does not matter. Counts are not divided by a mean below one: many rows of few
    events say little, and their loss must not grow.
    """
    columns = y.reshape(len(y), -1)
    if isinstance(loss, Poisson):
        scaling = by_mean(columns, weights, least=1.0)
    elif isinstance(loss, Gamma):
        return NumericTarget(by_mean(columns, weights), y.ndim == 1, loss, np.finfo(float).tiny)
    elif isinstance(loss, Huber):
        scaling = standardise_robustly(columns, weights)
    else:
        scaling = standardise(columns, weights)
    return NumericTarget(scaling, y.ndim == 1, loss)


@dataclass(frozen=True, eq=False)
class ClassTarget(Value):
    """Class labels: one column of 0 and 1 for two classes, one-hot for more.

    Parameters
    ----------
    classes : ndarray of shape (n_classes,)
        Sorted.
    """

    classes: np.ndarray

    @property
    def loss(self) -> Loss:
        """The log-loss."""
        return BinaryLogLoss() if len(self.classes) == 2 else MultinomialLogLoss()

    @property
    def n_outputs(self) -> int:
        """1 for two classes."""
        return 1 if len(self.classes) == 2 else len(self.classes)

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
