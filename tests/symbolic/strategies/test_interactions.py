"""Laws that are sums of curves and of blocks of several columns; entropies; quotients; roots."""

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.judging.problem import LawProblem
from sklearn_kan.symbolic.search import search_formulas
from sklearn_kan.symbolic.strategies.interactions import blocks_beside_curves

x, y, z, t = sympy.symbols("x y z t")
LAWS = {
    "entropy": -x * sympy.log(x) - (1 - x) * sympy.log(1 - x),
    "maximum": sympy.Max(x, y),
    "contrast": (x - y) / (x + y),
}
SLOW = {
    "divergence": x * sympy.log(x / y) + (1 - x) * sympy.log((1 - x) / (1 - y)),
    "free energy": x * sympy.log(x) + y * sympy.log(y) - x * y,
    "logistic growth": 5 * x / (1 + (5 * x / y - 1) * sympy.exp(-z * t)),
    "beta": x**y * (1 - x) ** z,
}


def check(law, n=300, between=(0.1, 0.9)):
    columns = sorted(law.free_symbols, key=str)
    rows = np.random.default_rng(0).uniform(*between, (n, len(columns)))
    target = np.asarray(sympy.lambdify(columns, law)(*rows.T), dtype=float)
    (best,) = [each for each in search_formulas(rows, target, symbols=columns) if each.chosen]
    fresh = np.random.default_rng(1).uniform(*between, (100, len(columns)))
    found = sympy.lambdify(columns, best.expression)(*fresh.T)
    assert_allclose(found, sympy.lambdify(columns, law)(*fresh.T), rtol=1e-8, atol=1e-10)
    return best.expression


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_laws_are_found(law):
    check(law)


@pytest.mark.slow
@pytest.mark.parametrize("law", SLOW.values(), ids=SLOW)
def test_more_laws_are_found(law):
    check(law)


def test_sums_of_high_powers_are_found():
    check(4 * ((x / y) ** 12 - (x / y) ** 6), between=(0.8, 1.6))


def test_a_line_beside_a_function_of_a_square_is_found():
    check((-5 * x + sympy.sqrt(25 * x**2 + 4)) / 2)


def test_a_quotient_is_no_hyperbolic_tangent_of_logarithms():
    """It has values where columns are negative, too."""
    assert sympy.simplify(check((x * y - z) / (x * y + z)) - (x * y - z) / (x * y + z)) == 0


@pytest.mark.parametrize("p", [1, 5])
def test_one_column_or_many_are_left_to_others(p):
    rows = np.random.default_rng(0).uniform(size=(50, p))
    assert list(blocks_beside_curves(LawProblem(rows, rows[:, 0] ** 2, np.ones(50)))) == []


def test_quotients_of_waves_are_found():
    law = sympy.acos((sympy.cos(x) - y) / (1 - y * sympy.cos(x)))
    assert check(law, between=(0.2, 0.8)).has(sympy.cos)


@pytest.mark.parametrize(
    "law",
    [x**3 / (sympy.exp(x) - 1), x / (2 * (sympy.exp(sympy.Rational(17, 10) * x) - 1))],
)
def test_a_power_times_a_function_is_found(law):
    assert sympy.simplify(check(law, n=200, between=(0.5, 5.0)) - law) == 0


def test_a_quotient_of_many_constants_is_not_taken_for_the_law_it_is_near():
    law = sympy.sin(x / 2) ** 2 / x**2
    found = check(law, n=200, between=(1.0, 3.0))
    assert not found.atoms(sympy.Float)


def test_powers_of_columns_and_roots_of_products_are_printed_as_such():
    assert check(5 * (1 + x) ** y, between=(0.5, 2.0)) == 5 * (1 + x) ** y
    found = check(3 + 2 * sympy.sqrt(x * y * z), between=(1.0, 5.0))
    assert found == 3 + 2 * sympy.sqrt(x * y * z)


@pytest.mark.parametrize(
    "law",
    [
        x**3 + x**2 + x + sympy.sin(x) + sympy.sin(x**2),
        sympy.exp(x) + x**2 - 3 * sympy.sin(x) + sympy.log(y) + y**2,
    ],
)
def test_sums_of_several_functions_of_a_column_are_found(law):
    assert sympy.simplify(check(law, between=(0.2, 2.0)) - law) == 0
