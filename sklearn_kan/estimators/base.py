"""What both estimators share: constraints, the template of `fit`, raw predictions."""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator

from .._compat import Interval, StrOptions, fit_context, validate_parameter_constraints
from ..network import BASE_FUNCTIONS, predict
from .encoding.checks import Checks
from .encoding.data import checked_X
from .encoding.target_kind import TargetKind
from .fitting.attributes import FittedMixin
from .fitting.fit import Given, fit
from .fitting.fitted import Fitted
from .fitting.hyperparameters import Hyperparameters
from .fitting.partial_fit import partly_fitted
from .fitting.progress import CallbackSupport, Report
from .fitting.shapes import MOST_INTERVALS
from .formulas.searched import FormulaSearch
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
    def _target_kind(self) -> TargetKind:
        """Return what is peculiar to the target, as the hyperparameters say now."""

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
        report = Report(self, X, y, sample_weight)
        # What is wrong with the library is to be known before the work, not after it.
        names_functions = self.symbolic or self.symbolic_library is not None
        library = self._library() if names_functions else ()
        asked = Hyperparameters.of(self)
        before = self._fitted_ if asked.warm_start else None
        search = FormulaSearch(library, self.random_state) if self.symbolic else None
        given = Given(X, y, sample_weight, X_val, y_val, sample_weight_val)
        is_solved = None if search is None else search.solves
        fitted = fit(given, asked, self._checks(before), before, report, is_solved)
        if self.prune_threshold is not None:
            with report.part("prune"):
                fitted = self._pruned(fitted, X, y, sample_weight)
        if search is not None:
            with report.part("symbolify"):
                fitted = self._with_formulas(fitted, X, y, sample_weight, search)
        self._fitted_ = fitted
        report.end()
        return self

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> Any:
        """Make one pass of Adam over the rows; the work of `partial_fit`."""
        asked, before = Hyperparameters.of(self), self._fitted_
        checks = self._checks(before)
        self._fitted_ = partly_fitted(before, asked, checks, X, y, sample_weight, classes)
        return self

    def _checks(self, fitted: Fitted | None) -> Checks:
        """Return what rows are held to that a fit, or none yet, is to learn from."""
        kind, name = self._target_kind(), type(self).__name__
        if fitted is None:
            return Checks(name, kind)
        return Checks(name, kind, fitted.columns, fitted.encoding.target)

    def _raw_prediction(self, X: Any) -> np.ndarray:
        """Return raw predictions (n, q) for rows X in the user's units."""
        return predict(self._fit.network, self._scaled(X))

    def _checked_X(self, X: Any) -> np.ndarray:
        """Return rows X (n, p) in the user's units, checked."""
        return checked_X(X, type(self).__name__, self._fit.columns)[0]

    def _scaled(self, X: Any) -> np.ndarray:
        """Return rows X scaled as the network takes them, held to the range seen if asked to."""
        self._validated("extrapolation")
        fitted = self._fit
        scaled = fitted.encoding.x_scaling.apply(self._checked_X(X))
        if self.extrapolation != "linear":
            inside = np.clip(scaled, *fitted.x_range)
            beyond = (np.abs(scaled - inside) > _ROUNDING).any(axis=0)
            if self.extrapolation == "error" and beyond.any():
                names = fitted.columns.names
                names = np.arange(len(beyond)) if names is None else names
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
