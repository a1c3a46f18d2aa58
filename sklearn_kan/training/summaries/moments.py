"""Moments of the features of every node over the training rows.

They are what stays of the rows in a fitted model: enough for the exact mean and variance of
every edge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Layer, Network, forward, inputs_at, row_blocks
from ...network._value import Value
from ..objective.objective import Rows


@dataclass(frozen=True, eq=False)
class Moments(Value):
    """What a layer's p input nodes did over the rows.

    Parameters
    ----------
    mean : ndarray of shape (p, m)
        Of the features of each node.
    covariance : ndarray of shape (p, m, m)
        Likewise.
    curve_mean, curve_deviation : ndarray of shape (p, q) or None
        Mean and standard deviation of the layer's curves, zero on other edges; None for a
        layer without curves.
    """

    mean: np.ndarray
    covariance: np.ndarray
    curve_mean: np.ndarray | None = None
    curve_deviation: np.ndarray | None = None


def node_moments(network: Network, rows: Rows) -> tuple[Moments, ...]:
    """Return the weighted moments for each layer of ``network.all_layers``."""
    first = [np.zeros((a.n_inputs, a.basis.n_features)) for a in network.layers]
    second = [
        np.zeros((a.n_inputs, a.basis.n_features, a.basis.n_features)) for a in network.layers
    ]
    curves: list[list[np.ndarray]] = [[] for _ in network.all_layers]
    for block in row_blocks(network, len(rows.x)):
        _, tape = forward(network, inputs_at(network, rows.x[block]))
        weights = rows.weights[block]
        for layer_tape, mean, gram in zip(tape, first, second, strict=True):
            p, m = mean.shape
            features = layer_tape.at_rows.dense().reshape(-1, p, m).transpose(1, 0, 2)
            weighted = features * weights[:, None]
            mean += weighted.sum(axis=1)
            gram += weighted.transpose(0, 2, 1) @ features
        nodes = [layer_tape.nodes for layer_tape in tape] + [rows.x[block]]
        for layer, values, found in zip(network.all_layers, nodes, curves, strict=False):
            found.append(curve_values(layer, values))
    moments = []
    for mean, gram in zip(first, second, strict=True):
        mean /= rows.total_weight
        gram /= rows.total_weight
        gram -= mean[:, :, None] * mean[:, None, :]
        moments.append(Moments(mean, gram))
    if network.direct is not None:
        moments.append(moments[0])
    return tuple(
        with_curves(moment, layer, np.concatenate(values), rows.weights)
        for moment, layer, values in zip(moments, network.all_layers, curves, strict=True)
    )


def curve_values(layer: Layer, nodes: np.ndarray) -> np.ndarray:
    """Return the values (n, n_curves) of a layer's curves."""
    values = [edge.curve.values(nodes[:, edge.input]) for edge in layer.curves]
    return np.stack(values, axis=1) if values else np.zeros((len(nodes), 0))


def with_curves(moments: Moments, layer: Layer, values: np.ndarray, weights: np.ndarray) -> Moments:
    """Return moments with those of a layer's curves, given their values (n, n_curves)."""
    if not layer.curves:
        return moments
    mean, deviation = np.zeros(layer.edges.shape), np.zeros(layer.edges.shape)
    for edge, column in zip(layer.curves, values.T, strict=True):
        place = edge.input, edge.output
        mean[place] = np.average(column, weights=weights)
        deviation[place] = np.sqrt(np.average((column - mean[place]) ** 2, weights=weights))
    return replace(moments, curve_mean=mean, curve_deviation=deviation)


def centre_curves(network: Network, rows: Rows) -> Network:
    """Return the network with curves of mean zero over the rows; their means are in the biases."""
    if not network.has_curves:
        return network
    last = len(network.layers) - 1
    for index, moment in enumerate(node_moments(network, rows)):
        means = moment.curve_mean
        if means is None:
            continue
        layer, receiver = network.all_layers[index], min(index, last)
        curves = tuple(
            replace(e, curve=e.curve.plus(-float(means[e.input, e.output]))) for e in layer.curves
        )
        network = network.replace_layer(index, curves=curves)
        bias = network.layers[receiver].bias + means.sum(axis=0)
        network = network.replace_layer(receiver, bias=bias)
    return network


def edge_deviations(network: Network, moments: tuple[Moments, ...]) -> list[np.ndarray]:
    """Return the standard deviation (p, q) of every edge function over the rows."""
    deviations = []
    for layer, moment in zip(network.all_layers, moments, strict=True):
        pulled = moment.covariance @ layer.weights
        variance = np.einsum("pmq,pmq->pq", layer.weights, pulled)
        deviation = np.sqrt(np.maximum(variance, 0.0))
        if moment.curve_deviation is not None:
            deviation = deviation + moment.curve_deviation
        deviations.append(deviation)
    return deviations
