"""Grids that follow the data while a network is trained."""

from __future__ import annotations

import numpy as np

from ..network import Network, combine, cover, refine, without_bends
from .initialise import HIDDEN_MARGIN, layer_outputs
from .objective import Rows

# A hidden grid is moved when activations leave it by more than this share of its width, or
# use less than that share of it.
_DRIFT, _USED = 0.02, 0.6
_CONSTANT = 1e-9


def node_values(network: Network, index: int, x: np.ndarray) -> np.ndarray:
    """Return the values (n, p) of the input nodes of ``layers[index]`` at rows x."""
    nodes = x
    for layer in network.layers[:index]:
        nodes = combine(layer, layer_outputs(layer, nodes))
    return nodes


def follow(network: Network, sample: Rows, grid_eps: float) -> Network:
    """Move the hidden grids that their activations have outgrown, or shrunk away from."""
    for index in range(1, len(network.layers)):
        nodes = node_values(network, index, sample.x)
        breaks = network.layers[index].basis.breaks
        width = breaks[:, -1] - breaks[:, 0]
        low, high = nodes.min(axis=0), nodes.max(axis=0)
        outgrown = (low < breaks[:, 0] - _DRIFT * width) | (high > breaks[:, -1] + _DRIFT * width)
        # Constant nodes use nothing of any grid: they keep one that holds them.
        idle = (high - low < _USED * width) & (high - low > _CONSTANT)
        if (outgrown | idle).any():
            network = _move(network, index, nodes, sample, grid_eps)
    return network


def _move(
    network: Network,
    index: int,
    nodes: np.ndarray,
    sample: Rows,
    grid_eps: float,
    grid_size: int | None = None,
) -> Network:
    margin = HIDDEN_MARGIN if index else 0.0
    return cover(
        network,
        index,
        nodes,
        sample.weights,
        grid_size=grid_size,
        grid_eps=grid_eps,
        margin=margin,
    )


def to_grid_size(network: Network, grid_size: int, sample: Rows, grid_eps: float) -> Network:
    """Bring every grid to `grid_size` intervals: exactly where they nest, else projected."""
    network = without_bends(network)
    if network.grid_size == grid_size:
        return network
    if grid_size % network.grid_size == 0:
        return refine(network, grid_size)
    for index in range(len(network.layers)):
        nodes = node_values(network, index, sample.x)
        network = _move(network, index, nodes, sample, grid_eps, grid_size)
    return network


def sample_rows(rows: Rows, largest: int, rng: np.random.Generator) -> Rows:
    """Return all rows, or a random choice of `largest` of them, and those at columns' ends."""
    if len(rows.x) <= largest:
        return rows
    chosen = rng.choice(len(rows.x), largest, replace=False)
    return rows.take(np.union1d(chosen, end_rows(rows)))


def end_rows(rows: Rows) -> np.ndarray:
    """Return the indices of the rows with the smallest and the largest value of each column."""
    return np.unique(np.concatenate([rows.x.argmin(axis=0), rows.x.argmax(axis=0)]))
