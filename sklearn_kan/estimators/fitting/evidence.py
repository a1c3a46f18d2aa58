"""Fits under evidence: when they are made, and what they leave in the estimator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...network import Network, drop_dangling
from ...network.surgery import centred
from ...training.candidates.finer_grids import FINEST
from ...training.candidates.settings import Settings
from ...training.choice.automatic import count_parts, fit_automatic
from ...training.choice.choose import Chosen
from ...training.evidence.beyond_rows import finished
from ...training.evidence.budget import FEWEST_ROWS, given_is_affordable
from ...training.evidence.gauss_newton import State, posterior_of, problem_of
from ...training.evidence.outgoing import outgoing_predictive
from ...training.evidence.predictive import Predictive, predictive_of
from ...training.evidence.resume import better_of_as_is_and_refit
from ...training.given.fit import FixedPlan, count_fixed_parts, fit_fixed, levels_to
from ...training.initial.grids import to_grid_size
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows
from ...training.pruning.under_evidence import can_use_evidence
from ...training.report.history import Record, record_of
from ...training.report.progress import Progress
from .hyperparameters import Hyperparameters

# Nats that count as none while strengths are learnt.
_TOL = 1e-2
# Parameters of a mixture whose posterior is worked out: it costs their square a row. Of others it
# is in any case: without a risk on rows left out nothing else says what the noise is.
_MOST_OF_POSTERIOR = 2500
# Gauss-Newton steps of a warm start: few, since under evidence mixtures grow together to one fit.
_WARM_STEPS = 20


@dataclass(frozen=True, eq=False)
class EvidenceFit:
    """What a fit under evidence gives.

    Parameters
    ----------
    network : Network
    log_evidence : float or None
        None for a mixture of very many parameters.
    predictive : Predictive or None
        None where, on top of that, outputs are coupled.
    n_iter : int
        Gauss-Newton steps on the way to the network.
    loss_curve : list of float
        The objective after each of them.
    records : tuple of Record
        The stages of the fit.
    """

    network: Network
    log_evidence: float | None
    predictive: Predictive | None
    n_iter: int
    loss_curve: list[float]
    records: tuple[Record, ...]


def uses_evidence(asked: Hyperparameters, rows: Rows, start: Network | None) -> bool:
    """Tell whether a fit learns its strengths from the evidence.

    Raises
    ------
    ValueError
        If ``solver="gauss_newton"`` cannot do what else is asked for.
    """
    obstacles = {
        "a float alpha": asked.alpha is not None,
        "early_stopping=True": asked.early_stopping,
        "sparsity > 0": asked.sparsity > 0,
        "warm_start=True on a network with formulas or too many weights": (
            start is not None and not _can_go_on(start, rows)
        ),
        f"fewer than {FEWEST_ROWS} rows and hidden layers": (
            bool(asked.hidden) and rows.total_weight < FEWEST_ROWS
        ),
        "as many columns, nodes and outputs as these": not given_is_affordable(
            asked.architecture(1), rows.x.shape[1], rows.y.shape[1]
        ),
    }
    present = [name for name, found in obstacles.items() if found]
    if asked.solver == "gauss_newton" and present:
        raise ValueError(f"solver='gauss_newton' does not go with {', '.join(present)}.")
    return asked.solver in ("auto", "gauss_newton") and not present


def _can_go_on(start: Network, rows: Rows) -> bool:
    return can_use_evidence(start, rows) and not start.has_curves


def fit_under_evidence(
    asked: Hyperparameters,
    rows: Rows,
    loss: Loss,
    seeds: list[np.random.SeedSequence],
    begin: Callable[[int], Progress],
    *,
    start: Network | None = None,
    is_solved: Callable[[], bool] | None = None,
) -> EvidenceFit:
    """Fit the architecture asked for, or the one that the rows support.

    Parameters
    ----------
    asked : Hyperparameters
    rows : Rows
    loss : Loss
    seeds : list of SeedSequence
    begin : callable
        Takes the number of stages, at the most; returns who is told of them.
    start : Network or None
        A fitted network to go on from, on grids as fine as asked for: its architecture stays.
    is_solved : callable or None
        See `Settings`.
    """
    schedule, architecture = asked.schedule, asked.architecture()
    risk = np.nan
    if start is not None:
        begin(0)
        start = to_grid_size(start, max(schedule[-1], start.grid_size), rows, asked.grid_eps)
        steps = min(asked.max_iter, _WARM_STEPS)
        state = better_of_as_is_and_refit(start, rows, loss, steps, _TOL)
        network = state.network if architecture.hidden else finished(state, rows)
        records = [record_of("gone on", network, n_iter=len(state.history))]
    elif not architecture.hidden:
        settings = Settings(
            loss,
            architecture,
            _TOL,
            n_jobs=asked.n_jobs,
            grows=asked.is_automatic,
            finest=FINEST if asked.chooses_grid else 0,
            is_solved=is_solved,
        )
        progress = begin(count_parts(settings) + 1)
        choice = fit_automatic(rows, replace(settings, progress=progress), seeds[0])
        mixture, risk = choice.mixture(rows), choice.risk
        state, records = mixture.state, _records_of(choice, mixture.state)
        network = finished(state, rows, mixture.beyond)
        progress.begin("chosen").end(records[-1], network)
    else:
        levels = schedule if len(schedule) > 1 else levels_to(schedule[0])
        plan = FixedPlan(loss, architecture, levels, max_iter=asked.max_iter)
        progress = begin(count_fixed_parts(plan))
        fitted = fit_fixed(replace(plan, progress=progress), rows, seeds, asked.n_jobs)
        assert fitted.state is not None
        state, records = fitted.state, list(fitted.records)
        network = state.network
    problem = problem_of(state, rows, loss)
    posterior = predictive = None
    if state.beta.size <= _MOST_OF_POSTERIOR or not np.isfinite(risk):
        posterior = posterior_of(problem, state)
        predictive = predictive_of(state, posterior)
    elif not loss.couples_outputs:
        predictive = outgoing_predictive(problem, state, _dispersion(risk, rows, loss))
    network = drop_dangling(network)
    if loss.couples_outputs:
        network = centred(network)
    return EvidenceFit(
        network=network,
        log_evidence=None if posterior is None else float(posterior.log_evidence),
        predictive=predictive,
        n_iter=len(state.history),
        loss_curve=list(state.history),
        records=tuple(records),
    )


def _dispersion(risk: float, rows: Rows, loss: Loss) -> float:
    """Return the dispersion that the mean loss of rows left out stands for."""
    if loss.is_likelihood:
        return 1.0
    return max(2.0 * risk / rows.y.shape[1], loss.least_dispersion)


def _records_of(choice: Chosen, state: State) -> list[Record]:
    """Return the fits that an automatic architecture was chosen from, and the choice."""
    records = [
        Record(name, log_evidence=float(evidence) if np.isfinite(evidence) else None)
        for name, evidence in choice.log_evidence.items()
    ]
    chosen = " + ".join(
        part.name if part.share == 1.0 else f"{part.share:.2f} of {part.name}"
        for part in choice.parts
    )
    records.append(
        record_of(
            f"chosen: {chosen}",
            drop_dangling(state.network),
            n_iter=len(state.history),
            objective=state.history[-1] if state.history else None,
        )
    )
    return records
