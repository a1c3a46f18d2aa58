"""Total effects beside all pairs of rows, closed forms, and the laws of rows and columns."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training import Rows
from sklearn_kan.training.effects import total_effects
from tests.networks import HIDDEN, NETWORKS, build, make_rows
from tests.training.rows import repeated


def rows_of(network, n_rows=60, seed=3, **options):
    weights = np.random.default_rng(seed).uniform(0.2, 3.0, n_rows)
    return Rows(make_rows(network, n_rows, **options), np.zeros((n_rows, 1)), weights)


def all_pairs(network, rows):
    """Return E |f(x) - f(x with column j of another row)|^2 / 2 over all pairs of rows."""
    raw, share = predict(network, rows.x), rows.weights / rows.weights.sum()
    effects = np.zeros(network.n_inputs)
    for j in range(network.n_inputs):
        for donor, portion in zip(rows.x, share, strict=True):
            x = rows.x.copy()
            x[:, j] = donor[j]
            change = predict(network, x) - raw
            effects[j] += 0.5 * portion * (share @ (change**2).sum(axis=1))
    return effects


@pytest.mark.parametrize("network", NETWORKS)
def test_a_few_shifts_stand_for_all_pairs(network):
    rows = rows_of(network)
    wanted = all_pairs(network, rows)
    assert_allclose(total_effects(network, rows), wanted, rtol=0.02, atol=0.01 * wanted.sum())


@pytest.mark.parametrize("network", [build(3, 1), build(4, 3, removed=0.3)])
def test_additive_effects_are_the_variances_of_the_curves(network):
    """Not over a sample of the rows: over all."""
    rows = rows_of(network, 900)
    found = total_effects(network, rows)
    assert_allclose(found, all_pairs_of_curves(network, rows), rtol=1e-9)
    share = found / found.sum()
    assert_allclose(share.sum(), 1.0)


def all_pairs_of_curves(network, rows):
    effects = []
    for j in range(network.n_inputs):
        x = np.zeros_like(rows.x)
        x[:, j] = rows.x[:, j]
        values = predict(network, x)
        around = values - np.average(values, axis=0, weights=rows.weights)
        effects.append(np.average((around**2).sum(axis=1), weights=rows.weights))
    return effects


def test_both_columns_of_a_product_have_all_of_it():
    """f = x0 x1, independent, of variances 1 and 4 and means 0: T = (4, 4)."""
    network = build(2, (0, 1), 1, degree=1, grid_size=1, base="none")
    first, last = network.layers
    lines = np.zeros_like(first.weights)
    for column, factor in ((0, 0), (1, 1)):
        lines[column, :, factor] = [first.basis.knots[column, 1], first.basis.knots[column, 2]]
    network = network.replace_layer(0, weights=lines, bias=np.zeros(2))
    outer = np.array([last.basis.knots[0, 1], last.basis.knots[0, 2]])[None, :, None]
    network = network.replace_layer(1, weights=outer, bias=np.zeros(1))
    x = np.random.default_rng(0).normal(size=(4000, 2)) * [1.0, 2.0]
    assert_allclose(predict(network, x)[:, 0], x[:, 0] * x[:, 1], atol=1e-9)
    rows = Rows(x, np.zeros((4000, 1)), np.ones(4000))
    assert_allclose(total_effects(network, rows), 4.0, rtol=0.1)


@pytest.mark.parametrize("n_rows", [7, 60, 700])
@pytest.mark.parametrize("network", [HIDDEN[0].values[0], HIDDEN[3].values[0], build(2, 2)])
def test_a_weight_is_a_number_of_rows(network, n_rows):
    rows = rows_of(network, n_rows)
    times = np.random.default_rng(1).integers(1, 4, n_rows)
    weighted = replace(rows, weights=times.astype(float))
    more = total_effects(network, repeated(weighted, times))
    assert_allclose(total_effects(network, weighted), more, rtol=1e-10)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("n_rows", [60, 700])
def test_rows_may_come_in_any_order(n_rows, ties):
    network = build(3, (2, 1), 2, direct=True)
    rows = rows_of(network, n_rows)
    if ties:
        rows = replace(rows, x=np.round(rows.x) + 1e-3 * rows.x * [1.0, 0.0, 0.0])
    shuffled = rows.take(np.random.default_rng(0).permutation(n_rows))
    assert_allclose(total_effects(network, shuffled), total_effects(network, rows), rtol=1e-9)


@pytest.mark.parametrize("n_rows", [60, 700])
def test_columns_may_come_in_any_order(n_rows):
    network = build(3, (2, 1), 2, direct=True)
    rows = rows_of(network, n_rows)
    order = np.array([2, 0, 1])
    turned = network
    for index in (0, 2):
        layer = network.all_layers[index]
        turned = turned.replace_layer(
            index,
            basis=layer.basis.take(order),
            weights=layer.weights[order],
            edges=layer.edges[order],
        )
    turned = replace(turned, direct=replace(turned.direct, basis=turned.layers[0].basis))
    found = total_effects(turned, replace(rows, x=rows.x[:, order]))
    assert_allclose(found, total_effects(network, rows)[order], rtol=1e-9)


@pytest.mark.parametrize("hidden", [(), ((2, 1),)])
def test_what_has_no_effect_has_exactly_none(hidden):
    network = build(4, *hidden, 2, direct=bool(hidden))
    for index in (0, len(hidden) + 1) if hidden else (0,):
        layer = network.all_layers[index]
        edges = layer.edges.copy()
        edges[1] = False
        weights = layer.weights * edges[:, None, :]
        network = network.replace_layer(index, edges=edges, weights=weights)
    rows = rows_of(network)
    x = rows.x.copy()
    x[:, 3] = 0.7
    found = total_effects(network, replace(rows, x=x))
    assert (found[[0, 2]] > 0).all()
    assert_array_equal(found[[1, 3]], 0.0)


@pytest.mark.parametrize("hidden", [(), (3,)])
@pytest.mark.parametrize("n_ones", [1, 4])
def test_rare_ones_count_however_many_rows_there_are(hidden, n_ones):
    network = build(2, *hidden, 1)
    rows = rows_of(network, 5000)
    x = rows.x.copy()
    x[:, 1] = np.arange(5000) < n_ones
    rows = Rows(x, rows.y, np.ones(5000))
    ones = np.where(np.arange(2) == 1, 1.0, x)
    change = predict(network, ones) - predict(network, np.where(np.arange(2) == 1, 0.0, x))
    share = n_ones / 5000
    wanted = share * (1.0 - share) * np.mean(change**2)
    # What interacts with the ones is known from those rows, and a few that they are tried on.
    assert_allclose(total_effects(network, rows)[1], wanted, rtol=0.6 if hidden else 1e-9)


def test_logits_count_less_what_they_have_in_common():
    network = build(3, 2, 3, direct=True)
    rows = rows_of(network)
    direct = network.direct
    common = direct.weights + np.random.default_rng(0).normal(size=(*direct.weights.shape[:2], 1))
    shifted = network.replace_layer(2, weights=common)
    found = total_effects(network, rows, couples_outputs=True)
    assert_allclose(total_effects(shifted, rows, couples_outputs=True), found, rtol=1e-8)
    assert (total_effects(shifted, rows) > 1.01 * found).all()


def test_one_row_has_no_effects():
    network = build(2, 2, 1)
    rows = rows_of(network, 1)
    assert_array_equal(total_effects(network, rows), 0.0)
