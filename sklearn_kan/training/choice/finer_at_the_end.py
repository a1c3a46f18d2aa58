"""Finer grids of a network at the end, where its residuals still have an order."""

from __future__ import annotations

from ...network import refine
from ..candidates.growth import working_residual
from ..candidates.residual_order import are_too_coarse
from ..candidates.settings import Settings
from ..evidence.budget import steps_are_affordable
from ..evidence.gauss_newton import State, fit_evidence, problem_of
from ..evidence.resume import placed_state
from ..initial.grids import node_values
from ..objective.objective import Rows

# Gauss-Newton steps on each grid.
_STEPS = 20


def polished(state: State, rows: Rows, settings: Settings) -> State:
    """Return a fit on grids that are halved as long as the evidence rises and residuals have order.

    Along the inputs or the values of hidden nodes, see `finer`. Without noise what is left of a
    smooth function is what its grids cannot say.

    Parameters
    ----------
    state : State
        Of a network of splines.
    rows : Rows
        Those it was fitted to.
    settings : Settings
        `finest` says how far to go.
    """
    while (grid_size := 2 * state.network.grid_size) <= settings.finest:
        if not _has_order(state, rows, settings):
            break
        trial = placed_state(refine(state.network, grid_size), rows, settings.loss)
        if not steps_are_affordable(rows, settings.loss, trial.beta.size, 0):
            break
        problem = problem_of(trial, rows, settings.loss)
        trial = fit_evidence(problem, trial, max_iter=_STEPS, tol=settings.tol)
        if trial.log_evidence <= state.log_evidence:
            break
        state = trial
    return state


def _has_order(state: State, rows: Rows, settings: Settings) -> bool:
    network = state.network
    residual = working_residual(problem_of(state, rows, settings.loss), network)
    return any(
        are_too_coarse(node_values(network, index, rows.x), residual, rows.weights).any()
        for index in range(len(network.layers))
    )
