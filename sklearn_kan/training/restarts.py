"""Several starts of one architecture, in parallel; the best is kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed

from ..network import Network
from .adam import train_adam
from .grids import sample_rows
from .history import record_of
from .initialise import Architecture, initial_network
from .monitor import Monitor
from .objective import Rows, mean_loss
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
    on_step : callable or None
        See `Monitor`.
    """

    rows: Rows
    validation: Rows | None
    architecture: Architecture
    plan: Plan
    batches: MiniBatches | None = None
    patience: int = 10
    stopping_tol: float = 1e-4
    start: Network | None = None
    on_step: Callable[[int, float, float | None], None] | None = None


def fit_best(task: Task, seeds: list[np.random.SeedSequence], n_jobs: int | None) -> Fit:
    """Run one start per seed and return the fit with the lowest score.

    The score is the validation loss where there are validation rows, else the objective.
    The order of the seeds decides ties, so that `n_jobs` does not matter.
    """
    if len(seeds) == 1:
        return fit_once(task, seeds[0])
    fits = Parallel(n_jobs=n_jobs)(delayed(fit_once)(task, seed) for seed in seeds)
    return min(fits, key=lambda fit: fit.score)


def fit_once(task: Task, seed: np.random.SeedSequence) -> Fit:
    """Train from one start."""
    rng = np.random.default_rng(seed)
    plan = task.plan
    sample = sample_rows(task.rows, _SAMPLE_SIZE, rng)
    network = task.start
    if network is None:
        bias = plan.loss.best_constant(task.rows.y, task.rows.weights)
        network = initial_network(task.architecture, sample, bias, rng)
    monitor = Monitor(plan.loss, task.validation, task.patience, task.stopping_tol, task.on_step)
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
    return Fit(outcome, monitor.loss_curve, monitor.validation_curve, _score(task, outcome))


def _score(task: Task, outcome: Outcome) -> float:
    score = outcome.value
    if task.validation is not None:
        score = mean_loss(outcome.network, task.validation, task.plan.loss)
    return score if np.isfinite(score) else np.inf
