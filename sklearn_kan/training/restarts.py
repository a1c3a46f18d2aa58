"""Several starts of one architecture, in parallel; the best is kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from joblib import delayed

from ..network import Network
from .adam import train_adam
from .grids import sample_rows
from .history import Record, record_of
from .initialise import Architecture, initial_network
from .monitor import Monitor
from .objective import Rows, mean_loss
from .progress import SILENT, Progress, in_turn, runs_here
from .schedule import Outcome, Plan, train

# Grids, scales and moments are taken from at most so many rows.
_SAMPLE_SIZE = 20_000


@dataclass(frozen=True)
class MiniBatches:
    """How Adam is to run."""

    batch_size: int
    learning_rate: float


@dataclass(frozen=True, eq=False)
class Fit:
    """A trained network with its history."""

    outcome: Outcome
    loss_curve: list[float]
    validation_curve: list[float]
    score: float

    @property
    def network(self) -> Network:
        """The network."""
        return self.outcome.network


@dataclass(frozen=True, eq=False)
class Task:
    """All that one start needs but its seed.

    Parameters
    ----------
    rows : Rows
    validation : Rows or None
    architecture : Architecture
    plan : Plan
    batches : MiniBatches or None
        None for L-BFGS.
    patience : int
        Steps without improvement before early stopping, or Adam, ends.
    stopping_tol : float
        The improvement of the validation loss that counts.
    start : Network or None
        Where to go on from; None for a fresh network.
    progress : Progress
        Told of each start; see `count_parts`.
    """

    rows: Rows
    validation: Rows | None
    architecture: Architecture
    plan: Plan
    batches: MiniBatches | None = None
    patience: int = 10
    stopping_tol: float = 1e-4
    start: Network | None = None
    progress: Progress = SILENT


def count_parts(task: Task) -> int:
    """Return of how many parts a start is made: stages of grids, or epochs of Adam."""
    return len(task.plan.grid_sizes) if task.batches is None else task.plan.max_iter


def fit_best(task: Task, seeds: list[np.random.SeedSequence], n_jobs: int | None) -> Fit:
    """Run one start per seed and return the fit with the lowest score.

    The score is the validation loss where there are validation rows, else the objective.
    The order of the seeds decides ties, so that `n_jobs` does not matter.
    """
    fits = _fits_here(task, seeds) if runs_here(n_jobs, len(seeds)) else _fits(task, seeds, n_jobs)
    return min(fits, key=lambda fit: fit.score)


def _fits_here(task: Task, seeds: list[np.random.SeedSequence]) -> list[Fit]:
    fits: list[Fit] = []
    for number, seed in enumerate(seeds, start=1):
        part = task.progress.begin("start", count_parts(task))
        fits.append(fit_once(replace(task, progress=part), seed))
        if part.end(_note(number, fits[-1]) if len(seeds) > 1 else None, fits[-1].network):
            break
    return fits


def _fits(task: Task, seeds: list[np.random.SeedSequence], n_jobs: int | None) -> list[Fit]:
    """Run the starts in parallel; of what goes on inside of them nobody is told."""
    quiet = replace(task, progress=SILENT)
    fits: list[Fit] = []
    for fit in in_turn((delayed(fit_once)(quiet, seed) for seed in seeds), n_jobs):
        fits.append(fit)
        task.progress.begin("start").end(_note(len(fits), fit), fit.network)
    return fits


def _note(number: int, fit: Fit) -> Record:
    outcome = fit.outcome
    return record_of(f"start {number}", fit.network, n_iter=outcome.n_iter, objective=outcome.value)


def fit_once(task: Task, seed: np.random.SeedSequence) -> Fit:
    """Train from one start."""
    rng = np.random.default_rng(seed)
    plan = task.plan
    sample = sample_rows(task.rows, _SAMPLE_SIZE, rng)
    network = task.start
    if network is None:
        bias = plan.loss.best_constant(task.rows.y, task.rows.weights)
        network = initial_network(task.architecture, sample, bias, rng)
    validation = None if task.validation is None else task.validation.near(task.rows)
    monitor = Monitor(plan.loss, validation, task.patience, task.stopping_tol, task.progress)
    if task.batches is None:
        outcome = train(network, task.rows, sample, plan, monitor)
    else:
        outcome = train_adam(
            network,
            task.rows,
            sample,
            plan,
            monitor,
            batch_size=task.batches.batch_size,
            learning_rate=task.batches.learning_rate,
            patience=task.patience,
            rng=rng,
        )
        record = record_of("Adam", outcome.network, n_iter=outcome.n_iter, objective=outcome.value)
        outcome = replace(outcome, records=(record,))
    score = outcome.value
    if validation is not None:
        score = mean_loss(outcome.network, validation, plan.loss)
    score = score if np.isfinite(score) else np.inf
    return Fit(outcome, monitor.loss_curve, monitor.validation_curve, score)
