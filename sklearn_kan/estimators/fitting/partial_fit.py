"""What `partial_fit` does: one pass of Adam over a batch."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from ...training.descent.adam import AdamState, epoch
from ...training.objective.safeguard import explained_share
from ...training.report.history import record_of
from ..encoding.checks import Checks
from ..encoding.data import Data
from ..encoding.encoding import Encoding, encoding_of, names_of_target
from ..encoding.table_order import distinct_rows
from .fit import check_shape, with_curves_fitted
from .fitted import Fitted, Setup, fitted_to, range_of
from .going_on import Ready, begun, ready_for
from .hyperparameters import Hyperparameters


def partly_fitted(
    fitted: Fitted | None,
    asked: Hyperparameters,
    checks: Checks,
    X: Any,
    y: Any,
    sample_weight: Any,
    classes: Any = None,
) -> Fitted:
    """Return the fit after one pass of Adam over the rows."""
    data, columns = checks.data(X, y, sample_weight)
    labels = data.y if classes is None else classes
    data = distinct_rows(data.present())
    start_seed, order_seed = asked.seeds().spawn(2)
    if fitted is None:
        encoding = encoding_of(checks.kind, data, labels, names_of_target(y))
        ready = _at_first(asked, encoding, data, start_seed)
    else:
        columns = fitted.columns
        ready = ready_for(fitted, asked, checks.kind, data, start_seed)
    encoding, state = ready.encoding, ready.state
    rows, loss = encoding.rows(data), encoding.target.loss
    batches = asked.batches(len(rows.x))
    network, state, value = epoch(
        ready.network,
        state.seeing(rows.total_weight),
        rows,
        asked.plan(loss, asked.schedule),
        batches.batch_size,
        batches.learning_rate,
        np.random.default_rng([*order_seed.generate_state(4), state.n_steps]),
    )
    network = with_curves_fitted(network, rows, loss, max_iter=1)
    passed = record_of("partial_fit", network, n_iter=1, objective=value)
    setup = Setup(encoding, asked.architecture(), columns)
    return replace(
        fitted_to(setup, network, rows, explained_share(network, rows, loss)),
        x_range=range_of(np.concatenate([ready.x_range, rows.x])),
        y_range=range_of(np.concatenate([ready.y_range, rows.y])),
        adam=state,
        n_iter=1 if fitted is None else fitted.n_iter + 1,
        loss_curve=[value] if fitted is None else [*fitted.loss_curve, value],
        history=[*([] if fitted is None else fitted.history), asdict(passed)],
    )


def _at_first(
    asked: Hyperparameters, encoding: Encoding, data: Data, seed: np.random.SeedSequence
) -> Ready:
    """Return what the first batch is begun with."""
    rows, loss = encoding.rows(data), encoding.target.loss
    check_shape(asked, rows, encoding)
    network = begun(asked, loss, rows, rows, seed)
    state = AdamState.fresh(network.n_parameters)
    return Ready(encoding, network, state, range_of(rows.x), range_of(rows.y))
