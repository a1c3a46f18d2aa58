"""Refining, covering and renormalising keep the function."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    cover,
    fit_breaks,
    level_off,
    predict,
    refine,
    regrid,
    renormalise,
)
from tests.networks import (
    HIDDEN,
    NETWORKS,
    assert_sound,
    build,
    make_rows,
    node_values,
    with_far_values,
)


def assert_same_predictions(found, wanted, rows, rtol=1e-12):
    """Compare two networks, also far outside their grids.

    Errors are relative to the largest prediction, as smaller ones may be differences of large
    terms.
    """
    for at in (rows, 10.0 * rows):
        values = predict(wanted, at)
        assert_allclose(predict(found, at), values, rtol=0, atol=rtol * np.abs(values).max())


@pytest.mark.parametrize("factor", [1, 2, 3])
@pytest.mark.parametrize("network", NETWORKS)
def test_nested_refinement_keeps_predictions(network, factor):
    finer = refine(network, factor * network.grid_size)
    assert finer.grid_size == factor * network.grid_size
    assert_sound(finer)
    # Hidden values far outside amplify rounding by the slopes of each layer on the way.
    assert_same_predictions(finer, network, make_rows(network))


@pytest.mark.parametrize("network", NETWORKS)
def test_refinement_keeps_the_old_breaks_and_halves_the_intervals(network):
    finer = refine(network, 2 * network.grid_size)
    for layer, old in zip(finer.layers, network.layers, strict=True):
        if old.basis.outer is not None:
            continue
        assert_array_equal(layer.basis.breaks[:, ::2], old.basis.breaks)
        middle = 0.5 * (old.basis.breaks[:, 1:] + old.basis.breaks[:, :-1])
        assert_allclose(layer.basis.breaks[:, 1::2], middle, rtol=1e-14, atol=1e-14)


def test_refinement_leaves_what_is_beyond_the_bulk_as_it_is():
    network = with_far_values(build(3, 2, 1), 30.0, -1e6)
    old, new = network.layers[0].basis, refine(network, 8).layers[0].basis
    assert_array_equal(new.outer, old.outer)
    assert_array_equal(new.outer, [[0, 3], [3, 0], [0, 0]])
    assert_array_equal(new.breaks[0, -4:], old.breaks[0, -4:])
    assert_array_equal(new.breaks[1, :4], old.breaks[1, :4])
    assert [basis.n_intervals for basis in (old, new)] == [4, 8]
    for before, after in zip(old.breaks, new.breaks, strict=True):
        assert np.isin(before, after).all()


@pytest.mark.parametrize("grid_size", [1, 3, 6, 9])
def test_a_grid_that_does_not_nest_is_refused(grid_size):
    with pytest.raises(ValueError, match=rf"grid_size={grid_size} is no multiple of the 4"):
        refine(build(2, 3, 1, grid_size=4), grid_size)


def test_doubling_again_and_again_keeps_predictions():
    network = build(2, (2, 1), 1, grid_size=1, direct=True)
    finer = network
    for grid_size in (2, 4, 8, 16, 32, 64, 128):
        finer = refine(finer, grid_size)
    assert_same_predictions(finer, network, make_rows(network), rtol=1e-11)


def test_layers_may_have_grids_of_different_sizes():
    network = build(2, 3, 1, grid_size=2)
    network = cover(
        network, 1, node_values(network, make_rows(network))[1], np.ones(30), grid_size=3
    )
    finer = refine(network, 6)
    assert [layer.basis.grid_size for layer in finer.layers] == [6, 6]
    assert_same_predictions(finer, network, make_rows(network))


@pytest.mark.parametrize("network", NETWORKS)
def test_covering_what_a_grid_covers_already_keeps_predictions(network):
    """Activations that reach from end to end of uniform grids: the new grids nest in the old."""
    for index, layer in enumerate(network.layers):
        if layer.basis.outer is not None:
            continue
        ends = layer.basis.breaks[:, [0, -1]].T
        uniform = fit_breaks(ends, np.ones(2), layer.basis.grid_size, 1.0)
        if not np.array_equal(uniform, layer.basis.breaks):
            network = cover(network, index, ends, np.ones(2))  # from now on they are uniform
        finer = cover(network, index, ends, np.ones(2), grid_size=2 * layer.basis.grid_size)
        assert_sound(finer)
        assert_same_predictions(finer, network, make_rows(network), rtol=1e-11)


@pytest.mark.parametrize("grid_eps", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("network", NETWORKS)
def test_cover_moves_one_grid_over_the_activations(network, grid_eps):
    rows = make_rows(network, 200)
    weight = np.arange(200.0) % 3
    for index, nodes in enumerate(node_values(network, rows)):
        moved = cover(network, index, nodes, weight, grid_eps=grid_eps, margin=0.1)
        assert_sound(moved)
        size = network.layers[index].basis.n_intervals
        wanted = fit_breaks(nodes, weight, size, grid_eps, 0.1)
        assert_array_equal(moved.layers[index].basis.breaks, wanted)
        for other in range(len(network.layers)):
            if other != index:
                assert moved.layers[other] is network.layers[other]


@pytest.mark.parametrize("direct", [False, True])
def test_cover_keeps_functions_that_both_grids_can_represent(direct):
    """Cubics inside the grids stay cubics when the grids shrink."""
    network = build(3, 2, grid_size=1, base="silu", direct=direct)
    rows = np.random.default_rng(0).uniform(-1.5, 1.5, (40, 3))
    moved = cover(network, 0, rows, np.ones(40), grid_size=5)
    assert_allclose(predict(moved, rows), predict(network, rows), rtol=1e-11, atol=1e-11)


@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_cover_keeps_lines_on_any_grid(degree):
    network = build(2, 2, degree=degree, base="none")
    (layer,) = network.layers
    greville = np.stack(
        [
            layer.basis.knots[:, j + 1 : j + degree + 1].mean(axis=1)
            for j in range(layer.basis.n_splines)
        ],
        axis=1,
    )
    slopes = np.array([[1.0, -2.0], [0.5, 3.0]])
    network = network.replace_layer(0, weights=greville[:, :, None] * slopes[:, None, :])
    rows = make_rows(network, spread=9.0)
    wanted = rows @ slopes + layer.bias
    assert_allclose(predict(network, rows), wanted, rtol=1e-12, atol=1e-12)
    moved = cover(network, 0, rows, np.ones(len(rows)), grid_size=7, grid_eps=0.3)
    assert_allclose(predict(moved, rows), wanted, rtol=1e-10, atol=1e-10)


def test_regrid_keeps_what_is_no_spline():
    layer = build(3, (2, 1), removed=0.4).layers[0]
    other = regrid(layer, layer.basis.breaks * 1.1)
    assert_array_equal(other.base_weight, layer.base_weight)
    assert_array_equal(other.basis.base_map, layer.basis.base_map)
    assert_array_equal(other.edges, layer.edges)
    assert_array_equal(other.bias, layer.bias)
    assert other.n_products == 1


def random_gauge(network, index, rng):
    """Return shifts and scales of a hidden layer's outputs."""
    layer = network.layers[index]
    shift = rng.normal(size=layer.n_outputs)
    shift[layer.n_sums :] = 0.0
    return shift, np.exp(rng.normal(size=layer.n_outputs))


def of_nodes(layer, shift, scale):
    """Return shifts and scales of a layer's nodes, given those of its outputs."""
    sums = layer.n_sums
    products = scale[sums::2] * scale[sums + 1 :: 2]
    node_shift = np.concatenate([shift[:sums], np.zeros(layer.n_products)])
    return node_shift, np.concatenate([scale[:sums], products])


@pytest.mark.parametrize("network", HIDDEN)
def test_renormalising_keeps_predictions(network):
    rng, rows = np.random.default_rng(0), make_rows(network)
    for index in range(len(network.layers) - 1):
        shift, scale = random_gauge(network, index, rng)
        other = renormalise(network, index, shift, scale)
        assert_sound(other)
        before, after = (node_values(n, rows)[index + 1] for n in (network, other))
        node_shift, node_scale = of_nodes(network.layers[index], shift, scale)
        wanted = (before - node_shift) / node_scale
        assert_allclose(after, wanted, rtol=1e-12, atol=1e-12 * np.abs(wanted).max())
        assert_same_predictions(other, network, rows, rtol=1e-11)
        network = other


@pytest.mark.parametrize("network", HIDDEN)
def test_renormalising_back_gives_the_same_network(network):
    shift, scale = random_gauge(network, 0, np.random.default_rng(0))
    other = renormalise(network, 0, shift, scale)
    back = renormalise(other, 0, -shift / scale, 1.0 / scale)
    assert_allclose(back.theta, network.theta, rtol=1e-13, atol=1e-14)
    for layer, wanted in zip(back.layers, network.layers, strict=True):
        assert_allclose(layer.basis.knots, wanted.basis.knots, rtol=1e-13, atol=1e-13)
        assert_allclose(layer.basis.base_map, wanted.basis.base_map, rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize("network", HIDDEN)
def test_renormalised_networks_can_be_refined(network):
    shift, scale = random_gauge(network, 0, np.random.default_rng(0))
    finer = refine(renormalise(network, 0, shift, scale), 2 * network.grid_size)
    assert_same_predictions(finer, network, make_rows(network), rtol=1e-11)


def test_a_grid_that_does_not_nest_in_a_later_layer_is_cut_like_the_first():
    network = build(2, 2, 1)  # of 4 intervals each
    network = cover(
        network, 1, np.linspace(-2.0, 2.0, 9)[:, None] * np.ones(2), np.ones(9), grid_size=5
    )
    finer = refine(network, 8)
    assert [layer.basis.grid_size for layer in finer.layers] == [8, 10]
    rows = make_rows(network)
    assert_same_predictions(finer, network, rows)


def test_renormalised_grids_keep_the_cells_that_curves_bend_in():
    network = level_off(build(2, 3, 1), 1)
    shift, scale = np.array([0.3, -1.0, 0.0]), np.array([2.0, 0.5, 3.0])
    found = renormalise(network, 0, shift, scale)
    assert found.layers[1].basis.n_bends == network.layers[1].basis.n_bends == 1
    assert found.layers[1].basis.n_intervals == 4
