"""How much edges, nodes and inputs matter: from moments, with no row at hand.

The attribution of KAN 2.0 (Liu et al. 2024, section 4.1) goes backwards from the outputs: with
E_ij the standard deviation of edge ij over the rows, N_j that of the output z_j it leads to, and
A_j the score of that output, 1 for a raw prediction,

    B_ij = A_j E_ij / N_j,      A_i = sum_j B_ij;

both factors of a product have the product's score. The other measure are shares of variance,
Cov(phi_ij, z_j) / Var(z_j): they sum to 1 over the edges that lead to an output, and are
negative for an edge that works against the others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Layer, Network, forward, inputs_at, row_blocks
from ..network._value import Value
from ..network.products import Products
from .moments import Moments, edge_deviations
from .objective import Rows

# A deviation below this share of the function's size is rounding.
_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class EdgeSpread(Value):
    """How the edges of a layer vary over the rows.

    Parameters
    ----------
    deviation : ndarray of shape (p, q)
        The standard deviation of each edge function; exactly 0 for constant ones.
    covariance : ndarray of shape (p, q)
        Of each edge function with the output it leads to.
    output : ndarray of shape (q,)
        The standard deviation of each output; of the last layer, and of the direct one, that
        of the raw predictions.
    """

    deviation: np.ndarray
    covariance: np.ndarray
    output: np.ndarray


def edge_spreads(
    network: Network, rows: Rows, moments: tuple[Moments, ...]
) -> tuple[EdgeSpread, ...]:
    """Return the spread of each layer of ``network.all_layers``; `moments` are those of rows."""
    layers = network.all_layers
    pulls = [np.zeros(layer.weights.shape) for layer in layers]
    sums = [np.zeros((2, layer.n_outputs)) for layer in layers]
    for block in row_blocks(network, len(rows.x)):
        inputs = inputs_at(network, rows.x[block])
        raw, tape = forward(network, inputs)
        at_rows = [layer_tape.at_rows for layer_tape in tape]
        outputs = [layer_tape.outputs for layer_tape in tape[:-1]] + [raw]
        if network.direct is not None:
            at_rows.append(Products(network.direct, inputs.design))
            outputs.append(raw)
        weights = rows.weights[block]
        for part, z, pull, total in zip(at_rows, outputs, pulls, sums, strict=True):
            pull += part.weight_gradient(weights[:, None] * z)
            total += weights @ z, weights @ z**2
    deviations = _deviations(network, moments)
    return tuple(
        _spread(layer, moment, deviation, pull / rows.total_weight, total / rows.total_weight)
        for layer, moment, deviation, pull, total in zip(
            layers, moments, deviations, pulls, sums, strict=True
        )
    )


def _spread(
    layer: Layer, moment: Moments, deviation: np.ndarray, pull: np.ndarray, means: np.ndarray
) -> EdgeSpread:
    mean, square = means
    output = _rounded(np.sqrt(np.maximum(square - mean**2, 0.0)), np.sqrt(square))
    pull = pull - moment.mean[:, :, None] * mean
    covariance = np.einsum("pmq,pmq->pq", layer.weights, pull)
    covariance[deviation == 0] = 0.0
    return EdgeSpread(deviation, covariance, output)


def _deviations(network: Network, moments: tuple[Moments, ...]) -> list[np.ndarray]:
    """Return `edge_deviations`, exactly 0 where nothing but rounding is left."""
    found = []
    deviations = edge_deviations(network, moments)
    for layer, moment, deviation in zip(network.all_layers, moments, deviations, strict=True):
        mean = np.einsum("pm,pmq->pq", moment.mean, layer.weights)
        found.append(_rounded(deviation, np.hypot(mean, deviation)))
    return found


def _rounded(deviation: np.ndarray, size: np.ndarray) -> np.ndarray:
    return np.where(deviation > _ROUNDING * size, deviation, 0.0)


@dataclass(frozen=True, eq=False)
class Attribution:
    """Scores of edges and nodes.

    Parameters
    ----------
    edges : list of ndarray of shape (p, q)
        B of each layer of ``network.all_layers``.
    nodes : list of ndarray of shape (p,)
        A of the input nodes of each layer in the row: the first has the network's inputs,
        direct edges counted in.
    """

    edges: list[np.ndarray]
    nodes: list[np.ndarray]


def attribution(network: Network, spreads: tuple[EdgeSpread, ...]) -> Attribution:
    """Return KAN 2.0's scores."""
    score = np.ones(network.n_outputs)
    edges, nodes = [], []
    in_a_row = list(zip(network.layers, spreads, strict=False))
    for layer, spread in in_a_row[::-1]:
        sums = layer.n_sums
        by_output = np.concatenate([score[:sums], np.repeat(score[sums:], 2)])
        edges.append(by_output * _relative(spread))
        score = edges[-1].sum(axis=1)
        nodes.append(score)
    edges, nodes = edges[::-1], nodes[::-1]
    if network.direct is not None:
        edges.append(_relative(spreads[-1]))
        nodes[0] = nodes[0] + edges[-1].sum(axis=1)
    return Attribution(edges, nodes)


def _relative(spread: EdgeSpread) -> np.ndarray:
    """Return E_ij / N_j; where edges cancel almost, N_j counts as a millionth of the largest."""
    least = _ROUNDING * spread.deviation.max(axis=0, initial=0.0)
    return _divided(spread.deviation, np.maximum(spread.output, least))


def variance_shares(spreads: tuple[EdgeSpread, ...]) -> list[np.ndarray]:
    """Return Cov(phi_ij, z_j) / Var(z_j), (p, q) a layer; zeros for outputs that do not vary.

    The direct edges share the outputs with the last layer: both together sum to 1.
    """
    return [_divided(spread.covariance, spread.output**2) for spread in spreads]


def _divided(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    return np.divide(values, by, out=np.zeros_like(values), where=by > 0)
