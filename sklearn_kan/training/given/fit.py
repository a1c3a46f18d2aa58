"""Fits of a given architecture: many small starts, the best one refined.

1. Every start begins on a coarse grid, and on some of the rows where they are many. After
   each rung of a few Gauss-Newton steps the worse half is dropped (successive halving).
2. The best is fitted to all rows, then refined: knots are inserted exactly, and Gauss-Newton
   goes on from there. It converges on the last grid only.
3. The same with fewer hidden nodes than there may be. A network with nodes to spare is the
   better one on coarse grids, where its nodes make up for missing knots, and the worse one on
   fine grids: so the evidence decides between widths at the end, not before.

Strengths go from level to level as they are: penalties do not depend on the grid.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from joblib import Parallel, delayed

from ...network import Network, refine
from ..initial.grids import end_rows
from ..initial.network import Architecture
from ..initial.starts import STARTS
from ..objective.losses import Loss
from ..objective.objective import Rows
from ..report.history import widths
from ..report.progress import SILENT
from .contender import Contender, advance
from .plan import FixedPlan, count_starts, shapes

# Steps of those starts that are left at each rung.
RUNG = 10
# Share of the starts that is left after exploring.
_LEFT = 0.25
# A level before the last one ends when so many nats a row are not gained any more.
_LEVEL_TOL = 3e-3
# Rows that starts are tried on: so many a parameter, and no fewer than this.
_ROWS_A_PARAMETER, _FEWEST_ROWS = 8, 600
# Input grids reach so many mean distances between rows beyond the outermost row, where curves
# that go on as lines would spoil a precise fit.
_GAP = 3.0


def fit_fixed(
    plan: FixedPlan, rows: Rows, seeds: list[np.random.SeedSequence], n_jobs: int | None = None
) -> Contender:
    """Fit an architecture from one start per seed; the best one is refined.

    Parameters
    ----------
    plan : FixedPlan
    rows : Rows
    seeds : list of SeedSequence
        See `count_starts`; widths share them. The first one also draws the rows that
        starts are tried on.
    n_jobs : int or None
        Of joblib; the result does not depend on it.

    Returns
    -------
    Contender
        ``state.chart`` and ``state.beta`` as well as the network.
    """
    hidden = plan.architecture.hidden
    fits: list[Contender] = []
    for shape in shapes(plan):
        part = plan.progress.begin(f"hidden nodes {widths(shape)}", 1 + len(plan.grid_sizes))
        alike = replace(plan.architecture, hidden=shape)
        some = seeds[: count_starts(shape[:1])] if shape != hidden else seeds
        fits.append(
            _fit_shape(replace(plan, architecture=alike, progress=part), rows, some, n_jobs)
        )
        if part.end(network=fits[-1].network):
            break
    best = max(fits, key=_score_of)
    part = plan.progress.begin("to convergence", plan.max_iter)
    last = replace(plan, progress=part)
    tol = plan.tol * rows.total_weight
    converged = advance(last, rows, best, best.network.grid_size, plan.max_iter, tol)
    converged = converged.noted(plan, "to convergence")
    part.end(converged.records[-1], converged.network)
    best = max(best, converged, key=_score_of)
    return replace(best, network=to_last_grid(best.network, plan.grid_sizes[-1]))


def to_last_grid(network: Network, grid_size: int) -> Network:
    """Put a network whose best grid is a coarser one on the last grid, where they nest."""
    if grid_size % network.grid_size:
        return network
    return refine(network, grid_size)


def _fit_shape(
    plan: FixedPlan, rows: Rows, seeds: list[np.random.SeedSequence], n_jobs: int | None
) -> Contender:
    margin = _GAP / rows.total_weight
    coarse = replace(plan.architecture, grid_size=plan.grid_sizes[0], margin=margin)
    sample = _sample(coarse, rows, seeds[0])
    starts = [_start(coarse, sample, plan.loss, number, seed) for number, seed in enumerate(seeds)]
    part = plan.progress.begin("starts")
    best = _best_of(replace(plan, progress=SILENT), sample, starts, n_jobs)
    best = best.noted(plan, f"best start of {len(starts)}")
    part.end(best.records[-1], best.network)
    return _refined(plan, rows, best)


def _refined(plan: FixedPlan, rows: Rows, candidate: Contender) -> Contender:
    """Go up the grids and return the best level: a finer grid may lower the evidence."""
    tol = _LEVEL_TOL * rows.total_weight
    levels: list[Contender] = []
    for grid_size in plan.grid_sizes:
        part = plan.progress.begin(f"grid of {grid_size}", plan.level_steps)
        level = replace(plan, progress=part)
        candidate = advance(level, rows, candidate, grid_size, plan.level_steps, tol)
        candidate = candidate.noted(plan, "all rows" if not levels else "finer grid")
        levels.append(candidate)
        if part.end(candidate.records[-1], candidate.network):
            break
    return max(levels, key=_score_of)


def _score_of(candidate: Contender) -> float:
    return candidate.score


def _start(
    architecture: Architecture, rows: Rows, loss: Loss, number: int, seed: np.random.SeedSequence
) -> Contender:
    bias = loss.best_constant(rows.y, rows.weights)
    start = STARTS[number % len(STARTS)]
    network = start.network(architecture, rows, bias, np.random.default_rng(seed))
    return Contender(network, strength=start.strength)


def _sample(architecture: Architecture, rows: Rows, seed: np.random.SeedSequence) -> Rows:
    """Return the rows that starts are tried on, in the order of the rows.

    A random choice, and those at the ends of each column, so that grids cover all rows.
    """
    size = max(_FEWEST_ROWS, _ROWS_A_PARAMETER * _count_parameters(architecture, rows))
    if size >= len(rows.x):
        return rows
    rng = np.random.default_rng([*seed.generate_state(4), 1])
    chosen = rng.choice(len(rows.x), size, replace=False)
    return rows.take(np.union1d(chosen, end_rows(rows)))


def _count_parameters(architecture: Architecture, rows: Rows) -> int:
    a_node = architecture.grid_size + architecture.degree + 1
    inputs, edges = rows.x.shape[1], 0
    for sums, products in architecture.hidden:
        edges += inputs * (sums + 2 * products)
        inputs = sums + products
    return (edges + inputs * rows.y.shape[1]) * a_node


def _best_of(
    plan: FixedPlan, rows: Rows, candidates: list[Contender], n_jobs: int | None
) -> Contender:
    """Let all candidates explore, then the better ones go on; half is dropped at each rung."""
    grid_size = plan.grid_sizes[0]

    def run(number: int, steps: int) -> list[Contender]:
        ranked = parallel(
            delayed(advance)(plan, rows, candidate, grid_size, steps, 0.0)
            for candidate in candidates
        )
        return sorted(ranked, key=_score_of, reverse=True)[:number]

    with Parallel(n_jobs=n_jobs) as parallel:
        candidates = run(len(candidates), plan.exploring)
        candidates = run(max(round(_LEFT * len(candidates)), 1), plan.exploring)
        while len(candidates) > 1:
            candidates = run(len(candidates) // 2, RUNG)
    return candidates[0]
