"""The networks that every law of the package is tried on, and helpers to state the laws.

A new kind of network joins `NETWORKS` and inherits the laws.
"""

from dataclasses import fields, is_dataclass
from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    Layer,
    Network,
    forward,
    input_basis,
    inputs_at,
    make_basis,
)
from tests.curves import with_curves


def build(
    *shape,
    degree=3,
    grid_size=4,
    base="silu",
    direct=False,
    uneven=False,
    removed=0.0,
    seed=0,
):
    """Return a random network.

    Parameters
    ----------
    *shape : int or (int, int)
        Nodes from the inputs to the outputs; a pair is (sum nodes, product nodes).
    uneven : bool
        Whether the grids are random rather than uniform.
    removed : float
        Share of the edges that are not there.
    """
    rng = np.random.default_rng(seed)
    pairs = [entry if isinstance(entry, tuple) else (entry, 0) for entry in shape]
    layers = []
    for (n_sums, n_products), following in pairwise(pairs):
        grid = make_grid(rng, n_sums + n_products, grid_size, uneven)
        layers.append(_layer(rng, make_basis(grid, degree, base), *following, removed))
    straight = None
    if direct:
        straight = _layer(rng, layers[0].basis, pairs[-1][0], 0, removed)
        straight = Layer(straight.basis, straight.weights, np.zeros(pairs[-1][0]), straight.edges)
    return Network(tuple(layers), straight)


def make_grid(rng, n_nodes, grid_size, uneven):
    """Return grids (n_nodes, grid_size + 1) over about [-2, 2], those of two nodes unlike."""
    if uneven:
        steps = rng.uniform(0.2, 1.0, (n_nodes, grid_size))
    else:
        steps = np.ones((n_nodes, grid_size))
    share = np.cumsum(steps, axis=1) / steps.sum(axis=1, keepdims=True)
    share = np.concatenate([np.zeros((n_nodes, 1)), share], axis=1)
    ends = np.array([-2.0, 2.0]) + rng.uniform(-0.3, 0.3, (n_nodes, 2))
    return ends[:, :1] + (ends[:, 1:] - ends[:, :1]) * share


def _layer(rng, basis, n_sums, n_products, removed):
    p, m, q = basis.n_nodes, basis.n_features, n_sums + 2 * n_products
    edges = rng.uniform(size=(p, q)) >= removed
    weights = rng.normal(0.0, 0.8, (p, m, q)) * edges[:, None, :]
    return Layer(basis, weights, rng.normal(0.0, 0.5, q), edges, n_products)


def with_far_values(network, *far):
    """Return the network with other grids of the inputs: some of them had values that are far out.

    Parameters
    ----------
    network : Network
    *far : float
        A far value each of the first inputs.
    """
    rng = np.random.default_rng(1)
    rows = rng.uniform(-2.0, 2.0, (40, network.n_inputs))
    rows[np.arange(len(far)), np.arange(len(far))] = far
    first = network.layers[0].basis
    basis = input_basis(rows, np.ones(40), first.n_intervals, first.degree, first.base, 0.5)
    for index in (0, len(network.layers)) if network.direct is not None else (0,):
        layer = network.all_layers[index]
        weights = rng.normal(0.0, 0.8, (basis.n_nodes, basis.n_features, layer.n_outputs))
        weights = weights * layer.edges[:, None, :]
        network = network.replace_layer(index, basis=basis, weights=weights)
    return network


def without_edges(network, *indices):
    """Return the network without any edge in the layers of these indices."""
    for index in indices:
        layer = network.all_layers[index]
        network = network.replace_layer(
            index, weights=np.zeros_like(layer.weights), edges=np.zeros_like(layer.edges)
        )
    return network


NETWORKS = [
    pytest.param(build(3, 1), id="no-hidden-layer"),
    pytest.param(build(1, 1, grid_size=7), id="one-spline"),
    pytest.param(build(2, 4, 1), id="one-hidden-layer"),
    pytest.param(build(3, 4, 3, 2), id="two-hidden-layers"),
    pytest.param(build(3, (2, 2), 1), id="product-nodes"),
    pytest.param(build(2, (0, 2), 2), id="only-product-nodes"),
    pytest.param(build(3, (2, 1), (1, 2), 3), id="two-layers-of-product-nodes"),
    pytest.param(build(3, 2, 1, direct=True), id="direct-edges"),
    pytest.param(build(3, (1, 1), 4, direct=True, removed=0.4), id="direct-edges-some-removed"),
    pytest.param(build(2, 3, 2, degree=0), id="degree-0"),
    pytest.param(build(2, 3, 2, degree=1), id="degree-1"),
    pytest.param(build(2, 3, 2, degree=2), id="degree-2"),
    pytest.param(build(2, 3, 2, degree=5), id="degree-5"),
    pytest.param(build(4, (3, 2), 3, removed=0.5), id="removed-edges"),
    pytest.param(build(2, 5, 4), id="several-outputs"),
    pytest.param(build(2, 3, 4, base="none"), id="no-base-function"),
    pytest.param(build(2, 3, 1, base="identity"), id="identity-base-function"),
    pytest.param(build(3, 3, 2, grid_size=1), id="one-interval"),
    pytest.param(build(3, (2, 1), 1, uneven=True, direct=True), id="uneven-grids"),
    pytest.param(build(2, 3, 3, grid_size=64), id="fine-grids"),
    pytest.param(build(2, 3, 1, grid_size=64, uneven=True), id="fine-uneven-grids"),
    pytest.param(with_far_values(build(3, 2, 1, direct=True), 30.0, -1e6), id="far-values"),
    pytest.param(without_edges(build(3, 2, 2), 0), id="unfed-hidden-layer"),
    pytest.param(without_edges(build(3, 2, 3, 2), 0), id="unfed-first-of-two-layers"),
    pytest.param(without_edges(build(3, 2, 3, direct=True), 1), id="unused-hidden-layer"),
    pytest.param(without_edges(build(2, 1), 0), id="no-edge-at-all"),
    pytest.param(with_curves(build(2, 3, 1)), id="some-curves"),
    pytest.param(
        with_curves(build(3, (2, 1), (1, 1), 2, direct=True, removed=0.2)),
        id="curves-among-all-else",
    ),
    pytest.param(with_curves(build(3, 2, 2, direct=True), share=1.0), id="curves-alone"),
    pytest.param(
        with_curves(build(2, (1, 1), 1, degree=0, grid_size=1, base="none"), 1.0, keep=False),
        id="curves-on-the-least-basis",
    ),
    pytest.param(with_curves(build(2, 2), share=0.4), id="curves-in-an-additive-model"),
]

HIDDEN = [case for case in NETWORKS if len(case.values[0].layers) > 1]


def make_rows(network, n_rows=30, seed=1, spread=1.6):
    """Return rows (n_rows, n_inputs), about a fifth of their entries outside the grids."""
    return np.random.default_rng(seed).normal(0.0, spread, (n_rows, network.n_inputs))


def make_rows_between_breaks(network, n_rows=12, seed=2, margin=2e-3):
    """Return rows at which no node is within `margin` of one of its breaks.

    There a small step meets no jump of a derivative, so that differences are accurate for
    splines of any degree.
    """
    rows = make_rows(network, 200 * n_rows, seed, spread=1.0)
    far = np.ones(len(rows), bool)
    for layer, nodes in zip(network.layers, node_values(network, rows), strict=True):
        distance = np.abs(nodes[:, :, None] - layer.basis.breaks)
        far &= distance.reshape(len(rows), -1).min(axis=1, initial=np.inf) > margin
    assert far.sum() >= n_rows
    return rows[far][:n_rows]


def node_values(network, x):
    """Return the values of each layer's input nodes at rows x."""
    values = [x]
    for stop in range(1, len(network.layers)):
        part = Network(network.layers[:stop])
        values.append(forward(part, inputs_at(part, x))[0])
    return values


def five_point(function, step):
    """Return the derivative at 0 of a function of one number; the error is of order step^4."""
    below, above = function(-step), function(step)
    further_below, further_above = function(-2 * step), function(2 * step)
    return (further_below - 8.0 * below + 8.0 * above - further_above) / (12.0 * step)


def assert_gradient(function, theta, rng, step=1e-4, rtol=1e-8, atol=1e-9):
    """Compare ``function(theta) -> (value, gradient)`` with differences along random directions."""
    gradient = function(theta)[1]
    for direction in rng.standard_normal((5, theta.size)):
        direction /= np.linalg.norm(direction)
        slope = five_point(lambda t, d=direction: function(theta + t * d)[0], step)
        assert_allclose(gradient @ direction, slope, rtol=rtol, atol=atol)


def arrays_of(value):
    """Yield each array inside a value: a dataclass, or a tuple of them."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays_of(item)
    elif is_dataclass(value):
        for item in fields(value):
            yield from arrays_of(getattr(value, item.name))


def assert_same_bits(first, second):
    """Compare all arrays of two values."""
    for one, other in zip(arrays_of(first), arrays_of(second), strict=True):
        assert one.dtype == other.dtype
        assert_array_equal(one, other)


def assert_sound_curves(layer):
    """Check the curves of a layer."""
    places = [(edge.input, edge.output) for edge in layer.curves]
    assert places == sorted(set(places))
    for edge in layer.curves:
        assert 0 <= edge.input < layer.n_inputs
        assert 0 <= edge.output < layer.n_outputs
        assert not layer.edges[edge.input, edge.output]
        assert np.isfinite(edge.curve.parameters).all()
        assert edge.replaced is None or edge.replaced.shape == (layer.basis.n_features,)


def assert_sound(network):
    """Check what must hold for any network, wherever it comes from."""
    for array in arrays_of(network):
        assert not array.flags.writeable
        assert array.flags.c_contiguous
    for layer in network.all_layers:
        assert_sound_curves(layer)
        basis = layer.basis
        assert layer.weights.shape == (basis.n_nodes, basis.n_features, layer.n_outputs)
        assert layer.bias.shape == (layer.n_outputs,)
        assert layer.edges.shape == (layer.n_inputs, layer.n_outputs)
        assert layer.edges.dtype == bool
        assert layer.weights.dtype == layer.bias.dtype == basis.knots.dtype == np.float64
        assert not np.any(layer.weights.transpose(0, 2, 1)[~layer.edges])
        assert (np.diff(basis.knots, axis=1) > 0).all()
        assert basis.base_map.shape == (basis.n_nodes, 2)
    for layer, following in pairwise(network.layers):
        assert layer.n_nodes == following.n_inputs
    if network.direct is not None:
        assert network.direct.basis is network.layers[0].basis
        assert network.direct.n_outputs == network.n_outputs
        assert_array_equal(network.direct.bias, 0.0)
    assert network.theta.shape == (network.n_parameters,)
    assert_same_bits(network.with_theta(network.theta), network)
