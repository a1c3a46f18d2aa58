"""When a search takes what is left for noise."""

import numpy as np
import pytest

from sklearn_kan.symbolic.expression import Column
from sklearn_kan.symbolic.interpolant import Interpolant, interpolate
from sklearn_kan.symbolic.noise import leaves_noise
from sklearn_kan.symbolic.problem import Finds, Problem


def finds_of(left):
    """A search whose best formula, x0, leaves so much beside it."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    finds = Finds(Problem(X, X[:, 0] + left(X, rng), np.ones(300)))
    finds.add(Column(0))
    return finds


def test_noise_beside_a_short_formula_settles_a_search():
    finds = finds_of(lambda X, rng: 0.3 * rng.standard_normal(len(X)))
    assert leaves_noise(finds, interpolate(finds.problem))
    assert finds.settled


def test_a_curve_beside_it_does_not():
    finds = finds_of(lambda X, rng: 0.3 * np.sin(4 * X[:, 1]) + 0.03 * rng.standard_normal(len(X)))
    assert not leaves_noise(finds, interpolate(finds.problem))
    assert not finds.settled


@pytest.mark.parametrize(("noise", "settled"), [(0.3, True), (0.95, False)])
def test_interpolants_that_take_more_for_noise_than_formulas_leave_are_no_judges(noise, settled):
    finds = finds_of(lambda X, rng: 0.15 * rng.standard_normal(len(X)))
    none = np.zeros(len(finds.problem.y))
    smooth = Interpolant(none, none, noise, np.arange(len(none)), noise, lambda X: X[:, 0], none)
    assert leaves_noise(finds, smooth) == settled
