"""Edges that the rows do not support leave the network, cheapest first.

For the normal approximation at a penalised optimum, leaving out the coordinates e of an edge
changes the log-evidence by

    (log|V_ee^-1| - log|S_ee|) / 2 - beta_e' V_ee^-1 beta_e / (2 phi),

and moves the others to ``beta - V_.e V_ee^-1 beta_e``, V downdated likewise: exact for a
quadratic loss. (Optimal brain surgeon, Hassibi and Stork 1993, judged by the evidence.)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np

from ..coordinates.chart import Chart
from ..coordinates.strengths import groups_of
from .gauss_newton import EvidenceProblem, State, fit_evidence, posterior_of

# From so many edges on, several go at a time.
_MANY_EDGES = 200


@dataclass(frozen=True)
class Removal:
    """An edge that went: its layer of ``all_layers``, input, output, and the evidence gained."""

    layer: int
    input: int
    output: int
    gain: float


def edge_blocks(chart: Chart) -> dict[tuple[int, int, int], np.ndarray]:
    """Return where in beta the coordinates of each edge (layer, input, output) stand."""
    blocks: dict[tuple[int, int, int], np.ndarray] = {}
    for index, part in enumerate(chart.parts()):
        columns, outputs = chart.entries(index)
        nodes = chart.coordinates[index].node[columns]
        places = np.arange(part.start, part.stop)
        starts = np.flatnonzero(np.r_[True, (np.diff(nodes) != 0) | (np.diff(outputs) != 0)])
        for group in np.split(places, starts[1:]) if len(places) else []:
            first = group[0] - part.start
            blocks[index, int(nodes[first]), int(outputs[first])] = group
    return blocks


def eliminate(
    state: State,
    least_gain: float = 0.0,
    most: int | None = None,
    on_removal: Callable[[np.ndarray], None] | None = None,
) -> tuple[State, list[Removal]]:
    """Remove edges one by one while the log-evidence rises by more than `least_gain`.

    Where edges are many, one from each node they lead to at a time.

    Parameters
    ----------
    state : State
        With a posterior.
    least_gain : float
        In nats.
    most : int or None
        At most so many edges go; None for as many as there are.
    on_removal : callable or None
        Told beta, in the chart of `state`, after each removal.

    Returns
    -------
    State
        Its posterior is that of the network before; a few steps bring it up to date.
    list of Removal
    """
    if state.posterior is None:
        return state, []
    penalty = state.strengths.diagonal(state.chart.roughness())
    blocks = edge_blocks(state.chart)
    covariance = state.posterior.root.T @ state.posterior.root
    beta = state.beta.copy()
    removals: list[Removal] = []
    edges, places = list(blocks), list(blocks.values())
    stays = np.ones(len(edges), bool)
    while stays.any() and len(removals) != most:
        gains = _gains(places, stays, beta, covariance, penalty, state.posterior.dispersion)
        cheapest = [edge for edge in _cheapest(edges, gains, most) if gains[edge] > least_gain]
        if not cheapest:
            break
        stays[cheapest] = False
        block = np.concatenate([places[edge] for edge in cheapest])
        pull = np.linalg.solve(covariance[np.ix_(block, block)], covariance[block])
        beta = beta - pull.T @ beta[block]
        covariance -= covariance[:, block] @ pull
        beta[block] = 0.0
        covariance[block], covariance[:, block] = 0.0, 0.0
        removals += [Removal(*edges[edge], float(gains[edge])) for edge in cheapest]
        if on_removal is not None:
            for _ in cheapest:
                on_removal(beta)
    return _without(state, beta, removals), removals


def without_idle_edges(problem: EvidenceProblem, state: State, max_iter: int, tol: float) -> State:
    """Remove edges that the evidence is better without, and refit under the same strengths.

    Learnt again, strengths would weaken: the edges that stay were chosen for their size, noise
    included. Where the evidence falls all edges stay: what an edge explains of classes that can
    be told apart without error shows in no curvature.
    """
    smaller, removals = eliminate(state)
    if not removals:
        return state
    smaller = fit_evidence(problem, smaller, max_iter=max_iter, tol=tol, evidence=False)
    smaller = replace(smaller, posterior=posterior_of(problem, smaller))
    return smaller if smaller.log_evidence > state.log_evidence else state


def _cheapest(
    edges: list[tuple[int, int, int]], gains: np.ndarray, most: int | None
) -> Iterable[int]:
    """Return the edge whose removal gains most; of many edges, one for each node they lead to.

    Edges that can stand in for each other lead to the same node.
    """
    if most is not None or len(edges) < _MANY_EDGES:
        return [int(gains.argmax())]
    best: dict[tuple[int, int], int] = {}
    for edge in np.argsort(gains, kind="stable"):
        layer, _, output = edges[edge]
        best[layer, output] = int(edge)
    return best.values()


def _gains(
    places: list[np.ndarray],
    stays: np.ndarray,
    beta: np.ndarray,
    covariance: np.ndarray,
    penalty: np.ndarray,
    dispersion: float,
) -> np.ndarray:
    """Return what the log-evidence gains without each edge, minus infinity for those gone.

    Edges of as many coordinates are looked at together.
    """
    gains = np.full(len(places), -np.inf)
    sizes = np.array([len(block) for block in places])
    for size in np.unique(sizes[stays]):
        edges = np.flatnonzero(stays & (sizes == size))
        block = np.stack([places[edge] for edge in edges])
        own = covariance[block[:, :, None], block[:, None, :]]
        sign, log_determinant = np.linalg.slogdet(own)
        own[sign <= 0] = np.eye(size)
        weights = beta[block]
        pull = np.linalg.solve(own, weights[:, :, None])[:, :, 0]
        fit = np.einsum("ek,ek->e", weights, pull) / dispersion
        gain = 0.5 * (-log_determinant - np.log(penalty[block]).sum(axis=1) - fit)
        gains[edges] = np.where(sign > 0, gain, -np.inf)
    return gains


def _without(state: State, beta: np.ndarray, removals: list[Removal]) -> State:
    """Return the state without the coordinates of the removed edges."""
    chart = state.chart
    matrices = chart.matrices(beta)
    active = [mask.copy() for mask in chart.active]
    for removal in removals:
        mine = chart.coordinates[removal.layer].node == removal.input
        active[removal.layer][mine, removal.output] = False
    smaller = replace(chart, active=tuple(active))
    strengths = replace(state.strengths, group=groups_of(smaller))
    return replace(
        state,
        chart=smaller,
        beta=smaller.pack(matrices, beta[chart.bias_part]),
        strengths=strengths,
    )
