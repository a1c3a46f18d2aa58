"""What both estimators share: constraints, the template of `fit`, raw predictions."""

from __future__ import annotations

import copy
from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from ._compat import Interval, StrOptions, fit_context
from ._data import Data, numeric
from ._edits import take
from ._fitting import Validation, fit_attributes
from ._formula_search import FormulaSearch
from ._page import PageMixin
from ._partial_fit import partial_fit_attributes
from ._progress import CallbackSupport, Report
from ._pruning import PruningMixin
from ._symbolic import SymbolicMixin
from ._target import TargetCode
from .network import BASE_FUNCTIONS, predict
from .training import Loss

# Beyond the range by less than this, in standard deviations, is rounding.
_ROUNDING = 1e-9


class BaseKAN(
    CallbackSupport, SymbolicMixin, PruningMixin, PageMixin, BaseEstimator, metaclass=ABCMeta
):
    """Template of the estimators; final classes say how targets are checked and encoded."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": [
            StrOptions({"auto"}),
            "array-like",
            Interval(Integral, 0, None, closed="left"),
        ],
        "grid_size": [StrOptions({"auto"}), "array-like", Interval(Real, 1, None, closed="left")],
        "spline_order": [Interval(Integral, 0, 5, closed="both")],
        "grid_eps": [Interval(Real, 0, 1, closed="both")],
        "base_function": [StrOptions(set(BASE_FUNCTIONS))],
        "direct_edges": ["boolean"],
        "solver": [StrOptions({"auto", "gauss_newton", "lbfgs", "adam"})],
        "alpha": [StrOptions({"evidence"}), Interval(Real, 0, None, closed="left")],
        "sparsity": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [Integral, None],
        "warm_start": ["boolean"],
        "prune_threshold": [Interval(Real, 0, None, closed="left"), None],
        "symbolic": ["boolean"],
        "symbolic_library": ["array-like", None],
        "extrapolation": [StrOptions({"linear", "constant", "error"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    @abstractmethod
    def _check(self, X: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return X (n, p) and y as arrays, or raise an error that names what is wrong."""

    @abstractmethod
    def _check_y(self, y: Any, name: str = "y") -> np.ndarray:
        """Return a target alone as an array, likewise."""

    @abstractmethod
    def _target_code(self, data: Data, labels: np.ndarray) -> TargetCode:
        """Return how to encode the target, from the rows to fit and all targets known of."""

    @abstractmethod
    def _loss(self, target: TargetCode) -> Loss:
        """Return the loss."""

    @abstractmethod
    def _target_attributes(self, target: TargetCode) -> dict[str, Any]:
        """Return the fitted attributes that describe the target."""

    @abstractmethod
    def _balanced(self, data: Data) -> Data:
        """Return the data with weights that take the classes' weights in."""

    @abstractmethod
    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        """Return the index of each row's class, by which a validation split is stratified."""

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> BaseKAN:
        """Fit the network to rows of X and y.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Finite numbers in any units: columns are scaled inside. Computation is in float64.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            The target; class labels, one-dimensional, for a classifier.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative. A weight of 2 counts as the row twice, a weight of 0 as no row.
        X_val, y_val, sample_weight_val : array-like, default=None
            Rows for early stopping instead of a split of X; they need
            ``early_stopping=True``.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            If an argument is not usable. It is named, and the estimator stays as it was.

        Warns
        -----
        ConvergenceWarning
            If training ended before its optimality condition held. The best network met is
            kept.
        UserWarning
            If ``warm_start=True``, but the fitted network does not explain the rows: the fit
            starts anew.
        """
        # Checks record names and numbers of columns: on a copy, in case of an error later.
        probe = copy.copy(self)
        validation = Validation(X_val, y_val, sample_weight_val)
        report = Report(self, X, y, sample_weight)
        search = FormulaSearch(self._library()) if self.symbolic else None
        attributes = fit_attributes(probe, X, y, sample_weight, validation, report, search)
        take(probe, attributes)
        if self.prune_threshold is not None:
            with report.part("prune"):
                probe.prune_(X, y, sample_weight)
        if search is not None:
            with report.part("symbolify"):
                probe._symbolify(X, y, sample_weight, search)
        attributes = {name: vars(probe)[name] for name in attributes}
        self._take(probe, attributes)
        report.end()
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Any:
        """Make one pass of Adam over the rows; the work of `partial_fit`."""
        probe = copy.copy(self)
        return self._take(probe, partial_fit_attributes(probe, X, y, sample_weight, classes))

    def _take(self, probe: BaseKAN, attributes: dict[str, Any]) -> Any:
        """Set all fitted attributes, and what the checks recorded on the copy."""
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(probe, name):
                attributes[name] = getattr(probe, name)
            elif hasattr(self, name):
                delattr(self, name)
        return take(self, attributes)

    def _raw_prediction(self, X: Any) -> np.ndarray:
        """Return raw predictions (n, q) for rows X in the user's units."""
        check_is_fitted(self)
        return predict(self.network_, self._scaled(X))

    def _scaled(self, X: Any) -> np.ndarray:
        """Return rows X scaled as the network takes them, held to the range seen if asked to."""
        with numeric("X"):
            X = validate_data(self, X, dtype=np.float64, reset=False)
        scaled = self._encoding_.x_scaling.apply(X)
        if self.extrapolation != "linear":
            inside = np.clip(scaled, *self._x_range_)
            beyond = (np.abs(scaled - inside) > _ROUNDING).any(axis=0)
            if self.extrapolation == "error" and beyond.any():
                names = getattr(self, "feature_names_in_", np.arange(len(beyond)))
                raise ValueError(
                    "X has values outside the range seen in fit, in columns "
                    f"{names[beyond].tolist()}, and extrapolation='error'."
                )
            scaled = inside
        return scaled
