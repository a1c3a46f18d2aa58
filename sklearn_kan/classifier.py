"""The classifier."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import ClassifierMixin
from sklearn.utils import column_or_1d
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets, unique_labels
from sklearn.utils.validation import check_is_fitted, validate_data

from ._base import BaseKAN
from ._compat import StrOptions, fit_context
from ._data import Data
from ._target import ClassTarget, TargetCode
from .training import BinaryLogLoss, Loss, MultinomialLogLoss


class KANClassifier(ClassifierMixin, BaseKAN):
    """DOCSTRING."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseKAN._parameter_constraints,
        "class_weight": [StrOptions({"balanced"}), dict, None],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (4,),
        *,
        class_weight: Any = None,
        grid_size: Any = 5,
        spline_order: int = 3,
        grid_eps: float = 0.5,
        base_function: str = "silu",
        direct_edges: bool = True,
        solver: str = "auto",
        alpha: float = 1.0,
        sparsity: float = 0.0,
        max_iter: int = 500,
        tol: float = 1e-4,
        batch_size: Any = "auto",
        learning_rate_init: float = 0.01,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        n_init: int = 1,
        n_jobs: int | None = None,
        warm_start: bool = False,
        extrapolation: str = "linear",
        random_state: Any = None,
        verbose: int = 0,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.class_weight = class_weight
        self.grid_size = grid_size
        self.spline_order = spline_order
        self.grid_eps = grid_eps
        self.base_function = base_function
        self.direct_edges = direct_edges
        self.solver = solver
        self.alpha = alpha
        self.sparsity = sparsity
        self.max_iter = max_iter
        self.tol = tol
        self.batch_size = batch_size
        self.learning_rate_init = learning_rate_init
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.n_init = n_init
        self.n_jobs = n_jobs
        self.warm_start = warm_start
        self.extrapolation = extrapolation
        self.random_state = random_state
        self.verbose = verbose

    def predict(self, X: Any) -> np.ndarray:
        """Predict class labels.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,)
            The most probable class of each row.
        """
        probability = self.predict_proba(X)
        return self.classes_[probability.argmax(axis=1)]

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probabilities of the classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        probability : ndarray of shape (n_samples, n_classes)
            Columns in the order of `classes_`.
        """
        raw = self._raw_prediction(X)
        probability = self._loss(self._encoding_.target).inverse_link(raw)
        if len(self.classes_) == 2:
            return np.concatenate([1.0 - probability, probability], axis=1)
        return probability

    def predict_log_proba(self, X: Any) -> np.ndarray:
        """Return the logarithms of the probabilities of the classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        log_probability : ndarray of shape (n_samples, n_classes)
            Finite also where a probability is zero to machine precision.
        """
        return np.log(np.maximum(self.predict_proba(X), np.finfo(float).tiny))

    def decision_function(self, X: Any) -> np.ndarray:
        """Return the raw predictions of the network.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        decision : ndarray of shape (n_samples,) or (n_samples, n_classes)
            For two classes the log-odds of ``classes_[1]``, else the logits.
        """
        raw = self._raw_prediction(X)
        return raw[:, 0] if len(self.classes_) == 2 else raw

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: Any, y: Any, classes: Any = None, sample_weight: Any = None
    ) -> KANClassifier:
        """Make one pass of Adam over a batch of rows.

        The first call fixes scales and grids from its batch, so it should be a fair sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,)
        classes : array-like of shape (n_classes,), default=None
            All classes that will ever come; needed in the first call unless the batch has
            them all.
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
            The estimator, one epoch further.
        """
        if classes is not None:
            classes = unique_labels(classes)
            if hasattr(self, "classes_") and not np.array_equal(classes, self.classes_):
                raise ValueError(
                    f"classes={classes!r} is not what the first call had, {self.classes_!r}."
                )
        self._partial_fit(X, y, sample_weight, classes)
        return self

    def _check(self, X: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(self, X, y, dtype=np.float64, reset=reset)
        return X, self._check_y(y)

    def _check_y(self, y: Any) -> np.ndarray:
        check_classification_targets(y)
        return column_or_1d(y, warn=True)

    def _target_code(self, data: Data, labels: np.ndarray) -> TargetCode:
        classes = unique_labels(labels)
        if len(classes) < 2:
            raise ValueError(
                f"y has only one class, {classes[0]!r}: a classifier needs at least two classes."
            )
        return ClassTarget(classes)

    def _loss(self, target: TargetCode) -> Loss:
        return BinaryLogLoss() if len(target.classes) == 2 else MultinomialLogLoss()

    def _target_attributes(self, target: TargetCode) -> dict[str, Any]:
        return {"classes_": target.classes}

    def _balanced(self, data: Data) -> Data:
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
            factors = compute_class_weight(self.class_weight, classes=classes, y=data.y)
        return Data(data.X, data.y, data.weights * factors[index])

    def _strata(self, y: np.ndarray) -> np.ndarray:
        return y
