"""From any network to the coordinates that Gauss-Newton works in, its function kept."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...network import Basis, Layer, Network, evaluate, predict, renormalise
from ..initial.grids import node_values
from ..initial.network import layer_outputs
from ..objective.objective import Rows
from ..summaries.moments import centre_curves, node_moments
from .chart import Chart
from .demmler_reinsch import Coordinates, coordinates

# Curves are compared at so many points of each interval, and at no more rows than this.
_MESH, _MOST_ROWS = 5, 2000
# Where a curve has no coordinates (columns of few distinct values), the rows count so much more.
_MESH_WEIGHT = 1e-3


@dataclass(frozen=True, eq=False)
class Placed:
    """A network's chart and its coordinates."""

    chart: Chart
    beta: np.ndarray


def place(network: Network, rows: Rows) -> Placed:
    """Return the chart of a network's own grids, and the network's place in it.

    Parameters
    ----------
    network : Network
        All of its spline edges become parameters; curves stay as they are, centred.
    rows : Rows
        Coordinates are orthonormal, and centred, over these.

    Returns
    -------
    Placed
        ``chart.to_network(beta)`` has the same function up to rounding; hidden sum nodes
        have mean 0, and all hidden outputs variance 1.
    """
    network = centre_curves(standardised(network, rows), rows)
    charts = _all_coordinates(network, rows)
    layers = network.all_layers
    active = tuple(layer.edges[c.node] for layer, c in zip(layers, charts, strict=True))
    chart = Chart(network, charts, active)
    nodes = [node_values(network, index, rows.x) for index in range(len(network.layers))]
    if network.direct is not None:
        nodes.append(rows.x)
    matrices = [
        curve_coordinates(layer, coordinate, values)
        for layer, coordinate, values in zip(layers, charts, nodes, strict=True)
    ]
    sub_biases = [
        _mean(layer_outputs(layer, values), rows)[layer.n_sums :]
        for layer, values in zip(network.layers[:-1], nodes, strict=False)
    ]
    bias = _mean(predict(network, rows.x), rows)
    return Placed(chart, chart.pack(matrices, bias, sub_biases))


def standardised(network: Network, rows: Rows) -> Network:
    """Return the network with hidden outputs of variance 1, and sum nodes of mean 0."""
    shifts, scales = [], []
    nodes = rows.x
    for index, layer in enumerate(network.layers[:-1]):
        outputs = layer_outputs(layer, nodes)
        mean = _mean(outputs, rows)
        deviation = np.sqrt(_mean((outputs - mean) ** 2, rows))
        mean[layer.n_sums :] = 0.0
        shifts.append(mean)
        scales.append(np.where(deviation > _CONSTANT, deviation, 1.0))
        nodes = node_values(network, index + 1, rows.x)
    for index, (shift, scale) in enumerate(zip(shifts, scales, strict=True)):
        network = renormalise(network, index, shift, scale)
    return network


_CONSTANT = 1e-10


def _mean(values: np.ndarray, rows: Rows) -> np.ndarray:
    return np.average(values, axis=0, weights=rows.weights)


def _all_coordinates(network: Network, rows: Rows) -> tuple[Coordinates, ...]:
    moments = node_moments(network, rows)
    found = [
        coordinates(layer.basis, moment.mean, moment.covariance, complete=True)
        for layer, moment in zip(network.layers, moments, strict=False)
    ]
    if network.direct is not None:
        found.append(found[0])
    return tuple(found)


def curve_coordinates(layer: Layer, coordinate: Coordinates, nodes: np.ndarray) -> np.ndarray:
    """Return the coordinates (R, q) of a layer's edges, up to constants.

    Least squares of curves, not of weights: those of nearly dependent features may be large.
    """
    basis = layer.basis
    p, m = basis.n_nodes, basis.n_features
    step = -(-len(nodes) // _MOST_ROWS)
    features = np.concatenate(
        [_dense(basis, nodes[::step]), _MESH_WEIGHT * _dense(basis, _mesh(basis))]
    )
    constant = np.ones(len(features))
    constant[len(nodes[::step]) :] = _MESH_WEIGHT
    matrix = np.zeros((len(coordinate.node), layer.n_outputs))
    for i in range(p):
        mine = coordinate.node == i
        maps = coordinate.maps[i * m : (i + 1) * m, mine]
        columns = np.column_stack([features[:, i] @ maps, constant])
        size = np.linalg.norm(columns, axis=0)
        found = np.linalg.lstsq(columns / size, features[:, i] @ layer.weights[i], rcond=1e-15)[0]
        matrix[mine] = (found / size[:, None])[:-1]
    return matrix


def _mesh(basis: Basis) -> np.ndarray:
    """Return points (G * s, p) inside the intervals of each node's grid."""
    share = (np.arange(_MESH) + 0.5) / _MESH
    width = np.diff(basis.breaks, axis=1)
    return (basis.breaks[:, :-1, None] + width[..., None] * share).reshape(basis.n_nodes, -1).T


def _dense(basis: Basis, nodes: np.ndarray) -> np.ndarray:
    """Return all features (n, p, m)."""
    dense = evaluate(basis, nodes).by_row().toarray()
    return dense.reshape(len(nodes), basis.n_nodes, basis.n_features)
