"""Pruning by a threshold keeps what matters, a path to each output, and its own description."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import drop_dangling, predict, remove_edges
from sklearn_kan.training.objective.objective import Rows
from sklearn_kan.training.pruning.threshold import Described, kept_nodes, without_weak_edges
from sklearn_kan.training.summaries.importance import attribution, edge_spreads
from sklearn_kan.training.summaries.moments import node_moments
from sklearn_kan.training.summaries.profiles import node_profiles
from tests.networks import NETWORKS, assert_same_bits, assert_sound, build, make_rows

THRESHOLDS = [0.0, 0.05, 0.3, 1.0, np.inf]


def describe(network, n_rows=60):
    rows = Rows(make_rows(network, n_rows, spread=0.8), np.zeros((n_rows, 1)), np.ones(n_rows))
    moments = node_moments(network, rows)
    spreads = edge_spreads(network, rows, moments)
    return Described(network, moments, node_profiles(network, rows), spreads), rows


def count(network):
    return sum(layer.present.sum() for layer in network.all_layers)


@pytest.mark.parametrize("threshold", THRESHOLDS)
@pytest.mark.parametrize("network", NETWORKS)
def test_what_describes_the_smaller_network_has_its_shape(network, threshold):
    described, rows = describe(network)
    smaller, weak = without_weak_edges(described, threshold)
    assert_sound(smaller.network)
    assert count(smaller.network) + len(weak) <= count(network)
    layers = smaller.network.all_layers
    for layer, moment, profile, spread in zip(
        layers, smaller.moments, smaller.profiles, smaller.spreads, strict=True
    ):
        assert moment.mean.shape == (layer.n_inputs, layer.basis.n_features)
        assert profile.shape == (layer.n_inputs, 201)
        assert spread.deviation.shape == spread.covariance.shape == layer.edges.shape
        assert spread.output.shape == (layer.n_outputs,)
        assert not spread.deviation[~layer.present].any()
    assert_same_bits(smaller.moments[0].mean, described.moments[0].mean)
    assert_same_bits(smaller.moments[0].covariance, described.moments[0].covariance)
    assert np.isfinite(predict(smaller.network, rows.x)).all()


@pytest.mark.parametrize("network", NETWORKS)
def test_no_threshold_removes_no_edge_that_varies(network):
    described, rows = describe(network)
    smaller, weak = without_weak_edges(described, 0.0)
    assert weak == []
    assert_allclose(predict(smaller.network, rows.x), predict(network, rows.x), atol=1e-9)


@pytest.mark.parametrize("network", NETWORKS)
def test_no_output_that_varies_is_disconnected(network):
    described, rows = describe(network)
    smaller, _ = without_weak_edges(described, np.inf)
    varied = np.ptp(predict(network, rows.x), axis=0) > 1e-9
    assert_array_equal(np.ptp(predict(smaller.network, rows.x), axis=0) > 1e-9, varied)


@pytest.mark.parametrize("network", NETWORKS)
def test_means_of_what_went_stay(network):
    """One layer at a time: a hidden node's mean passes on through curves."""
    if len(network.layers) > 1:
        return
    described, rows = describe(network)
    smaller, _ = without_weak_edges(described, 0.5)
    before, after = predict(network, rows.x), predict(smaller.network, rows.x)
    assert_allclose(after.mean(axis=0), before.mean(axis=0), atol=1e-10)


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("threshold", THRESHOLDS)
def test_kept_nodes_are_those_that_dropping_keeps(network, threshold):
    described, _ = describe(network)
    scores = attribution(network, described.spreads).edges
    for index, score in enumerate(scores):
        moment = described.moments[index]
        network = remove_edges(network, index, score < threshold, moment.mean)
    dropped = drop_dangling(network)
    if len(dropped.layers) < len(network.layers):
        return
    counts = [int(mask.sum()) for mask in kept_nodes(network)]
    assert counts == [layer.n_nodes for layer in dropped.layers[:-1]]


def test_the_least_important_edges_go():
    network = build(3, 3, 1, direct=True)
    described, _ = describe(network)
    scores = attribution(network, described.spreads).edges
    _, weak = without_weak_edges(described, 0.2)
    assert [edge.importance for edge in weak] == sorted(edge.importance for edge in weak)
    for edge in weak:
        assert edge.importance == scores[edge.layer][edge.input, edge.output] < 0.2


def test_spreads_of_one_layer_stay_exact_where_columns_are_independent():
    """All pairs of values of two columns: no covariance between them."""
    network = build(2, 2)
    grid = np.linspace(-1.0, 1.0, 15)
    x = np.stack(np.meshgrid(grid, 1.3 * grid), axis=-1).reshape(-1, 2)
    rows = Rows(x, np.zeros((len(x), 2)), np.ones(len(x)))
    moments = node_moments(network, rows)
    spreads = edge_spreads(network, rows, moments)
    described = Described(network, moments, node_profiles(network, rows), spreads)
    threshold = np.sort(attribution(network, spreads).edges[0].ravel())[1] + 1e-9
    smaller, weak = without_weak_edges(described, threshold)
    assert weak
    (wanted,) = edge_spreads(smaller.network, rows, moments)
    (found,) = smaller.spreads
    assert_allclose(found.deviation, wanted.deviation, atol=1e-9)
    assert_allclose(found.covariance, wanted.covariance, atol=1e-9)
    assert_allclose(found.output, wanted.output, atol=1e-9)
