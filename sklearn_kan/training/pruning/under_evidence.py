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

from ...network import Network, drop_dangling, remove_edges
from ..evidence.budget import FEWEST_ROWS, MOST_PARAMETERS, given_is_affordable
from ..evidence.gauss_newton import State
from ..evidence.resume import better_of_as_is_and_refit, fitted_under_evidence, placed_state
from ..given.fit import Contender, FixedPlan, advance, count_starts, fit_fixed, levels_to
from ..initial.grids import sample_rows
from ..initial.network import Architecture
from ..objective.losses import Loss
from ..objective.objective import Rows, mean_loss
from .retraining import most_loss
from .smaller_shapes import smaller_shapes
from .trials import SLACK, TOL, Step, Trial, sparser, without_curves

# Steps to put a network under the evidence, and at the end.
_FIRST_STEPS, _LAST_STEPS = 15, 30
# Steps of the fits of smaller shapes on their last grid, and after each refinement.
_SHAPE_STEPS, _FINER_STEPS = 30, 10
# Nats that a finer grid must gain to be kept; how often grids are halved at the most.
_REFINED, _REFINEMENTS = 5.0, 4
# Fits of wider shapes end when so many in a row have not come nearer.
_PATIENCE = 3
# A mean loss of rounding errors: all smaller ones are equal.
_EXACT = 1e-24
# Rows that the search goes by; the weights are fitted to all of them in the end.
_ROWS_TO_SEARCH = 2500


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
        Of the starts of smaller shapes, and of the part of a large table that is searched on.
    n_jobs : int or None
    """

    loss: Loss
    architecture: Architecture
    seed: np.random.SeedSequence
    n_jobs: int | None = None


@dataclass(frozen=True, eq=False)
class Pruned:
    """A pruned network, the state behind it (None where nothing went), and the steps there.

    The first step is the beginning: the network as it was.
    """

    network: Network
    state: State | None
    steps: tuple[Step, ...]


def can_use_evidence(network: Network, rows: Rows) -> bool:
    """Tell whether Gauss-Newton can have a network's parameters, and the rows its hidden nodes."""
    if len(network.layers) > 1 and rows.total_weight < FEWEST_ROWS:
        return False
    return network.n_parameters <= MOST_PARAMETERS


def pruned_under_evidence(network: Network, rows: Rows, plan: PruningPlan) -> Pruned:
    """Return the smallest network that the evidence does not fall with.

    Parameters
    ----------
    network : Network
        Affordable for Gauss-Newton, see `can_use_evidence`.
    rows : Rows
    plan : PruningPlan
    """
    start_seed, part_seed = plan.seed.spawn(2)
    plan = replace(plan, seed=start_seed)
    part = _part(rows, part_seed)
    trial = _searched(network, part, plan)
    if len(trial.steps) == 1:
        return Pruned(network, None, trial.steps)
    return _finished(trial, part, rows, plan)


def _finished(trial: Trial, part: Rows, rows: Rows, plan: PruningPlan) -> Pruned:
    """Fit what was found on a part of the rows to all of them."""
    state = trial.state if part is rows else placed_state(trial.network, rows, plan.loss)
    state = fitted_under_evidence(state, rows, plan.loss, _LAST_STEPS, TOL, evidence=False)
    return Pruned(Trial(state).network, state, trial.steps)


def _part(rows: Rows, seed: np.random.SeedSequence) -> Rows:
    return sample_rows(rows, _ROWS_TO_SEARCH, np.random.default_rng(seed))


def _searched(network: Network, rows: Rows, plan: PruningPlan) -> Trial:
    """Return the smallest trial found; it has one step where nothing went."""
    start = _under_evidence(network, rows, plan.loss)
    own = sparser(start, rows, plan.loss)
    if network.has_curves:
        return sparser(without_curves(own, rows, plan.loss), rows, plan.loss)
    return _smaller(start, own, rows, plan) or own


def _under_evidence(network: Network, rows: Rows, loss: Loss) -> Trial:
    """Return the network as it is, or after some steps: where the evidence is higher."""
    state = better_of_as_is_and_refit(network, rows, loss, _FIRST_STEPS, TOL)
    return Trial(state, (Step("none", network.n_edges, mean_loss(network, rows, loss)),))


def _smaller(start: Trial, own: Trial, rows: Rows, plan: PruningPlan) -> Trial | None:
    """Return the fit of the smallest shape that does as well as a network, if one does."""
    loss = max(mean_loss(own.network, rows, plan.loss), _EXACT)
    target = _Target(own.log_evidence, loss, own.network.n_edges)
    return _reaching(target, own.network, start, rows, plan)


def smaller_than(network: Network, rows: Rows, plan: PruningPlan) -> Pruned | None:
    """Return the smallest shape that fits the rows as well as a network without evidence.

    Its likelihood may be lower by a nat for each edge less; but of what the network explains, no
    more than a twentieth may go, however many edges have their share in it.
    """
    part = _part(rows, plan.seed.spawn(1)[0])
    if part.total_weight < FEWEST_ROWS or network.has_curves:
        return None
    loss = max(mean_loss(network, part, plan.loss), _EXACT)
    slack = SLACK * network.n_edges / part.total_weight
    dearest = most_loss(loss, part, plan.loss)
    if plan.loss.is_likelihood:
        loss += slack
    else:
        loss *= float(np.exp(2.0 * slack / part.y.shape[1]))
    loss = min(loss, dearest)
    start = Step("none", network.n_edges, loss)
    target = _Target(None, loss, network.n_edges)
    trial = _reaching(target, network, start, part, plan)
    return None if trial is None else _finished(trial, part, rows, plan)


def _reaching(
    target: _Target, network: Network, start: Trial | Step, rows: Rows, plan: PruningPlan
) -> Trial | None:
    """Return the first of the shapes smaller than a network's that reaches a target."""
    first = start if isinstance(start, Step) else start.steps[0]
    before = -np.inf if isinstance(start, Step) else start.log_evidence
    constant = _constant(network, rows, plan.loss)
    constant_loss = mean_loss(constant, rows, plan.loss)
    if target.n_edges and constant_loss <= target.loss:
        state = fitted_under_evidence(
            placed_state(constant, rows, plan.loss), rows, plan.loss, 0, TOL
        )
        return Trial(state, (first, Step("nodes", 0, constant_loss)))
    best, waited = -np.inf, 0
    for shape in smaller_shapes(network):
        architecture = replace(plan.architecture, hidden=shape.hidden, direct=shape.direct)
        if not given_is_affordable(architecture, network.n_inputs, network.n_outputs):
            continue
        fit = Trial(_refined_to(target, architecture, rows, plan))
        fit_loss, change = mean_loss(fit.network, rows, plan.loss), fit.log_evidence - before
        known = change if np.isfinite(change) else None
        step = Step("nodes", fit.network.n_edges, fit_loss, known)
        trial = sparser(replace(fit, steps=(first, step)), rows, plan.loss)
        if target.is_beaten(trial, rows, plan.loss):
            return trial
        waited = 0 if trial.log_evidence > best + SLACK else waited + 1
        best = max(best, trial.log_evidence)
        if waited >= _PATIENCE:
            break
    return None


def _constant(network: Network, rows: Rows, loss: Loss) -> Network:
    """Return the best constant, a network without edges."""
    last = len(network.layers) - 1
    for index, layer in enumerate(network.all_layers):
        means = np.zeros(layer.weights.shape[:2])
        network = remove_edges(network, index, layer.present, means)
    bias = loss.best_constant(rows.y, rows.weights)
    return drop_dangling(network.replace_layer(last, bias=bias))


@dataclass(frozen=True)
class _Target:
    """What a smaller network is to reach: a log-evidence, and a mean loss.

    One of both will do: under noise, less is fitted by fewer parameters. But where finer grids
    bring it nearer to both, they are worth it.
    """

    log_evidence: float | None
    loss: float
    n_edges: int

    def count_reached(self, trial: Trial, rows: Rows, loss: Loss) -> int:
        """Return how many of both are reached; a log-evidence that is not known is."""
        network = trial.network
        fits = mean_loss(network, rows, loss) <= self.loss
        if self.log_evidence is None:
            return 2 * int(fits)
        slack = SLACK * max(self.n_edges - network.n_edges, 1)
        return int(trial.log_evidence >= self.log_evidence - slack) + int(fits)

    def is_beaten(self, trial: Trial, rows: Rows, loss: Loss) -> bool:
        smaller = trial.network.n_edges < self.n_edges
        return smaller and self.count_reached(trial, rows, loss) > 0


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
        if target.count_reached(Trial(_state_of(fit)), rows, plan.loss) == 2:
            break
        grid_size *= 2
        finer = replace(fixed, grid_sizes=(*fixed.grid_sizes, grid_size))
        after = advance(finer, rows, fit, grid_size, _FINER_STEPS, TOL)
        if after.score < fit.score + _REFINED:
            break
        fit = after
    return _state_of(fit)


def _state_of(fit: Contender) -> State:
    assert fit.state is not None
    return fit.state
