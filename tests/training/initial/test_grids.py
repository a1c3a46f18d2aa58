"""Grids that follow their activations: when they move, where to, and what that costs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.initial import grids as training_grids
from sklearn_kan.training.initial.grid_rules import BATCHES, DESCENT, EVIDENCE
from sklearn_kan.training.initial.grids import follow, sample_rows, to_grid_size
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.objective import Rows
from tests import networks
from tests.networks import HIDDEN, NETWORKS, assert_same_bits, assert_sound, make_rows
from tests.training.rows import smooth_rows


def fresh(rows, hidden=((2, 1),), **options):
    return initial_network(
        Architecture(hidden, **options), rows, np.zeros(1), np.random.default_rng(0)
    )


def drifted(network, scale, shift=0.0):
    """Return the network with the outputs of its first layer scaled and shifted."""
    layer = network.layers[0]
    return network.replace_layer(0, weights=scale * layer.weights, bias=scale * layer.bias + shift)


def as_rows(x):
    return Rows(x, np.zeros((len(x), 1)), np.ones(len(x)))


@pytest.mark.parametrize("network", NETWORKS)
def test_node_values_are_those_of_a_forward_pass(network):
    x = make_rows(network)
    for index, wanted in enumerate(networks.node_values(network, x)):
        found = training_grids.node_values(network, index, x)
        assert_allclose(found, wanted, rtol=1e-11, atol=1e-12 * np.abs(wanted).max(initial=1.0))


@pytest.mark.parametrize("scale", [1.0, 0.95, 1.05])
def test_grids_that_fit_are_left_alone(scale):
    rows = smooth_rows()
    network = drifted(fresh(rows), scale)
    assert follow(network, rows, 0.5) is network


@pytest.mark.parametrize("hidden", [((3, 0),), ((2, 1),), ((3, 0), (2, 0))])
@pytest.mark.parametrize(("scale", "shift"), [(3.0, 0.0), (0.3, 0.0), (1.0, 5.0), (1.0, -0.7)])
def test_grids_cover_drifted_activations(hidden, scale, shift):
    rows = smooth_rows()
    network = drifted(fresh(rows, hidden), scale, shift)
    moved = follow(network, rows, 0.5)
    assert_sound(moved)
    assert moved is not network
    for layer, nodes in zip(moved.layers[1:], networks.node_values(moved, rows.x)[1:], strict=True):
        breaks = layer.basis.breaks
        width = breaks[:, -1] - breaks[:, 0]
        low, high = nodes.min(axis=0), nodes.max(axis=0)
        assert (low >= breaks[:, 0] - 0.02 * width).all()
        assert (high <= breaks[:, -1] + 0.02 * width).all()
        assert (high - low >= 0.6 * width).all()


@pytest.mark.parametrize("scale", [3.0, 0.3])
def test_following_twice_is_following_once(scale):
    rows = smooth_rows()
    once = follow(drifted(fresh(rows), scale), rows, 0.5)
    assert follow(once, rows, 0.5) is once


def test_inputs_and_their_grids_are_never_moved():
    rows = smooth_rows()
    network = drifted(fresh(rows), 3.0)
    moved = follow(network, rows, 0.5)
    assert_same_bits(moved.layers[0], network.layers[0])
    assert_same_bits(moved.direct, network.direct)


@pytest.mark.parametrize("scale", [1.5, 0.5])
def test_following_keeps_the_function_up_to_the_projection(scale):
    rows = smooth_rows()
    errors = []
    for grid_size in (5, 20, 80):
        network = drifted(to_grid_size(fresh(rows), grid_size, rows, 0.5), scale)
        moved = follow(network, rows, 0.5)
        assert moved is not network
        before = predict(network, rows.x)
        errors.append(np.abs(predict(moved, rows.x) - before).max() / before.std())
    assert errors[0] < 0.5
    assert errors[1] < 0.1
    assert errors[2] < 0.03


def test_constant_nodes_do_not_make_grids_move():
    rows = smooth_rows()
    network = fresh(rows, ((3, 0),))
    weights = network.layers[0].weights.copy()
    weights[:, :, 1] = 0.0
    network = network.replace_layer(0, weights=weights)
    assert follow(network, rows, 0.5) is network
    # Unless they leave their grid.
    bias = network.layers[0].bias + np.array([0.0, 50.0, 0.0])
    moved = follow(network.replace_layer(0, bias=bias), rows, 0.5)
    assert_allclose(moved.layers[1].basis.breaks[1, [0, -1]], bias[1] + np.array([-1, 1]))


@pytest.mark.parametrize("network", HIDDEN)
def test_following_gives_sound_networks(network):
    x = make_rows(network)
    moved = follow(network, as_rows(x), 0.5)
    assert_sound(moved)
    assert np.isfinite(predict(moved, x)).all()


@given(
    x=arrays(
        float,
        st.tuples(st.integers(1, 6), st.just(2)),
        elements=st.one_of(st.floats(-5, 5), st.integers(-1, 1)),
    ),
    scale=st.sampled_from([0.0, 1e-6, 1.0, 1e6]),
)
def test_few_and_equal_rows_can_be_followed(x, scale):
    rows = as_rows(x)
    moved = follow(drifted(fresh(rows), scale), rows, 0.5)
    assert_sound(moved)
    assert np.isfinite(predict(moved, x)).all()


def test_the_same_grid_size_is_the_same_network():
    rows = smooth_rows()
    network = fresh(rows)
    assert to_grid_size(network, 5, rows, 0.5) is network


@pytest.mark.parametrize("grid_size", [10, 15])
def test_nested_grids_keep_the_function(grid_size):
    rows = smooth_rows()
    network = fresh(rows)
    finer = to_grid_size(network, grid_size, rows, 0.5)
    assert [layer.basis.grid_size for layer in finer.layers] == [grid_size] * 2
    assert_allclose(predict(finer, 3.0 * rows.x), predict(network, 3.0 * rows.x), atol=1e-11)


@pytest.mark.parametrize(("grid_size", "bound"), [(3, 1.0), (7, 0.5), (32, 0.02), (101, 0.001)])
def test_other_grids_keep_it_up_to_the_projection(grid_size, bound):
    rows = smooth_rows()
    network = fresh(rows)
    other = to_grid_size(network, grid_size, rows, 0.5)
    assert_sound(other)
    assert [layer.basis.grid_size for layer in other.all_layers] == [grid_size] * 3
    before = predict(network, rows.x)
    assert np.abs(predict(other, rows.x) - before).max() < bound * before.std()


def test_a_sample_of_few_rows_is_all_of_them():
    rows = smooth_rows(n=50)
    assert sample_rows(rows, 50, np.random.default_rng(0)) is rows


def test_a_sample_of_many_rows_is_some_of_them_in_order_and_the_ends_of_columns():
    rows = smooth_rows(n=200, weighted=True)
    sample = sample_rows(rows, 50, np.random.default_rng(0))
    index = [int(np.flatnonzero((rows.x == row).all(axis=1))[0]) for row in sample.x]
    assert 50 <= len(set(index)) <= 50 + 2 * rows.x.shape[1]
    assert_array_equal(
        [sample.x.min(axis=0), sample.x.max(axis=0)], np.sort(rows.x, axis=0)[[0, -1]]
    )
    assert index == sorted(index)
    assert_array_equal(sample.y, rows.y[index])
    assert_array_equal(sample.weights, rows.weights[index])
    again = sample_rows(rows, 50, np.random.default_rng(0))
    assert_array_equal(again.x, sample.x)


@pytest.mark.parametrize("rule", [DESCENT, EVIDENCE, BATCHES])
def test_grids_are_outgrown_where_values_leave_them_or_use_too_little(rule):
    breaks = np.tile(np.linspace(0.0, 10.0, 6), (5, 1))
    reach = 10.0 * rule.drift
    ends = [
        (0.0, 10.0),
        (-0.9 * reach, 10.0 + 0.9 * reach),
        (0.0, 10.0 + 1.1 * reach),
        (2.0, 2.0 + 9.9 * rule.used),
        (3.0, 3.0),
    ]
    found = rule.is_outgrown(breaks, np.array(ends).T)
    assert found.tolist() == [False, False, True, rule.used > 0, False]
