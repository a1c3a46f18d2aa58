"""Estimators from formulas: exact, and trained further."""

import copy
import pickle

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from sklearn_kan import KANRegressor
from tests.estimators.methods.test_symbolic import assert_formula_is_the_prediction

X, Y = sympy.symbols("x y")


def rows(n=300, p=2, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, (n, p))


FORMULAS = [
    "exp(sin(pi*x) + y**2)",
    "x*y",
    "x*sin(3*y) + cos(x)",
    "(x + y)/(1 + x*y/2)",
    "sqrt(x**2 + y**2 + 1)",
    "3*x - 2",
    "2.5 + 0*x + 0*y",
]


@pytest.mark.parametrize("given", [None, rows()])
@pytest.mark.parametrize("text", FORMULAS)
def test_a_model_of_a_formula_computes_it(text, given):
    model = KANRegressor.from_formula(text, ["x", "y"], X=given)
    at = 3.0 * rows()
    wanted = np.broadcast_to(sympy.lambdify([X, Y], sympy.sympify(text))(*at.T), len(at))
    assert_allclose(model.predict(at), wanted, rtol=1e-12, atol=1e-12)
    assert model.symbolic_formula_ == sympy.sympify(text)
    assert_formula_is_the_prediction(model, at)
    assert_array_equal(pickle.loads(pickle.dumps(model)).predict(at), model.predict(at))
    assert not hasattr(clone(model), "network_")
    assert model.n_features_in_ == 2


def test_several_formulas_are_several_outputs():
    model = KANRegressor.from_formula([X * Y, X + Y], X=rows())
    at = rows()
    assert_allclose(model.predict(at), np.stack([at.prod(axis=1), at.sum(axis=1)], axis=1))
    assert model.symbolic_formula_ == [X * Y, X + Y]


def test_columns_are_in_the_order_of_their_names():
    model = KANRegressor.from_formula("x10 - x2")
    assert_allclose(model.predict([[1.0, 5.0]]), [4.0])
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame(rows(), columns=["y", "x"])
    model = KANRegressor.from_formula("x - y", X=frame)
    assert_allclose(model.predict(frame), frame["x"] - frame["y"], atol=1e-13)
    assert list(model.feature_names_in_) == ["y", "x"]


def law(at):
    return np.exp(np.sin(np.pi * at[:, 0]) + at[:, 1] ** 2)


def test_the_numbers_in_a_formula_are_fitted_by_a_warm_start():
    model = KANRegressor.from_formula(
        "exp(sin(3*x) + 1.2*y**2)",
        warm_start=True,
        hidden_layer_sizes=(1,),
        direct_edges=False,
        random_state=0,
    )
    at = rows()
    model.fit(at, law(at))
    assert 1.0 - model.score(at, law(at)) < 1e-25
    assert_formula_is_the_prediction(model, at)
    constants = [float(number) for number in model.symbolic_formula_.atoms(sympy.Float)]
    assert min(abs(number - np.pi) for number in constants) < 1e-12


def test_the_numbers_in_a_formula_are_fitted_by_passes_over_rows():
    model = KANRegressor.from_formula("exp(sin(3*x) + 1.2*y**2)", random_state=0)
    at = rows()
    before = 1.0 - model.score(at, law(at))
    for _ in range(5):
        model.partial_fit(at, law(at))
    assert 1.0 - model.score(at, law(at)) < 0.1 * before
    assert_formula_is_the_prediction(model, at)


def test_edges_become_splines_where_the_rows_were():
    model = KANRegressor.from_formula("x*sin(3*y) + 5", X=rows(), grid_size=20)
    at = rows(50, seed=1)
    wanted = model.predict(at)
    for place in [(0, 0, 0), (0, 1, 1)]:
        model.unfix_symbolic(*place)
    assert_allclose(model.predict(at), wanted, atol=1e-3)
    assert_formula_is_the_prediction(model, at)
    assert len(model.symbolic_functions_) == 2


BAD = [
    (("x +",), {}, "is no formula"),
    (("x > 2",), {}, "no formula of numbers"),
    (("x + q", ["x"]), {}, r"\['q'\], which are none of the columns \['x'\]"),
    (("x", ["x", "x"]), {}, "a name twice"),
    (("x + y",), {"X": np.zeros((3, 3))}, "X has 3 columns"),
    (("3",), {}, "no column"),
    (([],), {}, "at least one"),
    (("atan2(x, y)",), {}, "several variables"),
    (("x",), {"loss": "poisson"}, "loss without link"),
]


@pytest.mark.parametrize(("positional", "named", "message"), BAD)
def test_what_is_no_formula_is_named(positional, named, message):
    with pytest.raises(ValueError, match=message):
        KANRegressor.from_formula(*positional, **named)


def test_a_column_that_does_not_vary_is_its_value():
    at = np.column_stack([rows(50)[:, 0], np.full(50, 7.0)])
    model = KANRegressor.from_formula("x + y**2", X=at)
    assert_allclose(model.predict(at), at[:, 0] + 49.0)
    assert_formula_is_the_prediction(copy.deepcopy(model), at)
