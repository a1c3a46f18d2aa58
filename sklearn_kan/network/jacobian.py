"""Derivatives of the raw predictions: by the parameters, or by the inputs."""

from __future__ import annotations

import numpy as np

from .curves import curve_derivatives
from .features import evaluate
from .layer import Layer, combine
from .network import Network
from .passes import LayerTape, sensitivities


def jacobian(network: Network, tape: list[LayerTape]) -> np.ndarray:
    """Return the Jacobian of the raw predictions with respect to `theta` at a block of rows.

    Parameters
    ----------
    network : Network
    tape : list of LayerTape
        From `forward` of this network at n rows.

    Returns
    -------
    ndarray of shape (n, n_outputs, n_parameters)
        Per layer the Khatri-Rao product of features and back-propagated sensitivities. Large:
        cut the rows into blocks.
    """
    n, n_outputs = len(tape[0].outputs), network.n_outputs
    result = np.zeros((n, n_outputs, network.n_parameters))
    dense = [layer_tape.at_rows.dense() for layer_tape in tape]
    for output in range(n_outputs):
        seed = np.zeros((n, n_outputs))
        seed[:, output] = 1.0
        deltas = sensitivities(network, tape, seed)
        start = 0
        for layer, features, delta in zip(network.layers, dense, deltas, strict=True):
            start = _fill(result[:, output], start, layer, features, delta)
            stop = start + layer.n_outputs
            result[:, output, start:stop] = delta
            start = stop
        if network.direct is not None:
            _fill(result[:, output], start, network.direct, dense[0], seed)
    return result


def _fill(
    rows: np.ndarray, start: int, layer: Layer, features: np.ndarray, delta: np.ndarray
) -> int:
    """Write features * delta of each edge that is there; return where the next part starts."""
    by_node = features.reshape(len(features), layer.n_inputs, -1)
    inputs, outputs = np.nonzero(layer.edges)
    stop = start + len(inputs) * by_node.shape[2]
    products = by_node[:, inputs] * delta[:, outputs, None]
    rows[:, start:stop] = products.reshape(len(rows), -1)
    return stop


def input_derivatives(
    network: Network, x: np.ndarray, order: int = 1
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return the raw predictions and their derivatives by the inputs.

    Values, gradients and Hessians are carried forward through the layers.

    Parameters
    ----------
    network : Network
    x : ndarray of shape (n, p)
    order : {1, 2}

    Returns
    -------
    raw : ndarray of shape (n, q)
    gradient : ndarray of shape (n, q, p)
    hessian : ndarray of shape (n, q, p, p) or None
        None for order 1.
    """
    n, p = x.shape
    nodes = x
    gradient = np.broadcast_to(np.eye(p), (n, p, p))
    hessian = np.zeros((n, p, p, p)) if order > 1 else None
    for layer in network.layers:
        outputs, gradient, hessian = _through_edges(layer, nodes, gradient, hessian)
        gradient, hessian = _through_products(layer, outputs, gradient, hessian)
        nodes = combine(layer, outputs)
    if network.direct is not None:
        start = np.broadcast_to(np.eye(p), (n, p, p))
        flat = np.zeros((n, p, p, p)) if order > 1 else None
        outputs, direct_gradient, direct_hessian = _through_edges(network.direct, x, start, flat)
        nodes = nodes + outputs
        gradient = gradient + direct_gradient
        if hessian is not None and direct_hessian is not None:
            hessian = hessian + direct_hessian
    return nodes, gradient, hessian


def _through_edges(
    layer: Layer, nodes: np.ndarray, gradient: np.ndarray, hessian: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Apply the chain rule to z_j = bias_j + sum_i phi_ij(h_i)."""
    n, p = nodes.shape
    order = 2 if hessian is not None else 1
    features = evaluate(layer.basis, nodes, order)
    outputs = features.by_row() @ layer.matrix + layer.bias
    slopes = (features.by_node(1) @ layer.matrix).reshape(n, p, -1)
    curves = curve_derivatives(layer.curves, nodes, layer.n_outputs, order) if layer.curves else []
    if curves:
        outputs, slopes = outputs + curves[0].sum(axis=1), slopes + curves[1]
    new_gradient = np.einsum("nij,nia->nja", slopes, gradient)
    if hessian is None:
        return outputs, new_gradient, None
    curvatures = (features.by_node(2) @ layer.matrix).reshape(n, p, -1)
    if curves:
        curvatures += curves[2]
    squares = np.einsum("nij,nia,nib->njab", curvatures, gradient, gradient, optimize=True)
    return outputs, new_gradient, squares + np.einsum("nij,niab->njab", slopes, hessian)


def _through_products(
    layer: Layer, outputs: np.ndarray, gradient: np.ndarray, hessian: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray | None]:
    """Apply the product rule to the pairs of sub-nodes."""
    if not layer.n_products:
        return gradient, hessian
    sums = layer.n_sums
    left, right = outputs[:, sums::2, None], outputs[:, sums + 1 :: 2, None]
    by_left, by_right = gradient[:, sums::2], gradient[:, sums + 1 :: 2]
    products = by_left * right + left * by_right
    new_gradient = np.concatenate([gradient[:, :sums], products], axis=1)
    if hessian is None:
        return new_gradient, None
    mixed = by_left[..., :, None] * by_right[..., None, :]
    curved = hessian[:, sums::2] * right[..., None] + left[..., None] * hessian[:, sums + 1 :: 2]
    curved += mixed + mixed.swapaxes(2, 3)
    return new_gradient, np.concatenate([hessian[:, :sums], curved], axis=1)
