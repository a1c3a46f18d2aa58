"""Curves: closed under affine maps, differentiable, finite, and what they replace comes back."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import (
    Curve,
    CurveEdge,
    Term,
    input_derivatives,
    predict,
    refine,
    renormalise,
)
from sklearn_kan.network.curves import renumbered
from tests.curves import Exponential, Logarithm, Power, Sine, random_curve, with_curves
from tests.networks import assert_sound, build, five_point, make_rows

SEEDS = pytest.mark.parametrize("seed", range(8))
X = np.linspace(-2.0, 2.0, 41)


def curve_of(seed):
    return random_curve(np.random.default_rng(seed), n_terms=1 + seed % 3)


@SEEDS
def test_a_curve_is_the_sum_of_its_terms(seed):
    curve = curve_of(seed)
    wanted = curve.constant + sum(
        t.coef * t.function.value(t.scale * X + t.shift) for t in curve.terms
    )
    assert_allclose(curve.values(X), wanted, rtol=1e-14, atol=1e-14)


@SEEDS
def test_affine_maps_go_into_the_curve(seed):
    curve = curve_of(seed)
    assert_allclose(curve.after(0.7, -0.3).values(X), curve.values(0.7 * X - 0.3), rtol=1e-12)
    assert_allclose(curve.times(-2.0).values(X), -2.0 * curve.values(X), rtol=1e-14)
    assert_allclose(curve.plus(3.0).values(X), curve.values(X) + 3.0, rtol=1e-14)


@SEEDS
def test_derivatives_equal_differences(seed):
    curve = curve_of(seed)
    values, slopes, curvatures = curve.derivatives(X, 2)
    assert_array_equal(values, curve.values(X))
    slope = five_point(lambda t: curve.values(X + t), 1e-3)
    bend = five_point(lambda t: curve.derivatives(X + t, 1)[1], 1e-3)
    assert_allclose(slopes, slope, rtol=1e-8, atol=1e-9)
    assert_allclose(curvatures, bend, rtol=1e-8, atol=1e-9)


@SEEDS
def test_parameters_and_their_jacobian(seed):
    curve = curve_of(seed)
    parameters = curve.parameters
    assert_array_equal(curve.with_parameters(parameters).parameters, parameters)
    found = curve.parameter_jacobian(X)
    assert found.shape == (len(X), len(parameters))
    for k, direction in enumerate(np.eye(len(parameters))):
        slope = five_point(
            lambda t, d=direction: curve.with_parameters(parameters + t * d).values(X), 1e-3
        )
        assert_allclose(found[:, k], slope, rtol=1e-8, atol=1e-9)


@given(
    st.floats(-1e9, 1e9),
    st.sampled_from([Sine(), Power(3), Exponential(), Logarithm()]),
    st.tuples(*[st.floats(-1e3, 1e3)] * 3),
)
def test_a_curve_is_finite_whatever_comes(x, function, three):
    curve = Curve((Term(function, *three),), 1.0)
    for values in curve.derivatives(np.array([x]), 2):
        assert np.isfinite(values).all()
    assert np.isfinite(curve.parameter_jacobian(np.array([x]))).all()


def test_shapes_are_kept():
    curve = curve_of(0)
    for shape in [(), (0,), (3, 2)]:
        assert curve.values(np.zeros(shape)).shape == shape


def test_a_curve_without_terms_is_a_constant():
    assert_array_equal(Curve((), 2.0).values(X), np.full(len(X), 2.0))


def fixed(layer, i, j, curve):
    """Return the layer with a curve in place of a spline edge."""
    edges, weights = layer.edges.copy(), layer.weights.copy()
    edges[i, j], weights[i, :, j] = False, 0.0
    edge = CurveEdge(i, j, curve, layer.weights[i, :, j])
    return replace(layer, edges=edges, weights=weights, curves=(edge,))


def unfixed(layer):
    """Return the layer with the splines that its curves replaced."""
    edges, weights = layer.edges.copy(), layer.weights.copy()
    for edge in layer.curves:
        edges[edge.input, edge.output] = True
        weights[edge.input, :, edge.output] = edge.replaced
    return replace(layer, edges=edges, weights=weights, curves=())


@pytest.mark.parametrize("index", [0, 1])
def test_a_replaced_spline_comes_back_through_refinement_and_changes_of_scale(index):
    network = build(2, (2, 1), 1)
    layers = list(network.layers)
    layers[index] = fixed(layers[index], 1, 0, curve_of(0))
    other = network.with_layers(layers)
    scale = np.array([2.0, 0.3, 1.7, 0.6])
    other = renormalise(other, 0, np.array([0.5, -1.0, 0.0, 0.0]), scale)
    other = refine(other, 8)
    assert_sound(other)
    layers = list(other.layers)
    layers[index] = unfixed(layers[index])
    rows = make_rows(network)
    wanted = predict(network, rows)
    atol = 1e-12 * np.abs(wanted).max()
    assert_allclose(predict(other.with_layers(layers), rows), wanted, rtol=0, atol=atol)


def test_curves_alone_are_smooth_outside_the_grid():
    network = with_curves(build(2, 2, 1), share=1.0)
    rows = make_rows(network, spread=3.0)
    raw, gradient, hessian = input_derivatives(network, rows, order=2)
    for i, direction in enumerate(np.eye(2)):
        slope = five_point(lambda t, d=direction: predict(network, rows + t * d), 1e-4)
        assert_allclose(gradient[:, :, i], slope, rtol=1e-7, atol=1e-8 * np.abs(slope).max())
    assert_allclose(raw, predict(network, rows), rtol=1e-12)
    assert np.isfinite(hessian).all()


def test_a_layer_knows_which_edges_are_there():
    layer = fixed(build(2, 3, removed=0.3).layers[0], 0, 1, curve_of(0))
    assert not layer.edges[0, 1]
    assert layer.present[0, 1]
    assert layer.present.sum() == layer.edges.sum() + 1
    bare = build(2, 3).layers[0]
    assert bare.present is bare.edges


def test_curves_follow_their_nodes():
    edges = tuple(CurveEdge(i, j, Curve((), float(10 * i + j))) for i in range(3) for j in range(2))
    found = renumbered(edges, np.array([2, 0]), np.array([1]))
    assert [(e.input, e.output, e.curve.constant) for e in found] == [(0, 0, 21.0), (1, 0, 1.0)]
    assert renumbered(edges, np.array([], int)) == ()
    assert [e.curve for e in renumbered(edges)] == [e.curve for e in edges]
