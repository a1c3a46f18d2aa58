"""Forward and backward passes through a network.

The forward pass is one matrix product a layer; the backward pass is two, and a
multiply-and-sum with the slopes of the features. Nothing loops over rows or edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from .features import Features, evaluate
from .layer import Layer, combine, split_sensitivity
from .network import Network, pack

Design = np.ndarray | csr_array


@dataclass(frozen=True, eq=False)
class Inputs:
    """Features of some rows at the first layer; they do not depend on the weights.

    An optimiser that visits the same rows often keeps them, see `inputs_at`.
    """

    features: Features
    design: Design


@dataclass(frozen=True, eq=False)
class LayerTape:
    """What the backward pass needs of one layer: its features, and its outputs (n, q)."""

    features: Features
    design: Design
    outputs: np.ndarray


def inputs_at(network: Network, x: np.ndarray, order: int = 0) -> Inputs:
    """Evaluate the first layer's features at rows x, of shape (n, n_inputs)."""
    features = evaluate(network.layers[0].basis, x, order)
    n_outputs = network.layers[0].n_outputs
    if network.direct is not None:
        n_outputs += network.direct.n_outputs
    return Inputs(features, features.design(n_outputs))


def forward(network: Network, inputs: Inputs) -> tuple[np.ndarray, list[LayerTape]]:
    """Return the raw predictions (n, n_outputs) and what `backward` needs."""
    tape: list[LayerTape] = []
    features, design = inputs.features, inputs.design
    nodes = np.empty(0)
    for index, layer in enumerate(network.layers):
        if index:
            features = evaluate(layer.basis, nodes, order=1)
            design = features.design(layer.n_outputs)
        outputs = design @ layer.matrix
        outputs += layer.bias
        tape.append(LayerTape(features, design, outputs))
        nodes = combine(layer, outputs)
    if network.direct is not None:
        nodes = nodes + inputs.design @ network.direct.matrix
    return nodes, tape


def backward(network: Network, tape: list[LayerTape], sensitivity: np.ndarray) -> np.ndarray:
    """Return the gradient with respect to `theta` of a scalar loss.

    Parameters
    ----------
    network : Network
    tape : list of LayerTape
        From `forward` of this network.
    sensitivity : ndarray of shape (n, n_outputs)
        The loss's gradient with respect to the raw predictions.

    Returns
    -------
    ndarray of shape (n_parameters,)
    """
    parts = [
        weight_gradient(layer, layer_tape.design, delta)
        for layer, layer_tape, delta in zip(
            network.layers, tape, sensitivities(network, tape, sensitivity), strict=True
        )
    ]
    if network.direct is not None:
        parts.append(weight_gradient(network.direct, tape[0].design, sensitivity))
    return pack(network, parts)


def sensitivities(
    network: Network, tape: list[LayerTape], sensitivity: np.ndarray
) -> list[np.ndarray]:
    """Carry a sensitivity of the raw predictions back to the outputs (n, q) of each layer."""
    deltas: list[np.ndarray] = []
    for index in range(len(network.layers) - 1, -1, -1):
        layer, layer_tape = network.layers[index], tape[index]
        delta = split_sensitivity(layer, layer_tape.outputs, sensitivity)
        deltas.append(delta)
        if index:
            sensitivity = input_sensitivity(layer, layer_tape.features, delta)
    return deltas[::-1]


def weight_gradient(
    layer: Layer, design: Design, delta: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return the gradient of a layer's edge weights (n_edges, m) and biases (q,)."""
    p, m, q = layer.weights.shape
    by_edge = (design.T @ delta).reshape(p, m, q).transpose(0, 2, 1)
    if not layer.edges.all():
        return by_edge[layer.edges], delta.sum(axis=0)
    return by_edge.reshape(-1, m), delta.sum(axis=0)


def input_sensitivity(layer: Layer, features: Features, delta: np.ndarray) -> np.ndarray:
    """Carry a sensitivity of a layer's outputs (n, q) back to its input nodes (n, p).

    With few outputs the slope of every edge at every row is cheaper; with many, one product
    with the weights, of which the few entries under each row's features are picked.
    """
    n, p, lanes = features.columns.shape
    slopes = features.derivatives[1]
    if layer.n_outputs == 1:
        return (features.by_node(1) @ layer.matrix).reshape(n, p) * delta
    spread = delta @ layer.matrix.T
    picked = features.columns + (np.arange(n) * spread.shape[1])[:, None, None]
    local = spread.reshape(-1).take(picked)
    local *= slopes
    return local @ np.ones(lanes)


def predict(network: Network, x: np.ndarray, block_size: int | None = None) -> np.ndarray:
    """Return the raw predictions (n, n_outputs) at rows x (n, n_inputs), block by block."""
    raw = np.empty((len(x), network.n_outputs))
    for rows in row_blocks(network, len(x), block_size):
        raw[rows] = forward(network, inputs_at(network, x[rows]))[0]
    return raw


def row_blocks(network: Network, n_rows: int, block_size: int | None = None) -> list[slice]:
    """Cut n rows into blocks; by default so that one block's features stay in the cache."""
    if block_size is None:
        widest = max(layer.n_inputs * layer.basis.n_features for layer in network.layers)
        block_size = max(128, _BLOCK_NUMBERS // max(widest, 1))
    return [slice(start, start + block_size) for start in range(0, n_rows, block_size)]


# Numbers in the widest feature matrix of a block: 2 MB of float64.
_BLOCK_NUMBERS = 2**18
