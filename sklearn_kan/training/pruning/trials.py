"""Networks on the way to a smaller one, under the evidence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Network, drop_dangling, remove_edges
from ..evidence.elimination import Removal, eliminate
from ..evidence.gauss_newton import State
from ..evidence.resume import fitted_under_evidence, placed_state
from ..objective.losses import Loss
from ..objective.objective import Rows, mean_loss
from ..summaries.importance import attribution, edge_spreads
from ..summaries.moments import node_moments

# Nats that the evidence may fall by with each edge that goes.
SLACK = 1.0
# What the log-evidence may still change by when a refit ends, and steps of a refit.
TOL = 0.1
_REFIT_STEPS = 10
# Numbers of a term of a curve, of those that matter: most are lines or powers.
_NUMBERS_A_TERM = 2


@dataclass(frozen=True)
class Step:
    """One step of pruning.

    Parameters
    ----------
    removed : str
        "edge", or "nodes" where a smaller shape took over; "none" for the beginning.
    n_edges : int
        Edges that are left.
    loss : float
        The mean loss after it.
    log_evidence_change : float or None
        What the log-evidence gained by it, in nats; None without evidence.
    layer, input, output : int or None
        Of an edge.
    importance : float or None
        Of an edge, before it went: see `importance`.
    leaves_inputs : bool
        Whether `input` is an input of the network, not a hidden node.
    """

    removed: str
    n_edges: int
    loss: float
    log_evidence_change: float | None = None
    layer: int | None = None
    input: int | None = None
    output: int | None = None
    importance: float | None = None
    leaves_inputs: bool = False


@dataclass(frozen=True, eq=False)
class Trial:
    """A state with its posterior, and the steps that led there."""

    state: State
    steps: tuple[Step, ...] = ()

    @property
    def network(self) -> Network:
        """The network, without nodes that dangle."""
        return drop_dangling(self.state.network)

    @property
    def log_evidence(self) -> float:
        """The log-evidence."""
        return self.state.log_evidence


def edge_scores(network: Network, rows: Rows) -> list[np.ndarray]:
    """Return the importance (p, q) of the edges of each layer over some rows."""
    spreads = edge_spreads(network, rows, node_moments(network, rows))
    return attribution(network, spreads).edges


def sparser(trial: Trial, rows: Rows, loss: Loss) -> Trial:
    """Remove spline edges as long as the evidence does not fall.

    As many at a time as their second derivatives promise to be without harm; where a refit
    shows otherwise, half as many are tried.
    """
    most: int | None = None
    while most is None or most > 0:
        betas: list[np.ndarray] = []
        state, removals = eliminate(trial.state, -SLACK, most, betas.append)
        if not removals:
            break
        state = fitted_under_evidence(state, rows, loss, _REFIT_STEPS, TOL, evidence=False)
        steps = _steps(trial, removals, betas, rows, loss)
        after = Trial(state, (*trial.steps, *steps))
        if after.log_evidence < trial.log_evidence - SLACK * len(removals):
            most = len(removals) // 2
        else:
            trial = after
    return trial


def _steps(
    trial: Trial, removals: list[Removal], betas: list[np.ndarray], rows: Rows, loss: Loss
) -> list[Step]:
    chart, n_edges = trial.state.chart, trial.state.network.n_edges
    scores = edge_scores(trial.state.network, rows)
    return [
        Step(
            "edge",
            n_edges - number,
            mean_loss(chart.to_network(beta), rows, loss),
            float(removal.gain),
            removal.layer,
            removal.input,
            removal.output,
            float(scores[removal.layer][removal.input, removal.output]),
            chart.network.leaves_inputs(removal.layer),
        )
        for number, (removal, beta) in enumerate(zip(removals, betas, strict=True), start=1)
    ]


def without_curves(trial: Trial, rows: Rows, loss: Loss) -> Trial:
    """Remove curves one by one, the least important first, unless the evidence falls.

    The evidence takes the numbers of curves as given; they count as in the Bayesian information
    criterion, half the logarithm of the number of rows each.
    """
    kept: set[tuple[int, int, int]] = set()
    price = _NUMBERS_A_TERM * 0.5 * float(np.log(max(rows.total_weight, 1.0)))
    while True:
        network = trial.state.network
        scores = edge_scores(network, rows)
        curves = [
            (
                float(scores[index][edge.input, edge.output]),
                (index, edge.input, edge.output),
                len(edge.curve.terms),
            )
            for index, layer in enumerate(network.all_layers)
            for edge in layer.curves
            if (index, edge.input, edge.output) not in kept
        ]
        if not curves:
            return trial
        importance, (index, i, j), n_terms = min(curves)
        gone = np.zeros(network.all_layers[index].edges.shape, bool)
        gone[i, j] = True
        moment = node_moments(network, rows)[index]
        smaller = remove_edges(network, index, gone, moment.mean, moment.curve_mean)
        state = placed_state(smaller, rows, loss)
        after = Trial(fitted_under_evidence(state, rows, loss, _REFIT_STEPS, TOL, evidence=False))
        change = after.log_evidence - trial.log_evidence
        if change < -SLACK - price * n_terms:
            kept.add((index, i, j))
            continue
        after_loss = mean_loss(after.state.network, rows, loss)
        from_input = network.leaves_inputs(index)
        step = Step(
            "edge", smaller.n_edges, after_loss, change, index, i, j, importance, from_input
        )
        trial = replace(after, steps=(*trial.steps, step))
