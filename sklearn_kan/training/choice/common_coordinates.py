"""From a fit of a given architecture to one on the coordinates of the additive fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...network import Basis, Layer, Network, predict, regrid, with_intervals
from ..coordinates.beside import bare_layer
from ..coordinates.chart import Chart
from ..coordinates.demmler_reinsch import Coordinates
from ..coordinates.placing import curve_coordinates
from ..coordinates.strengths import Strengths, count_groups, groups_of
from ..evidence.gauss_newton import State
from ..evidence.hidden_grids import columns_of, node_coordinates, on_hidden_grids
from ..initial.grids import node_values
from ..objective.objective import Rows


def on_additive_chart(state: State, additive: State, rows: Rows) -> State:
    """Return a fit on the grids and coordinates of the additive one, as if grown from it.

    Parameters
    ----------
    state : State
        Of a network with one hidden layer of sum nodes, direct edges or none, on any grids.
    additive : State
        Fitted to the same rows.
    rows : Rows

    Returns
    -------
    State
        The same curves, projected; itself if it was grown from the additive fit.
    """
    inputs, first = additive.chart.network.layers[0].basis, additive.chart.coordinates[0]
    if _has_grown_from(state, additive):
        return state
    network = state.network
    incoming = _on_grid(network.layers[0], inputs, first, rows)
    hidden = columns_of(first, inputs, rows.x) @ incoming
    layer = network.layers[1]
    coordinate = node_coordinates(layer.basis, hidden, rows.weights)
    outgoing = curve_coordinates(layer, coordinate, hidden)
    direct = network.direct or _no_edges(inputs, network.n_outputs)
    shape = Network(
        (bare_layer(inputs, hidden.shape[1]), bare_layer(layer.basis, network.n_outputs)),
        replace(bare_layer(inputs, network.n_outputs), edges=direct.edges),
    )
    active = (
        network.layers[0].edges[first.node],
        network.layers[1].edges[coordinate.node],
        direct.edges[first.node],
    )
    chart = Chart(shape, (first, coordinate, first), active, additive.chart.shares_outputs)
    bias = np.average(predict(network, rows.x), axis=0, weights=rows.weights)
    matrices = [incoming, outgoing, _on_grid(direct, inputs, first, rows)]
    strengths = _strengths(state.strengths, chart, additive.strengths)
    return State(chart, chart.pack(matrices, bias), strengths, history=state.history)


def on_inputs_of(additive: State, finer: State, rows: Rows) -> State:
    """Return an additive fit on the grids and coordinates of the inputs of another fit.

    Parameters
    ----------
    additive, finer : State
        The other's grids are at least as fine.
    rows : Rows
    """
    chart, first = additive.chart, finer.chart.coordinates[0]
    basis = finer.chart.network.layers[0].basis
    layer = additive.network.layers[0]
    shape = Network((replace(bare_layer(basis, layer.n_outputs), edges=layer.edges),))
    moved = Chart(shape, (first,), (layer.edges[first.node],), chart.shares_outputs)
    bias = np.average(predict(additive.network, rows.x), axis=0, weights=rows.weights)
    beta = moved.pack([_on_grid(layer, basis, first, rows)], bias)
    old = additive.strengths
    # A family of inputs with finer grids that the fit did not have yet is like its last one.
    families = count_groups(moved) // (1 if chart.shares_outputs else layer.n_outputs)
    table = np.arange(len(old.ridge)).reshape(count_groups(moved) // families, -1)
    same = table[:, np.minimum(np.arange(families), table.shape[1] - 1)].ravel()
    strengths = Strengths(old.roughness[same], old.ridge[same], groups_of(moved))
    return State(moved, beta, strengths, history=additive.history)


def with_hidden_grids_of(state: State, grid_size: int, rows: Rows) -> State:
    """Return the same fit with more intervals in the grids of its hidden nodes."""
    layer = state.network.layers[1]
    if layer.basis.grid_size == grid_size:
        return state
    layer = regrid(layer, np.stack([with_intervals(own, grid_size) for own in layer.basis.breaks]))
    nodes = node_values(state.network, 1, rows.x)
    coordinate = node_coordinates(layer.basis, nodes, rows.weights)
    outgoing = curve_coordinates(layer, coordinate, nodes)
    return on_hidden_grids(state, layer.basis, coordinate, outgoing)


def _has_grown_from(state: State, additive: State) -> bool:
    knots = additive.chart.network.layers[0].basis.knots
    maps = additive.chart.coordinates[0].maps
    return (
        state.chart.network.direct is not None
        and np.array_equal(state.chart.network.layers[0].basis.knots, knots)
        and np.array_equal(state.chart.coordinates[0].maps, maps)
    )


def _no_edges(basis: Basis, q: int) -> Layer:
    return replace(bare_layer(basis, q), edges=np.zeros((basis.n_nodes, q), bool))


def _on_grid(layer: Layer, basis: Basis, coordinate: Coordinates, rows: Rows) -> np.ndarray:
    """Return the coordinates (R, q) of a layer's edges on other grids."""
    return curve_coordinates(regrid(layer, basis.breaks), coordinate, rows.x)


def _strengths(own: Strengths, chart: Chart, additive: Strengths) -> Strengths:
    """Return a fit's strengths of edges into and out of hidden nodes, the additive direct ones."""
    n_hidden = count_groups(chart) - len(additive.ridge)
    return Strengths(
        np.concatenate([own.roughness[:n_hidden], additive.roughness]),
        np.concatenate([own.ridge[:n_hidden], additive.ridge]),
        groups_of(chart),
    )
