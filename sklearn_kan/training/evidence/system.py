"""The Gauss-Newton system of a network in coordinates, accumulated over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ...network import Inputs, Network, combine, evaluate, forward, sensitivities
from ...network.features import Design
from ...network.passes import LayerTape
from ..coordinates.chart import Chart
from ..objective.losses import Loss
from ..objective.objective import Blocks
from ..objective.softmax import Shared, coupled_curvature


@dataclass(frozen=True, eq=False)
class System:
    """Loss, gradient and curvature at a point, sums over the weighted rows.

    Parameters
    ----------
    loss : float
    gradient : ndarray of shape (P,)
    curvature : ndarray of shape (P, P)
        J' W J with W the loss's Hessian by the raw predictions.
    pulls : tuple of ndarray of shape (R, q), one a hidden layer
        Covariance of a layer's columns with its outputs: half the gradient of the variance
        of each output by its coordinates.
    """

    loss: float
    gradient: np.ndarray
    curvature: np.ndarray
    pulls: tuple[np.ndarray, ...]


def linearise(
    chart: Chart,
    network: Network,
    blocks: Blocks,
    loss: Loss,
    kept: list[np.ndarray] | None = None,
) -> System:
    """Return the system at a point; one block of the Jacobian at a time.

    Parameters
    ----------
    chart : Chart
    network : Network
        ``chart.to_network(beta)``.
    blocks : Blocks
    loss : Loss
    kept : list of ndarray of shape (n_block, R) or None
        The columns of the first layer at each block, if they are at hand: they do not depend
        on beta, see `first_columns`.
    """
    size = chart.size
    value, gradient, curvature = 0.0, np.zeros(size), np.zeros((size, size))
    pulls = [np.zeros(active.shape) for active in chart.active[: chart.n_hidden]]
    for number, (inputs, block) in enumerate(blocks):
        rows = blocks.rows.take(block)
        raw, tape = forward(network, inputs)
        first = chart.coordinates[0].columns_at(inputs.design) if kept is None else kept[number]
        columns = [first, *_later_columns(chart, network, tape)]
        losses, slope = loss.loss_gradient(rows.y, raw)
        value += float(rows.weights @ losses)
        slope = rows.weights[:, None] * slope
        if loss.couples_outputs:
            shared, own = _derivatives(chart, network, tape, columns)
            order = np.concatenate([np.arange(_n_shared(chart)), *own_entries(chart)])
            pulls_own = [values.T @ pull for values, pull in zip(own, slope.T, strict=True)]
            gradient[order] += np.concatenate([shared.pulled(slope), *pulls_own])
            block_curvature = coupled_curvature(shared, own, loss.inverse_link(raw), rows.weights)
            curvature[np.ix_(order, order)] += block_curvature
        else:
            hessian = rows.weights[:, None] * loss.hessian(rows.y, raw)
            jacobians = _jacobians(chart, network, tape, columns)
            for jacobian, pull, weights in zip(jacobians, slope.T, hessian.T, strict=True):
                gradient[jacobian.entries] += jacobian.values.T @ pull
                gram = _gram(jacobian.values, weights)
                if len(gram) == size:
                    curvature += gram
                else:
                    curvature[np.ix_(jacobian.entries, jacobian.entries)] += gram
        for index, total_pull in enumerate(pulls):
            total_pull += columns[index].T @ (rows.weights[:, None] * tape[index].outputs)
    total = blocks.rows.total_weight
    return System(value, gradient, curvature, tuple(pull / total for pull in pulls))


def first_columns(chart: Chart, blocks: Blocks) -> list[np.ndarray] | None:
    """Return the first layer's columns at each block, or None where they would be too many."""
    n_columns = len(chart.coordinates[0].node)
    if len(blocks.rows.x) * n_columns * 8 > _KEPT_BYTES:
        return None
    return [chart.coordinates[0].columns_at(inputs.design) for inputs, _ in blocks]


_KEPT_BYTES = 2**28


def _later_designs(network: Network, tape: list[LayerTape]) -> list[Design]:
    """Return the feature matrices of the layers after the first at a block's rows."""
    designs = []
    for index, layer in enumerate(network.layers[1:]):
        nodes = combine(network.layers[index], tape[index].outputs)
        designs.append(evaluate(layer.basis, nodes).by_row())
    return designs


def _later_columns(chart: Chart, network: Network, tape: list[LayerTape]) -> list[np.ndarray]:
    designs = _later_designs(network, tape)
    later = chart.coordinates[1 : len(designs) + 1]
    return [c.columns_at(design) for c, design in zip(later, designs, strict=True)]


@dataclass(frozen=True, eq=False)
class Jacobian:
    """Derivatives (n, r) of one raw prediction by the entries of beta it depends on (r,)."""

    entries: np.ndarray
    values: np.ndarray


def _jacobians(
    chart: Chart, network: Network, tape: list[LayerTape], columns: list[np.ndarray]
) -> Iterator[Jacobian]:
    """Yield the Jacobian of each raw prediction."""
    shared, own = _derivatives(chart, network, tape, columns)
    first = np.arange(_n_shared(chart))
    for sensitivity, values, entries in zip(
        shared.sensitivities, own, own_entries(chart), strict=True
    ):
        yield Jacobian(
            np.concatenate([first, entries]),
            np.concatenate([*shared.pieces(sensitivity), values], axis=1),
        )


def _derivatives(
    chart: Chart, network: Network, tape: list[LayerTape], columns: list[np.ndarray]
) -> tuple[Shared, list[np.ndarray]]:
    """Return the derivatives by the parameters of hidden layers, and by each output's own ones."""
    n, n_outputs = len(columns[0]), network.n_outputs
    chosen = [_chosen_columns(layer, chart.active[i]) for i, layer in enumerate(columns)]
    ones = np.ones((n, 1))
    hidden: list[np.ndarray] = []
    targets: list[slice] = []
    for index in range(chart.n_hidden):
        hidden += [*chosen[index], *([ones] * chart.free_biases(index))]
        targets += [slice(None), slice(network.layers[index].n_sums, None)]
    sensitivity = np.empty((n_outputs, len(hidden), n))
    for output in range(n_outputs if hidden else 0):
        seed = np.zeros((n, n_outputs))
        seed[:, output] = 1.0
        deltas = sensitivities(network, tape, seed)
        both = [delta for delta in deltas[: chart.n_hidden] for _ in range(2)]
        parts = [delta.T[target] for delta, target in zip(both, targets, strict=True)]
        sensitivity[output] = np.concatenate(parts)
    lasts = [chosen[chart.n_hidden], [ones] * n_outputs]
    if chart.n_hidden + 1 < len(chart.active):
        lasts.append(_chosen_columns(columns[0], chart.active[-1]))
    own = [np.concatenate(pieces, axis=1) for pieces in zip(*lasts, strict=True)]
    return Shared(hidden, sensitivity), own


def jacobians_at(
    chart: Chart, network: Network, inputs: Inputs, tape: list[LayerTape]
) -> Iterator[Jacobian]:
    """Yield the Jacobian of each raw prediction at rows that `forward` has been through."""
    first = chart.coordinates[0].columns_at(inputs.design)
    return _jacobians(chart, network, tape, [first, *_later_columns(chart, network, tape)])


def _n_shared(chart: Chart) -> int:
    """Return how many entries of beta all raw predictions depend on: the first ones."""
    return chart.parts()[chart.n_hidden].start


def own_entries(chart: Chart) -> list[np.ndarray]:
    """Return the entries of beta that each raw prediction alone depends on, in order."""
    owner = np.full(chart.size, -1)
    for index in range(chart.n_hidden, len(chart.active)):
        owner[chart.parts()[index]] = chart.entries(index)[1]
    owner[chart.bias_part] = np.arange(chart.network.n_outputs)
    return [np.flatnonzero(owner == output) for output in range(chart.network.n_outputs)]


def _chosen_columns(columns: np.ndarray, active: np.ndarray) -> list[np.ndarray]:
    """Return for each output of a layer the columns (n, r) that are parameters of it."""
    chosen: dict[bytes, np.ndarray] = {}
    result = []
    for mask in active.T:
        key = mask.tobytes()
        if key not in chosen:
            chosen[key] = columns if mask.all() else columns[:, mask]
        result.append(chosen[key])
    return result


def _gram(jacobian: np.ndarray, weights: np.ndarray) -> np.ndarray:
    if (weights == 1.0).all():
        return jacobian.T @ jacobian
    scaled = jacobian * np.sqrt(weights)[:, None]
    return scaled.T @ scaled


def total_loss(network: Network, blocks: Blocks, loss: Loss) -> float:
    """Return the weighted sum of the loss over all rows."""
    value = 0.0
    for inputs, block in blocks:
        rows = blocks.rows.take(block)
        value += float(rows.weights @ loss.value(rows.y, forward(network, inputs)[0]))
    return value


@dataclass(frozen=True, eq=False)
class Spread:
    """Over the rows: mean and deviation of a layer's outputs (q,), mean of its features."""

    mean: np.ndarray
    deviation: np.ndarray
    features: np.ndarray


def spreads(network: Network, blocks: Blocks) -> list[Spread]:
    """Return the spread of each layer in the row."""
    sums = [
        [np.zeros(a.n_outputs), np.zeros(a.n_outputs), np.zeros(a.n_inputs * a.basis.n_features)]
        for a in network.layers
    ]
    for inputs, block in blocks:
        weights = blocks.rows.weights[block]
        tape = forward(network, inputs)[1]
        designs = [inputs.design, *_later_designs(network, tape)]
        for layer_tape, design, total in zip(tape, designs, sums, strict=True):
            total[0] += weights @ layer_tape.outputs
            total[1] += weights @ layer_tape.outputs**2
            total[2] += design.T @ weights
    weight = blocks.rows.total_weight
    result = []
    for first, second, features in sums:
        mean = first / weight
        variance = np.maximum(second / weight - mean**2, 0.0)
        result.append(Spread(mean, np.sqrt(variance), features / weight))
    return result
