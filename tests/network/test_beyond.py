"""Curves that are flattened beyond their grids stay what they are within."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import (
    Layer,
    Network,
    evaluate,
    flatten_beyond,
    input_basis,
    level_off,
    make_basis,
    predict,
    refine,
    without_bends,
)
from tests.networks import assert_sound, build

HIDDEN_SPLINES = [
    build(2, 3, 1, direct=True),
    build(2, (2, 1), 2, uneven=True, removed=0.3),
    build(3, 2, 2, 1, degree=2, base="none"),
    build(2, 2, 1, degree=1),
    build(2, 2, 1, degree=5, uneven=True),
]
MARGIN = 0.05

each_network = pytest.mark.parametrize("network", HIDDEN_SPLINES)


def curves(layer, nodes, order=0):
    """Return a derivative of all curves (p, q, n) at nodes (n, p)."""
    basis = layer.basis
    dense = evaluate(basis, nodes, order=2).by_row(order).toarray()
    features = dense.reshape(len(nodes), basis.n_nodes, basis.n_features)
    return np.einsum("npm,pmq->pqn", features, layer.weights)


def across(basis, margin=0.0, number=50):
    """Return nodes (number, p) over the grids, and by so much beyond."""
    breaks = basis.breaks
    share = np.linspace(-margin, 1.0 + margin, number)[:, None]
    return breaks[:, 0] + np.ptp(breaks, axis=1) * share


def length_at(basis, end):
    """Return the length (p,) of a grid, no more than four times that of its outermost intervals."""
    cells = np.diff(basis.breaks, axis=1)
    return np.minimum(cells.sum(axis=1), 4.0 * basis.grid_size * cells[:, end])


def flattened_layers(network):
    """Yield each layer that was flattened, before and after, and the whole network."""
    for index in (0, 1):
        flat = flatten_beyond(network, index, MARGIN)
        yield network.layers[index], flat.layers[index], flat
        if index == 0 and network.direct is not None:
            yield network.direct, flat.direct, flat


@each_network
def test_levelled_curves_stay_as_they_are_within_the_grid(network):
    level = level_off(network, 1)
    assert_sound(level)
    before, after = network.layers[1], level.layers[1]
    nodes = across(before.basis)
    for order in range(3):
        # A derivative of the degree's order jumps at the ends.
        inner = slice(1, -1) if order >= min(before.basis.degree, 2) else slice(None)
        wanted = curves(before, nodes, order)[..., inner]
        assert_allclose(curves(after, nodes, order)[..., inner], wanted, rtol=1e-10, atol=1e-10)


@each_network
def test_levelled_curves_are_constant_far_outside(network):
    layer = level_off(network, 1).layers[1]
    for sign in (-1.0, 1.0):
        far = curves(layer, sign * np.array([[50.0], [5000.0]]) * np.ones(layer.n_inputs))
        assert_allclose(far[..., 0], far[..., 1], rtol=1e-9, atol=1e-9)


@each_network
def test_curves_go_on_for_their_reach_before_they_level_off(network):
    """As they are within the grid; at the reach's end they have the slope of the grid's end."""
    before = network.layers[1]
    reach = np.zeros(before.n_inputs)
    reach[0] = 0.4
    layer = level_off(network, 1, reach).layers[1]
    nodes = across(before.basis)[1:-1]
    for order in range(3):
        inner = nodes[1:-1] if order >= min(before.basis.degree, 2) else nodes
        assert_allclose(
            curves(layer, inner, order), curves(before, inner, order), rtol=1e-9, atol=1e-9
        )
    breaks = before.basis.breaks
    length = np.ptp(breaks, axis=1)
    for end, sign in ((0, -1.0), (-1, 1.0)):
        last = breaks[:, end]
        beyond = last + sign * (reach - 1e-9) * length_at(before.basis, end)
        slope = curves(before, (last - sign * 1e-9 * length)[None], 1)[0]
        if before.basis.degree > 1:
            assert_allclose(curves(layer, beyond[None], 1)[0], slope[:, :], rtol=1e-5, atol=1e-5)
        far = curves(layer, np.stack([last + sign * 5.0 * length, last + sign * 50.0 * length]))
        assert_allclose(far[..., 0], far[..., 1], rtol=1e-9, atol=1e-9)


@each_network
def test_flattened_curves_stay_as_they_are_within_the_grid(network):
    for before, after, whole in flattened_layers(network):
        assert_sound(whole)
        nodes = across(before.basis)
        wanted = curves(before, nodes)
        assert_allclose(curves(after, nodes), wanted, rtol=0, atol=1e-10 * np.abs(wanted).max())


@each_network
def test_the_outermost_pieces_go_on_up_to_the_margin(network):
    for before, after, _ in flattened_layers(network):
        degree = before.basis.degree
        for end in (0, 1):
            share = np.linspace(0.0, MARGIN, 5) if end == 0 else -np.linspace(0.0, MARGIN, 5)
            breaks = before.basis.breaks
            start = breaks[:, -end]
            length = length_at(before.basis, -end)
            within, beyond = start + np.outer(share, length), start - np.outer(share, length)
            both = curves(after, np.concatenate([beyond[:0:-1], within]))
            if before.basis.has_base:
                both = both - _base_part(after, np.concatenate([beyond[:0:-1], within]))
            # A polynomial of the degree has no differences of a higher order.
            differences = np.diff(both, n=degree + 1, axis=-1)
            assert_allclose(differences, 0.0, atol=1e-9 * np.abs(both).max())


def _base_part(layer, nodes):
    weights = np.zeros_like(layer.weights)
    weights[:, -1] = layer.weights[:, -1]
    return curves(type(layer)(layer.basis, weights, layer.bias, layer.edges), nodes)


@each_network
def test_far_slopes_are_the_flatter_of_two(network):
    for before, after, _ in flattened_layers(network):
        basis = before.basis
        ends = basis.breaks[:, [0, -1]].T
        slopes, values = curves(before, ends, order=1), curves(before, ends)
        mean = (values[..., 1] - values[..., 0]) / np.ptp(basis.breaks, axis=1)[:, None]
        far = curves(after, np.array([[-50.0], [50.0]]) * np.ones(basis.n_nodes), order=1)
        for end in (0, 1):
            own = slopes[..., end]
            wanted = np.where(np.abs(own) < np.abs(mean), own, mean) * (own * mean > 0)
            assert_allclose(far[..., end], wanted, rtol=1e-7, atol=1e-8)


def test_straight_curves_go_on_as_they_are():
    network = build(3, 1, base="none", uneven=True)
    basis = network.layers[0].basis
    greville = np.lib.stride_tricks.sliding_window_view(basis.knots[:, 1:-1], 3, axis=1).mean(
        axis=2
    )
    network = network.replace_layer(
        0, weights=greville[..., None] * np.array([2.0, -1.0, 0.5])[:, None, None]
    )
    rows = np.random.default_rng(0).normal(0.0, 100.0, (20, 3))
    found = predict(flatten_beyond(network, 0, MARGIN), rows)
    assert_allclose(found, predict(network, rows), rtol=1e-9)


def test_first_and_direct_layers_keep_one_basis():
    flat = flatten_beyond(build(2, 3, 1, direct=True), 0, MARGIN)
    assert flat.direct.basis is flat.layers[0].basis


def test_piecewise_constants_are_level_already():
    network = build(2, 2, 1, degree=0, base="none")
    assert level_off(network, 1) is network
    assert flatten_beyond(network, 0, MARGIN) is network


@each_network
def test_cells_to_bend_in_are_no_intervals(network):
    bent = level_off(flatten_beyond(network, 0, MARGIN), 1)
    assert bent.grid_size == network.grid_size
    assert [layer.basis.n_intervals for layer in bent.all_layers] == [
        layer.basis.n_intervals for layer in network.all_layers
    ]
    rows = 3.0 * np.random.default_rng(0).normal(size=(200, network.n_inputs))
    finer = refine(bent, 3 * network.grid_size)
    assert finer.grid_size == 3 * network.grid_size
    assert_sound(finer)
    wanted = predict(bent, rows)
    assert_allclose(predict(finer, rows), wanted, rtol=0, atol=1e-9 * np.abs(wanted).max())


@each_network
def test_without_bends_lines_go_on_as_at_the_ends(network):
    bent = level_off(flatten_beyond(network, 0, 0.0), 1)
    back = without_bends(bent)
    assert_sound(back)
    assert [layer.basis.grid_size for layer in back.all_layers] == [
        layer.basis.grid_size for layer in network.all_layers
    ]
    rows = 3.0 * np.random.default_rng(0).normal(size=(200, network.n_inputs))
    wanted = predict(network, rows)
    assert_allclose(predict(back, rows), wanted, rtol=0, atol=1e-8 * np.abs(wanted).max())
    assert without_bends(back) is back


def test_a_short_interval_at_the_end_does_not_run_away():
    """Its piece, of a steep curve, is not gone on with for as long as the other intervals are."""
    breaks = np.concatenate([[0.0], np.geomspace(1e-6, 1.0, 7)])[None]
    basis = make_basis(breaks, 3, "none")
    layer = Layer(basis, np.sin(np.arange(10.0))[None, :, None], np.zeros(1), np.ones((1, 1), bool))
    flat = flatten_beyond(Network((layer,)), 0, 0.02).layers[0]
    assert np.abs(flat.weights).max() < 10.0


def test_at_an_end_with_far_values_curves_are_seen_up_to_the_farthest():
    rows = np.append(np.linspace(0.0, 1.0, 40), 1e6)[:, None]
    basis = input_basis(rows, np.ones(41), 5, 3, "none")
    line = basis.abscissae[:, :, None]  # level beyond the bulk
    layer = Layer(basis, line, np.zeros(1), np.ones((1, 1), bool))
    flat = flatten_beyond(Network((layer,)), 0, 0.02)
    at = np.array([[-10.0], [0.0], [1.0], [1e6], [2e6]])
    # At the other end the line is straight, as far as it is seen from there.
    assert_allclose(predict(flat, at)[:3, 0], at[:3, 0], atol=1e-9)
    assert_allclose(predict(flat, at)[3:, 0], predict(Network((layer,)), at)[3, 0])


@each_network
def test_two_bends_are_no_intervals_either_and_both_are_taken_off(network):
    """One where a curve comes back from its reach, one where it levels off."""
    reach = np.full(network.layers[1].n_inputs, 0.3)
    bent = level_off(network, 1, reach)
    assert bent.layers[1].basis.n_bends == 2
    assert bent.layers[1].basis.n_intervals == network.layers[1].basis.n_intervals
    back = without_bends(bent)
    assert_allclose(back.layers[1].basis.breaks, network.layers[1].basis.breaks, rtol=1e-12)
    rows = 3.0 * np.random.default_rng(0).normal(size=(200, network.n_inputs))
    wanted = predict(network, rows)
    assert_allclose(predict(back, rows), wanted, rtol=0, atol=1e-7 * np.abs(wanted).max())


@each_network
def test_nodes_without_a_reach_level_off_at_once(network):
    """In the one narrow cell: at degree d by 1 - 1/d of what the slope would take them there."""
    before = network.layers[1]
    reach = np.zeros(before.n_inputs)
    reach[0] = 0.4
    layer = level_off(network, 1, reach).layers[1]
    breaks = before.basis.breaks
    length = np.ptp(breaks, axis=1)
    for end, sign in ((0, -1.0), (-1, 1.0)):
        last = breaks[:, end]
        near = (last - sign * 1e-9 * length)[None]
        slope, bend = (np.abs(curves(before, near, order)[..., 0]) for order in (1, 2))
        far = curves(layer, (last + sign * 0.3 * length)[None])[..., 0]
        moved = np.abs(far - curves(before, last[None])[..., 0])
        cell = 0.01 / before.basis.grid_size * length[:, None]
        share = 1.0 - 1.0 / before.basis.degree
        assert (moved <= 1.01 * share * slope * cell + 2.0 * bend * cell**2 + 1e-9)[1:].all()
