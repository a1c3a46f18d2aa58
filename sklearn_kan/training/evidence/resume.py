"""Going on, under evidence, from a network that is fitted already."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...network import Network, without_bends
from ..coordinates.chart import Chart
from ..coordinates.placing import place
from ..coordinates.strengths import Strengths, count_groups, groups_of
from ..objective.losses import Loss
from ..objective.objective import Rows
from .gauss_newton import State, fit_evidence, posterior_of, problem_of
from .system import total_loss

# Strengths of penalties that a network leaves undetermined stay between these.
_WEAKEST, _STRONGEST = 1e-8, 1e8
_SMALLEST_DISPERSION = 1e-28


def placed_state(network: Network, rows: Rows, loss: Loss) -> State:
    """Return a state at a fitted network, with strengths that suit its weights.

    Parameters
    ----------
    network : Network
        Fitted in whatever way, to these rows or others like them.
    rows : Rows
    loss : Loss
    """
    placed = place(without_bends(network), rows)
    chart = replace(placed.chart, shares_outputs=loss.couples_outputs)
    state = State(chart, placed.beta, _unit_strengths(chart))
    problem = problem_of(state, rows, loss)
    dispersion = 1.0
    if not loss.is_likelihood:
        freedom = max(problem.n - chart.size, 0.5 * problem.n)
        value = 2.0 * total_loss(state.network, problem.blocks, loss) / freedom
        dispersion = max(value, loss.least_dispersion, _SMALLEST_DISPERSION)
    return replace(state, strengths=matched_strengths(chart, placed.beta, dispersion))


def _unit_strengths(chart: Chart) -> Strengths:
    ones = np.ones(count_groups(chart))
    return Strengths(ones, ones.copy(), groups_of(chart))


def matched_strengths(chart: Chart, beta: np.ndarray, dispersion: float) -> Strengths:
    """Return strengths under which coordinates of these sizes are what one expects.

    Of a group of r coordinates, half are taken to be held by either penalty: the roughness
    strength is ``dispersion * r / 2 / sum roughness_a beta_a^2``, the ridge's likewise.
    """
    strengths = _unit_strengths(chart)
    count = strengths.sums(np.ones(chart.size))

    def matched(weight: np.ndarray) -> np.ndarray:
        energy = strengths.sums(weight * beta**2)
        found = 0.5 * dispersion * count / np.maximum(energy, 1e-300)
        return np.clip(found, _WEAKEST * min(dispersion, 1.0), _STRONGEST)

    ones = np.ones(chart.size)
    return replace(strengths, roughness=matched(chart.roughness()), ridge=matched(ones))


def fitted_under_evidence(
    state: State, rows: Rows, loss: Loss, max_iter: int, tol: float, *, evidence: bool = True
) -> State:
    """Take some steps, and find the posterior at the very point where they end."""
    problem = problem_of(state, rows, loss)
    state = fit_evidence(problem, state, max_iter=max_iter, tol=tol, evidence=evidence)
    return replace(state, posterior=posterior_of(problem, state))


def better_of_as_is_and_refit(
    network: Network, rows: Rows, loss: Loss, max_iter: int, tol: float
) -> State:
    """Return a fitted network as it is, or after some steps: where the evidence is higher."""
    start = fitted_under_evidence(placed_state(network, rows, loss), rows, loss, 0, tol)
    later = fitted_under_evidence(start, rows, loss, max_iter, tol)
    return max(start, later, key=lambda state: state.log_evidence)
