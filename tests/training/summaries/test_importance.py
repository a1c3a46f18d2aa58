"""Spreads against loops over edges at every row; attributions by hand; shares that sum to 1."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.initial.network import layer_outputs
from sklearn_kan.training.objective.objective import Rows
from sklearn_kan.training.summaries.importance import attribution, edge_spreads, variance_shares
from sklearn_kan.training.summaries.moments import node_moments
from tests.networks import NETWORKS, build, make_rows, node_values


def rows_of(network, n_rows=40):
    weights = np.random.default_rng(3).uniform(0.2, 3.0, n_rows)
    return Rows(make_rows(network, n_rows), np.zeros((n_rows, 1)), weights)


def spreads_of(network, rows):
    return edge_spreads(network, rows, node_moments(network, rows))


def edge_values(network, x):
    """Return, for each layer, every edge's values (n, p, q) and the outputs (n, q)."""
    found = []
    nodes = node_values(network, x)
    if network.direct is not None:
        nodes.append(x)
    for layer, values in zip(network.all_layers, nodes, strict=True):
        edges = np.stack(
            [layer_outputs(_only(layer, i), values) - layer.bias for i in range(layer.n_inputs)],
            axis=1,
        )
        found.append((edges, edges.sum(axis=1) + layer.bias))
    raw = predict(network, x)
    for index in range(len(network.layers) - 1, len(found)):
        found[index] = found[index][0], raw
    return found


def _only(layer, i):
    kept = np.zeros_like(layer.weights)
    kept[i] = layer.weights[i]
    curves = tuple(edge for edge in layer.curves if edge.input == i)
    return replace(layer, weights=kept, curves=curves)


@pytest.mark.parametrize("network", NETWORKS)
def test_spreads_are_those_of_the_edge_functions(network):
    rows = rows_of(network)
    w = rows.weights / rows.weights.sum()
    spreads = spreads_of(network, rows)
    for spread, (edges, outputs) in zip(spreads, edge_values(network, rows.x), strict=True):
        size = max(1.0, np.abs(edges).max(initial=0.0), np.abs(outputs).max(initial=0.0))
        centred = edges - np.tensordot(w, edges, 1)
        around = outputs - w @ outputs
        deviation = np.sqrt(np.tensordot(w, centred**2, 1))
        assert_allclose(spread.deviation, deviation, atol=2e-6 * size)
        covariance = np.tensordot(w, centred * around[:, None], 1)
        assert_allclose(spread.covariance, covariance, atol=1e-10 * size**2)
        assert_allclose(spread.output, np.sqrt(w @ around**2), atol=2e-6 * size)


@pytest.mark.parametrize("network", NETWORKS)
def test_shares_of_variance_sum_to_one(network):
    rows = rows_of(network)
    spreads = spreads_of(network, rows)
    shares = variance_shares(spreads)
    last = len(network.layers) - 1
    for index in range(last):
        total = shares[index].sum(axis=0)
        assert_allclose(total, spreads[index].output > 0, atol=1e-8)
    assert_allclose(sum(s.sum(axis=0) for s in shares[last:]), spreads[last].output > 0, atol=1e-8)


def test_attribution_by_hand():
    """Two sum nodes and a product: z = phi(s) + phi(t) + phi(u v)."""
    network = build(2, (2, 1), 1, direct=True)
    rows = rows_of(network)
    first, last, direct = spreads_of(network, rows)
    found = attribution(network, (first, last, direct))
    to_output = last.deviation[:, 0] / last.output[0]
    assert_allclose(found.edges[1][:, 0], to_output)
    assert_allclose(found.nodes[1], to_output)
    by_output = to_output[[0, 1, 2, 2]]
    edges = first.deviation / first.output * by_output
    assert_allclose(found.edges[0], edges)
    straight = direct.deviation / last.output
    assert_allclose(found.edges[2], straight)
    assert_allclose(found.nodes[0], edges.sum(axis=1) + straight[:, 0])


@pytest.mark.parametrize("network", NETWORKS)
def test_what_is_not_there_scores_exactly_zero(network):
    rows = rows_of(network)
    found = attribution(network, spreads_of(network, rows))
    for layer, edges in zip(network.all_layers, found.edges, strict=True):
        assert not edges[~layer.present].any()
        assert np.isfinite(edges).all()
        assert (edges >= 0).all()


def test_a_constant_column_and_an_unused_one_score_exactly_zero():
    network = build(3, 2, 1)
    gone = network.layers[0].edges.copy()
    gone[2] = False
    weights = network.layers[0].weights * gone[:, None, :]
    network = network.replace_layer(0, edges=gone, weights=weights)
    rows = rows_of(network)
    x = rows.x.copy()
    x[:, 1] = 0.7
    scores = attribution(network, spreads_of(network, replace(rows, x=x))).nodes[0]
    assert scores[0] > 0
    assert_array_equal(scores[1:], 0.0)
