"""Forward and backward passes against double loops over edges, and against differences."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    Features,
    backward,
    combine,
    evaluate,
    forward,
    inputs_at,
    predict,
    row_blocks,
    sensitivities,
    split_sensitivity,
)
from sklearn_kan.network.pieces import pieces_at
from sklearn_kan.network.products import products_at
from tests import oracles
from tests.networks import (
    NETWORKS,
    assert_gradient,
    assert_same_bits,
    build,
    make_rows,
    make_rows_between_breaks,
    node_values,
)


@pytest.mark.parametrize("network", NETWORKS)
def test_predictions_equal_a_double_loop_over_edges(network):
    rows = make_rows(network)
    wanted = oracles.predict(network, rows)
    # Products and far-out rows give values in the thousands, relative to which sums cancel.
    assert_allclose(predict(network, rows), wanted, rtol=1e-11, atol=1e-12 * np.abs(wanted).max())


@pytest.mark.parametrize("network", NETWORKS)
def test_forward_is_what_predict_gives(network):
    rows = make_rows(network)
    raw, tape = forward(network, inputs_at(network, rows))
    assert raw.shape == (len(rows), network.n_outputs)
    assert len(tape) == len(network.layers)
    assert_array_equal(raw, predict(network, rows))


@pytest.mark.parametrize("network", NETWORKS)
def test_inputs_outlive_the_weights(network):
    rows = make_rows(network)
    inputs = inputs_at(network, rows)
    forward(network, inputs)
    other = network.with_theta(np.random.default_rng(0).normal(size=network.n_parameters))
    assert_array_equal(forward(other, inputs)[0], forward(other, inputs_at(other, rows))[0])


@pytest.mark.parametrize("block_size", [1, 7, 30, 1000])
@pytest.mark.parametrize("network", NETWORKS)
def test_blocks_of_rows_do_not_matter(network, block_size):
    rows = make_rows(network)
    whole = predict(network, rows)
    blocks = predict(network, rows, block_size)
    assert_allclose(blocks, whole, rtol=1e-12, atol=1e-13 * np.abs(whole).max())


@pytest.mark.parametrize("network", NETWORKS)
def test_no_row_gives_no_prediction(network):
    rows = np.empty((0, network.n_inputs))
    assert predict(network, rows).shape == (0, network.n_outputs)
    raw, tape = forward(network, inputs_at(network, rows))
    assert raw.shape == (0, network.n_outputs)
    assert_array_equal(backward(network, tape, raw), np.zeros(network.n_parameters))


@pytest.mark.parametrize("n_rows", [0, 1, 127, 128, 100_000])
def test_row_blocks_cover_each_row_once(n_rows):
    network = build(60, 1, grid_size=20)
    blocks = row_blocks(network, n_rows)
    rows = np.arange(n_rows)
    assert_array_equal(np.concatenate([rows[:0], *(rows[block] for block in blocks)]), rows)
    # 60 * 24 features, 8 bytes each: a block of features takes 4 MB.
    assert all(len(rows[block]) * 60 * 24 <= 2**19 for block in blocks)


@pytest.mark.parametrize("network", NETWORKS)
def test_layout_and_type_of_the_rows_do_not_matter(network):
    rows = make_rows(network).astype(np.float32)
    wanted = predict(network, rows.astype(np.float64))
    padded = np.zeros((2 * len(rows), 2 * network.n_inputs))
    padded[::2, 1::2] = rows
    for same in (rows, np.asfortranarray(rows), padded[::2, 1::2], padded[::2, 1::2][::-1][::-1]):
        assert_array_equal(predict(network, same), wanted)
    whole = np.round(rows)
    assert_array_equal(predict(network, whole.astype(int)), predict(network, whole))


@pytest.mark.parametrize("network", NETWORKS)
def test_passes_write_to_none_of_their_arguments(network):
    rows = make_rows(network)
    rows.setflags(write=False)
    before = network.theta
    inputs = inputs_at(network, rows)
    raw, tape = forward(network, inputs)
    sensitivity = np.cos(raw)
    sensitivity.setflags(write=False)
    first = backward(network, tape, sensitivity)
    # A second time, the tape and the inputs are the same as the first time.
    assert_array_equal(backward(network, tape, sensitivity), first)
    assert_array_equal(forward(network, inputs)[0], raw)
    assert_array_equal(network.theta, before)


@pytest.mark.parametrize("network", NETWORKS)
def test_backward_is_the_gradient(network):
    rng = np.random.default_rng(0)
    rows = make_rows_between_breaks(network)
    inputs = inputs_at(network, rows)
    target = rng.normal(size=(len(rows), network.n_outputs))

    def loss(theta):
        trial = network.with_theta(theta)
        raw, tape = forward(trial, inputs)
        residual = raw - target
        return 0.5 * np.mean(residual**2), backward(trial, tape, residual / residual.size)

    assert_gradient(loss, network.theta, rng)


@pytest.mark.parametrize("grid_size", [3, 64])
@pytest.mark.parametrize("n_outputs", [1, 2, 3, 20])
def test_dense_and_sparse_designs_agree(n_outputs, grid_size):
    network = build(3, n_outputs, grid_size=grid_size)
    features = evaluate(network.layers[0].basis, make_rows(network))
    wanted = np.zeros((30, 3 * features.n_features))
    for row, node in np.ndindex(30, 3):
        wanted[row, features.columns[row, node]] = features.derivatives[0][row, node]
    design = features.design(n_outputs)
    assert_array_equal(design if isinstance(design, np.ndarray) else design.toarray(), wanted)


@pytest.mark.parametrize("network", NETWORKS)
def test_products_and_pieces_of_a_layer_agree(network):
    """Passes choose between two ways to evaluate a layer by its number of outputs."""
    rng, rows = np.random.default_rng(0), make_rows(network)
    for layer, nodes in zip(network.layers, node_values(network, rows), strict=True):
        products, pieces = products_at(layer, nodes), pieces_at(layer, nodes)
        delta = rng.normal(size=(len(rows), layer.n_outputs))
        for found, wanted in [
            (pieces.dense(), products.dense()),
            (pieces.outputs(), products.outputs()),
            (pieces.weight_gradient(delta), products.weight_gradient(delta)),
            (pieces.input_sensitivity(delta), products.input_sensitivity(delta)),
        ]:
            assert_allclose(found, wanted, rtol=0, atol=1e-12 * max(1.0, np.abs(wanted).max()))


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("network", NETWORKS)
def test_features_by_node_add_up_to_those_by_row(network, order):
    layer, rows = network.layers[0], make_rows(network)
    features = evaluate(layer.basis, rows, order)
    assert isinstance(features, Features)
    assert features.n_rows == len(rows)
    by_edge = (features.by_node(order) @ layer.matrix).reshape(*rows.shape, layer.n_outputs)
    summed = features.by_row(order) @ layer.matrix
    assert_allclose(by_edge.sum(axis=1), summed, rtol=1e-12, atol=1e-12)
    wanted = features.by_row(order).toarray().reshape(*rows.shape, -1)
    for node in range(layer.n_inputs):
        edges = wanted[:, node] @ layer.weights[node]
        assert_allclose(by_edge[:, node], edges, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("network", NETWORKS)
def test_sensitivities_are_the_slopes_by_each_layers_biases(network):
    """A bias is added to one output at every row, so its gradient is a sum of sensitivities."""
    rows = make_rows_between_breaks(network, 5)
    raw, tape = forward(network, inputs_at(network, rows))
    sensitivity = np.random.default_rng(0).normal(size=raw.shape)
    deltas = sensitivities(network, tape, sensitivity)
    gradient = network.with_theta(backward(network, tape, sensitivity))
    assert_array_equal(deltas[-1].shape, (5, network.layers[-1].n_outputs))
    for layer, delta in zip(gradient.layers, deltas, strict=True):
        assert_allclose(delta.sum(axis=0), layer.bias, rtol=1e-13, atol=1e-13)


def test_products_and_their_sensitivities():
    layer = build(1, (1, 2)).layers[0]
    outputs = np.array([[2.0, 3.0, 5.0, 7.0, 11.0]])
    assert_array_equal(combine(layer, outputs), [[2.0, 15.0, 77.0]])
    split = split_sensitivity(layer, outputs, np.array([[1.0, 10.0, 100.0]]))
    assert_array_equal(split, [[1.0, 50.0, 30.0, 1100.0, 700.0]])


@pytest.mark.parametrize("network", NETWORKS)
def test_passes_are_deterministic(network):
    rows = make_rows(network)
    first, second = (forward(network, inputs_at(network, rows)) for _ in range(2))
    assert_array_equal(first[0], second[0])
    for one, other in zip(node_values(network, rows), node_values(network, rows), strict=True):
        assert_same_bits(one, other)
