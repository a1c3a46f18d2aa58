"""Grids of inputs with values that are far out, and grids that reach farther than before."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import evaluate, extend_inputs, input_basis, make_basis, predict
from tests.networks import NETWORKS, assert_sound, build, make_rows

RNG = np.random.default_rng(0)
X = RNG.uniform(-1.0, 1.0, (50, 2))
ONES = np.ones(len(X))
# Moved grids are fine enough for the curves of these.
COARSE = [
    param
    for param in NETWORKS
    if not param.values[0].has_curves
    and param.values[0].grid_size < 10
    and param.values[0].layers[0].basis.outer is None
]


def with_far(*values):
    x = X.copy()
    x[: len(values), 0] = values
    return x


@pytest.mark.parametrize("degree", [0, 1, 3, 5])
@pytest.mark.parametrize("grid_eps", [0.0, 1.0])
@settings(max_examples=20)
@given(st.lists(st.floats(2.0, 49.0), min_size=1, max_size=4), st.lists(st.booleans(), min_size=4))
def test_far_values_take_no_interval_from_the_bulk(degree, grid_eps, magnitudes, signs):
    far = [10.0**m * (1 if s else -1) for m, s in zip(magnitudes, signs, strict=False)]
    x = with_far(*far)
    basis = input_basis(x, ONES, 6, degree, "silu", grid_eps)
    assert (np.diff(basis.breaks) > 0).all()
    assert (basis.breaks[:, 0] <= x.min(axis=0)).all()
    assert (basis.breaks[:, -1] >= x.max(axis=0)).all()
    rest = x[len(far) :, 0]
    assert_allclose(basis.bulk[0], [rest.min(), rest.max()])
    low, high = basis.outer[0]
    assert basis.grid_size - low - high >= basis.n_intervals == 6
    assert_array_equal([low > 0, high > 0], [min(far) < 0, max(far) > 0])
    assert_array_equal(basis.outer[1], 0)


@pytest.mark.parametrize("far", [20.0, -1e3, 1e6, -1e49])
def test_features_are_bounded_however_far_values_are(far):
    x = with_far(far)
    dense = evaluate(input_basis(x, ONES, 6, 3), x, order=1).by_row().toarray()
    assert np.abs(dense).max() < 1.5


def test_without_far_values_there_is_nothing_special():
    basis = input_basis(X, ONES, 6, 3)
    assert basis.outer is None
    assert basis.n_intervals == basis.grid_size == 6
    assert_array_equal(basis.base_map, [[1.0, 0.0]] * 2)
    assert_array_equal(basis.bulk, basis.breaks[:, [0, -1]])


def test_abscissae_are_those_of_a_line_on_the_bulk_and_level_beyond():
    basis = input_basis(with_far(1e6), ONES, 6, 3, "none")
    at = np.array([*np.linspace(*basis.bulk[0], 7), 1e4, 1e6])
    values = evaluate(basis, np.stack([at, at], 1)).by_row().toarray()[:, : basis.n_splines]
    line = values @ basis.abscissae[0]
    assert_allclose(line[:7], at[:7], atol=1e-12)
    assert basis.bulk[0, 1] < line[7] < basis.bulk[0, 1] + np.diff(basis.bulk[0])
    assert_allclose(line[8], line[7])


@pytest.mark.parametrize("network", COARSE)
def test_extended_grids_keep_other_inputs_and_hold_curves_beyond(network):
    first = network.layers[0].basis
    moved = np.arange(first.n_nodes) == 0
    ends = first.breaks[:, [0, -1]].T
    rows = np.concatenate([ends, ends + 3.0 * np.diff(ends, axis=0)])
    wider = extend_inputs(
        network, moved, input_basis(rows, np.ones(4), 64, first.degree, first.base, 1.0)
    )
    assert_sound(wider)
    inside = np.clip(make_rows(network, 40), *ends)
    scale = np.abs(predict(network, inside)).max()
    if first.degree > 1:  # pieces of steps, and of lines, are cut at other places
        margin = 0.1 * np.ptp(ends[:, 0])
        inside[:, 0] = np.clip(inside[:, 0], ends[0, 0] + margin, ends[1, 0] - margin)
        assert_allclose(predict(wider, inside), predict(network, inside), atol=0.03 * scale)
    far, end = inside.copy(), inside.copy()
    far[:, 0], end[:, 0] = ends[1, 0] + 2.0 * np.ptp(ends[:, 0]), ends[1, 0]
    assert_allclose(predict(wider, far), predict(network, end), atol=0.03 * scale)


def test_a_grid_that_nests_in_the_new_one_is_kept_where_curves_allow_it():
    """A curve that is level at its end goes on level without a kink: nothing is lost."""
    network = build(1, 1, base="none")
    layer = network.layers[0]
    weights = layer.weights.copy()
    weights[:, -4:] = weights[:, -4:].mean()
    network = network.replace_layer(0, weights=weights)
    low, high = layer.basis.breaks[0, [0, -1]]
    wide = make_basis(np.linspace(low, 2.0 * high - low, 9)[None], 3, "none")
    wider = extend_inputs(network, np.array([True]), wide)
    at = np.linspace(low, high, 50)[:, None]
    assert_allclose(predict(wider, at), predict(network, at), rtol=1e-12)
