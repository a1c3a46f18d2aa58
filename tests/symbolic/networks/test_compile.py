"""Networks compiled from expressions compute them, and are small."""

import pickle

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_kan.network import input_derivatives, predict
from sklearn_kan.symbolic.networks.assemble import callable_of, evaluate_rows, expressions_of
from sklearn_kan.symbolic.networks.compile import network_of
from sklearn_kan.symbolic.text.user_primitives import as_primitive
from tests.networks import assert_sound

SYMBOLS = sympy.symbols("x y z")
X, Y, Z = SYMBOLS


def shape(network):
    """Return the nodes of each layer, inputs first; pairs where there are products."""
    return [network.n_inputs] + [
        (layer.n_sums, layer.n_products) if layer.n_products else layer.n_sums
        for layer in network.layers
    ]


SHAPES = [
    ("exp(sin(pi*x) + y**2)", [3, 1, 1], False),
    ("x*y", [3, (0, 1), 1], False),
    ("x/y", [3, (0, 1), 1], False),
    ("x*sin(y) + cos(z)", [3, (0, 1), 1], True),
    ("sqrt(x**2 + y**2 + z**2)", [3, 1, 1], False),
    ("x**3 + x**2 + x + sin(2*y)/3", [3, 1], False),
    ("log(x + 1) + log(x**2 + 1)", [3, 1], False),
    ("tanh(5*(x**4 + y**4 + z**4 - 1))", [3, 1, 1], False),
    ("(x + y)/(1 + x*y)", [3, (1, 1), (0, 1), 1], False),
    ("x*y*z", [3, (1, 1), (0, 1), 1], False),
    ("exp(-(x - y)**2/(2*z**2))/z", None, None),
    ("sin(x + y) + cos(x + y)**2 + 2*(x + y)", [3, 1, 2, 1], True),
    ("x*y + exp(x*y)", [3, (0, 1), 1], False),
    ("besselj(0, 20*x) + besselj(1, y)", [3, 1], False),
    ("exp(-3*(2*x - 1)**2) * 2", [3, 1], False),
    ("2**x + y**1.7 + (x + y)**y", None, None),
    ("sqrt(Abs(x - y)) + Abs(z)**3", [3, 1, 1], True),
    ("pi", [3, 1], False),
    ("x", [3, 1], False),
    ("sin(sin(sin(x*y)))", None, None),
    ("1/(1 + exp(-x - 2*y))", [3, 1, 1, 1], False),
    ("atan2(x, 2) + Max(x + y, 0)", None, None),
]


@pytest.mark.parametrize(("text", "nodes", "direct"), SHAPES, ids=[row[0] for row in SHAPES])
def test_compiled_networks_compute_their_expressions(text, nodes, direct):
    expression = sympy.sympify(text)
    network = network_of([expression], SYMBOLS)
    assert_sound(network)
    assert all(not layer.edges.any() for layer in network.all_layers)
    rows = np.random.default_rng(0).uniform(0.2, 1.7, (50, 3))
    wanted = callable_of(expression, SYMBOLS, {})(*rows.T)
    found = predict(network, rows)[:, 0]
    assert_allclose(found, np.broadcast_to(wanted, 50), rtol=1e-12, atol=1e-13)
    if nodes is not None:
        assert shape(network) == nodes
    if direct is not None:
        assert (network.direct is not None) == direct
    back = expressions_of(network, SYMBOLS)
    assert_allclose(evaluate_rows(back, SYMBOLS, rows)[:, 0], found, rtol=1e-12, atol=1e-13)
    other = pickle.loads(pickle.dumps(network))
    assert_allclose(predict(other, rows)[:, 0], found, rtol=0, atol=0)


def test_several_outputs_share_nodes():
    network = network_of([sympy.exp(X * Y) + Z, sympy.sin(X * Y), sympy.Integer(2)], SYMBOLS)
    assert shape(network) == [3, (0, 1), 3]
    rows = np.random.default_rng(0).uniform(-1, 1, (9, 3))
    product = rows[:, 0] * rows[:, 1]
    wanted = np.stack([np.exp(product) + rows[:, 2], np.sin(product), np.full(9, 2.0)], axis=1)
    assert_allclose(predict(network, rows), wanted, rtol=1e-13)


def test_compiled_networks_have_derivatives():
    expression = X * sympy.sin(Y) + sympy.sqrt(X**2 + Z**2) / Z
    network = network_of([expression], SYMBOLS)
    rows = np.random.default_rng(0).uniform(0.5, 1.5, (20, 3))
    _, gradient, hessian = input_derivatives(network, rows, order=2)
    for i, symbol in enumerate(SYMBOLS):
        slope = callable_of(sympy.diff(expression, symbol), SYMBOLS, {})(*rows.T)
        assert_allclose(gradient[:, 0, i], slope, rtol=1e-11)
        bend = callable_of(sympy.diff(expression, symbol, X), SYMBOLS, {})(*rows.T)
        assert_allclose(hessian[:, 0, i, 0], bend, rtol=1e-10, atol=1e-11)


def test_a_function_of_a_users_own_is_compiled_by_its_name():
    primitive = as_primitive((np.cos, lambda u: -np.sin(u)))
    f = sympy.Function("f")
    network = network_of([3 * f(2 * X + 1) + f(X * Y)], SYMBOLS, {"f": primitive})
    rows = np.random.default_rng(0).uniform(-1, 1, (9, 3))
    wanted = 3 * np.cos(2 * rows[:, 0] + 1) + np.cos(rows[:, 0] * rows[:, 1])
    assert_allclose(predict(network, rows)[:, 0], wanted, rtol=1e-13)


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("x + q", "q in q \\+ x is none of the columns x, y, z"),
        ("atan2(x, y)", "function of several variables"),
        ("x + I", "not a finite real number"),
        ("x + zoo", "number"),
    ],
)
def test_what_no_network_computes_is_named(text, match):
    with pytest.raises(ValueError, match=match):
        network_of([sympy.sympify(text)], SYMBOLS)


LEAVES = st.sampled_from([*SYMBOLS, sympy.Integer(2), sympy.Float(0.7), sympy.pi])
UNARY = [sympy.sin, sympy.tanh, sympy.atan, lambda u: u**2, lambda u: sympy.exp(-(u**2))]


def combined(children):
    return st.one_of(
        st.tuples(children, children).map(lambda two: two[0] + two[1]),
        st.tuples(children, children).map(lambda two: two[0] * two[1]),
        st.tuples(st.sampled_from(UNARY), children).map(lambda two: two[0](two[1])),
        children.map(lambda u: 1 / (sympy.Float(1.3) + u**2)),
    )


@given(st.recursive(LEAVES, combined, max_leaves=6))
def test_any_expression_compiles(expression):
    network = network_of([expression], SYMBOLS)
    assert_sound(network)
    rows = np.random.default_rng(0).uniform(-1.2, 1.2, (10, 3))
    wanted = np.broadcast_to(callable_of(expression, SYMBOLS, {})(*rows.T), 10)
    scale = max(1.0, np.abs(wanted).max())
    assert_allclose(predict(network, rows)[:, 0], wanted, rtol=1e-9, atol=1e-10 * scale)
