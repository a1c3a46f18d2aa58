"""Which formula an estimator chooses: beside its network, by its loss, of its rows."""

import warnings

import numpy as np
import pandas as pd
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.estimators.formulas.left_out import raw_left_out
from sklearn_kan.network import predict
from sklearn_kan.symbolic.front.choice import RULE
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows

M, R = sympy.symbols("m r")


def table(between, n=200, seed=0):
    rng = np.random.default_rng(seed)
    return pd.DataFrame(rng.uniform(*between, (n, 2)), columns=["m", "r"]), rng


def values(law, X):
    return sympy.lambdify([M, R], law, "numpy")(X["m"].to_numpy(), X["r"].to_numpy())


def shape(expression):
    """Return an expression with all its numbers but exponents taken for one."""
    numbers = {number: sympy.Integer(1) for number in expression.atoms(sympy.Float)}
    return expression.xreplace(numbers)


@pytest.mark.parametrize("noise", [0.01, 0.1])
@pytest.mark.parametrize(
    ("law", "between"),
    [(M * R, (-1, 1)), (5 * M / R**2, (1, 3)), (sympy.sqrt(M**2 + R**2), (0.5, 2))],
)
def test_a_law_in_noise_is_chosen_and_the_network_stands_beside_it(law, between, noise):
    X, rng = table(between)
    y = values(law, X)
    noisy = y + noise * y.std() * rng.normal(size=200)
    model = KANRegressor((2,), random_state=0).fit(X, noisy).symbolify(X, noisy)
    rows = model.formulas_
    assert rows.rule == RULE
    (best,) = [row for row in rows if row["chosen"]]
    assert best["expression"] == model.symbolic_formula_
    fresh = table(between, seed=1)[0]
    wanted = values(law, fresh)
    assert np.std(model.predict(fresh) - wanted) < 0.3 * noise * y.std()
    assert best["complexity"] < 16
    (network,) = [row for row in rows if "phi_" in str(row["expression"])]
    assert network["complexity"] > best["complexity"]
    assert 0.0 < network["r2_held_out"] < 1.0
    assert [row["complexity"] for row in rows] == sorted(row["complexity"] for row in rows)


def test_the_network_can_be_taken_and_left_again():
    X, rng = table((-1, 1))
    y = X["m"] * X["r"] + 0.1 * rng.normal(size=200)
    model = KANRegressor((2,), random_state=0).fit(X, y)
    spline = model.predict(X)
    model.symbolify(X, y)
    (k,) = [k for k, row in enumerate(model.formulas_) if "phi_" in str(row["expression"])]
    model.choose_formula(k)
    assert [row["chosen"] for row in model.formulas_].index(True) == k
    assert np.std(model.predict(X) - spline) < 0.3 * np.std(spline)
    (law,) = [k for k, row in enumerate(model.formulas_) if shape(row["expression"]) == M * R]
    assert_allclose(model.choose_formula(law).predict(X), X["m"] * X["r"], atol=0.05)


def test_few_rows_of_noise_are_neither_a_formula_nor_a_network():
    rng = np.random.default_rng(1)
    X, y = rng.normal(size=(8, 2)), rng.normal(size=8)
    model = KANRegressor(symbolic=True, random_state=0).fit(X, y)
    assert not model.symbolic_formula_.free_symbols
    assert sum(row["chosen"] for row in model.formulas_) == 1


@pytest.mark.parametrize(("law", "between"), [(M * R, (-1, 1)), (M - 2 * R**2, (0, 3))])
def test_outliers_do_not_hide_a_law_from_huber(law, between):
    X, rng = table(between)
    y = values(law, X) + 0.01 * rng.normal(size=200)
    y[:4] += [30.0, -20.0, 50.0, 25.0]
    model = KANRegressor(loss="huber", symbolic=True, random_state=0).fit(X, y)
    assert np.std(model.predict(X) - values(law, X)) < 0.01


LINKED = {
    "gamma": (5 * M / R**2, (1, 3), lambda rng, mean: mean * rng.gamma(20, 1 / 20, len(mean))),
    "poisson": (20 * M / R, (1, 3), lambda rng, mean: rng.poisson(mean) * 1.0),
}


@pytest.mark.parametrize("loss", LINKED)
def test_behind_a_log_link_the_law_of_the_mean_is_found_in_the_rows(loss):
    law, between, draw = LINKED[loss]
    X, rng = table(between, 300)
    y = draw(rng, values(law, X))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = KANRegressor(loss=loss, symbolic=True, random_state=0).fit(X, y)
    assert shape(model.symbolic_formula_) == shape(law.xreplace({law.args[0]: sympy.Float(1.5)}))
    assert_allclose(model.predict(X), values(law, X), rtol=0.1)


def test_a_class_has_the_law_of_its_log_odds():
    X, rng = table((-2, 2), 300)
    y = rng.uniform(size=300) < 1 / (1 + np.exp(X["r"] - 2 * X["m"]))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model = KANClassifier(symbolic=True, random_state=0).fit(X, y)
    slopes = model.symbolic_formula_.expand().as_coefficients_dict()
    assert float(slopes[M]) == pytest.approx(2.0, abs=0.6)
    assert float(slopes[R]) == pytest.approx(-1.0, abs=0.5)


def test_rows_that_are_left_out_are_met_less_well():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 1))
    y = X[:, 0] + rng.normal(size=60)
    model = KANRegressor((), grid_size=4, random_state=0).fit(X, y)
    rows = Rows(
        model._encoding_.x_scaling.apply(X), ((y - y.mean()) / y.std())[:, None], np.ones(60)
    )
    found = raw_left_out(model.network_, rows, SquaredError(), model._predictive_)
    raw = predict(model.network_, rows.x)
    assert np.all((found - raw) * (raw - rows.y) >= 0.0)
    assert 1.0 < np.mean((found - rows.y) ** 2) / np.mean((raw - rows.y) ** 2) < 1.5


def test_terms_that_cancel_are_written_with_more_digits():
    X, _ = table((1, 1.1))
    y = values(1e4 * (M - R) + M * R, X)
    model = KANRegressor((), random_state=0).fit(X, y)
    model.set_edge(0, 0, 0, "x", c=123456.789).set_edge(0, 1, 0, "x", c=-123457.891)
    text = model.to_latex(ndigits=4)
    assert model.to_latex() != text
    assert len(model.to_latex(ndigits=17)) >= len(model.to_latex())
