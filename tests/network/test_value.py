"""Networks are values: read-only, and all their parameters in one vector."""

import copy
import pickle

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_kan.network import Layer, Network, make_basis, predict
from tests.networks import (
    NETWORKS,
    arrays_of,
    assert_same_bits,
    assert_sound,
    build,
    make_rows,
)


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_are_sound(network):
    assert_sound(network)


@pytest.mark.parametrize("network", NETWORKS)
def test_with_theta_is_the_inverse_of_theta(network):
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    other = network.with_theta(theta)
    assert_array_equal(other.theta, theta)
    assert_sound(other)
    assert_same_bits(other.with_theta(network.theta), network)


@pytest.mark.parametrize("network", NETWORKS)
def test_absent_edges_are_absent_from_theta(network):
    n_weights = sum(
        np.count_nonzero(layer.edges) * layer.basis.n_features for layer in network.all_layers
    )
    n_biases = sum(layer.n_outputs for layer in network.layers)
    assert network.n_parameters == n_weights + n_biases
    other = network.with_theta(np.ones(network.n_parameters))
    for layer in other.all_layers:
        by_edge = layer.weights.transpose(0, 2, 1)
        assert_array_equal(by_edge, np.broadcast_to(layer.edges[..., None], by_edge.shape))


def test_theta_goes_by_layer_then_input_then_output_and_ends_with_the_biases():
    network = build(2, 3, 1, direct=True, removed=0.3)
    wanted = []
    for layer in network.all_layers:
        for i, j in np.argwhere(layer.edges):
            wanted.extend(layer.weights[i, :, j])
        if layer is not network.direct:
            wanted.extend(layer.bias)
    assert_array_equal(network.theta, wanted)


def test_theta_may_change_afterwards():
    network = build(1, 1, degree=0, grid_size=1, base="none")  # reshaping it copies nothing
    theta = np.array([1.0, 2.0])
    other = network.with_theta(theta)
    theta[:] = 0.0
    assert_array_equal(other.theta, [1.0, 2.0])


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda n: pickle.loads(pickle.dumps(n))]
)
@pytest.mark.parametrize("network", NETWORKS)
def test_copies_are_read_only_and_predict_the_same_bits(network, copied):
    other, rows = copied(network), make_rows(network)
    assert_sound(other)
    assert_same_bits(other, network)
    assert_array_equal(predict(other, rows), predict(network, rows))


@pytest.mark.parametrize("network", NETWORKS)
def test_nothing_can_be_written(network):
    for array in arrays_of(network):
        if array.size:
            with pytest.raises(ValueError, match="read-only"):
                array[(0,) * array.ndim] = 1.0
    with pytest.raises(AttributeError):
        network.layers = ()
    with pytest.raises(AttributeError):
        network.layers[0].bias = np.zeros(1)


def make_arrays():
    return np.ones((1, 5, 2)), np.zeros(2), np.ones((1, 2), bool)


def test_a_layer_copies_what_others_can_write_to():
    basis = make_basis(np.array([[0.0, 1.0]]), 3)
    arrays = make_arrays()
    layer = Layer(basis, *arrays)
    for array in arrays:
        array[:] = 7
    assert_same_bits((layer.weights, layer.bias, layer.edges), make_arrays())


def test_a_read_only_view_of_what_others_can_write_to_is_copied():
    basis = make_basis(np.array([[0.0, 1.0]]), 3)
    weights, bias, edges = make_arrays()
    view = weights[:]
    view.setflags(write=False)
    layer = Layer(basis, view, bias, edges)
    weights[:] = 7.0
    assert_array_equal(layer.weights, 1.0)


def test_frozen_arrays_are_shared():
    layer = build(1, 2).layers[0]
    other = Layer(layer.basis, layer.weights, layer.bias, layer.edges)
    for name in ("basis", "weights", "bias", "edges"):
        assert getattr(other, name) is getattr(layer, name)


def test_arrays_in_fortran_order_are_stored_in_c_order():
    basis = make_basis(np.array([[0.0, 1.0], [1.0, 2.0]]), 3)
    weights = np.asfortranarray(np.random.default_rng(0).normal(size=(2, 5, 3)))
    layer = Layer(basis, weights, np.zeros(3), np.ones((2, 3), bool))
    assert_sound(Network((layer,)))
    assert_array_equal(layer.weights, weights)


def test_sizes_of_a_network():
    network = build(3, (2, 1), 2, grid_size=5, direct=True)
    assert (network.n_inputs, network.n_outputs, network.grid_size) == (3, 2, 5)
    first, last = network.layers
    assert (first.n_inputs, first.n_outputs, first.n_nodes, first.n_sums) == (3, 4, 3, 2)
    assert network.n_edges == 3 * 4 + 3 * 2 + 3 * 2
    assert network.all_layers == (first, last, network.direct)


@pytest.mark.parametrize("base", ["silu", "none"])
def test_spline_coefficients_and_base_weights_are_parts_of_the_weights(base):
    layer = build(3, 2, base=base).layers[0]
    assert layer.coef.shape == (3, 2, layer.basis.n_splines)
    assert layer.base_weight.shape == (3, 2)
    for i, j in np.ndindex(3, 2):
        parts = [*layer.coef[i, j], *([] if base == "none" else [layer.base_weight[i, j]])]
        assert_array_equal(layer.weights[i, :, j], parts)
    if base == "none":
        assert_array_equal(layer.base_weight, 0.0)


@pytest.mark.parametrize("network", NETWORKS)
def test_a_network_and_its_parts_are_shown_on_one_line(network):
    shown = [network, *network.all_layers, network.layers[0].basis, *network.layers[0].curves]
    for part in shown:
        text = repr(part)
        assert "\n" not in text
        assert "array(" not in text
        assert text.startswith(f"{type(part).__name__}(")
    assert len(repr(network)) < 100
    assert f"{network.n_edges} edges" in repr(network)


def test_nodes_of_products_are_told_apart():
    network = build(3, (2, 1), 2, direct=True)
    assert repr(network) == "Network(3 -> 2+1 -> 2 nodes, 24 edges, 6 direct, 198 parameters)"
