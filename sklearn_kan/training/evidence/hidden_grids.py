"""Grids of hidden nodes, which follow the nodes' values over the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...network import Basis, Network, evaluate, fit_breaks, make_basis, with_intervals
from ..coordinates.beside import bare_layer
from ..coordinates.chart import Chart
from ..coordinates.demmler_reinsch import Coordinates, coordinates
from ..coordinates.strengths import groups_of
from ..initial.grid_rules import EVIDENCE
from ..initial.grids import node_values
from .gauss_newton import EvidenceProblem, State, fit_evidence

# Intervals, at the most as many as the inputs have.
_GRID_SIZE = 6


def hidden_basis(nodes: np.ndarray, weights: np.ndarray, inputs: Basis) -> Basis:
    """Return the basis of hidden nodes with values (n, h) over the rows.

    Parameters
    ----------
    nodes : ndarray of shape (n, h)
    weights : ndarray of shape (n,)
    inputs : Basis
        Of the inputs, or of hidden nodes: degree and base function are the same.
    """
    grid_size = min(inputs.n_intervals, _GRID_SIZE)
    breaks = fit_breaks(nodes, weights, grid_size, 0.5, EVIDENCE.margin)
    return make_basis(breaks, inputs.degree, inputs.base)


def ending_at(breaks: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Return breaks (h, G + 3) from `low` to `high` (h,), with all breaks (h, G + 1) in between.

    On them curves stay what they are up to where they end now, lines beyond their old grids.
    """
    return np.stack(
        [
            with_intervals(np.concatenate([[a], own[(own > a) & (own < b)], [b]]), len(own) + 1)
            for own, a, b in zip(breaks, low, high, strict=True)
        ]
    )


def node_coordinates(
    basis: Basis, nodes: np.ndarray, weights: np.ndarray, most: int | np.ndarray | None = None
) -> Coordinates:
    """Return the coordinates of a basis at node values (n, p), at most `most` of each node."""
    p, m = basis.n_nodes, basis.n_features
    mean, second = np.zeros((p, m)), np.zeros((p, m, m))
    for start in range(0, len(nodes), _BLOCK):
        block = slice(start, start + _BLOCK)
        dense = evaluate(basis, nodes[block]).by_row().toarray().reshape(-1, p, m)
        by_node = dense.transpose(1, 0, 2)
        weighted = by_node * weights[block, None]
        mean += weighted.sum(axis=1)
        second += weighted.transpose(0, 2, 1) @ by_node
    mean /= weights.sum()
    second /= weights.sum()
    return coordinates(basis, mean, second - mean[:, :, None] * mean[:, None, :], most)


_BLOCK = 4096


def columns_of(coordinate: Coordinates, basis: Basis, nodes: np.ndarray) -> np.ndarray:
    """Return the columns (n, R) of coordinates at node values (n, p)."""
    return coordinate.columns_at(evaluate(basis, nodes).by_row())


def on_hidden_grids(
    state: State, basis: Basis, coordinate: Coordinates, outgoing: np.ndarray
) -> State:
    """Return a fit with its hidden nodes on other grids, where edges leave them with other numbers.

    Parameters
    ----------
    state : State
        With one hidden layer and direct edges.
    basis : Basis
    coordinate : Coordinates
        Of the basis.
    outgoing : ndarray of shape (R, q)
        In these coordinates.
    """
    chart = state.chart
    incoming, _, direct = chart.matrices(state.beta)
    first, last = chart.network.layers
    moved = Chart(
        Network((first, bare_layer(basis, last.n_outputs)), chart.network.direct),
        (chart.coordinates[0], coordinate, chart.coordinates[2]),
        (chart.active[0], chart.edges(1)[coordinate.node], chart.active[2]),
        chart.shares_outputs,
    )
    beta = moved.pack([incoming, outgoing, direct], state.beta[chart.bias_part])
    strengths = replace(state.strengths, group=groups_of(moved))
    return replace(state, chart=moved, beta=beta, strengths=strengths)


def fit_with_moving_grids(
    problem: EvidenceProblem, state: State, steps: Sequence[int], tol: float
) -> State:
    """Fit a network with a hidden layer in so many steps; its grids follow in between."""
    for number in steps[:-1]:
        state = fit_evidence(problem, state, max_iter=number, tol=tol)
        state = cover_hidden(problem, state)
    return fit_evidence(problem, state, max_iter=steps[-1], tol=tol)


def cover_hidden(problem: EvidenceProblem, state: State) -> State:
    """Move hidden grids that their activations have left, curves projected."""
    if not state.chart.n_hidden:
        return state
    rows, chart = problem.blocks.rows, state.chart
    network = state.network
    nodes = node_values(network, 1, rows.x)
    basis = network.layers[1].basis
    moved = EVIDENCE.is_outgrown(basis.breaks, nodes)
    if not moved.any():
        return state
    fresh = hidden_basis(nodes, rows.weights, basis)
    basis = Basis(
        np.where(moved[:, None], fresh.knots, basis.knots),
        basis.degree,
        basis.base,
        np.where(moved[:, None], fresh.base_map, basis.base_map),
    )
    old, before = chart.coordinates[1], chart.matrices(state.beta)[1]
    values = columns_of(old, network.layers[1].basis, nodes)
    coordinate = node_coordinates(basis, nodes, rows.weights)
    columns = columns_of(coordinate, basis, nodes)
    outgoing = np.zeros((len(coordinate.node), before.shape[1]))
    for node in range(basis.n_nodes):
        mine, its = coordinate.node == node, old.node == node
        curve = values[:, its] @ before[its]
        outgoing[mine] = columns[:, mine].T @ (rows.weights[:, None] * curve) / rows.total_weight
    return on_hidden_grids(state, basis, coordinate, outgoing)
