"""Finer grids where curves need them: what the additive fit leaves is looked at in order.

Curves on a grid that is too coarse leave residuals that are alike from one value of their column
to the next. That shows at any frequency, and costs no more than sorting the column.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..evidence.budget import MOST_PARAMETERS
from ..evidence.gauss_newton import EvidenceProblem, State, fit_evidence, problem_of
from ..objective.objective import Rows
from .growth import (
    FIRST_STRENGTH,
    additive_state,
    columns_a_node,
    fresh_strengths,
    working_residual,
)
from .residual_order import are_too_coarse
from .settings import Settings

# Intervals, at the most, of grids that double from ten.
FINEST = 160


def refined(
    problem: EvidenceProblem, state: State, settings: Settings, max_iter: int, tol: float
) -> tuple[EvidenceProblem, State]:
    """Return the additive fit on the grid that has the highest evidence, and its problem.

    Intervals are doubled as long as curves need more, those at hand tried once more from weaker
    penalties. Curves of columns that need none keep as many coordinates, the smoothest.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        The additive fit.
    settings : Settings
        `finest` says how far to go.
    max_iter, tol
        See `fit_evidence`.
    """
    rows, q = problem.blocks.rows, state.chart.network.n_outputs
    grid_size, degree = settings.architecture.grid_size, settings.architecture.degree
    finest = max(settings.finest, grid_size)
    columns = columns_a_node(rows, settings.architecture, settings.loss)
    most = np.full(rows.x.shape[1], min(columns, grid_size + degree))
    most_parameters = min(MOST_PARAMETERS // q, rows.total_weight)
    is_finer = np.zeros(len(most), bool)
    while grid_size <= finest:
        residual = working_residual(problem, state.network)
        coarse = are_too_coarse(rows.x, residual, rows.weights)
        wanted = np.where(coarse, grid_size + degree, most)
        if not coarse.any() or wanted.sum() > most_parameters:
            break
        finer, trial = additive_on(
            rows, settings, grid_size, wanted, is_finer | coarse, max_iter, tol
        )
        if trial.log_evidence > state.log_evidence:
            problem, state = finer, trial
            most, is_finer = wanted, is_finer | coarse
        grid_size *= 2
    return problem, state


def additive_on(
    rows: Rows,
    settings: Settings,
    grid_size: int,
    columns: np.ndarray,
    is_finer: np.ndarray,
    max_iter: int,
    tol: float,
) -> tuple[EvidenceProblem, State]:
    """Return the additive fit on a grid of this size, and its problem.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    grid_size : int
    columns : ndarray of shape (p,), int
        Coordinates of an edge from each input, at the most.
    is_finer : ndarray of shape (p,), bool
        Inputs whose curves need that grid.
    max_iter, tol
        See `fit_evidence`.
    """
    architecture = replace(settings.architecture, grid_size=grid_size)
    start = additive_state(architecture, rows, settings.loss, settings.reach, columns)
    start = _weak_where(start, is_finer, rows.total_weight)
    problem = problem_of(start, rows, settings.loss)
    return problem, fit_evidence(problem, start, max_iter=max_iter, tol=tol, damping=0.0)


def _weak_where(state: State, is_finer: np.ndarray, total_weight: float) -> State:
    """Give the finer inputs (p,) strengths of their own, under which they can bend.

    Of their coordinates the roughest lose half of their size: where only rough ones have anything
    to say, stiff curves do not bend for them. For the other inputs they would be too weak.
    """
    coordinate = replace(state.chart.coordinates[0], family=is_finer.astype(int))
    chart = replace(state.chart, coordinates=(coordinate,))
    strengths = fresh_strengths(chart)
    mine = is_finer[coordinate.node]
    roughest = max(float(coordinate.roughness[mine].max(initial=0.0)), 1e-300)
    weak = min(FIRST_STRENGTH, total_weight / roughest)
    groups = np.unique(strengths.group[chart.parts()[0]][mine[chart.entries(0)[0]]])
    roughness = strengths.roughness.copy()
    roughness[groups] = weak
    return replace(state, chart=chart, strengths=replace(strengths, roughness=roughness))
