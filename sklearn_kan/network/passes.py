"""Passes through a network, forward or backward.

Layers of many outputs are matrix products, see `products`; those of few outputs are evaluated
edge by edge, see `pieces`. Nothing loops over rows or edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .curves import curve_outputs, curve_sensitivity
from .features import Design, evaluate
from .layer import Layer, combine, split_sensitivity
from .network import Network, pack
from .pieces import Pieces, pieces_at
from .products import Products, products_at

# Up to this many outputs `pieces` are faster than `products` (measured: 1.7 times at one).
_FEW_OUTPUTS = 2


@dataclass(frozen=True, eq=False)
class Inputs:
    """The feature matrix of some rows at the first layer; it does not depend on the weights.

    An optimiser that visits the same rows often keeps it, see `inputs_at`. Curves need the
    rows themselves too, x of shape (n, n_inputs).
    """

    design: Design
    x: np.ndarray


@dataclass(frozen=True, eq=False)
class LayerTape:
    """What the backward pass needs of one layer.

    Parameters
    ----------
    at_rows : Products or Pieces
        The layer's spline edges at the rows.
    outputs : ndarray of shape (n, q)
    nodes : ndarray of shape (n, p)
        Values of the input nodes.
    """

    at_rows: Products | Pieces
    outputs: np.ndarray
    nodes: np.ndarray


def inputs_at(network: Network, x: np.ndarray) -> Inputs:
    """Evaluate the first layer's features at rows x, of shape (n, n_inputs)."""
    n_outputs = network.layers[0].n_outputs
    if network.direct is not None:
        n_outputs += network.direct.n_outputs
    return Inputs(evaluate(network.layers[0].basis, x).design(n_outputs), x)


def forward(network: Network, inputs: Inputs) -> tuple[np.ndarray, list[LayerTape]]:
    """Return the raw predictions (n, n_outputs) and what `backward` needs."""
    at_rows: Products | Pieces = Products(network.layers[0], inputs.design)
    tape: list[LayerTape] = []
    nodes = inputs.x
    for index, layer in enumerate(network.layers):
        if index:
            at_rows = _at_nodes(layer, nodes)
        outputs = at_rows.outputs()
        outputs += layer.bias
        if layer.curves:
            outputs += curve_outputs(layer.curves, nodes, layer.n_outputs)
        tape.append(LayerTape(at_rows, outputs, nodes))
        nodes = combine(layer, outputs)
    if network.direct is not None:
        nodes = nodes + Products(network.direct, inputs.design).outputs()
        if network.direct.curves:
            nodes += curve_outputs(network.direct.curves, inputs.x, network.n_outputs)
    return nodes, tape


def _at_nodes(layer: Layer, nodes: np.ndarray) -> Products | Pieces:
    if layer.n_outputs <= _FEW_OUTPUTS:
        return pieces_at(layer, nodes)
    return products_at(layer, nodes)


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
    deltas = sensitivities(network, tape, sensitivity)
    parts = [
        (_by_edge(layer, layer_tape.at_rows.weight_gradient(delta)), delta.sum(axis=0))
        for layer, layer_tape, delta in zip(network.layers, tape, deltas, strict=True)
    ]
    if network.direct is not None:
        first = tape[0].at_rows
        assert isinstance(first, Products)
        gradient = Products(network.direct, first.design).weight_gradient(sensitivity)
        parts.append((_by_edge(network.direct, gradient), np.zeros(0)))
    return pack(network, parts)


def _by_edge(layer: Layer, gradient: np.ndarray) -> np.ndarray:
    """Pick from a gradient (p, m, q) the rows (n_edges, m) of the edges that are there."""
    by_edge = gradient.transpose(0, 2, 1)
    if layer.edges.all():
        return by_edge.reshape(-1, gradient.shape[1])
    return by_edge[layer.edges]


def sensitivities(
    network: Network, tape: list[LayerTape], sensitivity: np.ndarray
) -> list[np.ndarray]:
    """Carry a sensitivity of the raw predictions back to the outputs (n, q) of each layer."""
    deltas: list[np.ndarray] = []
    for index in range(len(network.layers) - 1, -1, -1):
        layer_tape = tape[index]
        delta = split_sensitivity(network.layers[index], layer_tape.outputs, sensitivity)
        deltas.append(delta)
        if index:
            sensitivity = layer_tape.at_rows.input_sensitivity(delta)
            curves = network.layers[index].curves
            if curves:
                sensitivity = sensitivity + curve_sensitivity(curves, layer_tape.nodes, delta)
    return deltas[::-1]


def predict(network: Network, x: np.ndarray, block_size: int | None = None) -> np.ndarray:
    """Return the raw predictions (n, n_outputs) at rows x (n, n_inputs), block by block."""
    raw = np.empty((len(x), network.n_outputs))
    for rows in row_blocks(network, len(x), block_size):
        raw[rows] = forward(network, inputs_at(network, x[rows]))[0]
    return raw


def row_blocks(network: Network, n_rows: int, block_size: int | None = None) -> list[slice]:
    """Cut n rows into blocks; by default so that what a pass allocates stays in the cache."""
    if block_size is None:
        widest = max(_numbers_a_row(network, index) for index in range(len(network.layers)))
        block_size = max(128, _BLOCK_NUMBERS // max(widest, 1))
    return [slice(start, start + block_size) for start in range(0, n_rows, block_size)]


# Numbers that a pass allocates for one layer of a block: 4 MB of float64. Measured: with half
# as many NumPy's overhead a call is felt, with four times as many cache misses are.
_BLOCK_NUMBERS = 2**19


def _numbers_a_row(network: Network, index: int) -> int:
    """Return about how many numbers a pass allocates for a row of one layer."""
    layer = network.layers[index]
    m = layer.basis.n_features
    if index == 0:
        return layer.n_inputs * min(m, 30)
    if layer.n_outputs <= _FEW_OUTPUTS:
        return layer.n_inputs * 20
    return layer.n_inputs * (2 * m + 30)
