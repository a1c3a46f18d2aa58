"""What `partial_fit` does: one pass of Adam over a batch."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from ._encoding import encoding_of
from ._fitting import attributes_of, checked_data, with_curves_fitted
from ._going_on import begun, ready_for
from ._hyperparameters import mini_batches_of, plan_of, refinement_schedule, seed_sequence
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
    data = data.present()
    start_seed, order_seed = seed_sequence(estimator.random_state).spawn(2)
    if first:
        encoding = encoding_of(estimator, data, labels)
        rows, loss = encoding.rows(data), estimator._loss(encoding.target)
        network = begun(estimator, loss, rows, rows, start_seed)
        state, n_epochs, curve = AdamState.fresh(network.n_parameters), 0, []
        x_range = np.stack([rows.x.min(axis=0), rows.x.max(axis=0)])
    else:
        encoding, network, state, x_range = ready_for(estimator, data, start_seed)
        rows, loss = encoding.rows(data), estimator._loss(encoding.target)
        n_epochs, curve = estimator.n_iter_, estimator.loss_curve_
    batches = mini_batches_of(estimator, len(rows.x))
    network, state, value = epoch(
        network,
        state.seeing(rows.total_weight),
        rows,
        plan_of(estimator, loss, schedule),
        batches.batch_size,
        batches.learning_rate,
        np.random.default_rng([*order_seed.generate_state(4), state.n_steps]),
    )
    network = with_curves_fitted(network, rows, loss, max_iter=1)
    attributes = attributes_of(estimator, network, rows, encoding)
    history = [] if first else estimator.history_
    passed = record_of("partial_fit", network, n_iter=1, objective=value)
    seen = np.concatenate([x_range, rows.x])
    return {
        **attributes,
        "_x_range_": np.stack([seen.min(axis=0), seen.max(axis=0)]),
        "n_iter_": n_epochs + 1,
        "loss_curve_": [*curve, value],
        "validation_loss_curve_": None,
        "log_evidence_": None,
        "history_": [*history, asdict(passed)],
        "_adam_": state,
        "_predictive_": None,
    }
