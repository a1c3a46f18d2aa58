"""Other units of inputs, hidden nodes or outputs, the function kept."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis
from .features import evaluate
from .layer import Layer
from .network import Network


def renormalise(network: Network, index: int, shift: np.ndarray, scale: np.ndarray) -> Network:
    """Replace each output z of ``layers[index]`` by (z - shift) / scale, exactly.

    The incoming weights, curves and biases are divided; the knots, the argument of the base
    function and those of the curves of the next layer follow: predictions do not change beyond
    rounding.

    Parameters
    ----------
    network : Network
    index : int
        A hidden layer, 0 to ``len(layers) - 2``.
    shift : ndarray of shape (q,)
        Zero on sub-nodes, which can only be scaled: a shift would change the product.
    scale : ndarray of shape (q,)
        Positive; a product node is divided by both of its sub-nodes' scales.
    """
    layer, following = network.layers[index], network.layers[index + 1]
    sums = layer.n_sums
    node_shift = np.concatenate([shift[:sums], np.zeros(layer.n_products)])
    node_scale = np.concatenate([scale[:sums], scale[sums::2] * scale[sums + 1 :: 2]])
    layers = list(network.layers)
    layers[index] = replace(_divided(layer, scale), bias=(layer.bias - shift) / scale)
    layers[index + 1] = _of_scaled_nodes(following, node_shift, node_scale)
    return Network(tuple(layers), network.direct)


def rescale_inputs(network: Network, shift: np.ndarray, scale: np.ndarray) -> Network:
    """Return the network of inputs (x - shift) / scale that computes the same, exactly.

    Parameters
    ----------
    network : Network
    shift, scale : ndarray of shape (p,)
        Scales are positive.
    """
    first, *others = network.layers
    first = _of_scaled_nodes(first, shift, scale)
    direct = network.direct
    if direct is not None:
        direct = replace(_of_scaled_nodes(direct, shift, scale), basis=first.basis)
    return Network((first, *others), direct)


def rescale_outputs(network: Network, shift: np.ndarray, scale: np.ndarray) -> Network:
    """Return the network whose raw predictions z are (z - shift) / scale.

    Parameters
    ----------
    network : Network
    shift : ndarray of shape (q,)
    scale : ndarray of shape (q,)
        Infinite for a constant: the raw prediction becomes -shift.
    """
    *others, last = network.layers
    finite = np.isfinite(scale)
    bias = np.where(finite, (last.bias - shift) / scale, -shift)
    last = replace(_divided(last, scale), bias=bias)
    direct = None if network.direct is None else _divided(network.direct, scale)
    return Network((*others, last), direct)


def hold_inputs(network: Network, nodes: np.ndarray) -> Network:
    """Return the network that takes some inputs for zero, whatever comes.

    Parameters
    ----------
    network : Network
    nodes : ndarray of shape (p,), bool

    Returns
    -------
    Network
        Their edges are still there, of weight zero; their curves are constants.
    """
    first, constants = _held(network.layers[0], nodes)
    layers = [replace(first, bias=first.bias + constants), *network.layers[1:]]
    if network.direct is None:
        return Network(tuple(layers))
    direct, constants = _held(network.direct, nodes)
    layers[-1] = replace(layers[-1], bias=layers[-1].bias + constants)
    return Network(tuple(layers), direct)


def _held(layer: Layer, nodes: np.ndarray) -> tuple[Layer, np.ndarray]:
    """Return a layer without what some nodes send, and what they send at zero (q,)."""
    features = evaluate(layer.basis, np.zeros((1, layer.n_inputs))).by_row().toarray()
    features = features.reshape(layer.n_inputs, -1)[nodes]
    constants = np.einsum("pm,pmq->q", features, layer.weights[nodes])
    weights = np.where(nodes[:, None, None], 0.0, layer.weights)
    curves = tuple(
        replace(edge, curve=edge.curve.after(0.0, 0.0)) if nodes[edge.input] else edge
        for edge in layer.curves
    )
    return replace(layer, weights=weights, curves=curves), constants


def _divided(layer: Layer, scale: np.ndarray) -> Layer:
    """Divide what each output of a layer is made of, biases not."""
    return replace(
        layer,
        weights=layer.weights / scale,
        curves=tuple(edge.scaled(1.0 / float(scale[edge.output])) for edge in layer.curves),
    )


def _of_scaled_nodes(layer: Layer, shift: np.ndarray, scale: np.ndarray) -> Layer:
    """Return a layer of input nodes (x - shift) / scale that computes the same."""
    old = layer.basis
    map_scale, map_shift = old.base_map.T
    basis = Basis(
        (old.knots - shift[:, None]) / scale[:, None],
        old.degree,
        old.base,
        np.stack([map_scale * scale, map_shift + map_scale * shift], axis=1),
        old.n_bends,
        old.outer,
    )
    curves = tuple(
        replace(edge, curve=edge.curve.after(float(scale[edge.input]), float(shift[edge.input])))
        for edge in layer.curves
    )
    return replace(layer, basis=basis, curves=curves)
