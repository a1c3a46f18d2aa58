"""Networks on their way to a fit of a given architecture, and the steps that bring them on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Network, cover
from ..coordinates.placing import place
from ..coordinates.strengths import Strengths, groups_of
from ..evidence.gauss_newton import EvidenceProblem, State, fit_evidence
from ..evidence.system import total_loss
from ..initial.grid_rules import GIVEN
from ..initial.grids import node_values, to_grid_size
from ..objective.objective import Blocks, Rows
from ..report.history import Record, record_of
from .plan import FixedPlan

_FIRST_MARQUARDT = 1e-2


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
