"""What is peculiar to targets of numbers, and to those of classes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from sklearn.utils import assert_all_finite, check_array, column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets

from ...training.objective.losses import REGRESSION_LOSSES
from .columns import NOT_NUMBERS, Kind
from .data import Data, as_labels, as_table, numeric
from .refusals import refuse_missing_target, refuse_mixed_labels, refuse_target
from .target import ClassTarget, TargetCode, name_of, numeric_target

# What targets must not be below, by loss: the gamma deviance takes their logarithm.
LEAST_TARGET = {"poisson": 0.0, "gamma": np.finfo(float).tiny}
# Labels may be nearly anything; values of these are rather targets of a regression.
_NO_LABELS = (Kind.DATES, Kind.DURATIONS, Kind.TIMES)


class TargetKind(Protocol):
    """How targets are checked, encoded and weighted, as an estimator's hyperparameters say."""

    def checked(self, y: Any, name: str = "y") -> np.ndarray:
        """Return a target alone as an array, or raise an error that names what is wrong."""
        ...

    def code(self, data: Data, labels: np.ndarray) -> TargetCode:
        """Return how to encode the target, from the rows to fit and all targets known of."""
        ...

    def balanced(self, data: Data) -> Data:
        """Return the data with weights that take the classes' weights in."""
        ...

    def strata(self, y: np.ndarray) -> np.ndarray | None:
        """Return the index of each row's class, by which a validation split is stratified."""
        ...

    def as_coded(self, target: TargetCode) -> TargetKind:
        """Return the kind that a target was of when it was encoded."""
        ...

    def fixed(self, target: TargetCode) -> tuple[tuple[str, Any, Any], ...]:
        """Return name, fitted and given value of what must stay for a fit to go on."""
        ...


@dataclass(frozen=True)
class Numbers:
    """Targets of a regression.

    Parameters
    ----------
    loss : str
        See `KANRegressor`.
    """

    loss: str

    def checked(self, y: Any, name: str = "y") -> np.ndarray:
        """Return finite floats (n,) or (n, q) that the loss takes."""
        y = as_table(y)
        refuse_target(y, name, NOT_NUMBERS, "numeric")
        refuse_missing_target(y, name)
        with numeric(name):
            y = check_array(y, dtype=np.float64, order="C", ensure_2d=False, input_name=name)
        if y.ndim != 2 or y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if (y < LEAST_TARGET.get(self.loss, -np.inf)).any():
            raise ValueError(
                f"loss={self.loss!r} needs {name} of at least {LEAST_TARGET[self.loss]}; "
                f"got {y.min()}."
            )
        return y

    def code(self, data: Data, labels: np.ndarray) -> TargetCode:
        """Return the scaling that suits the rows."""
        return numeric_target(data.y, data.weights, REGRESSION_LOSSES[self.loss])

    def balanced(self, data: Data) -> Data:
        """Return the data."""
        return data

    def strata(self, y: np.ndarray) -> None:
        """Return None: rows are drawn along the target."""
        return

    def as_coded(self, target: TargetCode) -> Numbers:
        """Return numbers of the loss that a target was encoded for."""
        return Numbers(name_of(target.loss))

    def fixed(self, target: TargetCode) -> tuple[tuple[str, Any, Any], ...]:
        """Return that the loss must stay."""
        return (("loss", name_of(target.loss), self.loss),)


@dataclass(frozen=True, eq=False)
class Labels:
    """Targets of a classification.

    Parameters
    ----------
    class_weight : dict, "balanced" or None
        See `KANClassifier`.
    """

    class_weight: Any = None

    def checked(self, y: Any, name: str = "y") -> np.ndarray:
        """Return labels (n,)."""
        y = as_table(y)
        refuse_target(y, name, _NO_LABELS, "numbers or text")
        refuse_missing_target(y, name)
        y = column_or_1d(as_labels(y), warn=True)
        assert_all_finite(y, input_name=name)
        refuse_mixed_labels(y, name)
        check_classification_targets(y)
        return y

    def code(self, data: Data, labels: np.ndarray) -> TargetCode:
        """Return the classes; there must be two at least."""
        classes = np.unique(labels)
        if len(classes) < 2:
            raise ValueError(
                f"y has only one class, {classes[0]!r}: a classifier needs at least two classes."
            )
        return ClassTarget(classes)

    def balanced(self, data: Data) -> Data:
        """Multiply the weights by the class weights; "balanced" counts rows by their weights."""
        if self.class_weight is None:
            return data
        classes, index = np.unique(data.y, return_inverse=True)
        if isinstance(self.class_weight, str):
            mass = np.bincount(index, weights=data.weights)
            present = mass > 0
            factors = np.zeros(len(classes))
            factors[present] = mass.sum() / (present.sum() * mass[present])
        else:
            with numeric("class_weight"):
                factors = compute_class_weight(self.class_weight, classes=classes, y=data.y)
        weights = data.weights * factors[index]
        if not (np.isfinite(weights).all() and (weights >= 0).all() and weights.any()):
            raise ValueError(
                "class_weight must hold finite weights of at least 0, not zero for all rows; "
                f"got {self.class_weight!r}."
            )
        return Data(data.X, data.y, weights)

    def strata(self, y: np.ndarray) -> np.ndarray:
        """Return the index of each row's class."""
        return np.unique(y, return_inverse=True)[1]

    def as_coded(self, target: TargetCode) -> Labels:
        """Return itself."""
        return self

    def fixed(self, target: TargetCode) -> tuple[tuple[str, Any, Any], ...]:
        """Return that nothing else must stay."""
        return ()
