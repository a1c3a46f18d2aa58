"""Formulas of networks compute what the networks compute."""

import pickle

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.network import Curve, CurveEdge, Term, predict
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.networks.assemble import (
    callable_of,
    curve_expression,
    evaluate_rows,
    expressions_of,
    portable,
)
from sklearn_kan.symbolic.text.user_primitives import as_primitive
from tests.networks import NETWORKS, build, make_rows

NAMES = [name for name in LIBRARY if name != "0"]


def symbols_of(network):
    return sympy.symbols(f"x:{network.n_inputs}")


def library_curves(network, seed=0):
    """Return the network with curves of the library in place of all edges with even indices."""
    rng = np.random.default_rng(seed)
    names = ["x", "x^2", "sin", "tanh", "gaussian", "arctan", "softplus", "erf", "J0"]
    for index, layer in enumerate(network.all_layers):
        edges, weights, curves = layer.edges.copy(), layer.weights.copy(), []
        for i, j in np.argwhere(edges):
            if (i + j) % 2 == 0:
                terms = [
                    Term(LIBRARY[str(rng.choice(names))], *rng.normal(size=3).tolist())
                    for _ in range(2)
                ]
                curves.append(CurveEdge(int(i), int(j), Curve(tuple(terms), rng.normal())))
                edges[i, j], weights[i, :, j] = False, 0.0
        network = network.replace_layer(index, edges=edges, weights=weights, curves=tuple(curves))
    return network


CASES = [
    *(case for case in NETWORKS if not any(a.curves for a in case.values[0].all_layers)),
    pytest.param(library_curves(build(2, 3, 1)), id="some-library-curves"),
    pytest.param(
        library_curves(build(3, (2, 1), 2, direct=True, removed=0.2)), id="library-curves-and-all"
    ),
]


@pytest.mark.parametrize("network", CASES)
def test_formulas_equal_predictions_also_far_outside(network):
    symbols, rows = symbols_of(network), make_rows(network)
    assembled = expressions_of(network, symbols)
    for at in (rows, 3.0 * rows):
        wanted = predict(network, at)
        found = evaluate_rows(assembled, symbols, at)
        assert_allclose(found, wanted, rtol=0, atol=1e-11 * max(1.0, np.abs(wanted).max()))


def test_spline_edges_stand_in_formulas_under_their_names():
    network = library_curves(build(2, 2, 1, direct=True))
    assembled = expressions_of(network, symbols_of(network))
    assert set(assembled.functions) == {
        "phi_0_0_1", "phi_0_1_0", "phi_1_1_0", "phi_2_1_0"
    }  # fmt: skip
    text = str(assembled.expressions[0])
    assert all(f"{name}(" in text for name in assembled.functions)


def test_assembled_formulas_pickle_and_compute_the_same():
    network = library_curves(build(2, 3, 1))
    symbols, rows = symbols_of(network), make_rows(network)
    assembled = expressions_of(network, symbols)
    other = pickle.loads(pickle.dumps(assembled))
    wanted = evaluate_rows(assembled, symbols, rows)
    assert_allclose(evaluate_rows(other, symbols, rows), wanted, rtol=1e-15)


@pytest.mark.parametrize("name", NAMES)
def test_curves_and_their_expressions_agree(name):
    x = sympy.Symbol("x")
    curve = Curve((Term(LIBRARY[name], 1.3, 0.37, 0.21),), -0.4)
    points = np.linspace(0.1, 1.5, 20)
    function = callable_of(curve_expression(curve, x), [x], {})
    assert_allclose(function(points), curve.values(points), rtol=1e-13)


def test_functions_of_a_users_own_are_named():
    primitive = as_primitive((np.cos, lambda u: -np.sin(u)))
    x = sympy.Symbol("x")
    curve = Curve((Term(primitive, 2.0, 3.0, 0.0),), 1.0)
    assembled = portable([curve_expression(curve, x)], {})
    assert str(assembled.expressions[0]) == "2*cos(3*x) + 1"
    pickle.dumps(assembled.expressions)
    rows = np.linspace(-1.0, 1.0, 5)[:, None]
    found = evaluate_rows(assembled, [x], rows)
    assert_allclose(found, 2.0 * np.cos(3.0 * rows) + 1.0, rtol=1e-14)


def test_floats_keep_all_their_digits():
    x = sympy.Symbol("x")
    number = 1.0 / 3.0 + 1e-16
    function = callable_of(sympy.Float(number) * x, [x], {})
    assert function(1.0) == number


def test_constants_make_no_products():
    x = sympy.Symbol("x")
    curve = Curve((Term(LIBRARY["x"]), Term(LIBRARY["sin"], 1.0, 2.0)))
    assert curve_expression(curve, x) == x + sympy.sin(2 * x)
