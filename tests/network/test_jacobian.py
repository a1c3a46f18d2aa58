"""Derivatives of the predictions, by the parameters and by the inputs."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import backward, forward, input_derivatives, inputs_at, jacobian, predict
from tests.networks import NETWORKS, five_point, make_rows, make_rows_between_breaks


def tape_at(network, rows):
    return forward(network, inputs_at(network, rows))[1]


@pytest.mark.parametrize("network", NETWORKS)
def test_jacobian_equals_differences(network):
    rows, theta = make_rows_between_breaks(network, 4), network.theta
    found = jacobian(network, tape_at(network, rows))
    assert found.shape == (4, network.n_outputs, network.n_parameters)
    directions = np.random.default_rng(0).standard_normal((5, theta.size))
    for direction in directions / np.linalg.norm(directions, axis=1, keepdims=True):
        slope = five_point(
            lambda t, d=direction: predict(network.with_theta(theta + t * d), rows), 1e-4
        )
        assert_allclose(
            found @ direction, slope, rtol=1e-8, atol=1e-9 * max(1.0, np.abs(slope).max())
        )


@pytest.mark.parametrize("network", NETWORKS)
def test_jacobian_equals_a_backward_pass_for_each_row_and_output(network):
    rows = make_rows(network, 6)
    found = jacobian(network, tape_at(network, rows))
    for row, output in np.ndindex(found.shape[:2]):
        seed = np.zeros((1, network.n_outputs))
        seed[0, output] = 1.0
        wanted = backward(network, tape_at(network, rows[row : row + 1]), seed)
        assert_allclose(found[row, output], wanted, rtol=1e-10, atol=1e-11)


@pytest.mark.parametrize("network", NETWORKS)
def test_jacobian_times_sensitivity_is_the_backward_pass(network):
    tape = tape_at(network, make_rows(network))
    sensitivity = np.random.default_rng(0).normal(size=(30, network.n_outputs))
    found = np.einsum("nqt,nq->t", jacobian(network, tape), sensitivity)
    wanted = backward(network, tape, sensitivity)
    assert_allclose(found, wanted, rtol=1e-10, atol=1e-12 * np.abs(wanted).max())


@pytest.mark.parametrize("network", NETWORKS)
def test_predictions_are_linear_in_the_last_layer(network):
    """The Jacobian's columns of the last layer, times its parameters, give the predictions."""
    rows = make_rows(network)
    last = len(network.layers) - 1
    others = [
        network.replace_layer(i, weights=0.0 * layer.weights, bias=0.0 * layer.bias)
        for i, layer in enumerate(network.all_layers)
        if i >= last
    ]
    theta = network.theta
    changes = [theta - other.theta for other in others]
    found = jacobian(network, tape_at(network, rows)) @ sum(changes)
    curves_alone = network
    for i, layer in enumerate(network.all_layers[last:], last):
        curves_alone = curves_alone.replace_layer(
            i, weights=0.0 * layer.weights, bias=0.0 * layer.bias
        )
    values = predict(network, rows)
    wanted = values - predict(curves_alone, rows)
    assert_allclose(found, wanted, rtol=1e-10, atol=1e-11 * np.abs(values).max())


@pytest.mark.parametrize("network", NETWORKS)
def test_input_derivatives_equal_differences(network):
    rows = make_rows_between_breaks(network)
    raw, gradient, hessian = input_derivatives(network, rows, order=2)
    n, p, q = len(rows), network.n_inputs, network.n_outputs
    assert (raw.shape, gradient.shape, hessian.shape) == ((n, q), (n, q, p), (n, q, p, p))
    for i, direction in enumerate(np.eye(p)):
        step = 2e-5  # short, for no node may meet a break; so rounding is 1e-16 / 2e-5
        slope = five_point(lambda t, d=direction: predict(network, rows + t * d), step)
        assert_allclose(
            gradient[:, :, i], slope, rtol=1e-8, atol=1e-9 * max(1, np.abs(slope).max())
        )
        bend = five_point(lambda t, d=direction: input_derivatives(network, rows + t * d)[1], step)
        assert_allclose(hessian[..., i], bend, rtol=1e-8, atol=1e-9 * max(1, np.abs(bend).max()))


@pytest.mark.parametrize("network", NETWORKS)
def test_input_derivatives_agree_with_each_other_and_with_predict(network):
    rows = make_rows(network)
    raw, gradient, hessian = input_derivatives(network, rows, order=2)
    scale = np.abs(raw).max()
    assert_allclose(raw, predict(network, rows), rtol=1e-11, atol=1e-13 * scale)
    assert_allclose(hessian, hessian.swapaxes(2, 3), rtol=1e-11, atol=1e-12 * np.abs(hessian).max())
    same_raw, same_gradient, none = input_derivatives(network, rows)
    assert none is None
    assert_array_equal(same_raw, raw)
    assert_array_equal(same_gradient, gradient)


@pytest.mark.parametrize("network", [case for case in NETWORKS if case.id == "no-hidden-layer"])
def test_an_additive_model_is_linear_outside_the_grids(network):
    grid = network.layers[0].basis.breaks
    rows = grid[:, -1] + np.array([[0.5], [3.0], [1e3]])
    _, gradient, hessian = input_derivatives(network, rows, order=2)
    assert_array_equal(hessian, 0.0)
    assert_array_equal(gradient[1:], gradient[:-1])
