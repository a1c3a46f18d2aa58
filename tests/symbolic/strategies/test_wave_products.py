"""Waves too fine for an interpolant."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import follow
from sklearn_kan.symbolic.language.expression import values
from sklearn_kan.symbolic.run import run
from sklearn_kan.symbolic.strategies.wave_products import wave_products

LAWS = {
    "quotient": (3, lambda e, t, h: np.sin(2 * np.pi * e * t / h) ** 2),
    "amplitude": (3, lambda a, f, t: 1.5 * a * np.sin(7.3 * f * t + 0.4) - 1.0),
    "inverse amplitude": (2, lambda x, y: np.cos(12.1 * x) / y),
    "two waves": (2, lambda x, y: 2 - 2.1 * np.cos(9.8 * x) * np.sin(4.3 * y)),
}


def rows(p, law, n=500, seed=0):
    X = np.random.default_rng(seed).uniform(1.0, 4.0, (n, p))
    return X, law(*X.T)


def searched(problem):
    return follow(wave_products(problem), Finds(problem))


@pytest.mark.parametrize(("p", "law"), LAWS.values(), ids=LAWS)
def test_laws_are_found(p, law):
    X, y = rows(p, law)
    finds = searched(LawProblem(X, y, np.ones(len(y))))
    assert finds.exact
    X, y = rows(p, law, seed=1)
    assert_allclose(values(finds.best.node, X), y, atol=1e-8)


def test_a_whole_search_does_not_take_them_for_noise():
    X, y = rows(*LAWS["two waves"])
    assert run(LawProblem(X, y, np.ones(len(y)))).exact


@pytest.mark.parametrize("noise", [0.1, 1.0])
def test_noise_is_no_wave(noise):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    y = X[:, 0] + noise * rng.standard_normal(300)
    finds = searched(LawProblem(X, y, np.ones(300)))
    assert not finds.exact
    constant = np.zeros((50, 2))
    searched(LawProblem(constant, rng.standard_normal(50), np.ones(50)))


@pytest.mark.parametrize("factor", [1e300, 1e-300, np.inf, np.nan])
def test_wild_numbers_raise_nothing(factor):
    X = np.random.default_rng(0).uniform(1.0, 3.0, (60, 2)) * [1.0, factor]
    y = np.random.default_rng(1).standard_normal(60)
    with np.errstate(all="ignore"):
        searched(LawProblem(X, y, np.ones(60)))
        searched(LawProblem(np.abs(X), y * 1e300, np.ones(60)))
