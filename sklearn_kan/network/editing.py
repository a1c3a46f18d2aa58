"""Operations that change what a network is made of: edges, nodes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis
from .curves import curve_outputs, renumbered
from .features import evaluate
from .layer import Layer
from .network import Network


def remove_edges(
    network: Network,
    index: int,
    gone: np.ndarray,
    means: np.ndarray,
    curve_means: np.ndarray | None = None,
) -> Network:
    """Remove edges of one layer and keep their means in the biases.

    Parameters
    ----------
    network : Network
    index : int
        Which of ``network.all_layers``; the last one may be the direct one, whose means go to
        the bias of the last layer in the row.
    gone : ndarray of shape (p, q), bool
    means : ndarray of shape (p, m)
        The mean of each feature, over whatever rows the edges' means are wanted.
    curve_means : ndarray of shape (p, q) or None
        The mean of each curve over the same rows; None for zeros, all that can be said where
        there are no curves.

    Returns
    -------
    Network
        Nodes that are left without edges stay; see `drop_dangling`.
    """
    layers = list(network.all_layers)
    layer = layers[index]
    curves = tuple(edge for edge in layer.curves if not gone[edge.input, edge.output])
    lost = np.einsum("pm,pmq,pq->q", means, layer.weights, gone & layer.edges)
    if curve_means is not None:
        lost += np.where(gone & layer.present & ~layer.edges, curve_means, 0.0).sum(axis=0)
    gone = gone & layer.edges
    weights = np.where(gone[:, None, :], 0.0, layer.weights)
    layers[index] = replace(layer, weights=weights, edges=layer.edges & ~gone, curves=curves)
    receiver = len(network.layers) - 1 if layer is network.direct else index
    layers[receiver] = replace(layers[receiver], bias=layers[receiver].bias + lost)
    return network.with_layers(layers)


def drop_dangling(network: Network) -> Network:
    """Drop hidden nodes that have no input or no output; predictions do not change.

    A node without inputs is a constant: what it passes on goes to the biases of the next
    layer. A product node goes where both factors are constants, or one is a constant zero. A
    hidden layer that loses its last node takes all others along: direct edges are left, or
    biases alone.
    """
    return _without_dangling(network)[0]


def kept_nodes(network: Network) -> list[np.ndarray]:
    """Return which nodes of each hidden layer `drop_dangling` keeps, as masks."""
    kept = _without_dangling(network)[1]
    return [
        np.isin(np.arange(layer.n_nodes), numbers)
        for layer, numbers in zip(network.layers[:-1], kept, strict=True)
    ]


def _without_dangling(network: Network) -> tuple[Network, list[np.ndarray]]:
    """Return the network without dangling nodes, and the numbers of those that stay."""
    kept = [np.arange(layer.n_nodes) for layer in network.layers[:-1]]
    index = 0
    while index < len(network.layers) - 1:
        layer, following = network.layers[index], network.layers[index + 1]
        keep = _is_fed(layer) & following.present.any(axis=1)
        if keep.all():
            index += 1
            continue
        network = _keep_nodes(network, index, keep)
        kept[index] = kept[index][keep]
        if keep.any():
            index = max(index - 1, 0)
        elif index < len(network.layers) - 2:
            index += 1  # the next layer is constant now: it goes too, and its constants on
        else:
            return _without_row(network), [numbers[:0] for numbers in kept]
    return network, kept


def _is_fed(layer: Layer) -> np.ndarray:
    """Tell which nodes vary; a product needs one sub-node that does, and no constant zero."""
    fed = layer.present.sum(axis=0) > 0
    sums = layer.n_sums
    not_zero = fed | (layer.bias != 0.0)
    product = (fed[sums::2] & not_zero[sums + 1 :: 2]) | (not_zero[sums::2] & fed[sums + 1 :: 2])
    return np.concatenate([fed[:sums], product])


def _keep_nodes(network: Network, index: int, keep: np.ndarray) -> Network:
    """Drop the other nodes of a hidden layer, what constant ones pass on goes to the biases."""
    layer, following = network.layers[index], network.layers[index + 1]
    constants = node_constants(layer)
    passed = evaluate(following.basis, constants[None]).by_row().toarray()
    passed = passed.reshape(following.n_inputs, -1)
    idle = ~keep
    bias = following.bias + np.einsum("pm,pmq->q", passed[idle], following.weights[idle])
    from_idle = tuple(edge for edge in following.curves if idle[edge.input])
    if from_idle:
        bias += curve_outputs(from_idle, constants[None], len(bias))[0]
    sums = layer.n_sums
    keep_outputs = np.concatenate([keep[:sums], np.repeat(keep[sums:], 2)])
    layers = list(network.layers)
    layers[index] = replace(
        layer,
        weights=layer.weights[:, :, keep_outputs],
        bias=layer.bias[keep_outputs],
        edges=layer.edges[:, keep_outputs],
        n_products=int(keep[sums:].sum()),
        curves=renumbered(layer.curves, output_order=np.flatnonzero(keep_outputs)),
    )
    layers[index + 1] = replace(
        following,
        basis=following.basis.take(keep),
        weights=following.weights[keep],
        bias=bias,
        edges=following.edges[keep],
        curves=renumbered(following.curves, input_order=np.flatnonzero(keep)),
    )
    return Network(tuple(layers), network.direct)


def node_constants(layer: Layer) -> np.ndarray:
    """Return each node's value where its edges give nothing: its bias, or product of biases."""
    sums = layer.n_sums
    return np.concatenate([layer.bias[:sums], layer.bias[sums::2] * layer.bias[sums + 1 :: 2]])


def _without_row(network: Network) -> Network:
    """Reduce a network whose last hidden layers feed nothing to direct edges, or a constant."""
    bias = network.layers[-1].bias
    direct = network.direct
    if direct is None:
        first = network.layers[0]
        p, q = first.n_inputs, len(bias)
        weights = np.zeros((p, first.basis.n_features, q))
        return Network((Layer(first.basis, weights, bias, np.zeros((p, q), bool)),))
    return Network((replace(direct, bias=bias),))


def widen(
    network: Network,
    index: int,
    incoming: np.ndarray,
    knots: np.ndarray,
    *,
    outgoing: np.ndarray | None = None,
    n_products: int = 0,
) -> Network:
    """Add nodes to a hidden layer.

    Parameters
    ----------
    network : Network
    index : int
        A hidden layer, 0 to ``len(layers) - 2``.
    incoming : ndarray of shape (p, m, s + 2t)
        Weights into s new sum nodes and the pairs of sub-nodes of t new product nodes.
    knots : ndarray of shape (s + t, G + 2k + 1)
        Knots of the new nodes in the next layer.
    outgoing : ndarray of shape (s + t, m', q') or None
        Weights to the next layer; None for zeros, which leave the function as it is.
    n_products : int
        t.
    """
    layer, following = network.layers[index], network.layers[index + 1]
    n_new = len(knots)
    if outgoing is None:
        outgoing = np.zeros((n_new, *following.weights.shape[1:]))
    layers = list(network.layers)
    layers[index] = _add_outputs(layer, incoming, n_products)
    old = following.basis
    base_map = np.tile([1.0, 0.0], (n_new, 1))
    order = _sums_first(layer.n_sums, layer.n_products, n_new - n_products, n_products)
    basis = Basis(
        np.concatenate([old.knots, knots])[order],
        old.degree,
        old.base,
        np.concatenate([old.base_map, base_map])[order],
        old.n_bends,
    )
    edges = np.concatenate([following.edges, np.ones((n_new, following.n_outputs), bool)])
    layers[index + 1] = replace(
        following,
        basis=basis,
        weights=np.concatenate([following.weights, outgoing])[order],
        edges=edges[order],
        curves=renumbered(following.curves, input_order=order),
    )
    return Network(tuple(layers), network.direct)


def _add_outputs(layer: Layer, incoming: np.ndarray, n_products: int) -> Layer:
    n_new = incoming.shape[2]
    order = _sums_first(layer.n_sums, 2 * layer.n_products, n_new - 2 * n_products, 2 * n_products)
    edges = np.concatenate([layer.edges, np.ones((layer.n_inputs, n_new), bool)], axis=1)
    return replace(
        layer,
        weights=np.concatenate([layer.weights, incoming], axis=2)[:, :, order],
        bias=np.concatenate([layer.bias, np.zeros(n_new)])[order],
        edges=edges[:, order],
        n_products=layer.n_products + n_products,
        curves=renumbered(layer.curves, output_order=order),
    )


def _sums_first(n_sums: int, n_products: int, new_sums: int, new_products: int) -> np.ndarray:
    """Return the order that puts all sums before all products.

    The entries stand as old sums, old products, new sums, new products.
    """
    is_product = np.repeat([False, True, False, True], [n_sums, n_products, new_sums, new_products])
    return np.argsort(is_product, kind="stable")
