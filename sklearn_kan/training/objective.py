"""The objective: a pure function of the flat parameter vector, a sum over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..network import (
    Inputs,
    Network,
    backward,
    forward,
    inputs_at,
    row_blocks,
    without_far,
)
from ..network.network import pack
from .losses import Loss
from .penalties import LayerPenalty, LayerSparsity


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows to fit: x (n, p) and y (n, q), both scaled, and their weights (n,).

    Rows of weight zero are left out before they get here.
    """

    x: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    @property
    def total_weight(self) -> float:
        """The sum of the weights; the number of rows where each weighs one."""
        return float(self.weights.sum())

    def take(self, index: np.ndarray | slice) -> Rows:
        """Return some of the rows, by index, mask or slice."""
        return Rows(self.x[index], self.y[index], self.weights[index])

    def near(self, others: Rows) -> Rows:
        """Return the rows, what is far beyond other rows in a column put at their ends of it.

        How curves go on there says nothing about how well they do.
        """
        x = without_far(self.x, others.x.min(axis=0), others.x.max(axis=0))
        return Rows(x, self.y, self.weights)


# First-layer features are kept between evaluations while they take no more bytes than this.
_CACHE_BYTES = 2**28


class Blocks:
    """Blocks of rows with their first-layer features, computed once where memory allows.

    Parameters
    ----------
    network : Network
        Gives the first layer's basis; its weights do not matter.
    rows : Rows
    block_size : int or None
        Rows a block; by default what keeps a block's features in the cache.
    """

    def __init__(self, network: Network, rows: Rows, block_size: int | None = None) -> None:
        self.rows = rows
        self._network = network
        self._slices = row_blocks(network, len(rows.x), block_size)
        # Eight bytes a feature; beyond about 30 a node they are kept sparse, see `Features.design`.
        features = min(network.layers[0].basis.n_features, 30) * network.n_inputs
        keep = len(rows.x) * features * 8 <= _CACHE_BYTES
        self._kept = [inputs_at(network, rows.x[s]) for s in self._slices] if keep else None

    def __iter__(self) -> Iterator[tuple[Inputs, slice]]:
        """Yield the first layer at each block, and which rows it holds."""
        for index, block in enumerate(self._slices):
            if self._kept is not None:
                yield self._kept[index], block
            else:
                yield inputs_at(self._network, self.rows.x[block]), block


@dataclass(frozen=True, eq=False)
class Objective:
    """``sum_i w_i loss_i / sum w + penalties / sum w + sparsity`` of a network's parameters.

    Parameters
    ----------
    network : Network
        The architecture and the bases; `value_gradient` puts other parameters in.
    blocks : Blocks
    loss : Loss
    penalties : tuple of LayerPenalty, one a layer of ``network.all_layers``
    sparsity : tuple of LayerSparsity, likewise, or empty
    """

    network: Network
    blocks: Blocks
    loss: Loss
    penalties: tuple[LayerPenalty, ...] = ()
    sparsity: tuple[LayerSparsity, ...] = ()

    def value_gradient(self, theta: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the objective and its gradient at `theta`."""
        trial = self.network.with_theta(theta)
        rows = self.blocks.rows
        value, gradient = 0.0, np.zeros_like(theta)
        for inputs, block in self.blocks:
            block_value, block_gradient = loss_gradient(trial, inputs, rows.take(block), self.loss)
            value += block_value
            gradient += block_gradient
        penalty, slope = penalty_gradient(self.penalties, trial)
        sparsity, sparse_slope = penalty_gradient(self.sparsity, trial)
        total = rows.total_weight
        return (value + penalty) / total + sparsity, (gradient + slope) / total + sparse_slope


def loss_gradient(
    network: Network, inputs: Inputs, rows: Rows, loss: Loss
) -> tuple[float, np.ndarray]:
    """Return the weighted sum of the loss over a block of rows, and its gradient by theta."""
    raw, tape = forward(network, inputs)
    losses, sensitivity = loss.loss_gradient(rows.y, raw)
    sensitivity *= rows.weights[:, None]
    return float(rows.weights @ losses), backward(network, tape, sensitivity)


def penalty_gradient(
    terms: tuple[LayerPenalty | LayerSparsity, ...], network: Network
) -> tuple[float, np.ndarray | float]:
    """Return the sum of a penalty over the layers, and its gradient by theta."""
    if not terms:
        return 0.0, 0.0
    value, parts = 0.0, []
    for term, layer in zip(terms, network.all_layers, strict=True):
        layer_value, gradient = term.value_gradient(layer.weights)
        value += layer_value
        by_edge = gradient.transpose(0, 2, 1)[layer.edges]
        parts.append((by_edge, np.zeros(layer.n_outputs)))
    return value, pack(network, parts)


@np.errstate(over="ignore", invalid="ignore")
def mean_loss(network: Network, rows: Rows, loss: Loss) -> float:
    """Return the weighted mean of the loss at some rows, without penalties.

    Not finite where a raw prediction is too large, or none; the callers compare.
    """
    total = 0.0
    for block in row_blocks(network, len(rows.x)):
        raw = forward(network, inputs_at(network, rows.x[block]))[0]
        total += float(rows.weights[block] @ loss.value(rows.y[block], raw))
    return total / rows.total_weight


def constant_loss(rows: Rows, loss: Loss) -> float:
    """Return the weighted mean of the loss of the best constant."""
    constant = np.broadcast_to(loss.best_constant(rows.y, rows.weights), rows.y.shape)
    return float(np.average(loss.value(rows.y, constant), weights=rows.weights))
