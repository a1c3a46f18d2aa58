"""The objective: its gradient for every network and loss, its blocks, and its weights."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.descent.schedule import sparsities
from sklearn_kan.training.objective import objective
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks, Objective, Rows, mean_loss
from sklearn_kan.training.objective.penalties import uniform_penalty
from sklearn_kan.training.summaries.moments import node_moments
from tests.losses import LOSSES, make_target
from tests.networks import NETWORKS, assert_gradient, build, make_rows, make_rows_between_breaks
from tests.training.rows import repeated


def tamed(network):
    """Return the network with smaller weights: exp of its raw predictions is no large number."""
    for index, layer in enumerate(network.all_layers):
        curves = tuple(edge.scaled(0.3) for edge in layer.curves)
        network = network.replace_layer(index, curves=curves)
    return network.with_theta(0.3 * network.theta)


def make_problem(network, loss, x):
    """Return rows with weights, about which the loss is smooth at the network's parameters."""
    rng = np.random.default_rng(3)
    y = make_target(loss, predict(network, x), rng)
    return Rows(x, y, rng.uniform(0.5, 3.0, len(x)))


def make_objective(network, rows, loss, alpha=0.1, sparsity=0.1, **options):
    return Objective(
        network,
        Blocks(network, rows, **options),
        loss,
        uniform_penalty(network, alpha),
        sparsities(network, node_moments(network, rows), sparsity),
    )


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", NETWORKS)
def test_gradient_is_the_derivative_of_the_value(network, loss):
    network = tamed(network)
    rows = make_problem(network, loss, make_rows_between_breaks(network))
    value_gradient = make_objective(network, rows, loss).value_gradient
    scale = max(1.0, abs(value_gradient(network.theta)[0]))
    assert_gradient(
        value_gradient, network.theta, np.random.default_rng(4), rtol=1e-7, atol=1e-9 * scale
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_value_is_the_weighted_mean_of_losses_plus_penalties(network):
    rows = make_problem(network, SquaredError(), make_rows(network))
    residual = predict(network, rows.x) - rows.y
    fit = 0.5 * np.average((residual**2).sum(axis=1), weights=rows.weights)
    assert_allclose(mean_loss(network, rows, SquaredError()), fit, rtol=1e-12)
    shares = {
        (0.0, 0.0): 0.0,
        (0.1, 0.0): penalty_of(network, uniform_penalty(network, 0.1)) / rows.weights.sum(),
        (0.0, 0.1): penalty_of(network, sparsities(network, node_moments(network, rows), 0.1)),
    }
    shares[0.1, 0.1] = shares[0.1, 0.0] + shares[0.0, 0.1]
    for (alpha, sparsity), share in shares.items():
        found = make_objective(network, rows, SquaredError(), alpha, sparsity)
        assert_allclose(found.value_gradient(network.theta)[0], fit + share, rtol=1e-12)


def penalty_of(network, terms):
    return sum(
        term.value_gradient(layer.weights)[0]
        for term, layer in zip(terms, network.all_layers, strict=True)
    )


def assert_same_objective(found, wanted, theta):
    value, gradient = wanted.value_gradient(theta)
    found_value, found_gradient = found.value_gradient(theta)
    assert_allclose(found_value, value, rtol=1e-12)
    assert_allclose(found_gradient, gradient, rtol=1e-10, atol=1e-12 * np.abs(gradient).max())


@pytest.mark.parametrize("cache", [0, 2**28])
@pytest.mark.parametrize("block_size", [1, 7, 30])
@pytest.mark.parametrize("network", NETWORKS)
def test_blocks_and_their_cache_do_not_matter(network, block_size, cache, monkeypatch):
    rows = make_problem(network, SquaredError(), make_rows(network))
    wanted = make_objective(network, rows, SquaredError())
    monkeypatch.setattr(objective, "_CACHE_BYTES", cache)
    cut = make_objective(network, rows, SquaredError(), block_size=block_size)
    assert_same_objective(cut, wanted, network.theta)


def test_features_are_kept_only_while_they_fit(monkeypatch):
    network = build(2, 3, 1)
    rows = make_problem(network, SquaredError(), make_rows(network))
    kept, again = (list(Blocks(network, rows)) for _ in range(2))
    blocks = Blocks(network, rows)
    kept, again = list(blocks), list(blocks)
    assert kept[0][0] is again[0][0]
    monkeypatch.setattr(objective, "_CACHE_BYTES", 0)
    blocks = Blocks(network, rows)
    kept, again = list(blocks), list(blocks)
    assert kept[0][0] is not again[0][0]


def test_blocks_hold_every_row_once():
    network = build(2, 3, 1)
    rows = make_problem(network, SquaredError(), make_rows(network))
    slices = [block for _, block in Blocks(network, rows, 7)]
    assert_array_equal(np.concatenate([np.arange(30)[block] for block in slices]), np.arange(30))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("network", NETWORKS)
def test_weights_are_numbers_of_rows(network, loss):
    network = tamed(network)
    times = np.random.default_rng(0).integers(0, 4, 30)
    rows = make_problem(network, loss, make_rows(network, spread=1.0))
    weighted = Rows(rows.x, rows.y, times.astype(float))
    assert_same_objective(
        make_objective(network, weighted, loss),
        make_objective(network, repeated(rows, times), loss),
        network.theta,
    )


def test_the_penalty_is_shared_by_all_rows():
    network = build(2, 3, 1)
    rows = make_problem(network, SquaredError(), make_rows(network))
    twice = Rows(rows.x, rows.y, 2.0 * rows.weights)
    assert_same_objective(
        make_objective(network, twice, SquaredError(), alpha=0.2),
        make_objective(network, rows, SquaredError(), alpha=0.1),
        network.theta,
    )


@pytest.mark.parametrize("network", NETWORKS)
def test_the_objective_is_pure(network):
    rows = make_problem(network, SquaredError(), make_rows(network))
    found = make_objective(network, rows, SquaredError())
    theta = np.random.default_rng(0).normal(size=network.n_parameters)
    before = theta.copy()
    first, gradient = found.value_gradient(theta)
    found.value_gradient(-theta)
    second, same_gradient = found.value_gradient(theta)
    assert first == second
    assert_array_equal(gradient, same_gradient)
    assert_array_equal(theta, before)


def test_rows_can_be_taken_by_index_mask_and_slice():
    rows = Rows(np.arange(8.0).reshape(4, 2), np.arange(4.0)[:, None], np.arange(4.0))
    for index in (np.array([1, 3]), np.array([False, True, False, True]), slice(1, None, 2)):
        part = rows.take(index)
        assert_array_equal(part.x, [[2, 3], [6, 7]])
        assert_array_equal(part.y, [[1], [3]])
        assert part.total_weight == 4.0
