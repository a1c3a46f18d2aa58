"""Removing edges, dropping nodes and adding them."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    Network,
    drop_dangling,
    evaluate,
    extend_breaks,
    predict,
    remove_edges,
    renormalise,
    widen,
)
from tests.networks import (
    HIDDEN,
    NETWORKS,
    assert_same_bits,
    assert_sound,
    build,
    make_grid,
    make_rows,
    node_values,
    without_edges,
)


def assert_same_predictions(found, wanted):
    rows = make_rows(wanted)
    values = predict(wanted, rows)
    atol = 1e-12 * max(1.0, np.abs(values).max())
    assert_allclose(predict(found, rows), values, rtol=0, atol=atol)


def curve_means(layer, nodes):
    """Return the mean of each curve over rows, (p, q)."""
    means = np.zeros(layer.edges.shape)
    for edge in layer.curves:
        means[edge.input, edge.output] = edge.curve.values(nodes[:, edge.input]).mean()
    return means


def feature_means(layer, nodes):
    """Return the mean of each feature over rows, (p, m)."""
    return evaluate(layer.basis, nodes).by_row().toarray().mean(axis=0).reshape(layer.n_inputs, -1)


@pytest.mark.parametrize("network", NETWORKS)
def test_removing_null_edges_changes_no_prediction(network):
    for index, layer in enumerate(network.all_layers):
        gone = np.random.default_rng(index).uniform(size=layer.edges.shape) < 0.5
        null = network.replace_layer(
            index,
            weights=np.where(gone[:, None, :], 0.0, layer.weights),
            curves=tuple(e.scaled(0.0) if gone[e.input, e.output] else e for e in layer.curves),
        )
        means = np.ones((layer.n_inputs, layer.basis.n_features))
        other = remove_edges(null, index, gone, means)
        assert_sound(other)
        assert_array_equal(other.all_layers[index].present, layer.present & ~gone)
        assert_array_equal(predict(other, make_rows(network)), predict(null, make_rows(network)))


@pytest.mark.parametrize("network", NETWORKS)
def test_removed_edges_leave_their_means(network):
    """The mean over the rows of each output of the layer, or prediction, does not change."""
    rows = make_rows(network)
    for index, layer in enumerate(network.all_layers):
        straight = layer is network.direct
        nodes = rows if straight else node_values(network, rows)[index]
        gone = np.random.default_rng(index).uniform(size=layer.edges.shape) < 0.5
        other = remove_edges(
            network, index, gone, feature_means(layer, nodes), curve_means(layer, nodes)
        )
        assert_sound(other)
        assert_array_equal(other.all_layers[index].present, layer.present & ~gone)
        before, after = (
            predict(n, rows) if straight else predict(flat(n.layers[index]), nodes)
            for n in (network, other)
        )
        scale = np.abs(before).max()
        assert_allclose(after.mean(axis=0), before.mean(axis=0), rtol=1e-12, atol=1e-12 * scale)


def flat(layer):
    """Return the layer as a network that gives its outputs, sub-nodes one by one."""
    return Network((replace(layer, n_products=0),))


def test_removing_an_edge_twice_counts_its_mean_once():
    network = build(2, 1)
    gone, means = np.array([[True], [False]]), np.ones((2, network.layers[0].basis.n_features))
    once = remove_edges(network, 0, gone, means)
    assert_same_bits(remove_edges(once, 0, gone, means), once)


@pytest.mark.parametrize("network", NETWORKS)
def test_dropping_dangling_nodes_keeps_predictions(network):
    other = drop_dangling(network)
    assert_sound(other)
    assert_same_predictions(other, network)
    assert_same_bits(drop_dangling(other), other)
    assert_no_dangling_node(other)


def assert_no_dangling_node(network):
    for layer, following in zip(network.layers[:-1], network.layers[1:], strict=True):
        fed, sums = layer.present.any(axis=0), layer.n_sums
        assert fed[:sums].all()
        assert (fed[sums::2] | fed[sums + 1 :: 2]).all()
        assert following.present.any(axis=1).all()


@pytest.mark.parametrize("seed", range(30))
def test_dropping_dangling_nodes_of_sparse_networks_keeps_predictions(seed):
    shape = [(3, (2, 2), (2, 1), 2), (2, 3, (0, 2), 1), (2, 2, 2, 2, 1)][seed % 3]
    direct, removed = bool(seed % 2), [0.5, 0.7, 0.85][seed // 10]
    network = build(*shape, grid_size=2, removed=removed, direct=direct, seed=seed)
    other = drop_dangling(network)
    assert_sound(other)
    assert_no_dangling_node(other)
    assert_same_predictions(other, network)


@pytest.mark.parametrize("gone", [(0,), (1,), (2,), (0, 1), (0, 1, 2)])
@pytest.mark.parametrize("direct", [False, True])
def test_a_hidden_layer_without_nodes_leaves_direct_edges_or_a_constant(direct, gone):
    network = without_edges(build(3, 2, (1, 1), 2, direct=direct), *gone)
    other = drop_dangling(network)
    assert len(other.layers) == 1
    assert other.direct is None
    assert other.n_edges == (6 if direct else 0)
    assert_same_predictions(other, network)


def test_without_dangling_nodes_nothing_is_dropped():
    network = build(3, (2, 1), 3, 2, direct=True)
    assert drop_dangling(network) is network


def test_a_product_with_a_zero_factor_is_dropped():
    network = build(2, (1, 2), 1)
    (first, last), edges = network.layers, np.ones((2, 5), bool)
    edges[:, 2] = False  # the second factor of the first product
    weights = np.where(edges[:, None, :], first.weights, 0.0)
    network = network.replace_layer(0, edges=edges, weights=weights)
    assert drop_dangling(network).layers[0].n_products == 2
    bias = first.bias.copy()
    bias[2] = 0.0
    network = network.replace_layer(0, bias=bias)
    other = drop_dangling(network)
    assert (other.layers[0].n_sums, other.layers[0].n_products) == (1, 1)
    assert_array_equal(other.layers[1].weights, last.weights[[0, 2]])
    assert_same_predictions(other, network)


@pytest.mark.parametrize(("n_sums", "n_products"), [(1, 0), (0, 1), (2, 2), (0, 0)])
@pytest.mark.parametrize("network", HIDDEN)
def test_new_nodes_without_outgoing_weights_change_no_prediction(network, n_sums, n_products):
    rng = np.random.default_rng(0)
    for index in range(len(network.layers) - 1):
        scale = rng.uniform(0.5, 2.0, network.layers[index].n_outputs)  # base maps that differ
        network = renormalise(network, index, 0.0 * scale, scale)
        other = widen(
            network,
            index,
            *new_nodes(network, index, n_sums, n_products, rng),
            n_products=n_products,
        )
        assert_sound(other)
        assert other.layers[index].n_sums == network.layers[index].n_sums + n_sums
        assert other.layers[index].n_products == network.layers[index].n_products + n_products
        assert_same_predictions(other, network)


def new_nodes(network, index, n_sums, n_products, rng):
    """Return incoming weights and knots of new nodes."""
    layer, basis = network.layers[index], network.layers[index + 1].basis
    incoming = rng.normal(size=(*layer.weights.shape[:2], n_sums + 2 * n_products))
    grid = make_grid(rng, n_sums + n_products, basis.grid_size, uneven=True)
    return incoming, extend_breaks(grid, basis.degree)


def test_new_nodes_add_their_own_curves():
    """Widening a network by the nodes of another one gives the sum of both."""
    first, second = build(2, (2, 1), 2, seed=1), build(2, (1, 2), 2, seed=2)
    basis = first.layers[0].basis
    hidden = second.layers[0]
    second = second.replace_layer(0, basis=basis, bias=np.zeros(hidden.n_outputs))
    second = second.replace_layer(1, bias=np.zeros(2))
    both = widen(
        first,
        0,
        hidden.weights,
        second.layers[1].basis.knots,
        outgoing=second.layers[1].weights,
        n_products=2,
    )
    rows = make_rows(first)
    wanted = predict(first, rows) + predict(second, rows)
    assert_allclose(predict(both, rows), wanted, rtol=1e-12, atol=1e-12 * np.abs(wanted).max())
    layer = both.layers[0]
    assert_array_equal(
        layer.weights[:, :, :3],
        np.dstack([first.layers[0].weights[:, :, :2], hidden.weights[:, :, :1]]),
    )
    assert_array_equal(layer.weights[:, :, 3:5], first.layers[0].weights[:, :, 2:])


def test_widening_keeps_removed_edges_removed():
    network = build(3, (2, 1), 2, removed=0.5)
    other = widen(network, 0, *new_nodes(network, 0, 1, 0, np.random.default_rng(0)))
    old = [0, 1, 3, 4]  # the new sum node stands between the old sums and the sub-nodes
    assert_array_equal(other.layers[0].edges[:, old], network.layers[0].edges)
    assert other.layers[0].edges[:, 2].all()
    assert_array_equal(other.layers[1].edges[[0, 1, 3]], network.layers[1].edges)
    assert other.layers[1].edges[2].all()
