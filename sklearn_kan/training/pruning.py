"""Pruning with rows at hand: the smallest network that the evidence does not fall with.

1. The network is put under the evidence: strengths that suit its weights, a few steps.
2. Smaller shapes are fitted afresh, smallest first, and refined as long as that raises their
   evidence. The first one whose evidence is no lower, or whose loss is not, takes the
   network's place. Nodes cannot be taken away one by one: those that are left would have to
   change their functions altogether, which no descent does.
3. Edges are eliminated, cheapest first, with a refit (`elimination`).

Where a fit has no noise, its accuracy is limited by its splines: a network of the right
structure then gains orders of magnitude with each refinement, one of a wrong structure does
not, and the evidence counts both.

Reference: backward elimination by second derivatives, Hassibi and Stork (1993).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..network import Network, drop_dangling
from .automatic import is_affordable
from .elimination import Removal, eliminate
from .fixed import Candidate, FixedPlan, advance, count_starts, fit_fixed, levels_to
from .gauss_newton import State
from .importance import attribution, edge_spreads
from .initialise import Architecture
from .losses import Loss
from .moments import node_moments
from .objective import Rows, mean_loss
from .resume import resumed, settled
from .shapes import shape_of, smaller_shapes

# Steps to put a network under the evidence, and after edges have gone.
_FIRST_STEPS, _REFIT_STEPS, _LAST_STEPS = 15, 10, 30
# Nats that the evidence may fall by; what settles nothing.
_SLACK, _TOL = 1.0, 0.1
# Nats that a finer grid must gain to be kept; how often grids are halved at the most.
_REFINED, _REFINEMENTS = 5.0, 4
# Steps of the fits of smaller shapes on their last grid, and after each refinement.
_SHAPE_STEPS, _FINER_STEPS = 30, 10
# Fits of wider shapes end when so many in a row have not come nearer.
_PATIENCE = 3
# A mean loss of rounding errors: all smaller ones are equal.
_EXACT = 1e-24


@dataclass(frozen=True, eq=False)
class PruningPlan:
    """How to prune.

    Parameters
    ----------
    loss : Loss
    architecture : Architecture
        Degree, base function, `grid_eps` and grid size of fresh fits; its hidden layers do not
        matter.
    seed : SeedSequence
        Of the starts of smaller shapes.
    n_jobs : int or None
    """

    loss: Loss
    architecture: Architecture
    seed: np.random.SeedSequence
    n_jobs: int | None = None


@dataclass(frozen=True)
class Step:
    """One step of pruning.

    Parameters
    ----------
    removed : str
        "nodes" where a smaller shape took over, "edge", or "grid" for a change of grids.
    layer, input, output : int or None
        Of an edge.
    importance : float or None
        Of an edge, before it went: see `importance`.
    n_edges : int
        Edges that are left.
    loss : float
        The mean loss after a refit.
    log_evidence : float or None
        After it.
    """

    removed: str
    n_edges: int
    loss: float
    log_evidence: float | None = None
    layer: int | None = None
    input: int | None = None
    output: int | None = None
    importance: float | None = None


@dataclass(frozen=True, eq=False)
class Pruned:
    """A pruned network, the state behind it with its posterior, and the steps there."""

    network: Network
    state: State
    steps: tuple[Step, ...]


@dataclass(frozen=True, eq=False)
class _Trial:
    """A state, and the steps that led there."""

    state: State
    steps: tuple[Step, ...]


def evidence_of(state: State) -> float:
    """Return the log-evidence of a state with a posterior."""
    return -np.inf if state.posterior is None else state.posterior.log_evidence


def pruned_under_evidence(network: Network, rows: Rows, plan: PruningPlan) -> Pruned:
    """Return the smallest network that the evidence does not fall with.

    Parameters
    ----------
    network : Network
        Affordable for Gauss-Newton, see `can_use_evidence`.
    rows : Rows
    plan : PruningPlan
    """
    start = _under_evidence(network, rows, plan.loss)
    own = _sparser(_Trial(start, (_step("none", start, rows, plan),)), rows, plan)
    trial = _smaller(own, rows, plan) or own
    if len(trial.steps) == 1:
        return Pruned(network, start, trial.steps)
    state = settled(trial.state, rows, plan.loss, _LAST_STEPS, _TOL, evidence=False)
    return Pruned(drop_dangling(state.network), state, trial.steps)


def _under_evidence(network: Network, rows: Rows, loss: Loss) -> State:
    """Return the state at a network, or after some steps: where the evidence is higher."""
    start = settled(resumed(network, rows, loss), rows, loss, 0, _TOL)
    return max(start, settled(start, rows, loss, _FIRST_STEPS, _TOL), key=evidence_of)


def can_use_evidence(network: Network) -> bool:
    """Tell whether Gauss-Newton can have the parameters of a network."""
    hidden, direct = shape_of(network)
    return is_affordable(Architecture(hidden, direct=direct), network.n_inputs, network.n_outputs)


def _step(removed: str, state: State, rows: Rows, plan: PruningPlan) -> Step:
    network = drop_dangling(state.network)
    return Step(removed, network.n_edges, mean_loss(network, rows, plan.loss), evidence_of(state))


def _smaller(own: _Trial, rows: Rows, plan: PruningPlan) -> _Trial | None:
    """Return the fit of the smallest shape that does as well as a network, if one does."""
    network = drop_dangling(own.state.network)
    target = _Target(
        evidence_of(own.state),
        max(mean_loss(network, rows, plan.loss), _EXACT),
        network.n_edges,
    )
    best, waited = -np.inf, 0
    for shape in smaller_shapes(network):
        architecture = replace(plan.architecture, hidden=shape.hidden, direct=shape.direct)
        if not is_affordable(architecture, network.n_inputs, network.n_outputs):
            continue
        state = _refined_to(target, architecture, rows, plan)
        steps = (own.steps[0], _step("nodes", state, rows, plan))
        trial = _sparser(_Trial(state, steps), rows, plan)
        if target.is_beaten(trial.state, rows, plan.loss):
            return trial
        evidence = evidence_of(trial.state)
        waited = 0 if evidence > best + _SLACK else waited + 1
        best = max(best, evidence)
        if waited >= _PATIENCE:
            return None
    return None


@dataclass(frozen=True)
class _Target:
    """What a smaller network is to reach: a log-evidence, and a mean loss.

    One of both will do: under noise, less is fitted by fewer parameters. But where finer grids
    bring it nearer to both, they are worth it. A nat for each edge less is no loss.
    """

    log_evidence: float
    loss: float
    n_edges: int

    def count_reached(self, state: State, rows: Rows, loss: Loss) -> int:
        network = drop_dangling(state.network)
        fits = mean_loss(network, rows, loss) <= self.loss
        slack = _SLACK * max(self.n_edges - network.n_edges, 1)
        return int(evidence_of(state) >= self.log_evidence - slack) + int(fits)

    def is_beaten(self, state: State, rows: Rows, loss: Loss) -> bool:
        smaller = drop_dangling(state.network).n_edges < self.n_edges
        return smaller and self.count_reached(state, rows, loss) > 0


def _refined_to(
    target: _Target, architecture: Architecture, rows: Rows, plan: PruningPlan
) -> State:
    """Fit a shape, on ever finer grids as long as it gains and is short of the target."""
    grid_size = architecture.grid_size
    fixed = FixedPlan(
        plan.loss, architecture, levels_to(grid_size), max_iter=_SHAPE_STEPS, narrower=False
    )
    seeds = plan.seed.spawn(count_starts(architecture.hidden))
    fit = fit_fixed(fixed, rows, seeds, plan.n_jobs)
    for _ in range(_REFINEMENTS):
        if target.count_reached(_state_of(fit), rows, plan.loss) == 2:
            break
        grid_size *= 2
        finer = replace(fixed, grid_sizes=(*fixed.grid_sizes, grid_size))
        after = advance(finer, rows, fit, grid_size, _FINER_STEPS, _TOL)
        if after.score < fit.score + _REFINED:
            break
        fit = after
    return _state_of(fit)


def _state_of(fit: Candidate) -> State:
    assert fit.state is not None
    return fit.state


def _sparser(trial: _Trial, rows: Rows, plan: PruningPlan) -> _Trial:
    """Eliminate edges as long as the evidence does not fall."""
    state, steps = trial.state, list(trial.steps)
    most: int | None = None
    while most is None or most > 0:
        smaller, removals = eliminate(state, -_SLACK, most)
        if not removals:
            break
        smaller = settled(smaller, rows, plan.loss, _REFIT_STEPS, _TOL, evidence=False)
        if evidence_of(smaller) < evidence_of(state) - _SLACK * len(removals):
            most = len(removals) // 2
            continue
        steps += _edge_steps(state, smaller, removals, rows, plan)
        state = smaller
    return _Trial(state, tuple(steps))


def _edge_steps(
    before: State, after: State, removals: list[Removal], rows: Rows, plan: PruningPlan
) -> list[Step]:
    """Return one step an edge; losses and evidence are known after the last one only."""
    network = before.network
    spreads = edge_spreads(network, rows, node_moments(network, rows))
    scores = attribution(network, spreads).edges
    last = _step("edge", after, rows, plan)
    n_edges = before.network.n_edges
    return [
        replace(
            last,
            n_edges=n_edges - number,
            layer=removal.layer,
            input=removal.input,
            output=removal.output,
            importance=float(scores[removal.layer][removal.input, removal.output]),
        )
        for number, removal in enumerate(removals, start=1)
    ]
