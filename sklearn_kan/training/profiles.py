"""Quantiles of every node over the training rows.

Beside the moments they are what stays of the rows in a fitted model: where each edge function
was seen, and how densely. Figures are drawn over them, and formulas fitted. Between the values of
a node quantiles are interpolated, unless its values are few: then the profile consists of them.
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
# Of at most so many values a node's profile consists of them.
MOST_VALUES = 8
# Values closer than this share of their range are one value.
_SAME = 1e-10


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
        quantiles at equal steps from the smallest value to the largest. Of few values each is
        in it once at least, however rare it is, else by its share of the weight.
    """
    sample = sample_rows(rows, _MOST_ROWS, np.random.default_rng(0))  # the same each time
    shares = np.linspace(0.0, 1.0, N_QUANTILES)
    inputs = layer_inputs(network, sample.x)
    profiles = [weighted_quantiles(nodes, sample.weights, shares) for nodes in inputs]
    profiles[0][:, 0], profiles[0][:, -1] = rows.x.min(axis=0), rows.x.max(axis=0)
    # Rare values of a column are looked for in all rows.
    inputs[0], weights = rows.x, [rows.weights, *[sample.weights] * (len(inputs) - 1)]
    for profile, nodes, each in zip(profiles, inputs, weights, strict=True):
        for node, values in enumerate(nodes.T):
            steps = _steps(values, each)
            if steps is not None:
                profile[node] = steps
    found = [read_only(profile) for profile in profiles]
    return tuple(found if network.direct is None else [*found, found[0]])


def _steps(values: np.ndarray, weights: np.ndarray) -> np.ndarray | None:
    """Return the profile of a node of few values, None for others.

    Parameters
    ----------
    values, weights : ndarray of shape (n,)
    """
    least = _SAME * np.ptp(values)
    if (np.diff(np.unique(values[: 8 * MOST_VALUES])) > least).sum() >= MOST_VALUES:
        return None  # most columns end here
    distinct, index = np.unique(values, return_inverse=True)
    apart = np.diff(distinct) > least
    group = np.concatenate([[0], np.cumsum(apart)])
    mass = np.bincount(group[index], weights)
    if not 1 < len(mass) <= MOST_VALUES:
        return None
    times = np.maximum(np.rint(mass / mass.sum() * N_QUANTILES), 1.0).astype(int)
    times[times.argmax()] += N_QUANTILES - times.sum()
    return np.repeat(distinct[np.concatenate([[True], apart])], times)


def layer_inputs(network: Network, x: np.ndarray) -> list[np.ndarray]:
    """Return the values (n, p) of each layer's input nodes, block by block."""
    hidden = network.layers[:-1]
    nodes = [np.empty((len(x), layer.n_nodes)) for layer in hidden]
    for block in row_blocks(network, len(x)) if hidden else []:
        tape = forward(network, inputs_at(network, x[block]))[1]
        for layer, layer_tape, values in zip(hidden, tape, nodes, strict=False):
            values[block] = combine(layer, layer_tape.outputs)
    return [x, *nodes]
