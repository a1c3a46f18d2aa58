"""The Gauss-Newton system of a network in coordinates, accumulated over blocks of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..network import Inputs, Network, combine, evaluate, forward, sensitivities
from ..network.features import Design
from ..network.passes import LayerTape
from .chart import Chart
from .losses import Loss
from .objective import Blocks, Rows


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
        jacobians = list(_jacobians(chart, network, tape, columns))
        for output, jacobian in enumerate(jacobians):
            pull = rows.weights * slope[:, output]
            gradient[jacobian.entries] += jacobian.values.T @ pull
        _add_curvature(curvature, jacobians, loss, rows, raw)
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
    n, n_outputs = len(columns[0]), network.n_outputs
    chosen = [_chosen_columns(layer, chart.active[i]) for i, layer in enumerate(columns)]
    direct = chart.active[chart.n_hidden + 1 :]
    if direct:
        chosen.append(_chosen_columns(columns[0], direct[0]))
    for output in range(n_outputs):
        seed = np.zeros((n, n_outputs))
        seed[:, output] = 1.0
        deltas = sensitivities(network, tape, seed)
        pieces = []
        for index, mine in enumerate(chosen):
            if index >= chart.n_hidden:
                pieces.append(mine[output])
                if index == chart.n_hidden:
                    pieces.append(np.ones((n, 1)))
                continue
            delta = deltas[index]
            pieces += [values * delta[:, target, None] for target, values in enumerate(mine)]
            pieces.append(delta[:, network.layers[index].n_sums :])
        yield Jacobian(_entries_of(chart, output), np.concatenate(pieces, axis=1))


def jacobians_at(
    chart: Chart, network: Network, inputs: Inputs, tape: list[LayerTape]
) -> Iterator[Jacobian]:
    """Yield the Jacobian of each raw prediction at rows that `forward` has been through."""
    first = chart.coordinates[0].columns_at(inputs.design)
    return _jacobians(chart, network, tape, [first, *_later_columns(chart, network, tape)])


def _entries_of(chart: Chart, output: int) -> np.ndarray:
    """Return the entries of beta that a raw prediction depends on, in order."""
    mask = np.ones(chart.size, bool)
    for index in range(chart.n_hidden, len(chart.active)):
        mask[chart.parts()[index]] = chart.entries(index)[1] == output
    mask[chart.bias_part] = np.arange(chart.network.n_outputs) == output
    return np.flatnonzero(mask)


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


def _add_curvature(
    curvature: np.ndarray, jacobians: list[Jacobian], loss: Loss, rows: Rows, raw: np.ndarray
) -> None:
    """Add J' W J of a block; W is diagonal, or diag(p) - p p' for a softmax."""
    if loss.couples_outputs:
        factors = loss.inverse_link(raw)
    else:
        factors = loss.hessian(rows.y, raw)
    for output, jacobian in enumerate(jacobians):
        gram = _gram(jacobian.values, rows.weights * factors[:, output])
        if len(gram) == len(curvature):
            curvature += gram
        else:
            curvature[np.ix_(jacobian.entries, jacobian.entries)] += gram
    if loss.couples_outputs:
        mean = np.zeros((len(raw), len(curvature)))
        for output, jacobian in enumerate(jacobians):
            mean[:, jacobian.entries] += factors[:, output, None] * jacobian.values
        curvature -= _gram(mean, rows.weights)


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
