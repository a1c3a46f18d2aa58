"""Curves in place of splines, and back."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    Curve,
    Term,
    curve_at,
    edge_values,
    fold_scales,
    make_basis,
    predict,
    restore_spline,
    set_curve,
    with_bases,
)
from tests.curves import Power, Sine, with_curves
from tests.networks import NETWORKS, assert_same_bits, assert_sound, build, make_rows, node_values

SINE = Curve((Term(Sine(), 0.5, 1.2, 0.1),), 0.3)


@pytest.mark.parametrize("network", NETWORKS)
def test_setting_and_restoring_gives_the_same_bits(network):
    other = network
    places = [(k, i, j) for k, a in enumerate(network.all_layers) for i, j in np.argwhere(a.edges)]
    for k, i, j in places:
        other = set_curve(other, k, int(i), int(j), SINE)
        other = set_curve(other, k, int(i), int(j), SINE.plus(1.0))  # the spline stays in mind
        assert_sound(other)
    for k, i, j in places:
        other = restore_spline(other, k, int(i), int(j), np.zeros(1))
    assert_sound(other)
    assert_same_bits(other, network)


@pytest.mark.parametrize("network", NETWORKS)
def test_edges_add_up_to_the_outputs(network):
    rows = make_rows(network)
    for layer, nodes in zip(network.layers, node_values(network, rows), strict=True):
        outputs = np.tile(layer.bias, (len(rows), 1))
        for i, j in np.ndindex(layer.edges.shape):
            outputs[:, j] += edge_values(layer, i, j, nodes[:, i])
        part = network.__class__((layer,))
        wanted = predict(part, nodes)
        if not layer.n_products:
            assert_allclose(outputs, wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())


def test_a_curve_where_nothing_was():
    network = build(2, 2, 1, removed=0.4, seed=3)
    i, j = np.argwhere(~network.layers[0].edges)[0]
    other = set_curve(network, 0, int(i), int(j), SINE)
    assert_sound(other)
    assert curve_at(other.layers[0], i, j).replaced is None
    assert curve_at(network.layers[0], i, j) is None
    values = edge_values(other.layers[0], i, j, np.array([0.2]))
    assert_allclose(values, SINE.values(np.array([0.2])))


@pytest.mark.parametrize("direct", [False, True])
def test_a_spline_is_fitted_to_a_curve_that_replaced_none(direct):
    network = with_curves(build(2, 3, 1, grid_size=24, direct=direct), 1.0, keep=False)
    rows = np.random.default_rng(0).uniform(-1.5, 1.5, (200, 2))
    nodes = [*node_values(network, rows), rows]
    other = network
    for index, layer in enumerate(network.all_layers):
        for edge in layer.curves:
            grid = np.sort(nodes[index][:, edge.input])
            other = restore_spline(other, index, edge.input, edge.output, grid)
    assert_sound(other)
    assert not any(layer.curves for layer in other.all_layers)
    wanted = predict(network, rows)
    assert_allclose(predict(other, rows), wanted, atol=1e-3 * np.abs(wanted).max())


@pytest.mark.parametrize("direct", [False, True])
def test_scales_fold_into_curves(direct):
    rng = np.random.default_rng(0)
    network = with_curves(build(3, (1, 1), 2, 2, direct=direct), share=1.0)
    center, scale = rng.normal(size=3), np.array([2.0, 0.5, 0.0])
    y_center, y_scale = np.array([3.0, -1.0]), np.array([10.0, 0.2])
    folded = fold_scales(network, center, scale, y_center, y_scale)
    assert_sound(folded)
    scaled = rng.normal(size=(20, 3))
    wanted = predict(network, scaled * scale + center)
    found = predict(folded, scaled) * y_scale + y_center
    assert_allclose(found, wanted, rtol=1e-11, atol=1e-11 * np.abs(wanted).max())


def test_other_bases_change_no_prediction_where_there_is_no_spline():
    network = with_curves(build(2, (1, 1), 1, degree=0, grid_size=1, base="none"), share=1.0)
    bases = [
        make_basis(np.tile(np.linspace(-2, 2, 6), (layer.n_inputs, 1)), 3)
        for layer in network.layers
    ]
    other = with_bases(network, bases)
    assert_sound(other)
    rows = make_rows(network)
    assert_array_equal(predict(other, rows), predict(network, rows))


def test_an_edge_that_is_not_there_gives_nothing():
    layer = build(2, 2, removed=0.6, seed=1).layers[0]
    i, j = np.argwhere(~layer.edges)[0]
    assert_array_equal(edge_values(layer, i, j, np.linspace(-1, 1, 5)), 0.0)


def test_a_curve_may_take_the_place_of_a_curve():
    network = set_curve(build(1, 1), 0, 0, 0, SINE)
    line = Curve((Term(Power(1), 2.0),))
    other = set_curve(network, 0, 0, 0, line)
    assert len(other.layers[0].curves) == 1
    x = np.linspace(-1, 1, 5)
    assert_allclose(predict(other, x[:, None])[:, 0], 2.0 * x + network.layers[0].bias[0])
