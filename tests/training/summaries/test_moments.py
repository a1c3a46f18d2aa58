"""Moments of features and deviations of edges against loops over rows and edges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict, row_blocks
from sklearn_kan.training.objective.objective import Rows
from sklearn_kan.training.summaries import moments
from sklearn_kan.training.summaries.moments import centre_curves, edge_deviations, node_moments
from tests import oracles
from tests.networks import NETWORKS, assert_same_bits, build, make_rows, node_values
from tests.training.rows import repeated


def make_problem(network, n_rows=20):
    weights = np.random.default_rng(0).uniform(0.2, 3.0, n_rows)
    return Rows(make_rows(network, n_rows), np.zeros((n_rows, 1)), weights)


def naive_features(network, x):
    """Return the features (n, p, m) of each layer's input nodes, one by one."""
    features = [
        np.array(
            [[oracles.features(layer.basis, i, z) for i, z in enumerate(row)] for row in nodes]
        )
        for layer, nodes in zip(network.layers, node_values(network, x), strict=True)
    ]
    return features if network.direct is None else [*features, features[0]]


@pytest.mark.parametrize("network", NETWORKS)
def test_moments_equal_a_loop_over_nodes(network):
    rows = make_problem(network)
    found = node_moments(network, rows)
    for moment, features in zip(found, naive_features(network, rows.x), strict=True):
        for i in range(features.shape[1]):
            scale = np.square(features[:, i]).max()
            assert_allclose(
                moment.mean[i],
                np.average(features[:, i], axis=0, weights=rows.weights),
                rtol=0,
                atol=1e-13 * np.sqrt(scale),
            )
            covariance = np.cov(features[:, i], rowvar=False, ddof=0, aweights=rows.weights)
            assert_allclose(moment.covariance[i], covariance, rtol=0, atol=1e-12 * scale)


@pytest.mark.parametrize("network", NETWORKS)
def test_deviations_are_those_of_the_edge_functions(network):
    rows = make_problem(network)
    found = edge_deviations(network, node_moments(network, rows))
    features = naive_features(network, rows.x)
    nodes = [*node_values(network, rows.x), rows.x]
    for layer, at_rows, values, deviations in zip(
        network.all_layers, features, nodes, found, strict=False
    ):
        curves = {(edge.input, edge.output): edge.curve for edge in layer.curves}
        for i, j in np.ndindex(layer.edges.shape):
            edge = at_rows[:, i] @ layer.weights[i, :, j]
            if (i, j) in curves:
                edge = curves[i, j].values(values[:, i])
            centred = edge - np.average(edge, weights=rows.weights)
            wanted = np.sqrt(np.average(centred**2, weights=rows.weights))
            # A variance that is a difference of squares: half of the digits are left.
            assert_allclose(deviations[i, j], wanted, rtol=1e-7, atol=1e-7 * np.abs(edge).max())


@pytest.mark.parametrize("network", NETWORKS)
def test_blocks_do_not_matter(network, monkeypatch):
    rows = make_problem(network)
    wanted = node_moments(network, rows)
    monkeypatch.setattr(moments, "row_blocks", lambda net, n: row_blocks(net, n, 7))
    for found, whole in zip(node_moments(network, rows), wanted, strict=True):
        assert_allclose(found.mean, whole.mean, rtol=1e-11, atol=1e-13)
        if whole.curve_mean is not None:
            assert_allclose(found.curve_mean, whole.curve_mean, rtol=1e-11, atol=1e-12)
        scale = max(1.0, np.abs(whole.covariance).max())
        assert_allclose(found.covariance, whole.covariance, rtol=0, atol=1e-12 * scale)


def test_weights_are_numbers_of_rows():
    network = build(3, (2, 1), 2, direct=True)
    times = np.random.default_rng(0).integers(0, 4, 20)
    rows = make_problem(network)
    weighted = Rows(rows.x, rows.y, times.astype(float))
    found = node_moments(network, weighted)
    wanted = node_moments(network, repeated(rows, times))
    for one, other in zip(found, wanted, strict=True):
        assert_allclose(one.mean, other.mean, rtol=1e-12, atol=1e-14)
        assert_allclose(one.covariance, other.covariance, rtol=1e-9, atol=1e-11)


def test_direct_edges_share_the_moments_of_the_first_layer():
    network = build(3, 2, 1, direct=True)
    first, _, direct = node_moments(network, make_problem(network))
    assert_same_bits(direct, first)


def test_a_constant_column_has_edges_without_deviation():
    network = build(2, 3, 1)
    rows = make_problem(network)
    x = rows.x.copy()
    x[:, 1] = 0.7
    deviations, _ = edge_deviations(network, node_moments(network, Rows(x, rows.y, rows.weights)))
    assert_allclose(deviations[1], 0.0, atol=1e-7)
    assert (deviations[0] > 0.1).all()


@given(x=arrays(float, st.tuples(st.integers(1, 6), st.just(2)), elements=st.floats(-50, 50)))
def test_moments_of_few_and_equal_rows_are_positive_semi_definite(x):
    network = build(2, 3, 1)
    rows = Rows(x, np.zeros((len(x), 1)), np.ones(len(x)))
    for moment in node_moments(network, rows):
        scale = max(1.0, np.abs(moment.mean).max() ** 2)
        assert np.linalg.eigvalsh(moment.covariance).min() > -1e-11 * scale
    for deviation in edge_deviations(network, node_moments(network, rows)):
        assert np.isfinite(deviation).all()


def test_moments_are_read_only():
    network = build(2, 3, 1)
    for moment in node_moments(network, make_problem(network)):
        assert not moment.mean.flags.writeable
        assert not moment.covariance.flags.writeable
        assert_array_equal(moment.mean.shape, moment.covariance.shape[:2])


@pytest.mark.parametrize("network", NETWORKS)
def test_centred_curves_have_mean_zero_and_leave_predictions_alone(network):
    rows = make_problem(network)
    centred = centre_curves(network, rows)
    values = predict(network, rows.x)
    assert_allclose(predict(centred, rows.x), values, rtol=0, atol=1e-11 * np.abs(values).max())
    for layer, moment in zip(centred.all_layers, node_moments(centred, rows), strict=True):
        assert (moment.curve_mean is None) == (not layer.curves)
        if layer.curves:
            scale = 1.0 + np.abs(moment.curve_deviation).max()
            assert_allclose(moment.curve_mean, 0.0, atol=1e-12 * scale)
