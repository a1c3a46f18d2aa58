"""Networks and their place in coordinates."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict, refine
from sklearn_kan.training.coordinates.placing import place, standardised
from sklearn_kan.training.initial.network import layer_outputs
from tests.training.charts import SHAPES, make_network, make_rows
from tests.training.coordinates.test_demmler_reinsch import columns_at

CASES = pytest.mark.parametrize(("hidden", "direct"), SHAPES)


def same(found, wanted, rows, atol=1e-12):
    values = predict(wanted, rows.x)
    assert_allclose(predict(found, rows.x), values, rtol=0, atol=atol * np.abs(values).max())


@CASES
@pytest.mark.parametrize("base", ["silu", "none"])
@pytest.mark.parametrize("curves", [0.0, 0.4, 1.0])
def test_placing_keeps_predictions(hidden, direct, base, curves):
    rows = make_rows()
    network = make_network(hidden, direct, rows, base=base, curves=curves)
    placed = place(network, rows)
    same(placed.chart.to_network(placed.beta), network, rows)


@CASES
def test_refined_networks_are_placed_exactly(hidden, direct):
    rows = make_rows()
    network = make_network(hidden, direct, rows, grid_size=3)
    for grid_size in (6, 12, 24, 48):
        finer = refine(network, grid_size)
        placed = place(finer, rows)
        same(placed.chart.to_network(placed.beta), network, rows, atol=1e-11)


@CASES
def test_hidden_outputs_are_standardised(hidden, direct):
    rows = make_rows()
    network = make_network(hidden, direct, rows)
    shifted = [
        network.replace_layer(i, weights=3.0 * network.layers[i].weights)
        for i in range(len(hidden))
    ]
    for other in [network, *shifted]:
        assert_standardised(standardised(other, rows), rows)
        same(standardised(other, rows), other, rows)


def assert_standardised(network, rows):
    nodes = rows.x
    for layer in network.layers[:-1]:
        outputs = layer_outputs(layer, nodes)
        mean = np.average(outputs, axis=0, weights=rows.weights)
        variance = np.average((outputs - mean) ** 2, axis=0, weights=rows.weights)
        assert_allclose(mean[: layer.n_sums], 0.0, atol=1e-12)
        assert_allclose(variance, 1.0, rtol=1e-10)
        sums = layer.n_sums
        nodes = np.concatenate(
            [outputs[:, :sums], outputs[:, sums::2] * outputs[:, sums + 1 :: 2]], axis=1
        )


@CASES
def test_beta_is_laid_out_as_the_chart_says(hidden, direct):
    rows = make_rows(q=2)
    placed = place(make_network(hidden, direct, rows), rows)
    chart, beta = placed.chart, placed.beta
    assert len(beta) == chart.size
    subs = [beta[part] for part in chart.bias_parts()[: chart.n_hidden]]
    again = chart.pack(chart.matrices(beta), beta[chart.bias_part], subs)
    assert_array_equal(again, beta)
    covered = np.zeros(chart.size, int)
    for part in [*chart.parts(), *chart.bias_parts()]:
        covered[part] += 1
    assert_array_equal(covered, 1)
    assert [part.stop - part.start for part in chart.bias_parts()[: chart.n_hidden]] == [
        2 * products for _, products in hidden
    ]


@CASES
def test_the_output_bias_is_the_mean_prediction(hidden, direct):
    rows = make_rows()
    network = make_network(hidden, direct, rows)
    placed = place(network, rows)
    mean = np.average(predict(network, rows.x), axis=0, weights=rows.weights)
    assert_allclose(placed.beta[placed.chart.bias_part], mean, rtol=1e-12, atol=1e-12)


def test_columns_of_few_values_are_fitted_at_the_rows():
    rows = make_rows()
    x = rows.x.copy()
    x[:, 0] = np.round(x[:, 0])
    rows = type(rows)(x, rows.y, rows.weights)
    network = make_network(((2, 0),), True, rows, grid_size=9)
    placed = place(network, rows)
    same(placed.chart.to_network(placed.beta), network, rows, atol=1e-6)


@CASES
def test_removed_edges_are_no_parameters(hidden, direct):
    rows = make_rows()
    network = make_network(hidden, direct, rows)
    edges = network.layers[0].edges.copy()
    edges[0, 0] = False
    network = network.replace_layer(
        0, edges=edges, weights=network.layers[0].weights * edges[:, None, :]
    )
    placed = place(network, rows)
    found = placed.chart.to_network(placed.beta)
    assert_array_equal(found.layers[0].edges, edges)
    same(found, network, rows)


def test_columns_of_the_first_layer_belong_to_the_chart():
    rows = make_rows()
    placed = place(make_network(((2, 0),), False, rows), rows)
    columns = columns_at(placed.chart.coordinates[0], placed.chart.network.layers[0].basis, rows.x)
    assert_allclose(rows.weights @ columns, 0.0, atol=1e-8)
