"""Weak edges go, with rows at hand; networks too large for the evidence are trained again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Network, remove_edges
from .importance import edge_spreads
from .losses import Loss
from .moments import Moments, node_moments
from .monitor import Monitor
from .objective import Rows, constant_loss, mean_loss
from .profiles import node_profiles
from .schedule import Plan, train
from .threshold import Described, WeakEdge, without_weak_edges
from .trials import Step

# Each time the criterion rises, the threshold is lowered by this factor; so often at the most.
_LOWERED, _ATTEMPTS = 0.25, 4
# Numbers that an edge counts as: under penalties a curve has few of its own.
_NUMBERS_AN_EDGE = 2.0
_SMALLEST_LOSS = 1e-28
_LARGEST_LOSS = 0.05


@dataclass(frozen=True, eq=False)
class Thinned:
    """A network, and one step for each edge that went."""

    network: Network
    steps: tuple[Step, ...] = ()


def describe(network: Network, rows: Rows) -> Described:
    """Return a network with all that is known of it over some rows."""
    moments = node_moments(network, rows)
    spreads = edge_spreads(network, rows, moments)
    return Described(network, moments, node_profiles(network, rows), spreads)


def thinned(network: Network, rows: Rows, loss: Loss, threshold: float) -> Thinned:
    """Remove the edges below a threshold; their means over the rows go to the biases."""
    described = describe(network, rows)
    smaller, weak = without_weak_edges(described, threshold)
    return Thinned(smaller.network, tuple(_steps(described, weak, rows, loss)))


def _steps(described: Described, weak: list[WeakEdge], rows: Rows, loss: Loss) -> list[Step]:
    network, steps = described.network, []
    for edge in weak:
        network = _without(network, edge, described.moments)
        steps.append(
            Step(
                "edge",
                network.n_edges,
                mean_loss(network, rows, loss),
                None,
                edge.layer,
                edge.input,
                edge.output,
                edge.importance,
                network.leaves_inputs(edge.layer),
            )
        )
    return steps


def _without(network: Network, edge: WeakEdge, moments: tuple[Moments, ...]) -> Network:
    gone = np.zeros(network.all_layers[edge.layer].edges.shape, bool)
    gone[edge.input, edge.output] = True
    moment = moments[edge.layer]
    return remove_edges(network, edge.layer, gone, moment.mean, moment.curve_mean)


def retrained(network: Network, rows: Rows, plan: Plan, threshold: float) -> Thinned:
    """Remove weak edges and train the others again, unless that does not pay.

    Judged by the Bayesian information criterion, an edge counted as two numbers, and by
    `most_loss`; where they say no, the threshold is lowered.
    """
    before = _criterion(network, rows, plan.loss)
    dearest = most_loss(mean_loss(network, rows, plan.loss), rows, plan.loss)
    for _ in range(_ATTEMPTS):
        found = thinned(network, rows, plan.loss, threshold)
        if not found.steps:
            break
        outcome = train(found.network, rows, rows, plan, Monitor(plan.loss))
        pays = _criterion(outcome.network, rows, plan.loss) <= before
        if pays and mean_loss(outcome.network, rows, plan.loss) <= dearest:
            return Thinned(outcome.network, found.steps)
        threshold *= _LOWERED
    return Thinned(network)


def most_loss(value: float, rows: Rows, loss: Loss) -> float:
    """Return what the mean loss may rise to: by a twentieth of what is explained.

    Criteria that count edges would take a network of many weak ones for dear.
    """
    return value + _LARGEST_LOSS * max(constant_loss(rows, loss) - value, 0.0)


def _criterion(network: Network, rows: Rows, loss: Loss) -> float:
    n = rows.total_weight * rows.y.shape[1]
    value = rows.total_weight * mean_loss(network, rows, loss)
    if not loss.is_likelihood:
        value = 0.5 * n * float(np.log(max(2.0 * value / n, _SMALLEST_LOSS)))
    value += 0.5 * float(np.log(max(n, 1.0))) * _NUMBERS_AN_EDGE * network.n_edges
    return value if np.isfinite(value) else np.inf
