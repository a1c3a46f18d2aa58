"""Curves on other knots: exact insertion, and projection."""

from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    Basis,
    insertion_matrix,
    make_basis,
    nests,
    projection_matrix,
    spline_values,
)
from tests import oracles
from tests.networks import make_grid

DEGREES = range(6)


def power_coefficients(basis, power):
    """Return the coefficients (p, G + k) of x ** power: its blossom at the inner knots.

    The blossom of x^r is the mean of all products of r of its k arguments (Ramshaw 1989).
    """
    k = basis.degree
    coefficients = np.empty((basis.n_nodes, basis.n_splines))
    for node, j in np.ndindex(coefficients.shape):
        inner = basis.knots[node, j + 1 : j + k + 1]
        products = [np.prod(chosen) for chosen in combinations(inner, power)]
        coefficients[node, j] = sum(products) / comb(k, power)
    return coefficients


def cut(breaks, parts):
    """Cut each interval of breaks (p, G + 1) into unequal parts, the same number in each."""
    share = np.linspace(0.0, 1.0, parts + 1)[:-1] ** 1.3
    inner = breaks[:, :-1, None] + np.diff(breaks, axis=1)[..., None] * share
    return np.concatenate([inner.reshape(len(breaks), -1), breaks[:, -1:]], axis=1)


@st.composite
def nested_bases(draw):
    degree, grid_size, parts = (draw(st.integers(*ends)) for ends in ((0, 5), (1, 6), (1, 5)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    breaks = make_grid(rng, 2, grid_size, uneven=True)
    return make_basis(breaks, degree, "none"), make_basis(cut(breaks, parts), degree, "none"), rng


@given(nested_bases())
def test_insertion_is_exact(bases):
    old, new, rng = bases
    assert nests(old, new)
    coefficients = rng.normal(size=(2, old.n_splines, 1))
    x = np.sort(rng.normal(0.0, 2.0, (2, 60)), axis=1)  # some outside
    found = spline_values(new, x) @ (insertion_matrix(old, new) @ coefficients)
    wanted = spline_values(old, x) @ coefficients
    assert_allclose(found, wanted, rtol=0, atol=1e-12 * max(1.0, np.abs(wanted).max()))


@given(nested_bases())
def test_insertion_keeps_constants_and_polynomials(bases):
    old, new, _ = bases
    matrix = insertion_matrix(old, new)
    for power in range(old.degree + 1):
        found = np.einsum("pab,pb->pa", matrix, power_coefficients(old, power))
        assert_allclose(found, power_coefficients(new, power), rtol=1e-10, atol=1e-10)


@given(nested_bases())
def test_projection_onto_a_nested_grid_is_the_insertion(bases):
    old, new, _ = bases
    # Least squares where insertion needs none: rounding times the condition of the basis,
    # which grows with the degree and the unevenness of the grid.
    assert_allclose(projection_matrix(old, new), insertion_matrix(old, new), rtol=0, atol=1e-9)


@pytest.mark.parametrize("degree", DEGREES)
def test_the_same_grid_needs_no_change(degree):
    basis = make_basis(make_grid(np.random.default_rng(0), 3, 5, uneven=True), degree)
    wanted = np.broadcast_to(np.eye(basis.n_splines), (3, *[basis.n_splines] * 2))
    assert_allclose(insertion_matrix(basis, basis), wanted, rtol=0, atol=1e-14)
    assert_allclose(projection_matrix(basis, basis), wanted, rtol=0, atol=1e-11)


@pytest.mark.parametrize("degree", DEGREES)
def test_insertion_changes_knots_beyond_the_ends_too(degree):
    """Renormalised and refined grids differ from fresh ones in the knots outside the grid."""
    rng = np.random.default_rng(0)
    breaks = make_grid(rng, 2, 4, uneven=True)
    steps = np.cumsum(rng.uniform(0.2, 1.0, (2, 2, degree)), axis=2)
    below, above = breaks[:, :1] - steps[0, :, ::-1], breaks[:, -1:] + steps[1]
    knots = np.concatenate([below, breaks, above], axis=1)
    old = Basis(knots, degree, "none", np.tile([1.0, 0.0], (2, 1)))
    new = make_basis(breaks, degree, "none")
    x = rng.normal(0.0, 2.0, (2, 40))
    found = spline_values(new, x) @ insertion_matrix(old, new)
    assert_allclose(found, spline_values(old, x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("degree", DEGREES[1:])
def test_projection_reproduces_lines_on_any_grid(degree):
    rng = np.random.default_rng(0)
    old = make_basis(make_grid(rng, 3, 5, uneven=True), degree, "none")
    for new_breaks in ([[-9.0, -1.0, 4.0]], [[-0.5, 0.1, 0.3, 0.4]], [[5.0, 6.0, 9.0]]):
        new = make_basis(np.repeat(new_breaks, 3, axis=0), degree, "none")
        found = np.einsum("pab,pb->pa", projection_matrix(old, new), power_coefficients(old, 1))
        assert_allclose(found, power_coefficients(new, 1), rtol=0, atol=1e-10)


@pytest.mark.parametrize("degree", DEGREES)
def test_projection_reproduces_polynomials_inside_the_old_grid(degree):
    old = make_basis(make_grid(np.random.default_rng(0), 3, 5, uneven=True), degree, "none")
    new = make_basis(np.repeat([[-1.6, -0.5, 0.0, 1.1, 1.5]], 3, axis=0), degree, "none")
    for power in range(degree + 1):
        coefficients = power_coefficients(old, power)
        found = np.einsum("pab,pb->pa", projection_matrix(old, new), coefficients)
        assert_allclose(found, power_coefficients(new, power), rtol=1e-9, atol=1e-9)


def test_projection_has_a_small_error_where_grids_do_not_nest():
    """The cubic spline of a smooth curve, on a grid of 20 intervals: error about step^4."""
    old = make_basis(np.linspace([-3.0], [3.0], 31, axis=1), 3, "none")
    new = make_basis(np.linspace([-2.9], [2.8], 21, axis=1), 3, "none")
    x = np.linspace([-2.9], [2.8], 300, axis=1)
    sine, *_ = np.linalg.lstsq(spline_values(old, x)[0], np.sin(x[0]), rcond=None)
    found = spline_values(new, x)[0] @ projection_matrix(old, new)[0] @ sine
    assert_allclose(found, np.sin(x[0]), rtol=0, atol=1e-4)


def test_spline_values_are_those_of_each_node_at_points_of_its_own():
    basis = make_basis(make_grid(np.random.default_rng(0), 2, 4, uneven=True), 3, "silu")
    x = np.random.default_rng(1).normal(0.0, 2.0, (2, 9))
    found = spline_values(basis, x)
    wanted = [[oracles.features(basis, i, at)[:-1] for at in row] for i, row in enumerate(x)]
    assert_allclose(found, wanted, rtol=1e-12, atol=1e-13)


def test_grids_nest_where_all_breaks_are_kept_and_the_ends_agree():
    old = make_basis(np.array([[0.0, 1.0, 3.0]]), 2)
    x = np.linspace(0.0, 3.0, 31)[None]
    for breaks in (
        [[0.0, 1.0, 3.0]],
        [[0.0, 0.7, 1.0, 1.1, 3.0]],
        [[0.0, 0.5, 1.0, 3.0]],
        [[0.0, 0.5, 0.7, 1.0, 3.0]],
    ):
        new = make_basis(np.array(breaks), 2)
        assert nests(old, new)
        onto = spline_values(new, x) @ insertion_matrix(old, new)
        assert_allclose(onto, spline_values(old, x), atol=1e-14)
    for breaks, degree in [
        ([[0.0, 1.0, 3.0]], 3),
        ([[0.0, 3.0]], 2),
        ([[0.0, 0.5, 1.1, 3.0]], 2),
        ([[0.0, 0.5, 1.0, 2.0, 3.5]], 2),
        ([[0.0, 1.0, 3.0], [0.0, 1.0, 3.0]], 2),
    ]:
        assert not nests(old, make_basis(np.array(breaks), degree))
    assert_array_equal(old.breaks, [[0.0, 1.0, 3.0]])
