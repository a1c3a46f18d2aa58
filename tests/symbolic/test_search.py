"""Rows to formulas: laws are found, and what is not found is said honestly."""

from itertools import pairwise

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.search import search_formulas

x, y, z = sympy.symbols("x y z")
LAWS = {
    "hellokan": (sympy.exp(sympy.sin(sympy.pi * x) + y**2), -1, 1),
    "monomial": (x * y**2 / (4 * sympy.pi * z), 1, 5),
    "norm": (sympy.sqrt(x**2 + y**2 + z**2), -1, 1),
    "product": (x * y, -1, 1),
    "gamma": (x / sympy.sqrt(1 - y**2), -0.9, 0.9),
    "velocities": ((x + y) / (1 + x * y), -0.9, 0.9),
    "sine": (2 * sympy.sin(x) * sympy.cos(y), 0, 1),
}


def rows(law, low, high, n=500):
    X = np.random.default_rng(0).uniform(low, high, (n, 3))
    return X, np.asarray(sympy.lambdify((x, y, z), law)(*X.T), dtype=float)


def chosen(front):
    (formula,) = [formula for formula in front if formula.chosen]
    return formula


@pytest.mark.parametrize(("law", "low", "high"), LAWS.values(), ids=LAWS)
def test_laws_are_found(law, low, high):
    X, target = rows(law, low, high)
    best = chosen(search_formulas(X, target, symbols=(x, y, z)))
    function = sympy.lambdify((x, y, z), best.expression)
    fresh = np.random.default_rng(1).uniform(low, high, (100, 3))
    assert_allclose(function(*fresh.T), sympy.lambdify((x, y, z), law)(*fresh.T), rtol=1e-9)
    assert best.r2_held_out > 1 - 1e-12


@pytest.mark.slow
def test_noise_leaves_the_structure():
    X, target = rows(x * y + 0 * z, 1, 3)
    noisy = target + 0.02 * np.std(target) * np.random.default_rng(2).standard_normal(len(target))
    best = chosen(search_formulas(X, noisy, symbols=(x, y, z)))
    assert sympy.simplify(best.expression - x * y) == 0


def test_front_is_sorted_and_honest():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    target = rng.standard_normal(300)
    front = search_formulas(X, target)
    assert sum(formula.chosen for formula in front) == 1
    assert all(a.r2 < b.r2 for a, b in pairwise(front))
    assert chosen(front).r2 < 0.2
    assert chosen(front).r2_held_out < 0.2


@pytest.mark.slow
def test_same_seed_same_front():
    X, target = rows(x * sympy.sin(y), -1, 1, n=100)
    first, second = (search_formulas(X, target + X[:, 2] ** 7) for _ in range(2))
    assert first == second


def test_rows_of_weight_zero_count_as_absent():
    X, target = rows(x + 2 * y, -1, 1, n=60)
    wild = np.append(target, 1e9)
    weights = np.append(np.ones(60), 0.0)
    best = chosen(search_formulas(np.append(X, X[:1], axis=0), wild, weights, symbols=(x, y, z)))
    assert sympy.simplify(best.expression - x - 2 * y) == 0


def test_constant_target():
    X = np.random.default_rng(0).uniform(size=(30, 2))
    best = chosen(search_formulas(X, np.full(30, 4.0)))
    assert best.expression == 4


def test_no_rows():
    with pytest.raises(ValueError, match="weight"):
        search_formulas(np.ones((3, 1)), np.ones(3), np.zeros(3))
