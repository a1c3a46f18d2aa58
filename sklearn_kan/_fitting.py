"""What `fit` does: from the user's rows to fitted attributes.

Functions here only read the estimator that they are given, a copy on which the checks record
names and numbers of columns.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from ._data import Data, checked_weights, checked_X_val
from ._edits import network_attributes
from ._encoding import Encoding, encoding_of, names_of_target
from ._going_on import gone_on
from ._holdout import split_for_validation
from ._hyperparameters import (
    architecture_of,
    check_size,
    hidden_layers,
    refinement_schedule,
    seed_sequence,
    task_of,
    warn_of_pykan_shape,
)
from ._table_order import OrderedTable, in_one_order
from .network import Network, with_inputs_in_order
from .training import (
    AdamState,
    Loss,
    Rows,
    Task,
    at_least_constant,
    explained_share,
    fit_best,
    with_held_out_alpha,
)

if TYPE_CHECKING:
    from ._base import BaseKAN
    from ._formula_search import FormulaSearch
    from ._progress import Report
    from .training.progress import Progress


class Validation(NamedTuple):
    """Rows for early stopping as the user gives them, or None each."""

    X_val: Any = None
    y_val: Any = None
    sample_weight_val: Any = None


def fit_attributes(
    estimator: BaseKAN,
    X: Any,
    y: Any,
    sample_weight: Any,
    validation: Validation,
    report: Report,
    search: FormulaSearch | None,
) -> dict[str, Any]:
    """Train on all rows; return the fitted attributes. The report is begun.

    A search for formulas is asked whether hidden nodes are needed at all.
    """
    from ._evidence import uses_evidence  # heavy, and not needed to import the package

    hidden_layers(estimator.hidden_layer_sizes)  # wrong ones are to be known before the data are
    refinement_schedule(estimator.grid_size)
    going_on = estimator.warm_start and hasattr(estimator, "network_")
    data = checked_data(estimator, X, y, sample_weight, reset=not going_on)
    n_starts = int(estimator.n_init)
    split_seed, *seeds = seed_sequence(estimator.random_state).spawn(1 + n_starts)
    labels = data.y
    table = in_one_order(data)
    data, held_out = _hold_out(estimator, table, validation, split_seed)
    if going_on:
        encoding, start = gone_on(estimator, data.in_order(table.places))
        encoding = encoding.in_order(table.columns)
    else:
        encoding = encoding_of(estimator, data, labels, names_of_target(y))
        start = None
    rows = encoding.rows(data)
    check_shape(estimator, rows, encoding)
    loss = estimator._loss(encoding.target)
    if start is not None:
        n_starts, seeds = 1, seeds[:1]
        start = with_inputs_in_order(start, table.columns)
    describe = partial(attributes_of, estimator, rows, encoding, table.places)
    begin = partial(report.begin, fitted=partial(_shown, estimator, describe))
    if uses_evidence(estimator, rows, start):
        is_solved = None
        if search is not None:
            users = encoding.in_order(table.places)
            is_solved = partial(search.solves, estimator, users, data.in_order(table.places))
        return _evidence_attributes(
            estimator, rows, loss, seeds, begin, start, is_solved, describe, table.places
        )
    task = task_of(
        estimator,
        loss=loss,
        rows=rows,
        validation=None if held_out is None else encoding.rows(held_out),
        start=start,
    )
    learns_alpha = _learns_alpha(estimator, task)
    task = replace(task, progress=begin(n_starts + learns_alpha))
    if learns_alpha:
        task = with_held_out_alpha(task, split_seed)
    best = fit_best(task, seeds, estimator.n_jobs)
    trained = with_curves_fitted(best.network, rows, loss, _CURVE_STEPS)
    network = at_least_constant(trained, rows, loss)
    if network is not trained:
        _warn_of("it led to a worse fit than a constant, towards which the network was shrunk")
    elif best.outcome.shortfall:
        _warn_of(best.outcome.shortfall)
    return {
        **describe(network, loss),
        "n_iter_": max(best.outcome.n_iter, 1),
        "loss_curve_": best.loss_curve,
        "validation_loss_curve_": best.validation_curve if held_out is not None else None,
        "log_evidence_": None,
        "history_": [asdict(record) for record in best.outcome.records],
        "_adam_": AdamState.fresh(network.n_parameters).seeing(rows.total_weight),
        "_predictive_": None,
    }


def _learns_alpha(estimator: BaseKAN, task: Task) -> bool:
    """Tell whether L-BFGS is to find a strength by itself."""
    asked = estimator.alpha == "evidence" and estimator.sparsity == 0 and estimator.n_init == 1
    return asked and task.batches is None and task.start is None and task.validation is None


def _evidence_attributes(
    estimator: BaseKAN,
    rows: Rows,
    loss: Loss,
    seeds: list[np.random.SeedSequence],
    begin: Callable[[int], Progress],
    start: Network | None,
    is_solved: Callable[[], bool] | None,
    describe: Callable[[Network, Loss], dict[str, Any]],
    places: np.ndarray,
) -> dict[str, Any]:
    """Fit under evidence; return the fitted attributes."""
    from ._evidence import fit_under_evidence

    fit = fit_under_evidence(estimator, rows, loss, seeds, begin, start=start, is_solved=is_solved)
    network = at_least_constant(fit.network, rows, loss)
    predictive = fit.predictive
    if predictive is not None:
        predictive = predictive.with_inputs_in_order(places) if network is fit.network else None
    return {
        **describe(network, loss),
        "n_iter_": max(fit.n_iter, 1),
        "loss_curve_": fit.loss_curve,
        "validation_loss_curve_": None,
        "log_evidence_": fit.log_evidence,
        "history_": [asdict(record) for record in fit.records],
        "_adam_": AdamState.fresh(network.n_parameters).seeing(rows.total_weight),
        "_predictive_": predictive,
    }


# Steps that numbers of curves are fitted with, after the weights.
_CURVE_STEPS = 60


def with_curves_fitted(network: Network, rows: Rows, loss: Loss, max_iter: int) -> Network:
    """Fit the numbers of a network's curves to the rows, where it has some."""
    if not network.has_curves:
        return network
    from .symbolic.joint import refine_jointly

    return refine_jointly(network, rows, loss, max_iter=max_iter, splines=False)


def checked_data(estimator: BaseKAN, X: Any, y: Any, sample_weight: Any, *, reset: bool) -> Data:
    X, y = estimator._check(X, y, reset=reset)
    return estimator._balanced(Data(X, y, checked_weights(sample_weight, X)))


def check_shape(estimator: BaseKAN, rows: Rows, encoding: Encoding) -> None:
    """Refuse networks that are too large; warn of shapes that are probably not meant."""
    n_columns, n_outputs = rows.x.shape[1], rows.y.shape[1]
    check_size(estimator, n_columns, n_outputs)
    classes = getattr(encoding.target, "classes", ())
    warn_of_pykan_shape(estimator, n_columns, {n_outputs, len(classes)})


def attributes_of(
    estimator: BaseKAN,
    rows: Rows,
    encoding: Encoding,
    places: np.ndarray,
    network: Network,
    loss: Loss | None = None,
) -> dict[str, Any]:
    """Return the attributes that describe a network, its inputs back in the user's order.

    Parameters
    ----------
    estimator : BaseKAN
    rows : Rows
    encoding : Encoding
    places : ndarray of shape (p,), int
        See `OrderedTable.places`.
    network : Network
    loss : Loss or None
        See `network_attributes`.
    """
    network = with_inputs_in_order(network, places)
    rows = replace(rows, x=rows.x[:, places])
    encoding = encoding.in_order(places)
    return {
        **network_attributes(network, rows, loss),
        "n_outputs_": rows.y.shape[1],
        "_encoding_": encoding,
        "_x_range_": range_of(rows.x),
        "_y_range_": range_of(rows.y),
        "_asked_": architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1]),
        "pruning_report_": None,
        "_symbolic_": None,
        "_explained_": explained_share(network, rows, estimator._loss(encoding.target)),
        **estimator._target_attributes(encoding.target),
    }


def range_of(values: np.ndarray) -> np.ndarray:
    """Return the smallest and the largest value (2, d) of each column (n, d)."""
    return np.stack([values.min(axis=0), values.max(axis=0)])


def _shown(
    estimator: BaseKAN, describe: Callable[[Network], dict[str, Any]], network: Network
) -> dict[str, Any]:
    """Return what an estimator predicts with by a network of a fit under way."""
    attributes = {**describe(network), "_predictive_": None}
    return {"_fitted_": estimator._fitted_.but(attributes)}


def _hold_out(
    estimator: BaseKAN,
    table: OrderedTable,
    validation: Validation,
    seed: np.random.SeedSequence,
) -> tuple[Data, Data | None]:
    """Return the rows to fit, and those for early stopping."""
    X_val, y_val, weights_val = validation
    if (X_val is None) != (y_val is None) or (X_val is None and weights_val is not None):
        raise ValueError("X_val and y_val must be given together, and sample_weight_val with them.")
    if X_val is not None and not estimator.early_stopping:
        raise ValueError("X_val and y_val are for early_stopping=True, but it is False.")
    if not estimator.early_stopping:
        return table.data, None
    if X_val is None:
        return split_for_validation(
            table.data,
            float(estimator.validation_fraction),
            np.random.default_rng(seed),
            estimator._strata(table.data.y),
        )
    return table.data, _checked_validation(estimator, validation).in_order(table.columns)


def _checked_validation(estimator: BaseKAN, validation: Validation) -> Data:
    X = checked_X_val(estimator, validation.X_val)
    y = estimator._check_y(validation.y_val, "y_val")
    if len(y) != len(X):
        raise ValueError(f"X_val has {len(X)} rows, y_val has {len(y)}.")
    return Data(X, y, checked_weights(validation.sample_weight_val, X, "sample_weight_val"))


def _warn_of(shortfall: str) -> None:
    warnings.warn(
        f"Training ended before the optimum: {shortfall}. The best network so far is kept. "
        "More iterations (max_iter), a larger alpha, a coarser grid_size or a larger tol help.",
        ConvergenceWarning,
        stacklevel=5,
    )
