"""The regressor."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from sklearn.base import RegressorMixin
from sklearn.utils import check_array, column_or_1d
from sklearn.utils.validation import validate_data

from ._base import BaseKAN
from ._compat import StrOptions, fit_context
from ._data import Data
from ._target import NumericTarget, TargetCode, numeric_target
from .training import REGRESSION_LOSSES, Loss


class KANRegressor(RegressorMixin, BaseKAN):
    """DOCSTRING."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseKAN._parameter_constraints,
        "loss": [StrOptions(set(REGRESSION_LOSSES))],
    }

    def __init__(
        self,
        hidden_layer_sizes: Any = (4,),
        *,
        loss: str = "squared_error",
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
        self.loss = loss
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
        """Predict the target.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            The conditional mean (for ``loss="huber"`` a robust centre), in the units of y.
            Beyond the range seen in `fit` as `extrapolation` says.
        """
        raw = self._raw_prediction(X)
        target: NumericTarget = self._encoding_.target
        return target.decode(self._loss(target).inverse_link(raw))

    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> KANRegressor:
        """Make one pass of Adam over a batch of rows.

        The first call fixes scales and grids from its batch, so it should be a fair sample.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), default=None

        Returns
        -------
        self : object
            The estimator, one epoch further.
        """
        self._partial_fit(X, y, sample_weight)
        return self

    def _check(self, X: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        X, y = validate_data(
            self, X, y, dtype=np.float64, multi_output=True, y_numeric=True, reset=reset
        )
        return X, self._check_y(y)

    def _check_y(self, y: Any) -> np.ndarray:
        y = check_array(y, dtype=np.float64, ensure_2d=False, input_name="y")
        if y.ndim != 2 or y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        if self.loss == "poisson" and (y < 0).any():
            raise ValueError("loss='poisson' needs y of at least 0; some values of y are negative.")
        if self.loss == "gamma" and (y <= 0).any():
            raise ValueError("loss='gamma' needs positive y; some values of y are not.")
        return y

    def _target_code(self, data: Data, labels: np.ndarray) -> TargetCode:
        return numeric_target(data.y, data.weights, REGRESSION_LOSSES[self.loss])

    def _loss(self, target: TargetCode) -> Loss:
        return REGRESSION_LOSSES[self.loss]

    def _target_attributes(self, target: TargetCode) -> dict[str, Any]:
        return {}
