"""Quantiles of every node over the training rows.

Beside the moments they are what stays of the rows in a fitted model: where each edge function
was seen, and how densely. Figures are drawn over them, and formulas fitted.
"""

from __future__ import annotations

import numpy as np

from ..network import Network, combine, forward, inputs_at, row_blocks, weighted_quantiles
from ..network._value import read_only
from .grids import sample_rows
from .objective import Rows

N_QUANTILES = 201
# Quantiles are taken from a random choice of so many rows; the inputs' ends from all.
_MOST_ROWS = 20_000


def node_profiles(network: Network, rows: Rows) -> tuple[np.ndarray, ...]:
    """Return the quantiles of each layer's input nodes.

    Parameters
    ----------
    network : Network
    rows : Rows

    Returns
    -------
    tuple of ndarray of shape (p, N_QUANTILES)
        One a layer of ``network.all_layers``, read-only, in the network's units: weighted
        quantiles at equal steps from the smallest value to the largest.
    """
    sample = sample_rows(rows, _MOST_ROWS, np.random.default_rng(0))  # the same each time
    shares = np.linspace(0.0, 1.0, N_QUANTILES)
    profiles = [
        weighted_quantiles(nodes, sample.weights, shares)
        for nodes in layer_inputs(network, sample.x)
    ]
    profiles[0][:, 0], profiles[0][:, -1] = rows.x.min(axis=0), rows.x.max(axis=0)
    found = [read_only(profile) for profile in profiles]
    return tuple(found if network.direct is None else [*found, found[0]])


def layer_inputs(network: Network, x: np.ndarray) -> list[np.ndarray]:
    """Return the values (n, p) of each layer's input nodes, block by block."""
    hidden = network.layers[:-1]
    nodes = [np.empty((len(x), layer.n_nodes)) for layer in hidden]
    for block in row_blocks(network, len(x)) if hidden else []:
        tape = forward(network, inputs_at(network, x[block]))[1]
        for layer, layer_tape, values in zip(hidden, tape, nodes, strict=False):
            values[block] = combine(layer, layer_tape.outputs)
    return [x, *nodes]
