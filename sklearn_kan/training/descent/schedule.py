"""Training with fixed strengths: a schedule of grids, on each some runs of L-BFGS."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Network
from ..initial.grids import follow, to_grid_size
from ..objective.losses import Loss
from ..objective.objective import Blocks, Objective, Rows
from ..objective.penalties import LayerSparsity, uniform_penalty
from ..report.history import Record, record_of
from ..summaries.moments import Moments, node_moments
from .lbfgs import minimise
from .monitor import Monitor
from .whitening import whiten

# Iterations between two looks at the hidden grids: short at first, when they move most.
_FIRST_CHUNK, _CHUNK_GROWTH = 20, 2


@dataclass(frozen=True)
class Plan:
    """How to train with fixed strengths.

    Parameters
    ----------
    loss : Loss
    grid_sizes : tuple of int
        One after the other.
    grid_eps : float
    alpha : float
        Strength of roughness and ridge.
    sparsity : float
        Strength of the KAN paper's L1 and entropy.
    max_iter : int
        Iterations on each grid.
    tol : float
    """

    loss: Loss
    grid_sizes: tuple[int, ...]
    grid_eps: float = 0.5
    alpha: float = 1e-3
    sparsity: float = 0.0
    max_iter: int = 200
    tol: float = 1e-5


@dataclass(frozen=True, eq=False)
class Outcome:
    """A trained network, its objective, and whether and why it is not the optimum.

    Parameters
    ----------
    network : Network
    n_iter : int
    value : float
        The objective at the end, or on the average of the last epoch.
    shortfall : str
        Empty at an optimum.
    records : tuple of Record
        The stages on the way.
    """

    network: Network
    n_iter: int
    value: float
    shortfall: str = ""
    records: tuple[Record, ...] = ()


def train(network: Network, rows: Rows, sample: Rows, plan: Plan, monitor: Monitor) -> Outcome:
    """Train a network on each grid of the plan in turn, each time from the best one so far.

    Parameters
    ----------
    network : Network
        Where to start.
    rows : Rows
    sample : Rows
        The rows, or some of them, that grids and scales are taken from.
    plan : Plan
    monitor : Monitor
    """
    outcome = Outcome(network, 0, np.inf)
    for grid_size in plan.grid_sizes:
        network = to_grid_size(outcome.network, grid_size, sample, plan.grid_eps)
        monitor.begin_stage(f"grid of {grid_size}", plan.max_iter)
        stage = _train_on_grid(network, rows, sample, plan, monitor)
        best = monitor.best or stage.network
        record = record_of("L-BFGS", best, n_iter=stage.n_iter, objective=stage.value)
        outcome = replace(
            stage,
            network=best,
            n_iter=outcome.n_iter + stage.n_iter,
            records=(*outcome.records, record),
        )
        if monitor.end_stage(record, best):
            break
    return outcome


def _train_on_grid(
    network: Network, rows: Rows, sample: Rows, plan: Plan, monitor: Monitor
) -> Outcome:
    n_iter, value, chunk = 0, np.inf, _FIRST_CHUNK
    while n_iter < plan.max_iter:
        objective, moments = _objective(network, rows, sample, plan)
        whitening = whiten(objective.network, moments, objective.penalties, rows.total_weight)
        last = len(network.layers) == 1
        budget = plan.max_iter - n_iter if last else min(chunk, plan.max_iter - n_iter)
        run = minimise(objective, whitening, monitor, max_iter=budget, tol=plan.tol)
        network, value, n_iter = run.network, run.value, n_iter + run.n_iter
        if run.converged or run.stopped:
            return Outcome(network, n_iter, value)
        if run.n_iter < budget:
            return Outcome(network, n_iter, value, "the line search found no better point")
        chunk *= _CHUNK_GROWTH
    shortfall = f"max_iter={plan.max_iter} iterations were not enough"
    return Outcome(network, n_iter, value, shortfall)


def _objective(
    network: Network, rows: Rows, sample: Rows, plan: Plan
) -> tuple[Objective, tuple[Moments, ...]]:
    network = follow(network, sample, plan.grid_eps)
    moments = node_moments(network, sample)
    objective = Objective(
        network,
        Blocks(network, rows),
        plan.loss,
        uniform_penalty(network, plan.alpha),
        sparsities(network, moments, plan.sparsity),
    )
    return objective, moments


def sparsities(
    network: Network, moments: tuple[Moments, ...], strength: float
) -> tuple[LayerSparsity, ...]:
    """Return sparsity penalties of one strength for all layers; none for strength zero."""
    if not strength:
        return ()
    return tuple(
        LayerSparsity(moment.covariance, layer.edges, strength)
        for layer, moment in zip(network.all_layers, moments, strict=True)
    )
