"""Whitening: a linear map with its inverse and adjoint, in which additive models are round."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose

from sklearn_kan.network import forward, inputs_at, jacobian
from sklearn_kan.training.descent.whitening import whiten
from sklearn_kan.training.objective.objective import Rows
from sklearn_kan.training.objective.penalties import (
    LayerPenalty,
    roughness_matrices,
    uniform_penalty,
)
from sklearn_kan.training.summaries.moments import node_moments
from tests.networks import NETWORKS, build, make_rows


def make_whitening(network, alpha=0.1, n_rows=30):
    x = make_rows(network, n_rows, spread=1.0)
    weights = np.random.default_rng(2).uniform(0.5, 2.0, n_rows)
    rows = Rows(x, np.zeros((n_rows, 1)), weights)
    penalties = uniform_penalty(network, alpha)
    whitening = whiten(network, node_moments(network, rows), penalties, rows.total_weight)
    return whitening, rows


@pytest.mark.parametrize("network", NETWORKS)
def test_phi_and_theta_are_inverse_to_each_other(network):
    whitening, _ = make_whitening(network)
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    phi = whitening.to_phi(theta)
    assert phi.shape == theta.shape
    assert_allclose(whitening.to_theta(phi), theta, rtol=1e-9, atol=1e-9)
    back = whitening.to_phi(whitening.to_theta(theta))
    assert_allclose(back, theta, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("network", NETWORKS)
def test_gradient_is_the_adjoint_of_to_theta(network):
    whitening, _ = make_whitening(network)
    rng = np.random.default_rng(0)
    phi, gradient = rng.normal(size=(2, network.n_parameters))
    by_theta, by_phi = gradient * whitening.to_theta(phi), whitening.gradient(gradient) * phi
    assert_allclose(by_theta.sum(), by_phi.sum(), rtol=1e-10, atol=1e-11 * np.abs(by_phi).sum())


@pytest.mark.parametrize("network", NETWORKS)
def test_biases_stay_as_they_are(network):
    whitening, _ = make_whitening(network)
    theta = network.theta
    moved = network.with_theta(whitening.to_phi(theta))
    for layer, wanted in zip(moved.all_layers, network.all_layers, strict=True):
        assert_allclose(layer.bias, wanted.bias, rtol=0)


@pytest.mark.parametrize(
    "network",
    [
        pytest.param(build(3, 1), id="one-output"),
        pytest.param(build(2, 3, uneven=True, removed=0.3, seed=1), id="some-removed"),
        pytest.param(build(3, 2, degree=1), id="degree-1"),
        pytest.param(build(2, 1, base="none", degree=2), id="no-base-function"),
    ],
)
def test_every_edge_of_an_additive_model_has_the_identity_as_its_hessian(network):
    alpha = 0.1
    whitening, rows = make_whitening(network, alpha)
    _, tape = forward(network, inputs_at(network, rows.x))
    by_phi = np.stack([whitening.gradient(row) for row in flat(jacobian(network, tape))])
    gram = by_phi.T * np.repeat(rows.weights, network.n_outputs) @ by_phi
    (layer,) = network.layers
    m = layer.basis.n_features
    matrices = roughness_matrices(layer.basis)
    for edge, node in enumerate(np.nonzero(layer.edges)[0]):
        part = slice(edge * m, (edge + 1) * m)
        inverse = whitening.inverses[0][node]
        penalty = alpha * inverse.T @ (matrices[node] + np.eye(m)) @ inverse
        hessian = (gram[part, part] + penalty) / rows.total_weight
        # The floor under weak directions, 1e-8 of the trace, over the ridge of 0.1 / 30.
        assert_allclose(hessian, np.eye(m), atol=1e-4)


def flat(derivatives):
    return derivatives.reshape(-1, derivatives.shape[-1])


def test_the_penalty_of_a_node_is_the_mean_over_its_edges():
    network = build(2, 2)
    _, rows = make_whitening(network)
    moments, (layer,) = node_moments(network, rows), network.layers
    matrices = roughness_matrices(layer.basis)
    rough, ridge = np.array([[1.0, 3.0], [0.0, 0.2]]), np.array([[0.5, 0.1], [4.0, 4.0]])
    found, wanted = (
        whiten(network, moments, (LayerPenalty(matrices, *strengths),), rows.total_weight)
        for strengths in (
            (rough, ridge),
            (np.array([[2.0, 2.0], [0.1, 0.1]]), np.array([[0.3, 0.3], [4.0, 4.0]])),
        )
    )
    assert_allclose(found.blocks[0], wanted.blocks[0], rtol=1e-12, atol=1e-14)


ROWS = arrays(
    float,
    st.tuples(st.integers(1, 8), st.just(2)),
    elements=st.one_of(st.floats(-3, 3), st.integers(-1, 1), st.just(0.0)),
)


@given(x=ROWS, alpha=st.sampled_from([0.0, 1e-12, 1.0, 1e12]))
def test_few_equal_and_constant_rows_still_give_a_map_with_an_inverse(x, alpha):
    network = build(2, (1, 1), 1, direct=True)
    rows = Rows(x, np.zeros((len(x), 1)), np.ones(len(x)))
    whitening = whiten(
        network, node_moments(network, rows), uniform_penalty(network, alpha), len(x)
    )
    theta = network.theta
    assert_allclose(whitening.to_theta(whitening.to_phi(theta)), theta, rtol=1e-6, atol=1e-6)
