"""Other scales of inputs and outputs keep the function; what is held says the same for ever."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import hold_inputs, predict, rescale_inputs, rescale_outputs
from tests.networks import NETWORKS, assert_sound, make_rows

each_network = pytest.mark.parametrize("network", NETWORKS)


def assert_close(found, wanted):
    # Curves of scaled arguments lose a few digits.
    assert_allclose(found, wanted, rtol=1e-9, atol=1e-10 * max(np.abs(wanted).max(), 1.0))


@each_network
@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_scaled_inputs_give_the_same_predictions(network, size):
    rng, rows = np.random.default_rng(0), make_rows(network)
    p = network.n_inputs
    shift, scale = rng.normal(size=p), size * rng.uniform(0.5, 2.0, p)
    other = rescale_inputs(network, shift, scale)
    assert_sound(other)
    assert_close(predict(other, (rows - shift) / scale), predict(network, rows))


@each_network
def test_scaled_outputs_are_scaled_predictions(network):
    rng, rows = np.random.default_rng(0), make_rows(network)
    shift, scale = rng.normal(size=network.n_outputs), rng.uniform(0.5, 2.0, network.n_outputs)
    other = rescale_outputs(network, shift, scale)
    assert_sound(other)
    assert_close(predict(other, rows), (predict(network, rows) - shift) / scale)


@each_network
def test_an_output_of_infinite_scale_is_constant(network):
    rows, scale = make_rows(network), np.ones(network.n_outputs)
    scale[0] = np.inf
    other = rescale_outputs(network, np.full(network.n_outputs, 2.0), scale)
    assert_sound(other)
    wanted = predict(network, rows) - 2.0
    wanted[:, 0] = -2.0
    assert_close(predict(other, rows), wanted)


@each_network
def test_held_inputs_count_as_zero(network):
    rows = make_rows(network)
    nodes = np.arange(network.n_inputs) == 0
    other = hold_inputs(network, nodes)
    assert_sound(other)
    assert_close(predict(other, rows), predict(network, np.where(nodes, 0.0, rows)))
