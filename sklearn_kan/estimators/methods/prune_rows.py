"""Pruning and refining: from one fit to another."""

from __future__ import annotations

from dataclasses import replace
from numbers import Integral, Real
from typing import Any

import numpy as np

from ..._table import Table
from ...network import Network, refine, with_inputs_in_order
from ...network.surgery import centred
from ...training.descent.monitor import Monitor
from ...training.descent.schedule import train
from ...training.evidence.gauss_newton import State
from ...training.evidence.predictive import predictive_of
from ...training.evidence.resume import better_of_as_is_and_refit
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows, mean_loss
from ...training.objective.safeguard import at_least_constant
from ...training.pruning.retraining import Thinned, retrained, thinned
from ...training.pruning.threshold import Described, without_weak_edges
from ...training.pruning.trials import Step, Trial
from ...training.pruning.under_evidence import (
    PruningPlan,
    can_use_evidence,
    pruned_under_evidence,
    smaller_than,
)
from ...training.report.history import record_of
from ...training.summaries.importance import Spreads
from ..encoding.table_order import OrderedTable
from ..fitting.edits import with_network
from ..fitting.fitted import Fitted, with_record
from ..fitting.learning import Learning
from ..fitting.shapes import MOST_INTERVALS

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


def pruned_by_threshold(fitted: Fitted, threshold: float, *, verbose: bool) -> Fitted:
    """Return the fit without the edges below a threshold; no rows are needed."""
    before = Described(fitted.network, fitted.moments, fitted.profiles, fitted.edge_spreads)
    after, weak = without_weak_edges(before, threshold)
    n_edges = before.network.n_edges
    steps = [
        Step(
            "edge", n_edges - k, np.nan, None, edge.layer, edge.input, edge.output, edge.importance
        )
        for k, edge in enumerate(weak, start=1)
    ]
    report = report_of(Step("none", n_edges, np.nan), steps)
    if not weak:
        return replace(fitted, pruning_report=report)
    pruned = replace(
        with_network(fitted, after.network),
        moments=after.moments,
        profiles=after.profiles,
        spreads=Spreads(after.network, after.spreads),
        pruning_report=report,
    )
    return with_record(pruned, record_of("pruned", after.network), verbose=verbose)


def pruned_on_rows(
    fitted: Fitted, learning: Learning, table: OrderedTable, threshold: float
) -> Fitted:
    """Return the fit of what the rows need of the network.

    Parameters
    ----------
    fitted : Fitted
    learning : Learning
    table : OrderedTable
    threshold : float
        Edges of less importance go in any case.
    """
    loss, rows = fitted.loss, _rows(fitted, table)
    network = with_inputs_in_order(fitted.network, table.columns)
    start = Step("none", network.n_edges, mean_loss(network, rows, loss))
    found = thinned(network, rows, loss, threshold) if threshold > 0 else Thinned(network)
    steps, state = list(found.steps), None
    plan = PruningPlan(
        loss,
        replace(fitted.asked, grid_size=found.network.grid_size),
        learning.seeds(),
        learning.n_jobs,
    )
    pruned = None
    if not can_use_evidence(found.network, rows):
        pruned = smaller_than(found.network, rows, plan)
        if pruned is None:
            training = learning.plan(loss, (found.network.grid_size,))
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
    fitted = replace(fitted, pruning_report=report_of(start, steps))
    if not steps:
        return fitted
    if state is None:
        state = _improved(found.network, rows, loss)
    return _with_result(fitted, learning, found.network, state, table, "pruned")


def _rows(fitted: Fitted, table: OrderedTable) -> Rows:
    """Return the rows of a table, scaled and encoded."""
    return fitted.encoding.in_order(table.columns).rows(table.data)


def _improved(network: Network, rows: Rows, loss: Loss) -> State | None:
    """Return the state after a refit under the evidence, None where that is too large."""
    if not can_use_evidence(network, rows):
        return None
    return better_of_as_is_and_refit(network, rows, loss, _REFINED_STEPS, _TOL)


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


def refitted_on_rows(
    fitted: Fitted, learning: Learning, network: Network, table: OrderedTable
) -> Fitted:
    """Return the fit after going on from a network of finer grids."""
    rows, network = _rows(fitted, table), with_inputs_in_order(network, table.columns)
    loss = fitted.loss
    state = _improved(network, rows, loss)
    if state is None:
        plan = learning.plan(loss, (network.grid_size,))
        network = train(network, rows, rows, plan, Monitor(loss)).network
    else:
        network = Trial(state).network
    return _with_result(fitted, learning, network, state, table, "refined")


def _with_result(
    fitted: Fitted,
    learning: Learning,
    network: Network,
    state: State | None,
    table: OrderedTable,
    stage: str,
) -> Fitted:
    """Return the fit with a network of other rows, whose columns are as a table has them."""
    loss, rows = fitted.loss, _rows(fitted, table)
    sound = at_least_constant(network, rows, loss)
    is_fit = sound is network
    if loss.couples_outputs and state is not None:
        sound = centred(sound)
    places = table.places
    users = replace(rows, x=rows.x[:, places])
    fitted = with_network(fitted, with_inputs_in_order(sound, places), users)
    if state is not None and state.posterior is not None and is_fit:
        predictive = predictive_of(state, state.posterior)
        fitted = replace(
            fitted,
            log_evidence=float(state.posterior.log_evidence),
            predictive=predictive.with_inputs_in_order(places),
        )
    record = record_of(
        stage,
        sound,
        n_iter=None if state is None else len(state.history),
        objective=state.history[-1] if state is not None and state.history else None,
        log_evidence=fitted.log_evidence,
    )
    return with_record(fitted, record, verbose=learning.verbose)


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
