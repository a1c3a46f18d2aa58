"""Moments of the features of every node over the training rows.

They are what stays of the rows in a fitted model: enough for the exact mean and variance of
every edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Network, forward, inputs_at, row_blocks
from ..network._value import Value
from .objective import Rows


@dataclass(frozen=True, eq=False)
class Moments(Value):
    """Mean (p, m) and covariance (p, m, m) of the features of the p input nodes of a layer."""

    mean: np.ndarray
    covariance: np.ndarray


def node_moments(network: Network, rows: Rows) -> tuple[Moments, ...]:
    """Return the weighted moments for each layer of ``network.all_layers``."""
    first = [np.zeros((a.n_inputs, a.basis.n_features)) for a in network.layers]
    second = [
        np.zeros((a.n_inputs, a.basis.n_features, a.basis.n_features)) for a in network.layers
    ]
    for block in row_blocks(network, len(rows.x)):
        _, tape = forward(network, inputs_at(network, rows.x[block]))
        weights = rows.weights[block]
        for layer_tape, mean, gram in zip(tape, first, second, strict=True):
            p, m = mean.shape
            features = layer_tape.at_rows.dense().reshape(-1, p, m).transpose(1, 0, 2)
            weighted = features * weights[:, None]
            mean += weighted.sum(axis=1)
            gram += weighted.transpose(0, 2, 1) @ features
    moments = []
    for mean, gram in zip(first, second, strict=True):
        mean /= rows.total_weight
        gram /= rows.total_weight
        gram -= mean[:, :, None] * mean[:, None, :]
        moments.append(Moments(mean, gram))
    if network.direct is not None:
        moments.append(moments[0])
    return tuple(moments)


def edge_deviations(network: Network, moments: tuple[Moments, ...]) -> list[np.ndarray]:
    """Return the standard deviation (p, q) of every edge function over the rows."""
    deviations = []
    for layer, moment in zip(network.all_layers, moments, strict=True):
        pulled = moment.covariance @ layer.weights
        variance = np.einsum("pmq,pmq->pq", layer.weights, pulled)
        deviations.append(np.sqrt(np.maximum(variance, 0.0)))
    return deviations
