"""The fits that a default fit is chosen from: additive, composed, grown, and wide ones.

The path starts with the additive model. Nodes are added where the residual is curved; the
path ends where the evidence falls. Beside it stand networks of a few nodes with curved edges
from random starts.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .directions import interaction_directions
from .finishing import finished
from .fixed import FixedPlan, fit_fixed, levels_to
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
from .history import ADDITIVE, COMPOSED, Record, grown_name
from .initialise import Architecture
from .losses import Loss
from .mixing import Part
from .objective import Blocks, Rows
from .progress import SILENT, Progress

# Hidden nodes at each stage of the path.
STAGES = (0, 1, 2, 4)


@dataclass(frozen=True)
class Wide:
    """A wide fit: its hidden nodes, its seed, and how many rows it needs at the least."""

    nodes: int
    seed: int
    fewest_rows: int

    @property
    def name(self) -> str:
        """What the fit is called."""
        return f"{self.nodes} nodes, start {self.seed + 1}"


# With fewer rows there is less to choose from: no wide fits, and no composed one in a mixture.
MANY_ROWS = 250
# The first two that the rows support and that are affordable are made.
WIDE = (Wide(16, 0, 2400), Wide(8, 1, 1200), Wide(4, 0, MANY_ROWS), Wide(4, 1, MANY_ROWS))
_N_WIDE = 2
# The intervals of their grids.
_WIDE_GRID = 5
# At most: the stages, two of them curved as well, the composed fit and the wide ones.
MOST_CANDIDATES = len(STAGES) + 2 + 1 + _N_WIDE
# A stage must raise the log-evidence by this much for the path to go on.
RISE = 2.0
_ADDITIVE_ITER = 40
# Few steps: fits that are mixed need not be at their optimum, and are no better for it.
_COVER_ITER, _COVER_ROUNDS, _HIDDEN_ITER = 4, 2, 6
_EXPLORING, _LEVEL_STEPS = 4, 2
_ADDITIVE_TOL = 1e-4
# Multiplications of one Gauss-Newton step with a few nodes that are still affordable, in all
# folds together; and of one with a wide network.
_NODES_AT_FIRST, _MOST_OPERATIONS, _MOST_WIDE_OPERATIONS = 2, 2e9, 4e9


@dataclass(frozen=True)
class Settings:
    """How to fit with evidence.

    Parameters
    ----------
    loss : Loss
    architecture : Architecture
        Its hidden layers do not matter here.
    tol : float
        See `fit_evidence`.
    n_folds : int
    n_jobs : int or None
        How many folds are fitted at a time; the result does not depend on it.
    reach : ndarray of shape (2, p) or None
        See `additive_state`.
    grows : bool
        False for the additive model and no more.
    is_solved : callable or None
        Asked before the additive model would grow: True if something else, a formula, computes
        the target already.
    progress : Progress
        Told of each fit as soon as it is made; `MOST_PARTS` are all. It may ask to grow no
        further.
    """

    loss: Loss
    architecture: Architecture
    tol: float = 1e-2
    n_folds: int = 4
    n_jobs: int | None = None
    reach: np.ndarray | None = None
    grows: bool = True
    is_solved: Callable[[], bool] | None = None
    progress: Progress = SILENT


def log_evidence(state: State) -> float:
    """Return the log-evidence of a fit, minus infinity where it has none."""
    return -np.inf if state.posterior is None else state.posterior.log_evidence


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
    asked_to_stop = _end(part, found[0], rows)
    if asked_to_stop or not (settings.grows and _may_grow(rows, state, n_fits)):
        return found
    if settings.is_solved is not None and settings.is_solved():
        return found
    part = settings.progress.begin(COMPOSED)
    found.append(Part(COMPOSED, composed(rows, settings)))
    asked_to_stop = _end(part, found[-1], rows)
    if not asked_to_stop:
        grown, asked_to_stop = _grown(problem, state, settings, like)
        found += grown
    if asked_to_stop or (like is None and not rises(found)):
        return found
    if like is None:
        affordable = [wide for wide in WIDE if _wide_is_affordable(rows, wide, settings, n_fits)]
        made = affordable[:_N_WIDE]
    else:
        made = [wide for wide in WIDE if wide.name in like]
    found += [_wide_candidate(wide, rows, settings) for wide in made]
    return found


def rises(found: list[Part]) -> bool:
    """Tell whether the evidence of any fit is above that of the first, the additive one."""
    first, *others = (log_evidence(candidate.state) for candidate in found)
    return max(others, default=-np.inf) > first + RISE


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
        asked_to_stop = _end(part, grown, rows)
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


def _end(part: Progress, candidate: Part, rows: Rows) -> bool:
    """Tell of a candidate; return whether the path is to end."""
    record = Record(candidate.name, log_evidence=float(log_evidence(candidate.state)))
    return part.end(record, lambda: finished(candidate.state, rows))


def composed(rows: Rows, settings: Settings) -> State:
    """Return the fit of a curve of a sum of curves: one hidden node, no direct edges.

    An additive model under a link of its own, as in transformation models: where that is the
    truth it has a fraction of the parameters that hidden nodes beside an additive part need.
    """
    architecture = replace(settings.architecture, hidden=((1, 0),), direct=False)
    levels = levels_to(settings.architecture.grid_size)
    return _fixed(architecture, levels, rows, settings, np.random.SeedSequence(0).spawn(_STARTS))


_STARTS = 2


def _wide_candidate(wide: Wide, rows: Rows, settings: Settings) -> Part:
    """Fit a few hidden nodes with curved edges, beside direct ones, from one random start.

    Fits from several starts differ where the rows do not say much, and are mixed for that.
    """
    grid_size = min(settings.architecture.grid_size, _WIDE_GRID)
    architecture = replace(
        settings.architecture, hidden=((wide.nodes, 0),), direct=True, grid_size=grid_size
    )
    part = settings.progress.begin(wide.name)
    seeds = [np.random.SeedSequence(wide.seed)]
    found = Part(wide.name, _fixed(architecture, (grid_size,), rows, settings, seeds))
    _end(part, found, rows)
    return found


def _fixed(
    architecture: Architecture,
    grid_sizes: tuple[int, ...],
    rows: Rows,
    settings: Settings,
    seeds: list[np.random.SeedSequence],
) -> State:
    plan = FixedPlan(
        settings.loss,
        architecture,
        grid_sizes,
        exploring=_EXPLORING,
        level_steps=_LEVEL_STEPS,
        max_iter=_HIDDEN_ITER,
        narrower=False,
    )
    state = fit_fixed(plan, rows, seeds).state
    assert state is not None
    return state


def _wide_is_affordable(rows: Rows, wide: Wide, settings: Settings, n_fits: int) -> bool:
    """Tell whether a wide fit is worth a try, and affordable.

    A column of few distinct values has fewer coordinates than its grid. The outputs of a loss
    that does not couple them need a matrix product each.
    """
    architecture = settings.architecture
    most = min(architecture.grid_size, _WIDE_GRID) + architecture.degree
    inputs = sum(min(len(np.unique(column)) - 1, most) for column in rows.x.T)
    q = rows.y.shape[1]
    shared, own = wide.nodes * inputs, wide.nodes * most + inputs
    size = shared + q * own
    a_row = size**2 if settings.loss.couples_outputs else q * (shared + own) ** 2
    operations = n_fits * (rows.total_weight * a_row + size**3)
    return (
        rows.total_weight >= wide.fewest_rows
        and size <= MOST_PARAMETERS
        and operations <= _MOST_WIDE_OPERATIONS
    )


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
    _end(part, found, problem.blocks.rows)
    return found


def _settled(problem: Problem, state: State, settings: Settings) -> State:
    """Fit a network with a hidden layer; its grids follow in the first steps only."""
    for _ in range(_COVER_ROUNDS):
        state = fit_evidence(problem, state, max_iter=_COVER_ITER, tol=settings.tol)
        state = cover_hidden(problem, state)
    return fit_evidence(problem, state, max_iter=_HIDDEN_ITER, tol=settings.tol)
