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

from dataclasses import dataclass, replace

import numpy as np
from joblib import Parallel, delayed

from ...network import Network, cover, refine
from ..coordinates.placing import place
from ..coordinates.strengths import Strengths, groups_of
from ..evidence.gauss_newton import EvidenceProblem, State, fit_evidence
from ..evidence.system import total_loss
from ..initial.grid_rules import GIVEN
from ..initial.grids import end_rows, node_values, to_grid_size
from ..initial.network import Architecture, Hidden
from ..initial.starts import STARTS
from ..objective.losses import Loss
from ..objective.objective import Blocks, Rows
from ..report.history import Record, record_of, widths
from ..report.progress import SILENT, Progress

# Steps of those starts that are left at each rung.
RUNG = 10
# Share of the starts that is left after exploring.
_LEFT = 0.25
# A level before the last one ends when so many nats a row are not gained any more.
_LEVEL_TOL = 3e-3
# Rows that starts are tried on: so many a parameter, and no fewer than this.
_ROWS_A_PARAMETER, _FEWEST_ROWS = 8, 600
_FIRST_MARQUARDT = 1e-2
# Input grids reach so many mean distances between rows beyond the outermost row, where curves
# that go on as lines would spoil a precise fit.
_GAP = 3.0
# Starts by default with one hidden layer, and with more.
_STARTS, _STARTS_IF_DEEP = 7, 21


@dataclass(frozen=True)
class FixedPlan:
    """How to fit an architecture.

    Parameters
    ----------
    loss : Loss
    architecture : Architecture
        Its grid size is that of the last level.
    grid_sizes : tuple of int
        Increasing, the levels; see `levels_to`.
    strength : float or None
        Of roughness and ridge; None to learn the strengths from the evidence.
    exploring : int
        Steps of every start, in each of two goes: hidden grids follow in between, and only then
        it shows which starts are good.
    level_steps : int
        At each level.
    max_iter : int
        To convergence, at the last level.
    tol : float
        Nats a row that count as none, see `fit_evidence`.
    narrower : bool
        Whether fewer hidden nodes may do.
    progress : Progress
        Told of each width, of the stages of each, and of the steps at the end; `count_fixed_parts`
        says how many parts that are.
    """

    loss: Loss
    architecture: Architecture
    grid_sizes: tuple[int, ...]
    strength: float | None = None
    exploring: int = 5
    level_steps: int = 10
    max_iter: int = 100
    tol: float = 1e-4
    narrower: bool = True
    progress: Progress = SILENT

    @property
    def evidence(self) -> bool:
        """Whether strengths are learnt."""
        return self.strength is None


@dataclass(frozen=True, eq=False)
class Contender:
    """A network on its way.

    Parameters
    ----------
    network : Network
    strength : float
        What all strengths begin with.
    strengths : Strengths or None
        None at the very start.
    marquardt : float
    n_accepted : int
    state : State or None
        After the last steps.
    score : float
        The log-evidence, or minus the objective; higher is better.
    records : tuple of Record
        The stages on the way.
    """

    network: Network
    strength: float = 1.0
    strengths: Strengths | None = None
    marquardt: float = _FIRST_MARQUARDT
    n_accepted: int = 0
    state: State | None = None
    score: float = -np.inf
    records: tuple[Record, ...] = ()

    def noted(self, plan: FixedPlan, stage: str) -> Contender:
        """Return the candidate with a record of a stage that has ended."""
        history = () if self.state is None else self.state.history
        record = record_of(
            stage,
            self.network,
            n_iter=len(history),
            objective=history[-1] if history else None,
            log_evidence=float(self.score) if plan.evidence else None,
        )
        return replace(self, records=(*self.records, record))


def levels_to(grid_size: int, smallest: int = 3) -> tuple[int, ...]:
    """Return grid sizes that double up to the given one, from `smallest` or a little more.

    >>> levels_to(48)
    (3, 6, 12, 24, 48)
    >>> levels_to(5)
    (5,)
    """
    sizes = [grid_size]
    while sizes[-1] // 2 >= smallest:
        sizes.append(sizes[-1] // 2)
    return tuple(sizes[::-1])


def count_starts(hidden: Hidden) -> int:
    """Return how many starts nearly always hold a good one: deep networks need more."""
    if not hidden:
        return 1
    return _STARTS if len(hidden) == 1 else _STARTS_IF_DEEP


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
    for shape in _shapes(plan):
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


def count_fixed_parts(plan: FixedPlan) -> int:
    """Return of how many parts `fit_fixed` is made at the most."""
    return len(_shapes(plan)) + 1


def _shapes(plan: FixedPlan) -> list[Hidden]:
    """Return the widths to try, the one asked for last."""
    hidden = plan.architecture.hidden
    return widths_within(hidden) if plan.narrower and plan.evidence else [hidden]


def to_last_grid(network: Network, grid_size: int) -> Network:
    """Put a network whose best grid is a coarser one on the last grid, where they nest."""
    if grid_size % network.grid_size:
        return network
    return refine(network, grid_size)


def widths_within(hidden: Hidden) -> list[Hidden]:
    """Return the shape with one node of each kind a layer, with half of the nodes, and itself.

    >>> widths_within(((5, 0), (2, 0)))
    [((1, 0), (1, 0)), ((3, 0), (1, 0)), ((5, 0), (2, 0))]
    """
    one = tuple((min(s, 1), min(p, 1)) for s, p in hidden)
    half = tuple((-(-s // 2), -(-p // 2)) for s, p in hidden)
    return list(dict.fromkeys([one, half, hidden]))


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


def advance(
    plan: FixedPlan, rows: Rows, candidate: Contender, grid_size: int, max_iter: int, tol: float
) -> Contender:
    """Bring a candidate to a grid size and let it take some steps.

    On the coarsest grid hidden grids are first moved over their activations, curves
    projected; later ones keep what is there.
    """
    network = candidate.network
    if grid_size == plan.grid_sizes[0]:
        network = cover_hidden_layers(network, rows, plan.architecture.grid_eps)
    network = to_grid_size(network, grid_size, rows, plan.architecture.grid_eps)
    placed = place(network, rows)
    strengths = _strengths(plan, candidate, groups_of(placed.chart))
    state = State(
        placed.chart,
        placed.beta,
        strengths,
        candidate.marquardt,
        n_accepted=candidate.n_accepted,
    )
    problem = EvidenceProblem(Blocks(placed.chart.network, rows), plan.loss)
    state = fit_evidence(
        problem,
        state,
        max_iter=max_iter,
        tol=tol,
        evidence=plan.evidence,
        progress=plan.progress,
    )
    return Contender(
        state.network,
        candidate.strength,
        state.strengths,
        min(state.marquardt, _FIRST_MARQUARDT),
        state.n_accepted,
        state,
        _score(problem, state),
        candidate.records,
    )


def cover_hidden_layers(network: Network, rows: Rows, grid_eps: float) -> Network:
    """Move the grids of all hidden layers over their activations, curves projected."""
    for index in range(1, len(network.layers)):
        nodes = node_values(network, index, rows.x)
        network = cover(network, index, nodes, rows.weights, grid_eps=grid_eps, margin=GIVEN.margin)
    return network


def _strengths(plan: FixedPlan, candidate: Contender, group: np.ndarray) -> Strengths:
    if candidate.strengths is not None:
        return replace(candidate.strengths, group=group)
    strength = candidate.strength if plan.strength is None else plan.strength
    each = np.full(int(group.max(initial=-1)) + 1, strength)
    return Strengths(each, each.copy(), group)


def _score(problem: EvidenceProblem, state: State) -> float:
    if state.posterior is not None:
        return state.posterior.log_evidence
    penalty = state.strengths.diagonal(state.chart.roughness())
    loss = total_loss(state.network, problem.blocks, problem.loss)
    score = -loss - 0.5 * float(state.beta @ (penalty * state.beta))
    return score if np.isfinite(score) else -np.inf
