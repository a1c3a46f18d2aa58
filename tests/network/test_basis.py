"""B-splines and base functions: SciPy and the textbook recursion are the oracles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from scipy.interpolate import BSpline
from scipy.special import expit

from sklearn_kan.network import BASE_FUNCTIONS, Basis, evaluate, extend_breaks, make_basis
from sklearn_kan.network.features import find_intervals
from tests import oracles
from tests.networks import five_point, make_grid

DEGREES = range(6)
BASES = [pytest.param(name, id=name) for name in BASE_FUNCTIONS]


@st.composite
def bases(draw, base="none"):
    """Draw knots with neighbouring steps up to 20 times as long, for one or two nodes."""
    degree = draw(st.integers(0, 5))
    n_steps = draw(st.integers(1, 7)) + 2 * degree
    step = st.floats(0.1, 2.0)
    steps = draw(
        st.lists(st.lists(step, min_size=n_steps, max_size=n_steps), min_size=1, max_size=2)
    )
    start = draw(st.floats(-10.0, 10.0))
    knots = start + np.cumsum([[0.0, *row] for row in steps], axis=1)
    return Basis(knots, degree, base, np.tile([1.0, 0.0], (len(knots), 1)))


def points_of(basis, per_interval=4):
    """Return points (n, p) inside the grids: all breaks, and some in each interval."""
    share = np.arange(per_interval) / per_interval
    breaks = basis.breaks
    points = breaks[:, :-1, None] + np.diff(breaks, axis=1)[..., None] * share
    return np.concatenate([points.reshape(len(breaks), -1), breaks[:, -1:]], axis=1).T


def points_outside(basis):
    """Return a point below and one above each grid, (2, p)."""
    return basis.breaks[:, [0, -1]].T + np.array([[-0.7], [1.3]])


def dense(basis, x, order=0):
    """Return the derivative of some order of all features, (n, p, m)."""
    features = evaluate(basis, x, order)
    return features.by_row(order).toarray().reshape(*x.shape, basis.n_features)


@given(bases())
def test_values_equal_scipys_design_matrix(basis):
    x = points_of(basis)
    found = dense(basis, x)
    for node, knots in enumerate(basis.knots):
        wanted = BSpline.design_matrix(x[:, node], knots, basis.degree).toarray()
        assert_allclose(found[:, node], wanted, rtol=0, atol=1e-13)


@pytest.mark.parametrize("order", [1, 2])
@given(basis=bases())
def test_derivatives_equal_scipys(order, basis):
    x = points_of(basis)
    found = dense(basis, x, order)
    # Derivatives grow as the shortest step to the power -order, and rounding with them.
    shortest = np.diff(basis.knots, axis=1).min()
    for node, knots in enumerate(basis.knots):
        spline = BSpline(knots, np.eye(basis.n_splines), basis.degree)
        wanted = spline(x[:, node], nu=order)
        assert_allclose(found[:, node], wanted, rtol=0, atol=1e-12 * shortest**-order)


@given(bases())
def test_values_equal_the_textbook_recursion_inside_and_outside(basis):
    x = np.concatenate([points_of(basis, 2), points_outside(basis)])
    wanted = [[oracles.features(basis, i, value) for i, value in enumerate(row)] for row in x]
    # The linear continuation multiplies rounding by a slope of up to 1 / 0.1.
    assert_allclose(dense(basis, x), wanted, rtol=1e-12, atol=1e-12)


@given(bases())
def test_splines_are_a_partition_of_unity(basis):
    x = np.concatenate([points_of(basis), points_outside(basis)])
    assert (dense(basis, x[:-2]) >= -1e-15).all()
    assert_allclose(dense(basis, x).sum(axis=2), 1.0, rtol=0, atol=1e-12)
    assert_allclose(dense(basis, x, 1).sum(axis=2), 0.0, rtol=0, atol=1e-12)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("degree", DEGREES)
def test_features_go_on_linearly_with_the_slope_at_the_end(degree, base):
    basis = make_basis(np.array([[-1.0, 0.2, 1.0], [3.0, 4.0, 7.0]]), degree, base)
    for end, sign in ((0, -1.0), (-1, 1.0)):
        x = basis.breaks[:, end][None]
        for step in (1e-9, 0.5, 1e3):
            beyond = x + sign * step
            moved = (beyond - x)[..., None]
            wanted = dense(basis, x) + dense(basis, x, 1) * moved
            assert_allclose(dense(basis, beyond), wanted, rtol=1e-13, atol=1e-13)
            assert_array_equal(dense(basis, beyond, 1), dense(basis, x, 1))
            assert_array_equal(dense(basis, beyond, 2), 0.0)


@pytest.mark.parametrize("base", BASES)
@pytest.mark.parametrize("degree", DEGREES[1:])
def test_features_are_c1_at_both_ends(degree, base):
    basis = make_basis(np.array([[-1.0, 0.2, 1.0]]), degree, base)
    step = 1e-7
    for end in basis.breaks[:, [0, -1]].T:
        below, above = end[None] - step, end[None] + step
        # Two points 2e-7 apart: values differ by that times the slope, slopes by that times
        # the second derivative on the inside; neither is above 100.
        assert_allclose(dense(basis, below), dense(basis, above), rtol=0, atol=1e-5)
        assert_allclose(dense(basis, below, 1), dense(basis, above, 1), rtol=0, atol=1e-5)


def test_no_row_and_no_node_are_no_special_cases():
    basis = make_basis(np.array([[0.0, 1.0], [0.0, 2.0]]), 3)
    assert evaluate(basis, np.empty((0, 2)), 2).by_row(2).shape == (0, 10)
    assert evaluate(basis.take(np.array([], int)), np.empty((4, 0))).by_row().shape == (4, 0)


def test_missing_values_stay_missing():
    basis = make_basis(np.linspace([0.0, 0.0], [1.0, 2.0], 65, axis=1), 3)
    values = evaluate(basis, np.array([[np.nan, 1.0]])).derivatives[0]
    assert np.isnan(values[0, 0]).all()
    assert np.isfinite(values[0, 1]).all()


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("grid_size", [4, 64])
def test_lower_derivatives_do_not_depend_on_the_highest(grid_size, order):
    basis = make_basis(make_grid(np.random.default_rng(0), 2, grid_size, uneven=True), 3)
    x = np.random.default_rng(1).normal(0.0, 2.0, (50, 2))
    features, highest = evaluate(basis, x, order), evaluate(basis, x, 2)
    assert len(features.derivatives) == order + 1
    assert_array_equal(features.derivatives[order], highest.derivatives[order])
    assert_array_equal(features.columns, highest.columns)


@pytest.mark.parametrize("grid_size", [1, 2, 5, 41, 42, 64])
def test_intervals_are_closed_on_the_left_and_the_last_on_both_sides(grid_size):
    breaks = make_grid(np.random.default_rng(0), 3, grid_size, uneven=True)
    inside = np.concatenate([breaks, 0.5 * (breaks[:, 1:] + breaks[:, :-1])], axis=1)
    wanted = [
        [oracles.find_interval(grid, x) for x in values]
        for grid, values in zip(breaks.tolist(), inside.tolist(), strict=True)
    ]
    assert_array_equal(find_intervals(breaks, inside), wanted)


def test_the_base_function_sees_an_affine_map_of_its_node():
    base_map = np.array([[2.0, -0.5], [0.3, 1.0]])
    knots = extend_breaks(np.array([[-9.0, 9.0], [-9.0, 9.0]]), 3)
    basis = Basis(knots, 3, "silu", base_map)
    x = np.random.default_rng(0).normal(size=(20, 2))
    z = x * base_map[:, 0] + base_map[:, 1]
    assert_allclose(dense(basis, x)[..., -1], z * expit(z), rtol=1e-13)
    for order in (1, 2):
        slope = five_point(lambda t, order=order: dense(basis, x + t, order - 1)[..., -1], 1e-3)
        assert_allclose(dense(basis, x, order)[..., -1], slope, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("base", [name for name, b in BASE_FUNCTIONS.items() if b is not None])
def test_base_functions_have_two_derivatives(base):
    function = BASE_FUNCTIONS[base]
    z = np.linspace(-30.0, 30.0, 601)
    values = function(z, 2)
    assert len(values) == 3
    for order in (1, 2):
        slope = five_point(lambda t, order=order: function(z + t, 2)[order - 1], 1e-3)
        # Rounding of values up to 30, divided by the step.
        assert_allclose(values[order], slope, rtol=1e-9, atol=1e-10)
        for lower, value in zip(function(z, order - 1), values, strict=False):
            assert_array_equal(lower, value)


@pytest.mark.parametrize("base", [name for name, b in BASE_FUNCTIONS.items() if b is not None])
def test_base_functions_are_finite_far_out(base):
    for value in BASE_FUNCTIONS[base](np.array([-1e300, -1e3, 1e3, 1e300]), 2):
        assert np.isfinite(value).all()


@pytest.mark.parametrize("degree", DEGREES)
def test_knots_continue_the_grid_by_its_end_cells(degree):
    breaks = np.array([[0.0, 1.0, 4.0, 4.5], [-1.0, 0.0, 1.0, 2.0]])
    basis = make_basis(breaks, degree)
    assert_array_equal(basis.breaks, breaks)
    assert (basis.n_nodes, basis.grid_size, basis.n_splines) == (2, 3, 3 + degree)
    steps = np.diff(basis.knots, axis=1)
    assert_allclose(steps[:, : degree + 1].T, [[1.0, 1.0]] * (degree + 1))
    assert_allclose(steps[:, degree + 2 :].T, [[0.5, 1.0]] * (degree + 1))


@pytest.mark.parametrize("nodes", [[2, 0], [True, False, True], []])
def test_take_is_the_basis_of_some_nodes(nodes):
    nodes = np.array(nodes, dtype=bool if True in nodes else int)
    basis = make_basis(make_grid(np.random.default_rng(0), 3, 4, uneven=True), 2)
    x = np.random.default_rng(1).normal(size=(6, 3))
    assert_array_equal(dense(basis.take(nodes), x[:, nodes]), dense(basis, x)[:, nodes])
