"""Candidates of many small interactions: hidden nodes with two inputs each.

Which two is read off the residual: where the product of two curves would explain much of it, a
node of these two begins, a curve of the sum of the curves. So are products of numbers of one
sign, thresholds and steps, and with few parameters, however many columns there are. The search
over all pairs is like that of Lou et al. (2013), with smooth curves instead of bins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .gauss_newton import Problem, State
from .growth import rank_in_node, with_nodes, working_residual
from .hidden_grids import columns_of
from .objective import Rows
from .settings import Settings, steps_are_affordable

# Nodes of the candidates.
PAIRS = (16, 32)
# Coordinates of an input's curve that pairs are ranked by, and that edges into a node and out
# of it have.
_RANKED, _INCOMING, _OUTGOING = 3, 5, 8


def pair_numbers(rows: Rows, state: State, settings: Settings, n_fits: int) -> list[int]:
    """Return how many such nodes are worth a try beside an additive fit.

    As many as are affordable if each fit is made so many times, and no more than there are
    pairs, or products of curves in them.
    """
    node = state.chart.coordinates[0].node
    ranked = np.minimum(np.bincount(node, minlength=1), _RANKED)
    products = int(np.triu(np.minimum(ranked[:, None], ranked), 1).sum())
    found: list[int] = []
    for number in PAIRS:
        shared, own = 2 * _INCOMING * number, _OUTGOING * number + len(node)
        if (found[-1] if found else 0) < products and steps_are_affordable(
            rows, settings, shared, own, n_fits
        ):
            found.append(number)
    return found


def with_pairs(problem: Problem, state: State, number: int) -> State:
    """Add hidden nodes of two inputs each to an additive model.

    Parameters
    ----------
    problem : Problem
    state : State
        Additive.
    number : int
        Of nodes; fewer where there are not as many pairs, and none where no two columns vary.
    """
    node = state.chart.coordinates[0].node
    incoming = _incoming(problem, state, number)
    has_edge = np.zeros((node.max(initial=-1) + 1, incoming.shape[1]), bool)
    np.logical_or.at(has_edge, node, incoming != 0)
    active = has_edge[node] & (rank_in_node(node) < _INCOMING)[:, None]
    return _bent(with_nodes(problem, state, incoming, active))


def _bent(state: State) -> State:
    """Weaken the roughness penalties of curves into nodes to what edges begin with.

    Else the first step would straighten them, and what leaves the nodes suits them bent.
    """
    chart, strengths = state.chart, state.strengths
    if not chart.n_hidden:
        return state
    bending = strengths.sums(chart.roughness() * state.beta**2)
    roughness = strengths.roughness.copy()
    into = slice(chart.active[0].shape[1])
    roughness[into] /= np.maximum(bending[into], 1.0)
    return replace(state, strengths=replace(strengths, roughness=roughness))


def _incoming(problem: Problem, state: State, number: int) -> np.ndarray:
    """Return coordinates (R, number) of the sums of two curves, in the order of their gain.

    The moments of the residual with products of two inputs' coordinates, of unit variance and
    uncorrelated for one input, are a matrix a pair; its singular values say what a product of
    two curves would explain.
    """
    rows, first = problem.blocks.rows, state.chart.coordinates[0]
    residual = working_residual(problem, state.network)
    weights = rows.weights[:, None] / rows.total_weight
    residual = weights * (residual - np.sum(weights * residual, axis=0))
    ranked = np.flatnonzero(rank_in_node(first.node) < _RANKED)
    node = first.node[ranked]
    columns = columns_of(first, state.chart.network.layers[0].basis, rows.x)[:, ranked]
    moments = np.stack([columns.T @ (one[:, None] * columns) for one in residual.T])
    found = []
    for a, b in _best_pairs(moments, node, number):
        mine, its = np.flatnonzero(node == a), np.flatnonzero(node == b)
        of_pair = moments[:, mine[:, None], its]
        strongest = np.argmax(np.square(of_pair).sum(axis=(1, 2)))
        left, gains, right = np.linalg.svd(of_pair[strongest], full_matrices=False)
        found += [
            _Product(gain, ranked[mine], u, ranked[its], v)
            for gain, u, v in zip(gains, left.T, right, strict=True)
        ]
    found = sorted(found, key=lambda product: -product.gain)[:number]
    incoming = np.zeros((len(first.node), len(found)))
    for k, product in enumerate(found):
        incoming[product.columns_a, k] = product.a
        incoming[product.columns_b, k] = product.b
    return incoming


@dataclass(frozen=True, eq=False)
class _Product:
    """A product of two curves, and what it would explain of the residual."""

    gain: float
    columns_a: np.ndarray
    a: np.ndarray
    columns_b: np.ndarray
    b: np.ndarray


def _best_pairs(moments: np.ndarray, node: np.ndarray, number: int) -> list[tuple[int, int]]:
    """Return the pairs of inputs with the largest moments."""
    inputs = np.unique(node)
    belongs = (node == inputs[:, None]).astype(float)
    size = belongs @ np.square(moments).sum(axis=0) @ belongs.T
    first, second = np.triu_indices(len(inputs), 1)
    order = np.argsort(-size[first, second], kind="stable")[:number]
    return [(int(inputs[first[k]]), int(inputs[second[k]])) for k in order]
