"""Gauss-Newton (Levenberg-Marquardt) under evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

from ...network import Network, renormalise
from ..coordinates.chart import Chart
from ..coordinates.strengths import Strengths
from ..objective.losses import Loss
from ..objective.objective import Blocks, Rows
from ..report.progress import SILENT, Progress
from ..summaries.moments import centre_curves
from .gauge import Gauge, gauge_at, plus_diagonal
from .posterior import Posterior, posterior_at, update_strengths
from .system import System, first_columns, linearise, spreads, total_loss

_FIRST_MARQUARDT, _RAISE, _LOWER, _MOST_RAISES = 1e-2, 6.0, 1.0 / 6.0, 12
_LARGEST_MARQUARDT = 1e8
# Strengths are left alone in the first steps: the start is stiff, and not yet a fit.
_EVIDENCE_FROM = 2
# Damping of biases, a row.
_ANCHOR = 1e-8


@dataclass(frozen=True, eq=False)
class EvidenceProblem:
    """What is fitted: rows in blocks, and the loss."""

    blocks: Blocks
    loss: Loss

    @property
    def n(self) -> float:
        """Total weight of all numbers to fit."""
        rows = self.blocks.rows
        return rows.total_weight * rows.y.shape[1]


@dataclass(frozen=True, eq=False)
class State:
    """Where a fit stands.

    Parameters
    ----------
    chart : Chart
    beta : ndarray of shape (P,)
    strengths : Strengths
    marquardt : float
        The damping mu of the step.
    posterior : Posterior or None
        At the last accepted point whose strengths were updated.
    n_accepted : int
        Steps since the strengths were last new.
    history : tuple of float
        The objective, a weighted row, after each accepted step of the whole fit.
    """

    chart: Chart
    beta: np.ndarray
    strengths: Strengths
    marquardt: float = _FIRST_MARQUARDT
    posterior: Posterior | None = None
    n_accepted: int = 0
    history: tuple[float, ...] = ()

    @property
    def network(self) -> Network:
        """The network."""
        return self.chart.to_network(self.beta)

    @property
    def log_evidence(self) -> float:
        """The log-evidence of the posterior, minus infinity where there is none."""
        return -np.inf if self.posterior is None else self.posterior.log_evidence


def problem_of(state: State, rows: Rows, loss: Loss) -> EvidenceProblem:
    """Return the problem of fitting a state's network to some rows."""
    return EvidenceProblem(Blocks(state.chart.network, rows), loss)


def fit_evidence(
    problem: EvidenceProblem,
    state: State,
    *,
    max_iter: int,
    tol: float,
    damping: float = 0.5,
    evidence: bool = True,
    progress: Progress = SILENT,
) -> State:
    """Alternate Gauss-Newton steps and updates of the strengths until the evidence settles.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
    max_iter : int
    tol : float
        Rise of the log-evidence, in nats, that counts as none; without evidence, of the
        likelihood.
    damping : float
        See `update_strengths`.
    evidence : bool
        False keeps the strengths, and works out no posterior.
    progress : Progress
        Told of each step; may stop.

    Returns
    -------
    State
    """
    settled, before = 0, np.nan
    # An optimum found to the last digit ends with steps refused: no damping for the next one.
    state = replace(state, marquardt=min(state.marquardt, _FIRST_MARQUARDT))
    kept = first_columns(state.chart, problem.blocks)

    def current() -> Network:
        return state.network

    for _ in range(max_iter):
        step = progress.begin("iteration")
        system = linearise(state.chart, state.network, problem.blocks, problem.loss, kept)
        gauge = gauge_at(state.chart, system)
        if evidence and state.n_accepted >= _EVIDENCE_FROM:
            state = _judge(problem, state, system, gauge, damping)
        after = _criterion(problem, state, system, evidence)
        stepped = _step(problem, state, system, gauge)
        accepted = stepped is not state and stepped.n_accepted > state.n_accepted
        state = _renormalised(problem, stepped) if accepted else stepped
        if np.isfinite(before):
            settled = settled + 1 if abs(after - before) < tol or not accepted else 0
        before = after
        if step.end(network=current) or settled >= 3:
            break
    return state


def posterior_of(problem: EvidenceProblem, state: State) -> Posterior:
    """Return the posterior at a state's very point, under its strengths."""
    system = linearise(state.chart, state.network, problem.blocks, problem.loss)
    return _posterior(problem, state, system, gauge_at(state.chart, system))


def _criterion(problem: EvidenceProblem, state: State, system: System, evidence: bool) -> float:
    """Return what must settle, in nats; NaN before the first look at the evidence."""
    if evidence:
        return np.nan if state.posterior is None else state.posterior.log_evidence
    penalty = state.strengths.diagonal(state.chart.roughness())
    objective = system.loss + 0.5 * state.beta @ (penalty * state.beta)
    if problem.loss.is_likelihood:
        return -objective
    return -0.5 * problem.n * float(np.log(max(objective, 1e-300)))


def _judge(
    problem: EvidenceProblem, state: State, system: System, gauge: Gauge, damping: float
) -> State:
    """Find the posterior at the point, and the strengths that suit it."""
    posterior = _posterior(problem, state, system, gauge)
    rough = state.chart.roughness()
    strengths = update_strengths(state.strengths, state.beta, rough, posterior, gauge, damping)
    return replace(state, posterior=posterior, strengths=strengths)


def _posterior(problem: EvidenceProblem, state: State, system: System, gauge: Gauge) -> Posterior:
    return posterior_at(
        state.beta,
        system,
        state.strengths.diagonal(state.chart.roughness()),
        gauge,
        problem.n,
        estimate_dispersion=not problem.loss.is_likelihood,
        least_dispersion=problem.loss.least_dispersion,
    )


def _step(problem: EvidenceProblem, state: State, system: System, gauge: Gauge) -> State:
    """Take one damped step that lowers the penalised loss, or raise the damping for good."""
    penalty = state.strengths.diagonal(state.chart.roughness())
    hessian = gauge.restrict(plus_diagonal(system.curvature, penalty))
    gradient = system.gradient + penalty * state.beta
    free_gradient = gauge.free(gradient)
    objective = system.loss + 0.5 * state.beta @ (penalty * state.beta)
    marquardt, diagonal = state.marquardt, hessian.diagonal()
    # Biases have no penalty: where all rows are of one class, nothing else would hold them.
    anchor = np.where((penalty == 0) & gauge.kept, _ANCHOR * problem.n, 0.0)
    for _ in range(_MOST_RAISES):
        direction = _solve(hessian, marquardt * diagonal + anchor, free_gradient)
        if direction is not None:
            step = gauge.extend(-direction)
            beta = state.beta + step
            loss = total_loss(state.chart.to_network(beta), problem.blocks, problem.loss)
            value = loss + 0.5 * beta @ (penalty * beta)
            if np.isfinite(value) and value <= objective:
                expected = -(
                    gradient @ step + 0.5 * step @ (system.curvature @ step + penalty * step)
                )
                good = objective - value > 0.5 * expected
                return replace(
                    state,
                    beta=beta,
                    marquardt=max(marquardt * _LOWER, 1e-12) if good else marquardt,
                    n_accepted=state.n_accepted + 1,
                    history=(*state.history, float(value) / problem.blocks.rows.total_weight),
                )
        marquardt = max(marquardt, 1e-8) * _RAISE
        if marquardt > _LARGEST_MARQUARDT:  # what is left to gain is rounding
            break
    return replace(state, marquardt=min(marquardt, _LARGEST_MARQUARDT))


def _solve(hessian: np.ndarray, extra: np.ndarray, gradient: np.ndarray) -> np.ndarray | None:
    """Solve the damped system; None where it is not positive definite."""
    floor = 1e-13 * np.abs(hessian.diagonal()).max()
    shifted = plus_diagonal(hessian, extra + floor)
    try:
        factor = cho_factor(shifted.T, lower=True, overwrite_a=True, check_finite=False)
    except LinAlgError:
        return None
    return cho_solve(factor, gradient, check_finite=False)


def _renormalised(problem: EvidenceProblem, state: State) -> State:
    """Give hidden outputs variance 1 again, exactly, and sum nodes mean 0.

    Penalties keep their value.
    """
    if not state.chart.n_hidden:
        return state
    network = state.network
    chart, strengths = state.chart, state.strengths
    spread = spreads(network, problem.blocks)
    matrices = chart.matrices(state.beta)
    roughness, ridge = strengths.roughness.copy(), strengths.ridge.copy()
    sub_biases = []
    for index in range(chart.n_hidden):
        scale = np.where(spread[index].deviation > 1e-10, spread[index].deviation, 1.0)
        sums = network.layers[index].n_sums
        shift = spread[index].mean.copy()
        shift[sums:] = 0.0
        network = renormalise(network, index, shift, scale)
        sub_biases.append(spread[index].mean[sums:] / scale[sums:])
        matrices[index] = matrices[index] / scale
        _, outputs = chart.entries(index)
        groups = strengths.group[chart.parts()[index]]
        factor = np.ones(len(ridge))
        factor[groups] = scale[outputs] ** 2
        roughness, ridge = roughness * factor, ridge * factor
    network = centre_curves(network, problem.blocks.rows)
    coordinates = list(chart.coordinates)
    for index in range(1, len(network.layers)):
        center = spread[index].features @ coordinates[index].maps
        coordinates[index] = replace(coordinates[index], center=center)
    new_chart = replace(chart, network=network, coordinates=tuple(coordinates))
    bias = network.layers[-1].bias.copy()
    for index in range(chart.n_hidden, len(matrices)):
        bias += coordinates[index].center @ matrices[index]
    return replace(
        state,
        chart=new_chart,
        beta=new_chart.pack(matrices, bias, sub_biases),
        strengths=replace(strengths, roughness=roughness, ridge=ridge),
    )
