"""Grids that follow the data while a network is trained."""

from __future__ import annotations

import numpy as np

from ...network import Network, combine, cover, extend_inputs, input_basis, refine, without_bends
from ..objective.objective import Rows
from .grid_rules import BATCHES, DESCENT
from .network import layer_outputs


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
        if DESCENT.is_outgrown(network.layers[index].basis.breaks, nodes).any():
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
    margin = DESCENT.margin if index else 0.0
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


# Grids of inputs are moved when an interval has so many times the rows of the fullest one of a
# grid laid over them.
_CROWDED = 1.5


def with_rows_before(network: Network, rows: Rows, weight: float, seen: np.ndarray) -> Rows:
    """Return rows without y: new ones, and some that stand for those of a weight seen before.

    Parameters
    ----------
    network : Network
        Fitted to the rows before: the breaks of its inputs' grids stand for them.
    rows : Rows
        The new ones.
    weight : float
    seen : ndarray of shape (2, p)
        The range that the inputs had.
    """
    before = np.clip(network.layers[0].basis.breaks.T, *seen)
    x = np.concatenate([before, rows.x])
    weights = np.full(len(before), weight / len(before))
    return Rows(x, np.zeros((len(x), 0)), np.concatenate([weights, rows.weights]))


def with_inputs_covered(
    network: Network, rows: Rows, pool: Rows, new: np.ndarray, grid_eps: float, *, evenly: bool
) -> Network:
    """Return the network with grids of the inputs over rows that are well beyond them.

    Parameters
    ----------
    network : Network
    rows : Rows
    pool : Rows
        What such grids are laid over: `rows` and others, see `with_rows_before`.
    new : ndarray of shape (p,), bool
        Inputs that get a grid in any case.
    grid_eps : float
    evenly : bool
        Whether grids are moved, too, of which one interval has far more rows than it need have.

    Returns
    -------
    Network
        Itself where no grid is moved; else curves are level beyond their old grids.
    """
    plain = without_bends(network)
    old = plain.layers[0].basis
    moved = new | BATCHES.is_outgrown(old.breaks, rows.x)
    if not (moved.any() or evenly):
        return network
    basis = input_basis(pool.x, pool.weights, old.n_intervals, old.degree, old.base, grid_eps)
    if evenly:
        moved |= _fullest(old.breaks, pool) > _CROWDED * _fullest(basis.breaks, pool)
    return extend_inputs(plain, moved, basis) if moved.any() else network


def _fullest(breaks: np.ndarray, rows: Rows) -> np.ndarray:
    """Return the largest weight (p,) of rows in one interval of each grid (p, G + 1)."""
    cells = [np.searchsorted(own[1:-1], x) for own, x in zip(breaks, rows.x.T, strict=True)]
    return np.array([np.bincount(cell, rows.weights).max() for cell in cells])


def with_hidden_covered(network: Network, rows: Rows, weight: float, grid_eps: float) -> Network:
    """Return the network with hidden grids that reach to values which are well beyond them.

    Parameters
    ----------
    network : Network
    rows : Rows
        New ones.
    weight : float
        Of the rows before, for which the breaks of the grids stand.
    grid_eps : float
    """
    for index in range(1, len(network.layers)):
        nodes, breaks = node_values(network, index, rows.x), network.layers[index].basis.breaks.T
        if BATCHES.is_outgrown(breaks.T, nodes).any():
            each = np.full(len(breaks), weight / len(breaks))
            network = cover(
                network,
                index,
                np.concatenate([breaks, nodes]),
                np.concatenate([each, rows.weights]),
                grid_eps=grid_eps,
                margin=BATCHES.margin,
            )
    return network
