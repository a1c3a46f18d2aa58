"""Roughness against SciPy's integrals, sparsity against its closed form, gradients, gauges."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.integrate import quad
from scipy.interpolate import BSpline

from sklearn_kan.network import make_basis, refine
from sklearn_kan.training.objective.objective import Rows
from sklearn_kan.training.objective.penalties import (
    LayerPenalty,
    LayerSparsity,
    roughness_matrices,
    uniform_penalty,
)
from sklearn_kan.training.summaries.moments import edge_deviations, node_moments
from tests.networks import NETWORKS, assert_gradient, build, make_grid, make_rows

SMOOTHING = 1e-3


def make_uneven_basis(degree, grid_size=5, base="silu", seed=0):
    rng = np.random.default_rng(seed)
    return make_basis(make_grid(rng, 2, grid_size, uneven=True), degree, base)


def roughness(basis, node, coef):
    """Return c' R c for spline coefficients (G + k,) of one node."""
    matrix = roughness_matrices(basis)[node, : basis.n_splines, : basis.n_splines]
    return coef @ matrix @ coef


@pytest.mark.parametrize("grid_size", [1, 5])
@pytest.mark.parametrize("degree", [2, 3, 4, 5])
def test_roughness_is_the_integral_of_the_squared_second_derivative(degree, grid_size):
    basis = make_uneven_basis(degree, grid_size)
    rng = np.random.default_rng(1)
    for node in range(2):
        coef = rng.normal(size=basis.n_splines)
        curvature = BSpline(basis.knots[node], coef, degree).derivative(2)
        breaks = basis.breaks[node]
        wanted = sum(
            quad(lambda x: curvature(x) ** 2, low, high)[0]  # noqa: B023
            for low, high in pairwise(breaks)
        )
        assert_allclose(roughness(basis, node, coef), wanted, rtol=1e-11)


@pytest.mark.parametrize("grid_size", [1, 2, 6])
def test_roughness_of_steps_and_broken_lines_sums_squared_jumps(grid_size):
    rng = np.random.default_rng(1)
    for degree in (0, 1):
        basis = make_uneven_basis(degree, grid_size)
        coef = rng.normal(size=basis.n_splines)
        width = np.diff(basis.breaks[0])
        pieces = coef if degree == 0 else np.diff(coef) / width
        wanted = sum(
            2.0 * (pieces[g + 1] - pieces[g]) ** 2 / (width[g] + width[g + 1])
            for g in range(grid_size - 1)
        )
        assert_allclose(roughness(basis, 0, coef), wanted, rtol=1e-13)


@pytest.mark.parametrize("uneven", [False, True])
@pytest.mark.parametrize(("degree", "derivative"), [(0, np.cos), (1, np.sin)])
def test_sums_of_jumps_tend_to_integrals_on_fine_grids(degree, derivative, uneven):
    breaks = make_grid(np.random.default_rng(0), 1, 400, uneven=False)
    if uneven:  # smoothly so: random widths keep a sum of jumps away from the integral
        breaks = breaks + 0.2 * np.sin(breaks) + 0.1 * breaks**2
    basis = make_basis(breaks, degree)
    points = 0.5 * (breaks[0, 1:] + breaks[0, :-1]) if degree == 0 else breaks[0]
    wanted = quad(lambda x: derivative(x) ** 2, breaks[0, 0], breaks[0, -1])[0]
    # Half a cell is missing at either end.
    assert_allclose(roughness(basis, 0, np.sin(points)), wanted, rtol=1e-2)


def greville(basis, node):
    """Return the coefficients that make a node's spline the identity."""
    knots, degree = basis.knots[node], basis.degree
    return np.array([knots[j + 1 : j + degree + 1].mean() for j in range(basis.n_splines)])


@pytest.mark.parametrize("degree", [1, 2, 3, 4, 5])
def test_lines_are_smooth_on_any_grid(degree):
    basis = make_uneven_basis(degree)
    for node in range(2):
        line = 3.0 * greville(basis, node) - 2.0
        bent = line + np.random.default_rng(0).normal(size=line.shape)
        assert abs(roughness(basis, node, line)) < 1e-11 * roughness(basis, node, bent)


@pytest.mark.parametrize("degree", range(6))
def test_nothing_but_lines_is_smooth(degree):
    basis = make_uneven_basis(degree)
    for matrix in roughness_matrices(basis):
        assert_allclose(matrix, matrix.T, atol=1e-12 * np.abs(matrix).max())
        spectrum = np.linalg.eigvalsh(matrix[: basis.n_splines, : basis.n_splines])
        n_smooth = 1 if degree == 0 else 2
        assert_allclose(spectrum[:n_smooth], 0.0, atol=1e-11 * spectrum[-1])
        assert spectrum[n_smooth] > 1e-7 * spectrum[-1]


@pytest.mark.parametrize("degree", range(6))
def test_the_base_function_has_no_roughness(degree):
    basis = make_uneven_basis(degree)
    matrices = roughness_matrices(basis)
    assert matrices.shape == (2, basis.n_features, basis.n_features)
    assert_array_equal(matrices[:, -1], 0.0)
    assert_array_equal(matrices[:, :, -1], 0.0)
    bare = roughness_matrices(make_uneven_basis(degree, base="none"))
    assert_array_equal(matrices[:, :-1, :-1], bare)


@pytest.mark.parametrize("degree", [2, 3, 5])
def test_refinement_keeps_the_roughness(degree):
    network = build(2, 1, degree=degree, uneven=True)
    finer = refine(network, 12)
    for node in range(2):
        before, after = (
            roughness(n.layers[0].basis, node, n.layers[0].coef[node, 0]) for n in (network, finer)
        )
        assert_allclose(after, before, rtol=1e-10)


@pytest.mark.parametrize("degree", range(6))
def test_stretching_the_grid_divides_the_roughness(degree):
    basis = make_uneven_basis(degree)
    stretched = make_basis(10.0 * basis.breaks + 3.0, degree)
    power = 1 if degree == 0 else 3
    matrices = roughness_matrices(basis)
    assert_allclose(
        roughness_matrices(stretched) * 10.0**power,
        matrices,
        rtol=0,
        atol=1e-9 * np.abs(matrices).max(),
    )


def make_strengths(layer, seed=0):
    rng = np.random.default_rng(seed)
    return rng.exponential(size=(2, *layer.edges.shape))


def assert_layer_gradient(term, weights, **tolerances):
    def flat(theta):
        value, gradient = term.value_gradient(theta.reshape(weights.shape))
        return value, gradient.ravel()

    assert_gradient(flat, weights.ravel(), np.random.default_rng(1), **tolerances)


@pytest.mark.parametrize("network", NETWORKS)
def test_penalty_has_its_gradient(network):
    for layer in network.all_layers:
        matrices = roughness_matrices(layer.basis)
        term = LayerPenalty(matrices, *make_strengths(layer))
        # Quadratic, so any step will do; a large one loses no digits to cancellation.
        scale = max(1.0, np.abs(matrices).max())
        assert_layer_gradient(term, layer.weights, step=1.0, rtol=1e-9, atol=1e-11 * scale)


@pytest.mark.parametrize("network", NETWORKS)
def test_penalty_sums_over_edges(network):
    for layer in network.all_layers:
        rough, ridge = make_strengths(layer)
        matrices = roughness_matrices(layer.basis)
        wanted = 0.0
        for i, j in np.ndindex(layer.edges.shape):
            w = layer.weights[i, :, j]
            wanted += 0.5 * (rough[i, j] * (w @ matrices[i] @ w) + ridge[i, j] * (w @ w))
        term = LayerPenalty(matrices, rough, ridge)
        assert_allclose(term.value_gradient(layer.weights)[0], wanted, rtol=1e-11)


@pytest.mark.parametrize("network", NETWORKS)
def test_uniform_penalty_treats_all_layers_alike(network):
    penalties = uniform_penalty(network, 0.7)
    assert len(penalties) == len(network.all_layers)
    for term, layer in zip(penalties, network.all_layers, strict=True):
        assert_array_equal(term.roughness, np.full(layer.edges.shape, 0.7))
        assert_array_equal(term.ridge, np.full(layer.edges.shape, 0.7))
        assert_array_equal(term.matrices, roughness_matrices(layer.basis))


def make_sparsities(network, strength=0.3):
    rows = make_rows(network)
    moments = node_moments(network, Rows(rows, np.zeros((30, 1)), np.ones(30)))
    return [
        LayerSparsity(moment.covariance, layer.edges, strength)
        for layer, moment in zip(network.all_layers, moments, strict=True)
    ], edge_deviations(network, moments)


@pytest.mark.parametrize("network", NETWORKS)
def test_sparsity_has_its_gradient(network):
    for term, layer in zip(make_sparsities(network)[0], network.all_layers, strict=True):
        assert_layer_gradient(term, layer.weights, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("network", NETWORKS)
def test_sparsity_is_the_sum_and_the_entropy_of_deviations(network):
    terms, deviations = make_sparsities(network)
    for term, layer, deviation in zip(terms, network.all_layers, deviations, strict=True):
        size = np.hypot(deviation, SMOOTHING)[layer.edges]
        share = size / size.sum()
        wanted = 0.3 * (size.sum() - (share * np.log(share)).sum()) if len(size) else 0.0
        value, gradient = term.value_gradient(layer.weights)
        assert_allclose(value, wanted, rtol=1e-10)
        assert_array_equal(gradient.transpose(0, 2, 1)[~layer.edges], 0.0)


@pytest.mark.parametrize("weight", [0.0, 0.5, -20.0])
def test_sparsity_of_equal_edges(weight):
    edges = np.ones((3, 4), bool)
    edges[1, 2] = False
    term = LayerSparsity(np.tile(np.eye(2), (3, 1, 1)), edges, 2.0)
    value, gradient = term.value_gradient(np.full((3, 2, 4), weight) * edges[:, None, :])
    size = np.hypot(np.sqrt(2.0) * weight, SMOOTHING)
    assert_allclose(value, 2.0 * (11 * size + np.log(11)), rtol=1e-13)
    # The entropy is stationary: what is left is the slope of the sum.
    slope = np.where(edges, 2.0 * weight / size, 0.0)
    assert_allclose(gradient, np.repeat(slope[:, None, :], 2, axis=1), rtol=1e-12, atol=1e-14)


def test_sparsity_prefers_one_large_edge_to_two_small_ones():
    term = LayerSparsity(np.ones((2, 1, 1)), np.ones((2, 1), bool), 1.0)
    one, two = (term.value_gradient(np.array(w).reshape(2, 1, 1))[0] for w in ([2, 0], [1, 1]))
    assert one < two - 0.6


def test_constants_of_edges_are_not_penalised_by_sparsity():
    network = build(2, 3, 1)
    layer, term = network.layers[0], make_sparsities(network)[0][0]
    shifted = layer.weights.copy()
    shifted[:, : layer.basis.n_splines] += 5.0  # B-splines sum to one
    value, gradient = term.value_gradient(layer.weights)
    shifted_value, shifted_gradient = term.value_gradient(shifted)
    assert_allclose(shifted_value, value, rtol=1e-10)
    assert_allclose(shifted_gradient, gradient, rtol=1e-9, atol=1e-11)


def test_no_edges_cost_nothing():
    term = LayerSparsity(np.ones((2, 1, 1)), np.zeros((2, 3), bool), 1.0)
    value, gradient = term.value_gradient(np.zeros((2, 1, 3)))
    assert value == 0.0
    assert_array_equal(gradient, np.zeros((2, 1, 3)))
