"""The fits that a default fit is chosen from: additive, composed, grown, and wide ones.

First the additive model. Hidden nodes are added to it where its residual asks for them: one of
all inputs, or many of two inputs each. Beside these stand a curve of a sum of curves and a
network of nodes with curved edges from a random start, with patience where there is little noise.
"""

from __future__ import annotations

from collections.abc import Collection
from math import inf

from ..evidence.elimination import without_idle_edges
from ..evidence.gauss_newton import Problem, State, fit_evidence, problem_of
from ..evidence.hidden_grids import following
from ..objective.objective import Blocks, Rows
from ..report.history import (
    ADDITIVE,
    ALL_EDGES,
    COMPOSED,
    COMPOSED_ALL,
    CURVED_NODE,
    ONE_NODE,
    PLANES,
    pairs_name,
)
from ..report.progress import Progress
from .directions import interaction_directions
from .finer_grids import refined
from .growth import FEWEST_ROWS, additive_state, columns_a_node, curved, grow, working_residual
from .pairs import PAIRS, pair_numbers, with_pairs
from .part import Part
from .planes import planes_fit
from .residual_order import is_in_order
from .settings import Settings, steps_are_affordable, told
from .thorough import N_THOROUGH, thorough_fits, thorough_names
from .wide import N_WIDE, composed, composed_from, wide_fits, wide_names
from .without_evidence import N_PENALISED, penalised_fits, penalised_names

# At most: the additive and the composed fit, each without and with idle edges, a node's edges
# straight and curved, planes, pairs, wide ones, one with patience.
MOST_CANDIDATES = 2 + 2 + 2 + 1 + len(PAIRS) + N_WIDE + N_THOROUGH + N_PENALISED
# A candidate must raise the log-evidence by this much to count.
RISE = 2.0
# Steps are slow and dear where outputs are coupled.
_ADDITIVE_ITER, _ADDITIVE_TOL, _COUPLED_TOL, _REFIT_ITER = 40, 1e-4, 5e-2, 10
# Few steps: fits that are mixed need not be at their optimum, and are no better for it. In between
# the grids of hidden nodes follow.
_STEPS, _PAIR_STEPS = (4, 4, 6), (3, 3)


def candidates(
    rows: Rows,
    settings: Settings,
    like: Collection[str] | None = None,
    *,
    judged_by_folds: bool = True,
) -> list[Part]:
    """Return the fits to choose from, the additive one first.

    The additive fit is without the edges that the evidence is better without; where there are some,
    it stands there with all edges too. What grows from it begins with all edges for squared error
    and robust losses, without the idle ones for likelihoods: that is what tables show to be better.

    Edges into the one node are straight, or curved: many problems are a curve of a sum of curves,
    and one node then does more than many. Wide fits are made where anything else rises above the
    additive fit; those without evidence in any case where outputs are coupled, as little else is
    affordable there.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    like : collection of str or None
        Names of the candidates of other rows, the same ones are to be made; None makes what is
        affordable, and leaves the one node out where it raises the log-evidence by less than two
        nats.
    judged_by_folds : bool
        Whether as many fits as there are folds are still to come.
    """
    part = settings.progress.begin(ADDITIVE, _ADDITIVE_ITER)
    tol = _ADDITIVE_TOL if like is None else settings.tol
    tol = _COUPLED_TOL if settings.loss.couples_outputs else tol
    problem, state = _additive(rows, settings, tol, part)
    found = _with_and_without_idle(problem, state, settings, (ADDITIVE, ALL_EDGES), like)
    n_fits = 1 + settings.n_folds * judged_by_folds
    if told(part, found[0], rows) or not settings.grows:
        return found[:1]
    if rows.total_weight < FEWEST_ROWS or rows.x.shape[1] < 2:
        return found
    if settings.is_solved is not None and settings.is_solved():
        return found
    if _may_grow(rows, state, settings, n_fits):
        begun_with = _begun_with(found, settings)
        found = found + _with_hidden_nodes(problem, begun_with, settings, like, n_fits)
    if like is None:
        worth_it = settings.loss.couples_outputs or rises(found, settings)
        like = penalised_names(rows, settings) if worth_it else ()
    return found + penalised_fits(rows, settings, like)


def _with_and_without_idle(
    problem: Problem,
    state: State,
    settings: Settings,
    names: tuple[str, str],
    like: Collection[str] | None,
) -> list[Part]:
    """Return a fit without its idle edges, and with them if there are some, or a name asks."""
    sparse = without_idle_edges(problem, state, _REFIT_ITER, settings.tol)
    found = [Part(names[0], sparse)]
    if sparse is not state if like is None else names[1] in like:
        found.append(Part(names[1], state))
    return found


def _begun_with(flat: list[Part], settings: Settings) -> State:
    """Return which of the additive fits, without and with idle edges, others grow from."""
    return flat[0 if settings.loss.is_likelihood else -1].state


def _with_hidden_nodes(
    problem: Problem,
    state: State,
    settings: Settings,
    like: Collection[str] | None,
    n_fits: int,
) -> list[Part]:
    """Return the candidates with hidden nodes."""
    rows, found, asked_to_stop = problem.blocks.rows, [], False
    if like is None or COMPOSED in like:
        composed_fits, asked_to_stop = _composed(rows, state, settings, like)
        found += composed_fits
    if not asked_to_stop:
        with_a_node, asked_to_stop = _with_a_node(problem, state, settings, like)
        found += with_a_node
    if not asked_to_stop:
        if like is None:
            numbers = pair_numbers(rows, state, settings, n_fits)
        else:
            numbers = [number for number in PAIRS if pairs_name(number) in like]
        pairs, asked_to_stop = _with_pairs(problem, state, settings, numbers)
        found += pairs
    if not asked_to_stop and (like is None or PLANES in like):
        with_planes, asked_to_stop = _with_planes(problem, state, found, settings, n_fits)
        found += with_planes
    if asked_to_stop:
        return found
    if (
        like is None
        and not _rises(found, state)
        and not _leaves_order(found, state, rows, settings)
    ):
        return found
    found += wide_fits(rows, settings, wide_names(rows, settings, n_fits) if like is None else like)
    if like is None:
        in_order = _leaves_order(found, state, rows, settings)
        like = thorough_names(found, rows, settings, n_fits, in_order=in_order)
    return found + thorough_fits(rows, settings, like)


def _composed(
    rows: Rows, additive: State, settings: Settings, like: Collection[str] | None
) -> tuple[list[Part], bool]:
    """Return a curve of a sum of curves without idle edges, with them if there are some."""
    part = settings.progress.begin(COMPOSED)
    state = composed(rows, settings)
    is_finer = additive.chart.network.grid_size > settings.architecture.grid_size
    if is_finer and rows.y.shape[1] == 1:
        begun_finer = composed_from(additive, rows, settings)
        state = max(state, begun_finer, key=lambda one: one.log_evidence)
    problem = problem_of(state, rows, settings.loss)
    found = _with_and_without_idle(problem, state, settings, (COMPOSED, COMPOSED_ALL), like)
    return found, told(part, found[0], rows)


def _additive(
    rows: Rows, settings: Settings, tol: float, progress: Progress
) -> tuple[Problem, State]:
    """Return the additive fit, all edges there, and its problem."""
    state = additive_state(settings.architecture, rows, settings.loss, settings.reach)
    problem = Problem(Blocks(state.chart.network, rows), settings.loss)
    state = fit_evidence(
        problem,
        state,
        max_iter=_ADDITIVE_ITER,
        tol=tol,
        damping=0.0,
        progress=progress,
    )
    return refined(problem, state, settings, _ADDITIVE_ITER, tol)


def rises(found: list[Part], settings: Settings) -> bool:
    """Tell whether the evidence of any fit is above that of the additive one it began with."""
    flat = [part for part in found if not part.state.chart.n_hidden]
    deep = [part for part in found if part.state.chart.n_hidden]
    return _rises(deep, _begun_with(flat, settings))


def _rises(found: list[Part], begun_with: State) -> bool:
    """Tell so; of two composed fits the one with all edges counts, like that of what grows."""
    evidence = {part.name: part.state.log_evidence for part in found}
    if COMPOSED_ALL in evidence:
        del evidence[COMPOSED]
    return max(evidence.values(), default=-inf) > begun_with.log_evidence + RISE


def _with_a_node(
    problem: Problem, state: State, settings: Settings, like: Collection[str] | None
) -> tuple[list[Part], bool]:
    """Return the fits with one hidden node, and whether to stop was asked for."""
    if like is not None and ONE_NODE not in like:
        return [], False
    rows = problem.blocks.rows
    part = settings.progress.begin(ONE_NODE)
    directions = interaction_directions(rows, working_residual(problem, state.network), 1)
    straight = Part(
        ONE_NODE, following(problem, grow(problem, state, directions), _STEPS, settings.tol)
    )
    asked_to_stop = told(part, straight, rows)
    part = settings.progress.begin(CURVED_NODE)
    bent = Part(CURVED_NODE, following(problem, curved(straight.state), _STEPS, settings.tol))
    told(part, bent, rows)
    best = max(candidate.state.log_evidence for candidate in (straight, bent))
    if like is None and best <= state.log_evidence + RISE:
        return [], asked_to_stop
    return [straight, bent], asked_to_stop


def _may_grow(rows: Rows, state: State, settings: Settings, n_fits: int) -> bool:
    """Tell whether Gauss-Newton can have hidden nodes."""
    p, q = rows.x.shape[1], rows.y.shape[1]
    own = state.beta.size // q + state.chart.network.grid_size
    return steps_are_affordable(rows, settings, p, own, n_fits)


def folds_are_affordable(rows: Rows, settings: Settings) -> bool:
    """Tell whether candidates with hidden nodes can be judged by folds of the rows."""
    own = rows.x.shape[1] * columns_a_node(rows, settings.architecture, settings.loss)
    return steps_are_affordable(rows, settings, 0, own, 1 + settings.n_folds)


def _with_pairs(
    problem: Problem, state: State, settings: Settings, numbers: Collection[int]
) -> tuple[list[Part], bool]:
    """Return fits with so many nodes of two inputs, and whether to stop was asked for."""
    found: list[Part] = []
    for number in numbers:
        name = pairs_name(number)
        part = settings.progress.begin(name)
        start = with_pairs(problem, state, number)
        found.append(Part(name, following(problem, start, _PAIR_STEPS, settings.tol)))
        if told(part, found[-1], problem.blocks.rows):
            return found, True
    return found, False


def _with_planes(
    problem: Problem, state: State, others: list[Part], settings: Settings, n_fits: int
) -> tuple[list[Part], bool]:
    """Return the fit with nodes for planes in order, if there is one, and whether to stop."""
    fit = planes_fit(problem.blocks.rows, state, _best(others, state), settings, n_fits)
    if fit is None:
        return [], False
    found = Part(PLANES, fit)
    return [found], told(settings.progress.begin(PLANES), found, problem.blocks.rows)


def _best(found: list[Part], state: State) -> State:
    """Return the fit of the highest evidence; one state is what others grew from."""
    states = [state, *(part.state for part in found)]
    return max(states, key=lambda one: one.log_evidence)


def _leaves_order(found: list[Part], state: State, rows: Rows, settings: Settings) -> bool:
    """Tell whether what the best fit leaves is alike for rows that are close to each other."""
    best = _best(found, state)
    residual = working_residual(problem_of(best, rows, settings.loss), best.network)
    return is_in_order(rows.x, residual, rows.weights)
