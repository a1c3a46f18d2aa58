"""The fits that a default fit is chosen from: additive, composed, grown, and wide ones.

The path starts with the additive model. Nodes are added where the residual is curved; the
path ends where the evidence falls. Beside it stand networks of a few nodes with curved edges
from random starts.
"""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from math import inf

from .directions import interaction_directions
from .gauss_newton import Problem, State, fit_evidence
from .growth import (
    FEWEST_ROWS,
    MOST_PARAMETERS,
    additive_state,
    columns_a_node,
    curved,
    grow,
    working_residual,
)
from .hidden_grids import cover_hidden
from .history import ADDITIVE, COMPOSED, grown_name
from .mixing import Part
from .objective import Blocks, Rows
from .settings import Settings, log_evidence, told
from .wide import N_WIDE, composed, wide_fits, wide_names

# Hidden nodes at each stage of the path.
STAGES = (0, 1, 2, 4)
# At most: the stages, two of them curved as well, the composed fit and the wide ones.
MOST_CANDIDATES = len(STAGES) + 2 + 1 + N_WIDE
# A stage must raise the log-evidence by this much for the path to go on.
RISE = 2.0
_ADDITIVE_ITER = 40
# Few steps: fits that are mixed need not be at their optimum, and are no better for it.
_COVER_ITER, _COVER_ROUNDS, _HIDDEN_ITER = 4, 2, 6
_ADDITIVE_TOL = 1e-4
# Multiplications of one Gauss-Newton step with a few nodes that are still affordable, in all
# folds together.
_NODES_AT_FIRST, _MOST_OPERATIONS = 2, 2e9


def candidates(
    rows: Rows,
    settings: Settings,
    like: Collection[str] | None = None,
    *,
    judged_by_folds: bool = True,
) -> list[Part]:
    """Return the fits to choose from, the additive one first.

    With one hidden node and with the most there are both straight and curved incoming edges:
    many problems are a curve of a sum of curves, and one node then does more than many. Wide
    fits are made where anything else rises above the additive fit.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    like : collection of str or None
        Names of the candidates of other rows, the same ones are to be made; None ends the path
        where the log-evidence rises by less than two nats, and what it ended with is not
        returned.
    judged_by_folds : bool
        Whether as many fits as there are folds are still to come.
    """
    state = additive_state(settings.architecture, rows, settings.loss, settings.reach)
    problem = Problem(Blocks(state.chart.network, rows), settings.loss)
    part = settings.progress.begin(ADDITIVE, _ADDITIVE_ITER)
    state = fit_evidence(
        problem,
        state,
        max_iter=_ADDITIVE_ITER,
        tol=_ADDITIVE_TOL,
        damping=0.0,
        progress=part,
    )
    found = [Part(ADDITIVE, state)]
    n_fits = 1 + settings.n_folds * judged_by_folds
    asked_to_stop = told(part, found[0], rows)
    if asked_to_stop or not (settings.grows and _may_grow(rows, state, n_fits)):
        return found
    if settings.is_solved is not None and settings.is_solved():
        return found
    part = settings.progress.begin(COMPOSED)
    found.append(Part(COMPOSED, composed(rows, settings)))
    asked_to_stop = told(part, found[-1], rows)
    if not asked_to_stop:
        grown, asked_to_stop = _grown(problem, state, settings, like)
        found += grown
    if asked_to_stop or (like is None and not rises(found)):
        return found
    names = wide_names(rows, settings, n_fits) if like is None else like
    return found + wide_fits(rows, settings, names)


def rises(found: list[Part]) -> bool:
    """Tell whether the evidence of any fit is above that of the first, the additive one."""
    first, *others = (log_evidence(candidate.state) for candidate in found)
    return max(others, default=-inf) > first + RISE


def _grown(
    problem: Problem, state: State, settings: Settings, like: Collection[str] | None
) -> tuple[list[Part], bool]:
    """Return the fits with more and more hidden nodes, and whether to stop was asked for."""
    rows, found, asked_to_stop = problem.blocks.rows, [], False
    for before, after in pairwise(STAGES):
        name = grown_name(after)
        ended = like is not None and name not in like
        if asked_to_stop or ended or not _is_small(state, after - before):
            break
        part = settings.progress.begin(name)
        grown = Part(name, _with_more_nodes(problem, state, after - before, settings))
        asked_to_stop = told(part, grown, rows)
        more = [grown]
        if before == 0:
            more.append(_with_curved(problem, grown.state, settings))
        best = max(log_evidence(candidate.state) for candidate in more)
        if like is None and best <= log_evidence(state) + RISE:
            break
        found += more
        state = grown.state
    if len(found) > 2:  # beyond the first stage
        found.append(_with_curved(problem, state, settings))
    return found, asked_to_stop


def _may_grow(rows: Rows, state: State, n_fits: int) -> bool:
    """Tell whether hidden nodes are worth a try, and their fits affordable."""
    n, p = rows.total_weight, rows.x.shape[1]
    size = state.beta.size + _NODES_AT_FIRST * (p + state.chart.network.grid_size)
    return n >= FEWEST_ROWS and p > 1 and _is_cheap(rows, size, n_fits)


def folds_are_affordable(rows: Rows, settings: Settings) -> bool:
    """Tell whether candidates with hidden nodes can be judged by folds of the rows."""
    size = rows.x.shape[1] * rows.y.shape[1] * columns_a_node(rows)
    return _is_cheap(rows, size, 1 + settings.n_folds)


def _is_cheap(rows: Rows, size: int, n_fits: int) -> bool:
    """Tell whether so many Gauss-Newton steps with so many parameters are affordable."""
    return n_fits * rows.total_weight * size**2 * rows.y.shape[1] <= _MOST_OPERATIONS


def _is_small(state: State, more_nodes: int) -> bool:
    network = state.chart.network
    more = more_nodes * (network.n_inputs + network.n_outputs * 2 * network.grid_size)
    return state.beta.size + more <= MOST_PARAMETERS


def _with_more_nodes(problem: Problem, state: State, number: int, settings: Settings) -> State:
    rows = problem.blocks.rows
    residual = working_residual(problem, state.network)
    directions = interaction_directions(rows, residual, number)
    return _settled(problem, grow(problem, state, directions), settings)


def _with_curved(problem: Problem, state: State, settings: Settings) -> Part:
    """Fit a grown network with curved edges into its nodes."""
    name = grown_name(state.chart.network.layers[0].n_outputs, is_curved=True)
    part = settings.progress.begin(name)
    found = Part(name, _settled(problem, curved(state), settings))
    told(part, found, problem.blocks.rows)
    return found


def _settled(problem: Problem, state: State, settings: Settings) -> State:
    """Fit a network with a hidden layer; its grids follow in the first steps only."""
    for _ in range(_COVER_ROUNDS):
        state = fit_evidence(problem, state, max_iter=_COVER_ITER, tol=settings.tol)
        state = cover_hidden(problem, state)
    return fit_evidence(problem, state, max_iter=_HIDDEN_ITER, tol=settings.tol)
