"""What `partial_fit` does: one pass of Adam over a batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from ._data import Data
from ._encoding import Encoding, encoding_of, names_of_target
from ._fitting import attributes_of, check_shape, checked_data, range_of, with_curves_fitted
from ._going_on import Ready, begun, ready_for
from ._hyperparameters import mini_batches_of, plan_of, refinement_schedule, seed_sequence
from ._table_order import distinct_rows
from .training import AdamState, epoch, record_of

if TYPE_CHECKING:
    from ._base import BaseKAN


def partial_fit_attributes(
    estimator: BaseKAN, X: Any, y: Any, sample_weight: Any, classes: Any = None
) -> dict[str, Any]:
    """Make one pass of Adam over the rows; return the fitted attributes."""
    schedule = refinement_schedule(estimator.grid_size)
    first = not hasattr(estimator, "network_")
    data = checked_data(estimator, X, y, sample_weight, reset=first)
    labels = data.y if classes is None else classes
    data = distinct_rows(data.present())
    start_seed, order_seed = seed_sequence(estimator.random_state).spawn(2)
    if first:
        encoding = encoding_of(estimator, data, labels, names_of_target(y))
        ready = _at_first(estimator, encoding, data, start_seed)
        n_epochs, curve, history = 0, [], []
    else:
        ready = ready_for(estimator, data, start_seed)
        n_epochs, curve = estimator.n_iter_, estimator.loss_curve_
        history = estimator.history_
    encoding, state = ready.encoding, ready.state
    rows, loss = encoding.rows(data), estimator._loss(encoding.target)
    batches = mini_batches_of(estimator, len(rows.x))
    network, state, value = epoch(
        ready.network,
        state.seeing(rows.total_weight),
        rows,
        plan_of(estimator, loss, schedule),
        batches.batch_size,
        batches.learning_rate,
        np.random.default_rng([*order_seed.generate_state(4), state.n_steps]),
    )
    network = with_curves_fitted(network, rows, loss, max_iter=1)
    passed = record_of("partial_fit", network, n_iter=1, objective=value)
    return {
        **attributes_of(estimator, rows, encoding, np.arange(rows.x.shape[1]), network),
        "_x_range_": range_of(np.concatenate([ready.x_range, rows.x])),
        "_y_range_": range_of(np.concatenate([ready.y_range, rows.y])),
        "n_iter_": n_epochs + 1,
        "loss_curve_": [*curve, value],
        "validation_loss_curve_": None,
        "log_evidence_": None,
        "history_": [*history, asdict(passed)],
        "_adam_": state,
        "_predictive_": None,
    }


def _at_first(
    estimator: BaseKAN, encoding: Encoding, data: Data, seed: np.random.SeedSequence
) -> Ready:
    """Return what the first batch is begun with."""
    rows, loss = encoding.rows(data), estimator._loss(encoding.target)
    check_shape(estimator, rows, encoding)
    network = begun(estimator, loss, rows, rows, seed)
    state = AdamState.fresh(network.n_parameters)
    return Ready(encoding, network, state, range_of(rows.x), range_of(rows.y))
