"""Demmler-Reinsch coordinates: variance is the norm, roughness is diagonal."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import evaluate, fit_breaks, input_basis, make_basis
from sklearn_kan.training.coordinates import coordinates, feature_roughness


def moments(basis, x, weights):
    dense = evaluate(basis, x).by_row().toarray().reshape(len(x), basis.n_nodes, -1)
    mean = np.average(dense, axis=0, weights=weights)
    centred = dense - mean
    covariance = np.einsum("npa,n,npb->pab", centred, weights, centred) / weights.sum()
    return mean, covariance


def make(x, grid_size=5, base="silu", grid_eps=0.5, **options):
    weights = np.random.default_rng(1).uniform(0.5, 2.0, len(x))
    basis = make_basis(fit_breaks(x, weights, grid_size, grid_eps), 3, base)
    return basis, weights, coordinates(basis, *moments(basis, x, weights), **options)


def columns_at(found, basis, x):
    return found.columns_at(evaluate(basis, x).by_row())


@pytest.mark.parametrize("grid_size", [1, 3, 12, 48])
@pytest.mark.parametrize("base", ["silu", "identity", "none"])
def test_columns_are_orthonormal_over_the_rows(grid_size, base):
    x = np.random.default_rng(0).normal(size=(400, 2))
    basis, weights, found = make(x, grid_size, base)
    columns = columns_at(found, basis, x)
    assert_allclose(weights @ columns, 0.0, atol=1e-9 * len(x))
    for node in range(2):
        mine = columns[:, found.node == node]
        gram = (mine * weights[:, None]).T @ mine / weights.sum()
        # Functions that are small on the rows are known to fewer digits.
        assert_allclose(gram, np.eye(len(gram)), atol=1e-4)


@pytest.mark.parametrize("grid_size", [1, 3, 12])
@pytest.mark.parametrize("base", ["silu", "none"])
def test_roughness_is_a_weighted_sum_of_squares(grid_size, base):
    x = np.random.default_rng(0).normal(size=(400, 2))
    basis, _, found = make(x, grid_size, base)
    rough = feature_roughness(basis)
    for node in range(2):
        mine = found.node == node
        maps = found.maps.reshape(2, basis.n_features, -1)[node][:, mine]
        energy = maps.T @ rough[node] @ maps
        wanted = found.roughness[mine]
        assert wanted[0] == 0.0
        assert np.all(np.diff(wanted) > 0)
        scale = np.sqrt(np.outer(1.0 + wanted, 1.0 + wanted))
        assert_allclose(energy / scale, np.diag(wanted) / scale, atol=1e-6)


def test_each_interval_counts_by_the_cube_of_its_relative_width():
    """The integral of f'' g'' over it, by the trapezoidal rule on very many points."""
    basis = make_basis(np.array([[-1.0, -0.7, 0.5, 0.6, 2.0]]), 3, "silu")
    width = np.diff(basis.breaks[0])
    wanted = np.zeros((basis.n_features, basis.n_features))
    for left, h in zip(basis.breaks[0, :-1], width, strict=True):
        x = left + h * (np.arange(4000) + 0.5) / 4000
        bend = evaluate(basis, x[:, None], order=2).by_row(2).toarray()
        wanted += (h / width.mean()) ** 3 * bend.T @ bend * (h / 4000)
    assert_allclose(feature_roughness(basis)[0], wanted, rtol=1e-4, atol=1e-5 * wanted.max())


def test_the_first_column_of_a_node_is_linear():
    x = np.random.default_rng(0).normal(size=(100, 3))
    basis, weights, found = make(x)
    columns = columns_at(found, basis, x)
    for node in range(3):
        first = columns[:, np.flatnonzero(found.node == node)[0]]
        centred = x[:, node] - np.average(x[:, node], weights=weights)
        wanted = centred / np.sqrt(np.average(centred**2, weights=weights))
        assert_allclose(first, wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("n_values", "n_columns"), [(1, 0), (2, 1), (3, 2), (4, 3)])
@pytest.mark.parametrize("complete", [False, True])
def test_few_distinct_values_have_few_columns(n_values, n_columns, complete):
    x = (np.arange(60.0) % n_values)[:, None]
    _, _, found = make(x, 6, complete=complete)
    assert len(found.node) == n_columns


def test_complete_coordinates_have_a_place_for_every_curve():
    """Also where a cell of the grid holds no row."""
    x = np.random.default_rng(0).uniform(-1.0, 1.0, (200, 1))
    breaks = np.linspace(-1.0, 3.0, 9)[None]
    basis = make_basis(breaks, 3, "silu")
    given = moments(basis, x, np.ones(200))
    assert len(coordinates(basis, *given).node) < basis.n_features - 1
    assert len(coordinates(basis, *given, complete=True).node) == basis.n_features - 1


def test_a_base_function_that_fine_splines_bend_like_adds_no_column():
    x = np.random.default_rng(0).uniform(-1.0, 1.0, (3000, 1))
    for grid_size in (3, 200):
        basis, _, found = make(x, grid_size, "silu", 1.0, complete=True)
        _, _, without = make(x, grid_size, "none", 1.0, complete=True)
        assert len(found.node) - len(without.node) == (grid_size == 3)
        assert len(without.node) == basis.n_splines - 1


def test_at_most_so_many_columns_the_smoothest():
    x = np.random.default_rng(0).normal(size=(100, 2))
    _, _, found = make(x)
    _, _, few = make(x, most=3)
    assert_allclose(few.roughness[:3], found.roughness[:3])
    assert list(np.bincount(few.node)) == [3, 3]


@pytest.mark.parametrize("far", [20.0, 1e4, 1e9, 1e49])
@pytest.mark.parametrize("number", [1, 30])
@pytest.mark.parametrize("degree", [1, 2, 3, 5])
def test_far_values_have_a_level_of_their_own_and_leave_the_bulk_its_line(far, number, degree):
    """Both without roughness; the other columns are those of the bulk alone, level where it is far.

    None of them knows how far out it is.
    """
    x = np.random.default_rng(0).uniform(-1.7, 1.7, (200, 1))
    x[:number] = far
    basis = input_basis(x, np.ones(200), 6, degree, "silu")
    found = coordinates(basis, *moments(basis, x, np.ones(200)))
    assert_allclose(found.roughness[:2], 0.0)
    assert (found.roughness[2:] > 0.0).all()
    columns = columns_at(found, basis, x)
    assert_allclose(columns.T @ columns / 200, np.eye(columns.shape[1]), atol=1e-4)
    target = np.where(x == far, 5.0, 2.0 * x)
    weights = np.linalg.lstsq(np.column_stack([columns[:, :2], np.ones(200)]), target, rcond=None)[
        0
    ]
    left = target - np.column_stack([columns[:, :2], np.ones(200)]) @ weights
    assert_allclose(left, 0.0, atol=1e-6)
    assert len(found.node) == 2 + basis.n_intervals + degree - 2
