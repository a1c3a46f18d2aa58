"""When a search takes what is left for noise."""

import numpy as np
import pytest

from sklearn_kan.symbolic.judging.interpolant import Interpolant, interpolate
from sklearn_kan.symbolic.judging.noise import is_only_noise_left
from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.language.expression import Column


def finds_of(left):
    """A search whose best formula, x0, leaves so much beside it."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    finds = Finds(LawProblem(X, X[:, 0] + left(X, rng), np.ones(300)))
    finds.add(Column(0))
    return finds


def settles(finds, smooth):
    return is_only_noise_left(finds.best, finds.problem, smooth)


def test_noise_beside_a_short_formula_settles_a_search():
    finds = finds_of(lambda X, rng: 0.3 * rng.standard_normal(len(X)))
    assert settles(finds, interpolate(finds.problem))


def test_a_curve_beside_it_does_not():
    finds = finds_of(lambda X, rng: 0.3 * np.sin(4 * X[:, 1]) + 0.03 * rng.standard_normal(len(X)))
    assert not settles(finds, interpolate(finds.problem))


@pytest.mark.parametrize(("noise", "settled"), [(0.3, True), (0.95, False)])
def test_interpolants_that_take_more_for_noise_than_formulas_leave_are_no_judges(noise, settled):
    finds = finds_of(lambda X, rng: 0.15 * rng.standard_normal(len(X)))
    none = np.zeros(len(finds.problem.y))
    smooth = Interpolant(none, none, noise, np.arange(len(none)), noise, lambda X: X[:, 0], none)
    assert settles(finds, smooth) == settled
