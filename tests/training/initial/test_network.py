"""Fresh networks: standardised hidden outputs, predictions near the constant, wild rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import Network, forward, inputs_at, predict
from sklearn_kan.training.initial.grid_rules import DESCENT
from sklearn_kan.training.initial.network import (
    Architecture,
    initial_network,
    layer_outputs,
)
from sklearn_kan.training.objective.objective import Rows
from tests.networks import assert_same_bits, assert_sound, build, make_rows, node_values
from tests.training.rows import repeated, smooth_rows

ARCHITECTURES = [
    pytest.param(Architecture(), id="no-hidden-layer"),
    pytest.param(Architecture(((3, 0),)), id="one-hidden-layer"),
    pytest.param(Architecture(((3, 0), (2, 0))), id="two-hidden-layers"),
    pytest.param(Architecture(((2, 2),)), id="product-nodes"),
    pytest.param(Architecture(((0, 2), (1, 1))), id="only-product-nodes"),
    pytest.param(Architecture(((3, 0),), direct=False), id="no-direct-edges"),
    pytest.param(Architecture(((3, 0),), grid_size=1), id="one-interval"),
    pytest.param(Architecture(((3, 0),), degree=0), id="degree-0"),
    pytest.param(Architecture(((3, 0),), degree=1), id="degree-1"),
    pytest.param(Architecture(((3, 0),), base="none"), id="no-base-function"),
    pytest.param(Architecture(((3, 0),), base="identity"), id="identity-base-function"),
    pytest.param(Architecture(((3, 0),), grid_eps=0.0), id="quantile-grids"),
    pytest.param(Architecture(((3, 0),), grid_eps=1.0), id="uniform-grids"),
]
BIAS = np.array([3.0, -0.5])


def start(architecture, rows, seed=0, bias=BIAS):
    return initial_network(architecture, rows, bias, np.random.default_rng(seed))


def hidden_outputs(network, x):
    """Return the outputs (n, q) of each hidden layer, products not yet taken."""
    return [tape.outputs for tape in forward(network, inputs_at(network, x))[1][:-1]]


def weighted_moments(values, weights):
    mean = np.average(values, axis=0, weights=weights)
    return mean, np.average((values - mean) ** 2, axis=0, weights=weights)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_it_has_the_shape_asked_for(architecture):
    rows = smooth_rows(p=3)
    network = start(architecture, rows)
    assert_sound(network)
    shape = tuple((layer.n_sums, layer.n_products) for layer in network.layers)
    assert shape == (*architecture.hidden, (2, 0))
    assert network.n_inputs == 3
    for layer in network.layers:
        assert layer.edges.all()
        assert layer.basis.grid_size == architecture.grid_size
        assert layer.basis.degree == architecture.degree
        assert layer.basis.base == architecture.base


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("weighted", [False, True])
def test_hidden_outputs_have_mean_0_and_variance_1(architecture, weighted):
    rows = smooth_rows(p=3, weighted=weighted)
    for outputs in hidden_outputs(start(architecture, rows), rows.x):
        mean, variance = weighted_moments(outputs, rows.weights)
        assert_allclose(mean, 0.0, atol=1e-12)
        assert_allclose(variance, 1.0, rtol=1e-11)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("weighted", [False, True])
def test_predictions_vary_a_little_about_the_constant(architecture, weighted):
    rows = smooth_rows(p=3, weighted=weighted)
    mean, variance = weighted_moments(predict(start(architecture, rows), rows.x), rows.weights)
    assert_allclose(mean, BIAS, atol=1e-12)
    assert_allclose(variance, 0.01, rtol=1e-10)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_grids_cover_the_rows_and_hidden_ones_a_margin(architecture):
    rows = smooth_rows(p=3)
    network = start(architecture, rows)
    for index, nodes in enumerate(node_values(network, rows.x)):
        margin = DESCENT.margin if index else 0.0
        low, high = nodes.min(axis=0), nodes.max(axis=0)
        breaks = network.layers[index].basis.breaks
        assert_allclose(breaks[:, 0], low - margin * (high - low), rtol=1e-9, atol=1e-12)
        assert_allclose(breaks[:, -1], high + margin * (high - low), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_direct_edges_start_at_zero(architecture):
    rows = smooth_rows(p=3)
    network = start(architecture, rows)
    if not (architecture.hidden and architecture.direct):
        assert network.direct is None
        return
    assert network.direct.edges.all()
    assert_array_equal(network.direct.weights, 0.0)
    assert_array_equal(predict(network, rows.x), predict(Network(network.layers), rows.x))


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_the_generator_decides_the_network(architecture):
    rows = smooth_rows(p=3)
    assert_same_bits(start(architecture, rows, 1), start(architecture, rows, 1))
    other = start(architecture, rows, 2)
    assert not np.array_equal(other.theta, start(architecture, rows, 1).theta)


def test_weights_are_the_papers():
    rows = smooth_rows(p=30)
    network = start(Architecture(((40, 0),)), rows)
    layer = network.layers[0]
    # Each output was divided by its deviation: compare spline with base weights.
    base, splines = layer.weights[:, -1], layer.weights[:, :-1]
    xavier = np.sqrt(2.0 / 70)
    assert_allclose(splines.std() / base.std(), 0.1 / xavier, rtol=0.05)


def test_weights_of_rows_are_numbers_of_rows():
    rows = smooth_rows(n=40, p=3)
    times = np.random.default_rng(0).integers(1, 4, 40)
    weighted = Rows(rows.x, rows.y, times.astype(float))
    architecture = Architecture(((2, 1),))
    found, wanted = start(architecture, weighted), start(architecture, repeated(rows, times))
    assert_allclose(found.theta, wanted.theta, rtol=1e-9, atol=1e-11)
    for layer, other in zip(found.layers, wanted.layers, strict=True):
        assert_allclose(layer.basis.knots, other.basis.knots, rtol=1e-10, atol=1e-11)


def test_constant_columns_do_no_harm():
    rows = smooth_rows(p=3)
    x = rows.x.copy()
    x[:, 1] = 0.0
    network = start(Architecture(((3, 1),)), Rows(x, rows.y, rows.weights))
    assert_sound(network)
    for outputs in hidden_outputs(network, x):
        assert_allclose(outputs.std(axis=0), 1.0, rtol=1e-11)


def test_columns_that_are_all_constant_give_the_constant():
    x = np.tile([[0.0, 2.0]], (5, 1))
    rows = Rows(x, np.zeros((5, 1)), np.ones(5))
    network = start(Architecture(((2, 1),)), rows)
    assert_sound(network)
    assert_allclose(predict(network, x), np.tile(BIAS, (5, 1)), atol=1e-12)
    assert np.isfinite(predict(network, x + 1.0)).all()


ROWS = arrays(
    float,
    st.tuples(st.integers(1, 6), st.just(2)),
    elements=st.one_of(st.floats(-10, 10), st.integers(-1, 1), st.just(0.0)),
)


@given(x=ROWS, architecture=st.sampled_from([case.values[0] for case in ARCHITECTURES]))
def test_few_and_equal_rows_give_sound_networks(x, architecture):
    rows = Rows(x, np.zeros((len(x), 1)), np.ones(len(x)))
    network = start(architecture, rows)
    assert_sound(network)
    raw = predict(network, x)
    assert_allclose(raw.mean(axis=0), BIAS, atol=1e-6)
    assert (raw.std(axis=0) <= 0.1 + 1e-6).all()
    assert np.isfinite(predict(network, 100.0 * x + 7.0)).all()


def test_layer_outputs_are_those_of_a_forward_pass():
    for network in (build(3, (2, 1), 2), build(2, 4), build(2, 3, grid_size=64)):
        x = make_rows(network)
        tape = forward(network, inputs_at(network, x))[1]
        assert_allclose(
            layer_outputs(network.layers[0], x), tape[0].outputs, rtol=1e-12, atol=1e-13
        )
