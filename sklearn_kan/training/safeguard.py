"""The last word on a fit: never worse than a constant on the rows it was fitted to."""

from __future__ import annotations

import numpy as np

from ..network import Network
from .losses import Loss
from .objective import Rows, constant_loss, mean_loss

# Losses this close are equal, absolutely and relatively: optimisers stop there.
_EQUAL = 1e-6
_HALVINGS = 100


def at_least_constant(network: Network, rows: Rows, loss: Loss) -> Network:
    """Return the network, shrunk towards the best constant if it fits the rows worse than that.

    Losses are convex in the raw prediction: halving its distance from the constant ends at or
    below the loss of the constant. A network that need not be shrunk is returned itself.
    """
    constant = loss.best_constant(rows.y, rows.weights)
    base = constant_loss(rows, loss)
    share = 1.0
    shrunk = network
    for _ in range(_HALVINGS):
        with np.errstate(over="ignore", invalid="ignore"):
            value = mean_loss(shrunk, rows, loss)
        if value <= base + _EQUAL * max(1.0, abs(base)):
            return shrunk
        share *= 0.5
        shrunk = _towards(network, constant, share)
    return _towards(network, constant, 0.0)


def explained_share(network: Network, rows: Rows, loss: Loss) -> float:
    """Return the share of the best constant's loss on some rows that a network takes away.

    All of it where there is next to none.
    """
    base = constant_loss(rows, loss)
    if base <= _EQUAL:
        return 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        return 1.0 - mean_loss(network, rows, loss) / base


def _towards(network: Network, constant: np.ndarray, share: float) -> Network:
    """Return the network of raw prediction ``constant + share * (raw - constant)``."""
    last = len(network.layers) - 1
    layer = network.layers[last]
    shrunk = network.replace_layer(
        last,
        weights=share * layer.weights,
        bias=constant + share * (layer.bias - constant),
        curves=tuple(edge.scaled(share) for edge in layer.curves),
    )
    direct = network.direct
    if direct is None:
        return shrunk
    return shrunk.replace_layer(
        last + 1,
        weights=share * direct.weights,
        curves=tuple(edge.scaled(share) for edge in direct.curves),
    )
