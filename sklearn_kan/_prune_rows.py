"""Pruning and refining: from hyperparameters and rows to fitted attributes."""

from __future__ import annotations

from dataclasses import asdict, replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from ._edits import described
from ._encoding import Encoding
from ._evidence import centred
from ._hyperparameters import MOST_INTERVALS, plan_of, seed_sequence
from ._pruning import spreads_of
from ._table import Table
from ._table_order import OrderedTable
from .network import Network, refine, with_inputs_in_order
from .training import (
    Loss,
    Plan,
    Record,
    Rows,
    Spreads,
    at_least_constant,
    record_of,
)
from .training.gauss_newton import State
from .training.monitor import Monitor
from .training.objective import mean_loss
from .training.predictive import predictive_of
from .training.pruning import PruningPlan, can_use_evidence, pruned_under_evidence, smaller_than
from .training.resume import improved
from .training.retraining import Thinned, retrained, thinned
from .training.schedule import train
from .training.threshold import Described, without_weak_edges
from .training.trials import Step, Trial

# Edges of less importance go where no threshold is given, and no evidence to judge by.
THRESHOLD = 1e-2
# Gauss-Newton steps after a refinement, and what the log-evidence may still change by.
_REFINED_STEPS, _TOL = 40, 0.1
_COLUMNS = (
    "removed",
    "layer",
    "input",
    "output",
    "importance",
    "n_edges",
    "loss",
    "loss_change",
    "log_evidence_change",
)


def pruned_by_threshold(estimator: Any, threshold: float) -> dict[str, Any]:
    """Return the fitted attributes without the edges below a threshold; no rows are needed."""
    before = Described(
        estimator.network_, estimator._moments_, estimator._profiles_, spreads_of(estimator)
    )
    after, weak = without_weak_edges(before, threshold)
    n_edges = before.network.n_edges
    steps = [
        Step(
            "edge", n_edges - k, np.nan, None, edge.layer, edge.input, edge.output, edge.importance
        )
        for k, edge in enumerate(weak, start=1)
    ]
    report = {"pruning_report_": report_of(Step("none", n_edges, np.nan), steps)}
    if not weak:
        return report
    return {
        **described(estimator, after.network),
        "_moments_": after.moments,
        "_profiles_": after.profiles,
        "_spreads_": Spreads(after.network, after.spreads),
        "history_": with_record(estimator, record_of("pruned", after.network)),
        **report,
    }


def pruned_on_rows(estimator: Any, table: OrderedTable, threshold: float) -> dict[str, Any]:
    """Return the fitted attributes of what the rows need of the network.

    Parameters
    ----------
    estimator : BaseKAN
        A fitted one.
    table : OrderedTable
    threshold : float
        Edges of less importance go in any case.
    """
    loss = estimator._loss(estimator._encoding_.target)
    rows = _rows(estimator, table)
    network = with_inputs_in_order(estimator.network_, table.columns)
    start = Step("none", network.n_edges, mean_loss(network, rows, loss))
    found = thinned(network, rows, loss, threshold) if threshold > 0 else Thinned(network)
    steps, state = list(found.steps), None
    plan = PruningPlan(
        loss,
        replace(estimator._asked_, grid_size=found.network.grid_size),
        seed_sequence(estimator.random_state),
        estimator.n_jobs,
    )
    pruned = None
    if not can_use_evidence(found.network, rows):
        pruned = smaller_than(found.network, rows, plan)
        if pruned is None:
            training = _plan(estimator, loss, found.network)
            found = retrained(found.network, rows, training, max(threshold, THRESHOLD))
            steps += found.steps
    if pruned is None and can_use_evidence(found.network, rows):
        pruned = pruned_under_evidence(found.network, rows, plan)
    if pruned is not None:
        steps += pruned.steps[1:]
        found, state = Thinned(pruned.network), pruned.state
    steps = [
        replace(step, input=int(table.columns[step.input])) if step.leaves_inputs else step
        for step in steps
    ]
    report = {"pruning_report_": report_of(start, steps)}
    if not steps:
        return report
    if state is None:
        state = _improved(found.network, rows, loss)
    return {**_attributes(estimator, found.network, state, table, loss, "pruned"), **report}


def _rows(estimator: Any, table: OrderedTable) -> Rows:
    """Return the rows of a table, scaled and encoded."""
    encoding: Encoding = estimator._encoding_
    return encoding.in_order(table.columns).rows(table.data)


def _improved(network: Network, rows: Rows, loss: Loss) -> State | None:
    """Return the state after a refit under the evidence, None where that is too large."""
    if not can_use_evidence(network, rows):
        return None
    return improved(network, rows, loss, _REFINED_STEPS, _TOL)


def _plan(estimator: Any, loss: Loss, network: Network) -> Plan:
    return plan_of(estimator, loss, (network.grid_size,))


def refined(network: Network, grid_size: Any) -> Network:
    """Return the network on finer grids, the function unchanged.

    Raises
    ------
    ValueError
        If `grid_size` is no multiple of the number of intervals of the inputs' grids, or huge.
    """
    old = network.grid_size
    whole = isinstance(grid_size, Integral) or (
        isinstance(grid_size, Real) and float(grid_size).is_integer()
    )
    if not whole or grid_size < 1 or int(grid_size) % old:
        raise ValueError(
            f"grid_size must be a multiple of {old}, the number of intervals at hand, such as "
            f"{2 * old}; got {grid_size!r}."
        )
    if grid_size > MOST_INTERVALS:
        raise ValueError(f"grid_size must be at most {MOST_INTERVALS}; got {grid_size!r}.")
    return refine(network, int(grid_size))


def refitted_on_rows(estimator: Any, network: Network, table: OrderedTable) -> dict[str, Any]:
    """Return the fitted attributes after going on from a network of finer grids."""
    rows, network = _rows(estimator, table), with_inputs_in_order(network, table.columns)
    loss = estimator._loss(estimator._encoding_.target)
    state = _improved(network, rows, loss)
    if state is None:
        plan = _plan(estimator, loss, network)
        network = train(network, rows, rows, plan, Monitor(loss)).network
    else:
        network = Trial(state).network
    return _attributes(estimator, network, state, table, loss, "refined")


def _attributes(
    estimator: Any,
    network: Network,
    state: State | None,
    table: OrderedTable,
    loss: Loss,
    stage: str,
) -> dict[str, Any]:
    rows = _rows(estimator, table)
    sound = at_least_constant(network, rows, loss)
    is_fit = sound is network
    if loss.couples_outputs and state is not None:
        sound = centred(sound)
    places = table.places
    users = replace(rows, x=rows.x[:, places])
    attributes = described(estimator, with_inputs_in_order(sound, places), users)
    if state is not None and state.posterior is not None and is_fit:
        attributes["log_evidence_"] = float(state.posterior.log_evidence)
        predictive = predictive_of(state, state.posterior)
        attributes["_predictive_"] = predictive.with_inputs_in_order(places)
    record = record_of(
        stage,
        sound,
        n_iter=None if state is None else len(state.history),
        objective=state.history[-1] if state is not None and state.history else None,
        log_evidence=attributes["log_evidence_"],
    )
    return {**attributes, "history_": with_record(estimator, record)}


def with_record(estimator: Any, record: Record) -> list[dict[str, Any]]:
    """Return the history with one more record, which is printed where that was asked for."""
    if estimator.verbose:
        print(record)  # noqa: T201
    return [*estimator.history_, asdict(record)]


def checked_threshold(given: Any, otherwise: float | None, on_rows: bool) -> float:
    """Return the threshold to prune with.

    Raises
    ------
    ValueError
        If it is not a number of at least 0.
    """
    if given is None:
        default = 0.0 if on_rows else THRESHOLD
        return default if otherwise is None else float(otherwise)
    if not isinstance(given, Real) or not float(given) >= 0:
        raise ValueError(f"threshold must be a number of at least 0, or None; got {given!r}.")
    return float(given)


def report_of(start: Step, steps: list[Step]) -> Table:
    """Return the table of what went and what it cost."""
    records, loss = [], start.loss
    for step in steps:
        records.append(
            {
                "removed": step.removed,
                "layer": step.layer,
                "input": step.input,
                "output": step.output,
                "importance": step.importance,
                "n_edges": step.n_edges,
                "loss": _known(step.loss),
                "loss_change": _known(step.loss - loss),
                "log_evidence_change": step.log_evidence_change,
            }
        )
        loss = step.loss
    return Table(records, _COLUMNS)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else value
