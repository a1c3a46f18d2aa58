"""The same network on its inputs in another order."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .curves import renumbered
from .layer import Layer
from .network import Network


def with_inputs_in_order(network: Network, order: np.ndarray) -> Network:
    """Return the network that takes its inputs in another order.

    Parameters
    ----------
    network : Network
    order : ndarray of shape (p,), int
        Input i of the result is input ``order[i]`` of `network`.

    Returns
    -------
    Network
        ``predict(result, x[:, order])`` is ``predict(network, x)`` up to rounding.
    """
    first = _in_order(network.layers[0], order)
    direct = None if network.direct is None else _in_order(network.direct, order)
    if direct is not None:
        direct = replace(direct, basis=first.basis)
    return Network((first, *network.layers[1:]), direct)


def _in_order(layer: Layer, order: np.ndarray) -> Layer:
    return replace(
        layer,
        basis=layer.basis.take(order),
        weights=layer.weights[order],
        edges=layer.edges[order],
        curves=renumbered(layer.curves, input_order=order),
    )
