"""Sums of products of powers of any number of columns."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import follow
from sklearn_kan.symbolic.language.expression import Number, Power, values, walk
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.strategies.power_sums import power_sums
from sklearn_kan.symbolic.strategies.power_sums_with_waves import power_sums_with_letters


def search(law, p, strategy=power_sums, between=(1.0, 3.0), n=400):
    X = np.random.default_rng(0).uniform(*between, (n, p))
    return searched(LawProblem(X, law(*X.T), np.ones(n)), strategy)


def searched(problem, strategy=power_sums_with_letters):
    return follow(strategy(problem), Finds(problem))


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.integers(-3, 3), min_size=5, max_size=5).filter(lambda k: sum(map(bool, k)) > 1),
    st.sampled_from([0.0, 1.0, -2.5]),
    st.sampled_from([0.3, 4.0]),
)
def test_a_product_of_powers_beside_a_constant_is_found(exponents, constant, factor):
    finds = search(lambda *x: constant + factor * np.prod(np.stack(x).T ** exponents, axis=1), 5)
    assert finds.exact
    fractions = [part.exponent for part in walk(finds.best.node) if isinstance(part, Power)]
    assert all(isinstance(exponent, Number) for exponent in fractions)


LAWS = {
    "oscillator": (6, lambda p, m, w, x, a, y: (p**2 + (m * w * x) ** 2 * (1 + a * x / y)) / 2 / m),
    "curvature": (6, lambda c, k, g, r, h, a: (c**4 * k / r**2 + (h * c) ** 2 * (1 - 2 * a)) / g),
    "under a root": (5, lambda e, m, z, q, b: np.sqrt(1 + 2 * e * b**2 / (m * z**2 * q**4))),
    "below": (4, lambda a, b, c, d: 1 / (a * b / c + d**2)),
    "halves": (3, lambda a, b, c: np.sqrt(a * b) + c**1.5 / b),
}


@pytest.mark.parametrize(("p", "law"), LAWS.values(), ids=LAWS)
def test_laws_are_found_and_hold_beyond_the_rows(p, law):
    finds = search(law, p)
    assert finds.exact
    X = np.random.default_rng(1).uniform(0.7, 4.0, (200, p))
    assert_allclose(values(finds.best.node, X), law(*X.T), rtol=1e-9)


def test_exponents_that_are_no_fractions_stay_free():
    assert search(lambda a, b, c: a**0.4271 * b**2 + 3 * c**-1.213, 3).exact


@pytest.mark.parametrize(
    ("between", "law"),
    [
        ((1.0, 5.0), lambda q, w, t: q**4 * (w**3 + w - (w * np.sin(t)) ** 2)),
        ((1.0, 5.0), lambda q, w, t: q / w + q**2 * np.cos(t)),
        ((1.0, 3.0), lambda q, w, t: q * w - (t - 2) ** 2 / w),
    ],
)
def test_terms_may_have_a_wave_or_a_square_of_one_column(between, law):
    X = np.random.default_rng(0).uniform(*between, (400, 3))
    moved = X - [0.0, 0.0, 2.0 * (between[1] == 3.0)]
    assert searched(LawProblem(moved, law(*X.T), np.ones(400))).exact


@pytest.mark.parametrize("strategy", [power_sums, power_sums_with_letters])
@pytest.mark.parametrize(
    "change",
    [
        lambda X: X * [1.0, 0.0, 1.0],
        lambda X: X * 1e-200,
        lambda X: X * 1e200,
        lambda X: np.where(X > 2.0, 0.0, X),
        lambda X: -X,
        lambda X: np.repeat(X[:1], len(X), axis=0),
        lambda X: X[:2],
    ],
)
def test_wild_columns_raise_nothing(strategy, change):
    X = change(np.random.default_rng(0).uniform(1, 3, (50, 3)))
    y = np.random.default_rng(1).standard_normal(len(X))
    finds = searched(LawProblem(X, y, np.ones(len(X))), strategy)
    assert not finds.exact or len(X) < 3


def lorentz(t, u, c, x):
    return (t - u * x / c**2) / np.sqrt(1 - u**2 / c**2)


TWO = {
    "lorentz": (lorentz, (1, 5), (1, 2), (3, 10), (1, 5)),
    "two waves": (lambda x, w, t: x * np.cos(w * t) + np.cos(w * t) ** 2, *[(1, 3)] * 3),
    "band": (lambda u, k, d: 2 * u * (1 - np.cos(k * d)), *[(1, 5)] * 3),
    "beat": (lambda a, t, s: a**2 + 3 / a * np.sin(t - s), (1, 3), (0.1, 6), (0.1, 6)),
}


@pytest.mark.parametrize("law", TWO.values(), ids=TWO)
def test_terms_may_have_a_function_of_two_columns(law):
    function, *ranges = law
    X = np.stack([np.random.default_rng(i).uniform(*r, 150) for i, r in enumerate(ranges)], axis=1)
    assert searched(LawProblem(X, function(*X.T), np.ones(150))).exact


def test_letters_are_functions_of_the_library():
    X = np.random.default_rng(0).uniform(1.0, 5.0, (300, 3))
    y = 2 * X[:, 0] * (1 - np.cos(X[:, 1] * X[:, 2]))
    assert not searched(LawProblem(X, y, np.ones(300), library=(LIBRARY["exp"],))).exact
