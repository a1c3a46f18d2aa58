"""What both estimators share: hyperparameters, the template of `fit`, raw predictions."""

from __future__ import annotations

import copy
import warnings
from abc import ABCMeta, abstractmethod
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_array, check_random_state
from sklearn.utils.validation import check_consistent_length, check_is_fitted, validate_data

from ._compat import Interval, StrOptions, fit_context
from ._data import Data, checked_weights, split_for_validation
from ._hyperparameters import hidden_layers, refinement_schedule
from ._scaling import Scaling, standardise
from ._target import TargetCode
from .network import BASE_FUNCTIONS, Network, predict
from .training import (
    AdamState,
    Architecture,
    Fit,
    Loss,
    MiniBatches,
    Plan,
    Rows,
    Task,
    epoch,
    fit_best,
    initial_network,
    node_moments,
)

_LARGEST_SEED = 2**31 - 1
_AUTO_BATCH = 200
# "adam" takes over from "lbfgs" in solver="auto" for more rows than this.
_LBFGS_ROWS = 1_000_000


@dataclass(frozen=True, eq=False)
class Encoding:
    """How X and y become what the core fits."""

    x_scaling: Scaling
    target: TargetCode

    def rows(self, data: Data) -> Rows:
        """Return the rows that count, scaled and encoded."""
        data = data.present()
        return Rows(self.x_scaling.apply(data.X), self.target.encode(data.y), data.weights)


class BaseKAN(BaseEstimator, metaclass=ABCMeta):
    """Template of the estimators; final classes say how targets are checked and encoded."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 0, None, closed="left")],
        "grid_size": ["array-like", Interval(Real, 1, None, closed="left")],
        "spline_order": [Interval(Integral, 0, 5, closed="both")],
        "grid_eps": [Interval(Real, 0, 1, closed="both")],
        "base_function": [StrOptions(set(BASE_FUNCTIONS))],
        "direct_edges": ["boolean"],
        "solver": [StrOptions({"auto", "lbfgs", "adam"})],
        "alpha": [Interval(Real, 0, None, closed="left")],
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
        "extrapolation": [StrOptions({"linear", "constant", "error"})],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    @abstractmethod
    def _check(self, X: Any, y: Any, *, reset: bool) -> tuple[np.ndarray, np.ndarray]:
        """Return X (n, p) and y as arrays, or raise an error that names what is wrong."""

    @abstractmethod
    def _check_y(self, y: Any) -> np.ndarray:
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

    def _balanced(self, data: Data) -> Data:
        """Return the data with weights that take the classes' weights in."""
        return data

    def _strata(self, y: np.ndarray) -> np.ndarray | None:
        """Return what a validation split is to be stratified by."""
        return None

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
        """
        # Checks record names and numbers of columns: on a copy, in case of an error later.
        probe = copy.copy(self)
        attributes = probe._fitted(X, y, sample_weight, (X_val, y_val, sample_weight_val))
        self._assign(probe, attributes)
        return self

    def _fitted(
        self, X: Any, y: Any, sample_weight: Any, validation: tuple[Any, Any, Any]
    ) -> dict[str, Any]:
        """Return the fitted attributes; the work of `fit`."""
        hidden = hidden_layers(self.hidden_layer_sizes)
        schedule = refinement_schedule(self.grid_size)
        going_on = self.warm_start and hasattr(self, "network_")
        random_state = check_random_state(self.random_state)
        X, y = self._check(X, y, reset=not going_on)
        data = self._balanced(Data(X, y, checked_weights(sample_weight, X)))
        data, held_out = self._hold_out(data, validation, random_state)
        data = data.present()
        encoding = self._encoding_ if going_on else self._new_encoding(data, y)
        rows = encoding.rows(data)
        loss = self._loss(encoding.target)
        architecture = self._architecture(hidden, schedule[0])
        start = self._checked_start(architecture, rows, schedule) if going_on else None
        task = Task(
            rows=rows,
            validation=None if held_out is None else encoding.rows(held_out),
            architecture=architecture,
            plan=self._plan(loss, schedule, start),
            batches=self._mini_batches(len(rows.x)),
            patience=self.n_iter_no_change,
            start=start,
            on_step=_print_step if self.verbose else None,
        )
        n_starts = 1 if start is not None else self.n_init
        seeds = np.random.SeedSequence(random_state.randint(_LARGEST_SEED)).spawn(n_starts)
        best = fit_best(task, seeds, self.n_jobs)
        if best.outcome.shortfall:
            _warn_of(best.outcome.shortfall)
        return self._describe(best, rows, encoding)

    def _hold_out(
        self, data: Data, validation: tuple[Any, Any, Any], random_state: np.random.RandomState
    ) -> tuple[Data, Data | None]:
        """Return the rows to fit, and those for early stopping."""
        X_val, y_val, weights_val = validation
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val must be given together.")
        if X_val is not None and not self.early_stopping:
            raise ValueError("X_val and y_val are for early_stopping=True, but it is False.")
        if not self.early_stopping:
            return data, None
        if X_val is None:
            strata = self._strata(data.y)
            return split_for_validation(data, self.validation_fraction, strata, random_state)
        validate_data(self, X_val, reset=False, skip_check_array=True)
        X_val = check_array(X_val, dtype=np.float64, input_name="X_val")
        y_val = self._check_y(y_val)
        check_consistent_length(X_val, y_val)
        weights = checked_weights(weights_val, X_val, "sample_weight_val")
        return data, Data(X_val, y_val, weights)

    def _new_encoding(self, data: Data, labels: np.ndarray) -> Encoding:
        return Encoding(standardise(data.X, data.weights), self._target_code(data, labels))

    def _architecture(self, hidden: tuple[tuple[int, int], ...], grid_size: int) -> Architecture:
        return Architecture(
            hidden,
            grid_size,
            int(self.spline_order),
            self.base_function,
            float(self.grid_eps),
            bool(self.direct_edges),
        )

    def _plan(self, loss: Loss, schedule: tuple[int, ...], start: Network | None) -> Plan:
        if start is not None:
            # Grids that the network has outgrown already are not gone back to.
            schedule = tuple(g for g in schedule if g > start.grid_size) or (start.grid_size,)
        return Plan(
            loss,
            schedule,
            float(self.grid_eps),
            float(self.alpha),
            float(self.sparsity),
            int(self.max_iter),
            float(self.tol),
        )

    def _mini_batches(self, n_rows: int) -> MiniBatches | None:
        if self.solver == "lbfgs" or (self.solver == "auto" and n_rows <= _LBFGS_ROWS):
            return None
        return MiniBatches(self._batch_size(n_rows), float(self.learning_rate_init))

    def _batch_size(self, n_rows: int) -> int:
        return min(_AUTO_BATCH if self.batch_size == "auto" else int(self.batch_size), n_rows)

    def _checked_start(
        self, architecture: Architecture, rows: Rows, schedule: tuple[int, ...]
    ) -> Network:
        """Return the fitted network to go on from, if it still fits the hyperparameters."""
        network: Network = self.network_
        shape = tuple((layer.n_sums, layer.n_products) for layer in network.layers[:-1])
        if shape != architecture.hidden or network.n_outputs != rows.y.shape[1]:
            raise ValueError(
                "warm_start=True needs the hidden_layer_sizes and the number of outputs of the "
                f"fitted network, {shape} and {network.n_outputs}; got {architecture.hidden} "
                f"and {rows.y.shape[1]}."
            )
        if schedule[-1] < network.grid_size:
            raise ValueError(
                "warm_start=True can refine the grid but not coarsen it: the fitted network "
                f"has {network.grid_size} intervals, grid_size={self.grid_size!r}."
            )
        return network

    def _describe(self, fit: Fit, rows: Rows, encoding: Encoding) -> dict[str, Any]:
        """Return the fitted attributes."""
        return {
            "network_": fit.network,
            "n_iter_": max(fit.outcome.n_iter, 1),
            "loss_curve_": fit.loss_curve,
            "validation_loss_curve_": fit.validation_curve if self.early_stopping else None,
            "n_parameters_": fit.network.n_parameters,
            "n_outputs_": rows.y.shape[1],
            "_encoding_": encoding,
            "_moments_": node_moments(fit.network, rows),
            "_adam_": None,
            **self._target_attributes(encoding.target),
        }

    def _assign(self, probe: BaseKAN, attributes: dict[str, Any]) -> None:
        """Set all fitted attributes, and what the checks recorded on the copy."""
        for name in ("n_features_in_", "feature_names_in_"):
            if hasattr(probe, name):
                attributes[name] = getattr(probe, name)
            elif hasattr(self, name):
                delattr(self, name)
        for name, value in attributes.items():
            setattr(self, name, value)

    def _partial_fit(self, X: Any, y: Any, sample_weight: Any, classes: Any = None) -> BaseKAN:
        """Make one pass of Adam over the rows; the work of `partial_fit`."""
        hidden = hidden_layers(self.hidden_layer_sizes)
        schedule = refinement_schedule(self.grid_size)
        probe = copy.copy(self)
        first = not hasattr(self, "network_")
        X, y = probe._check(X, y, reset=first)
        data = probe._balanced(Data(X, y, checked_weights(sample_weight, X))).present()
        labels = y if classes is None else classes
        encoding = probe._new_encoding(data, labels) if first else self._encoding_
        rows = encoding.rows(data)
        loss = probe._loss(encoding.target)
        random_state = check_random_state(self.random_state)
        n_steps = 0 if first or self._adam_ is None else self._adam_.n_steps
        seeds = np.random.SeedSequence([random_state.randint(_LARGEST_SEED), n_steps]).spawn(2)
        if first:
            network = initial_network(
                self._architecture(hidden, schedule[-1]),
                rows,
                loss.best_constant(rows.y, rows.weights),
                np.random.default_rng(seeds[0]),
            )
        else:
            network = self.network_
        state = AdamState.fresh(network.n_parameters) if n_steps == 0 else self._adam_
        network, state, value = epoch(
            network,
            state.seeing(rows.total_weight),
            rows,
            self._plan(loss, schedule, None),
            self._batch_size(len(rows.x)),
            float(self.learning_rate_init),
            np.random.default_rng(seeds[1]),
        )
        curve = [] if first else list(self.loss_curve_)
        attributes = {
            "network_": network,
            "n_iter_": (0 if first else self.n_iter_) + 1,
            "loss_curve_": [*curve, value],
            "validation_loss_curve_": None,
            "n_parameters_": network.n_parameters,
            "n_outputs_": rows.y.shape[1],
            "_encoding_": encoding,
            "_moments_": node_moments(network, rows),
            "_adam_": state,
            **self._target_attributes(encoding.target),
        }
        self._assign(probe, attributes)
        return self

    def _raw_prediction(self, X: Any) -> np.ndarray:
        """Return raw predictions (n, q) for rows X in the user's units."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=np.float64, reset=False)
        scaled = self._encoding_.x_scaling.apply(X)
        breaks = self.network_.layers[0].basis.breaks
        if self.extrapolation != "linear":
            inside = np.clip(scaled, breaks[:, 0], breaks[:, -1])
            beyond = np.abs(scaled - inside) > 1e-9
            if self.extrapolation == "error" and beyond.any():
                columns = np.flatnonzero(beyond.any(axis=0)).tolist()
                raise ValueError(
                    "X has values outside the range seen in fit, in columns "
                    f"{columns}, and extrapolation='error'."
                )
            scaled = inside
        return predict(self.network_, scaled)


def _warn_of(shortfall: str) -> None:
    warnings.warn(
        f"Training ended before the optimum: {shortfall}. The best network so far is kept. "
        "More iterations (max_iter), a larger alpha, a coarser grid_size or a larger tol help.",
        ConvergenceWarning,
        stacklevel=4,
    )


def _print_step(n_iter: int, value: float, validation: float | None) -> None:
    line = f"iteration {n_iter}: objective {value:.6g}"
    if validation is not None:
        line += f", validation loss {validation:.6g}"
    print(line)  # noqa: T201  (verbose was asked for)
