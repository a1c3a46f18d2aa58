"""What both estimators share: constraints, the template of `fit`, raw predictions."""

from __future__ import annotations

import copy
from abc import ABCMeta, abstractmethod
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import check_consistent_length

from .._compat import Interval, StrOptions, fit_context, validate_parameter_constraints
from ..network import BASE_FUNCTIONS, predict
from ..training.objective.losses import Loss
from .encoding.data import Data, checked_X
from .encoding.target import TargetCode
from .fitting.fit import Validation, fit_attributes
from .fitting.fitted import Fitted, FittedMixin, take
from .fitting.hyperparameters import MOST_INTERVALS
from .fitting.partial_fit import partial_fit_attributes
from .fitting.progress import CallbackSupport, Report
from .formulas.searched import FormulaSearch
from .formulas.whole import solves
from .methods.page import PageMixin
from .methods.pruning import PruningMixin
from .methods.symbolic import SymbolicMixin

# Beyond the range by less than this, in standard deviations, is rounding.
_ROUNDING = 1e-9
# Beyond, arithmetic overflows, and seeds fill the memory.
_LARGEST_STEP, _LARGEST_STRENGTH, _MOST_STARTS = 1e6, 1e15, 10_000
_LARGEST = float(np.finfo(np.float64).max)


class BaseKAN(
    CallbackSupport,
    SymbolicMixin,
    PruningMixin,
    PageMixin,
    FittedMixin,
    BaseEstimator,
    metaclass=ABCMeta,
):
    """Template of the estimators; final classes say how targets are checked and encoded."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": [
            StrOptions({"auto"}),
            "array-like",
            Interval(Integral, 0, None, closed="left"),
        ],
        "grid_size": [
            StrOptions({"auto"}),
            "array-like",
            Interval(Real, 1, MOST_INTERVALS, closed="both"),
        ],
        "spline_order": [Interval(Integral, 0, 5, closed="both")],
        "grid_eps": [Interval(Real, 0, 1, closed="both")],
        "base_function": [StrOptions(set(BASE_FUNCTIONS))],
        "direct_edges": ["boolean"],
        "solver": [StrOptions({"auto", "gauss_newton", "lbfgs", "adam"})],
        "alpha": [
            StrOptions({"evidence"}),
            Interval(Real, 0, _LARGEST_STRENGTH, closed="both"),
        ],
        "sparsity": [Interval(Real, 0, _LARGEST_STRENGTH, closed="both")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, _LARGEST, closed="both")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate_init": [Interval(Real, 0, _LARGEST_STEP, closed="right")],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Interval(Integral, 1, _MOST_STARTS, closed="both")],
        "n_jobs": [Integral, None],
        "warm_start": ["boolean"],
        "prune_threshold": [Interval(Real, 0, _LARGEST, closed="both"), None],
        "symbolic": ["boolean"],
        "symbolic_library": ["array-like", None],
        "extrapolation": [StrOptions({"linear", "constant", "error"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    @abstractmethod
    def _check_y(self, y: Any, name: str = "y") -> np.ndarray:
        """Return a target alone as an array, likewise."""

    @abstractmethod
    def _target_code(self, data: Data, labels: np.ndarray) -> TargetCode:
        """Return how to encode the target, from the rows to fit and all targets known of."""

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
        X : {array-like, sparse} of shape (n_samples, n_features)
            Finite numbers in any units: columns are scaled inside. Computation is in float64,
            on a dense array: what is sparse may hold 2**28 numbers, zeros counted.
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
            If an argument is not usable. It is named, of X by column, and the estimator stays
            as it was: a fit takes effect at its end, all at once, or not at all.

        Warns
        -----
        ConvergenceWarning
            If training ended before its optimality condition held. The best network met is
            kept.
        UserWarning
            If ``warm_start=True``, but the fitted network does not explain the rows: the fit
            starts anew.
        """
        # On a copy: what fails, or is interrupted, leaves no trace.
        probe = copy.copy(self)
        if not self.warm_start:
            probe._fitted_ = Fitted()
        validation = Validation(X_val, y_val, sample_weight_val)
        report = Report(self, X, y, sample_weight)
        # What is wrong with the library is to be known before the work, not after it.
        if self.symbolic_library is not None:
            self._library()
        search = FormulaSearch(self._library()) if self.symbolic else None
        is_solved = None if search is None else partial(solves, search)
        take(probe, fit_attributes(probe, X, y, sample_weight, validation, report, is_solved))
        if self.prune_threshold is not None:
            with report.part("prune"):
                probe.prune_(X, y, sample_weight)
        if search is not None:
            with report.part("symbolify"):
                probe._symbolify(X, y, sample_weight, search)
        self._fitted_ = probe._fitted_
        report.end()
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Any:
        """Make one pass of Adam over the rows; the work of `partial_fit`."""
        probe = copy.copy(self)
        take(probe, partial_fit_attributes(probe, X, y, sample_weight, classes))
        self._fitted_ = probe._fitted_
        return self

    def _check(self, X: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return X (n, p) and y as arrays, or raise an error that names what is wrong."""
        if y is None:
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None."
            )
        X = checked_X(self, X, reset=reset)
        y = self._check_y(y)
        check_consistent_length(X, y)
        return X, y

    def _also_fixed(self) -> tuple[tuple[str, Any, Any], ...]:
        """Return name, fitted and given value of what else must stay for a fit to go on."""
        return ()

    def _loss(self, target: TargetCode) -> Loss:
        """Return the loss that a target is fitted with, whatever has become of `loss` since."""
        return target.loss

    def _raw_prediction(self, X: Any) -> np.ndarray:
        """Return raw predictions (n, q) for rows X in the user's units."""
        return predict(self.network_, self._scaled(X))

    def _checked_X(self, X: Any) -> np.ndarray:
        """Return rows X (n, p) in the user's units, checked."""
        return checked_X(self, X, reset=False)

    def _scaled(self, X: Any) -> np.ndarray:
        """Return rows X scaled as the network takes them, held to the range seen if asked to."""
        self._validated("extrapolation")
        scaled = self._encoding_.x_scaling.apply(self._checked_X(X))
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

    def _validated(self, *names: str) -> None:
        """Check hyperparameters that may have been changed since `fit`.

        Raises
        ------
        InvalidParameterError
            A ValueError, if one is none of its options.
        """
        validate_parameter_constraints(
            {name: self._parameter_constraints[name] for name in names},
            {name: getattr(self, name) for name in names},
            caller_name=type(self).__name__,
        )

    def __sklearn_tags__(self) -> Any:
        """Return scikit-learn's description of what the estimator can do."""
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
