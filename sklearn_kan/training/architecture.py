"""How many hidden nodes: the evidence proposes, cross-validation on the rows decides.

The path starts with the additive model. Nodes are added where the residual is curved; the
path ends where the evidence falls. What the evidence proposes beyond the additive model is
then fitted again without each of a few folds: the evidence of a network takes the directions
of its hidden nodes as given, though they were searched for, and heavy tails mislead it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from joblib import delayed

from ..network import predict
from .blending import Blend, best_blend, blended
from .directions import interaction_directions
from .elimination import eliminate
from .fixed import FixedPlan, fit_fixed, levels_to
from .folds import row_folds
from .gauss_newton import Problem, State, fit_evidence, problem_of
from .growth import (
    FEWEST_ROWS,
    MOST_PARAMETERS,
    additive_state,
    columns_a_node,
    cover_hidden,
    curved,
    finished,
    grow,
    working_residual,
)
from .history import ADDITIVE, COMPOSED, Record, grown_name
from .initialise import Architecture
from .left_out import correct_strengths
from .losses import Loss
from .objective import Blocks, Rows
from .progress import SILENT, Progress, in_turn

# Hidden nodes at each stage of the path.
STAGES = (0, 1, 2, 4, 7)
# Parts of a choice: candidates, then all folds together, then the last fit.
MOST_PARTS = (len(STAGES) + 3) + 1 + 1
# A stage must raise the log-evidence by this much for the path to go on.
_RISE = 2.0
_ADDITIVE_ITER, _HIDDEN_ITER = 40, 14
_COVER_ITER, _COVER_ROUNDS = 4, 4
_ADDITIVE_TOL = 1e-4
_REFIT_ITER = 10
# Multiplications of one Gauss-Newton step with a few nodes that are still affordable, in all
# folds together.
_NODES_AT_FIRST, _MOST_OPERATIONS = 2, 2e9


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


@dataclass(frozen=True, eq=False)
class Choice:
    """The chosen fit, and what was seen on the way.

    Parameters
    ----------
    parts : tuple of State
        The additive fit alone; with one that it is mixed with; or the composed fit alone.
    blend : Blend
        How they are mixed.
    log_evidence : tuple of float
        Of each candidate.
    """

    parts: tuple[State, ...]
    blend: Blend
    log_evidence: tuple[float, ...]

    @property
    def state(self) -> State:
        """The mixture."""
        return mixture(self.parts, self.blend)


def mixture(parts: tuple[State, ...], blend: Blend) -> State:
    """Return the parts of a choice, mixed."""
    if len(parts) == 1:
        return parts[0]
    additive, hidden = parts
    return blended(additive, hidden, blend.share)


def choose(
    rows: Rows,
    settings: Settings,
    seed: np.random.SeedSequence,
    others: Rows | None = None,
) -> Choice:
    """Return the fit with as many hidden nodes, and as much of them, as the rows support.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    seed : SeedSequence
        For the folds.
    others : Rows or None
        Rows to judge the candidates by; None for folds of `rows`.
    """
    found = candidates(rows, settings, judged_by_folds=others is None)
    evidence = tuple(log_evidence(state) for state in found)
    problem = problem_of(found[0], rows, settings.loss)
    if len(found) <= _COMPOSED or (
        len(found) == _COMPOSED + 1 and evidence[_COMPOSED] < evidence[0] + _RISE
    ):
        return Choice((_final(problem, found[0], settings),), Blend(0, 0.0, np.nan), evidence)
    if others is None:
        corrected = None
        predictions = _predictions_left_out(rows, settings, seed, len(found))
    else:
        corrected = correct_strengths(problem, found[0])
        predictions = _predictions_at([corrected, *found[1:]], rows, others.x)
    blend = best_blend(predictions, others or rows, settings.loss, whole=(_COMPOSED,))
    if blend.candidate > _COMPOSED:
        additive = corrected or correct_strengths(problem, found[0])
        return Choice((additive, found[blend.candidate]), blend, evidence)
    problem = problem_of(found[blend.candidate], rows, settings.loss)
    return Choice((_final(problem, found[blend.candidate], settings),), blend, evidence)


# Where the composed fit stands among the candidates.
_COMPOSED = 1


def _predictions_left_out(
    rows: Rows, settings: Settings, seed: np.random.SeedSequence, n_candidates: int
) -> np.ndarray:
    """Return raw predictions (candidates, n, q) of each row by fits that left it out."""
    n = settings.n_folds
    folds = row_folds(rows, n, np.random.default_rng(seed))
    judging = settings.progress.begin("folds", n)
    quiet = replace(settings, progress=SILENT, is_solved=None)
    parts = in_turn(
        (
            delayed(_predictions_without)(rows, folds == fold, quiet, n_candidates)
            for fold in range(n)
        ),
        settings.n_jobs,
    )
    table = np.empty((n_candidates, *rows.y.shape))
    for fold, part in enumerate(parts):
        table[:, folds == fold] = part
        judging.begin("fold").end(Record(f"fold {fold + 1} of {n} left out"))
    judging.end()
    return table


def log_evidence(state: State) -> float:
    """Return the log-evidence of a fit, minus infinity where it has none."""
    return -np.inf if state.posterior is None else state.posterior.log_evidence


def candidates(
    rows: Rows,
    settings: Settings,
    n_stages: int | None = None,
    *,
    judged_by_folds: bool = True,
) -> list[State]:
    """Return the fits to choose from: the additive one, the composed one, grown ones.

    With one hidden node and with the most there are both straight and curved incoming edges:
    many problems are a curve of a sum of curves, and one node then does more than many.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    n_stages : int or None
        How many stages of `STAGES` to go through; None ends the path where the log-evidence
        rises by less than two nats, and what it ended with is not returned.
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
    found = [state]
    n_fits = 1 + settings.n_folds * judged_by_folds
    asked_to_stop = _end(part, ADDITIVE, state, rows)
    if asked_to_stop or not (settings.grows and _may_grow(rows, state, n_fits)):
        return found
    if settings.is_solved is not None and settings.is_solved():
        return found
    part = settings.progress.begin(COMPOSED)
    found.append(composed(rows, settings))
    asked_to_stop = _end(part, COMPOSED, found[-1], rows)
    for before, after in pairwise(STAGES[:n_stages]):
        if asked_to_stop or not _is_small(state, after - before):
            break
        part = settings.progress.begin(grown_name(after))
        grown = _with_more_nodes(problem, state, after - before, settings)
        asked_to_stop = _end(part, grown_name(after), grown, rows)
        more = [grown]
        if before == 0:
            more.append(_with_curved(problem, grown, settings))
        rises = max(map(log_evidence, more)) > log_evidence(state) + _RISE
        if n_stages is None and not rises:
            break
        found += more
        state = grown
    if len(found) > _CANDIDATES_OF_FIRST_STAGE:
        found.append(_with_curved(problem, state, settings))
    return found


def _end(part: Progress, name: str, state: State, rows: Rows) -> bool:
    """Tell of a candidate; return whether the path is to end."""
    record = Record(name, log_evidence=float(log_evidence(state)))
    return part.end(record, lambda: finished(state, rows))


# The additive fit, the composed one, one node, one node with curved incoming edges.
_CANDIDATES_OF_FIRST_STAGE = 4


def composed(rows: Rows, settings: Settings) -> State:
    """Return the fit of a curve of a sum of curves: one hidden node, no direct edges.

    An additive model under a link of its own, as in transformation models: where that is the
    truth it has a fraction of the parameters that hidden nodes beside an additive part need.
    """
    architecture = replace(settings.architecture, hidden=((1, 0),), direct=False)
    levels = levels_to(settings.architecture.grid_size)
    plan = FixedPlan(settings.loss, architecture, levels, max_iter=_HIDDEN_ITER, narrower=False)
    state = fit_fixed(plan, rows, np.random.SeedSequence(0).spawn(_STARTS)).state
    assert state is not None
    return state


_STARTS = 2


def _n_stages_of(n_candidates: int) -> int:
    """Return the stages that so many candidates came from, the additive one included."""
    if n_candidates <= _CANDIDATES_OF_FIRST_STAGE:
        return n_candidates // 2
    return n_candidates - 3


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


def _with_curved(problem: Problem, state: State, settings: Settings) -> State:
    """Fit a grown network with curved edges into its nodes."""
    nodes = state.chart.network.layers[0].n_outputs
    part = settings.progress.begin(grown_name(nodes, is_curved=True))
    state = _settled(problem, curved(state), settings)
    _end(part, grown_name(nodes, is_curved=True), state, problem.blocks.rows)
    return state


def _settled(problem: Problem, state: State, settings: Settings) -> State:
    """Fit a network with a hidden layer; its grids follow in the first steps only."""
    for _ in range(_COVER_ROUNDS):
        state = fit_evidence(problem, state, max_iter=_COVER_ITER, tol=settings.tol)
        state = cover_hidden(problem, state)
    return fit_evidence(problem, state, max_iter=_HIDDEN_ITER, tol=settings.tol)


def _final(problem: Problem, state: State, settings: Settings) -> State:
    """Remove edges that the evidence is better without, and refit under the same strengths.

    Learnt again, strengths would weaken: the edges that stay were chosen for their size, noise
    included. Only then are those of an additive fit corrected: under weaker ones than the
    evidence's own, more edges would go.
    """
    part = settings.progress.begin("fewer edges")
    smaller, removals = eliminate(state)
    if removals:
        state = fit_evidence(
            problem, smaller, max_iter=_REFIT_ITER, tol=settings.tol, evidence=False
        )
    state = state if state.chart.n_hidden else correct_strengths(problem, state)
    part.end(network=lambda: finished(state, problem.blocks.rows))
    return state


def _predictions_without(
    rows: Rows, left_out: np.ndarray, settings: Settings, n_candidates: int
) -> np.ndarray:
    """Return the raw predictions (candidates, n_left_out, q) of fits to the other rows."""
    others = rows.take(~left_out)
    found = candidates(others, settings, _n_stages_of(n_candidates))
    found[0] = correct_strengths(problem_of(found[0], others, settings.loss), found[0])
    found += [found[-1]] * (n_candidates - len(found))
    return _predictions_at(found, others, rows.x[left_out])


def _predictions_at(found: list[State], fitted_to: Rows, x: np.ndarray) -> np.ndarray:
    return np.stack([predict(finished(state, fitted_to), x) for state in found])
