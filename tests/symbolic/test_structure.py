"""Structure in rows: interpolants, symmetries, products, polynomials, blocks, gauges."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.front.one_scale import without_gauge
from sklearn_kan.symbolic.judging.additive import SplineDesign, fit_additive
from sklearn_kan.symbolic.judging.best_blocks import (
    Projected,
    best_pair,
    best_product,
    best_single,
    orthonormal,
    stepwise,
)
from sklearn_kan.symbolic.judging.interpolant import interpolate
from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import follow
from sklearn_kan.symbolic.language.expression import (
    Column,
    Constant,
    Product,
    Sum,
    substitute,
    values,
)
from sklearn_kan.symbolic.language.outer import OUTERS, outers_of
from sklearn_kan.symbolic.restating.symmetry import reductions
from sklearn_kan.symbolic.strategies.polynomials import eliminate, make_terms, polynomials
from sklearn_kan.symbolic.strategies.quotients import quotients
from sklearn_kan.symbolic.strategies.rank_one import rank_1

from .trees import ROWS, TREES


def problem(function, p, low=1.0, high=4.0, n=400):
    X = np.random.default_rng(0).uniform(low, high, (n, p))
    return LawProblem(X, function(*X.T), np.ones(n))


def test_interpolant_has_the_gradient():
    given = problem(lambda a, b: np.sin(a) * b**2, 2)
    smooth = interpolate(given)
    a, b = given.X[smooth.rows].T
    true = np.stack([np.cos(a) * b**2, 2 * b * np.sin(a)], axis=1)
    assert smooth.error < 1e-3
    assert np.sqrt(np.mean((smooth.gradient - true) ** 2)) < 0.02 * true.std()


@pytest.mark.parametrize(
    ("law", "p", "left"),
    [
        (lambda a, b, c: a * np.exp(-b / c), 3, 1),
        (lambda a, b, c: np.exp(-((a - b) ** 2)) + 0 * c, 3, 1),
        (lambda a, b, c: np.sin(a**2 + b**2) + c, 3, 2),
        (lambda a, b, c: a * b**2 / c, 3, 0),
    ],
)
def test_reductions_keep_the_law(law, p, left):
    given = problem(law, p, 0.5, 2.0)
    found = reductions(given, interpolate(given))
    assert found
    assert min(len(reduction.columns) for reduction in found) == left
    for reduction in found:
        factor, summand = (values(t, given.X) for t in (reduction.factor, reduction.summand))
        assert_allclose(reduction.problems[0].y * factor + summand, given.y)
        for i, column in enumerate(reduction.columns):
            assert_allclose(values(column, given.X), reduction.problems[0].X[:, i])
            restored = reduction.restored([Column(i)])
            expected = factor * values(substitute(Column(i), reduction.columns), given.X)
            assert_allclose(values(restored, given.X), expected + summand)


def test_additive_fits_find_additive_laws_only():
    given = problem(lambda a, b: np.sin(a) + b**2, 2)
    design = SplineDesign.of(given.X, given.weights, 40)
    assert fit_additive(design, given.y, given.weights).r2 > 1 - 1e-5
    other = problem(lambda a, b: np.sin(a * b), 2)
    assert fit_additive(design, other.y, other.weights).r2 < 0.9


def test_left_out_rows_are_those_of_refits():
    given = problem(lambda a, b: np.sin(a) + a * b, 2, n=60)
    design = SplineDesign.of(given.X, given.weights, 12)
    fit = fit_additive(design, given.y, given.weights)
    errors = []
    for i in range(60):
        kept = np.arange(60) != i
        theta = np.linalg.lstsq(design.matrix[kept], given.y[kept], rcond=None)[0]
        errors.append(given.y[i] - design.matrix[i] @ theta)
    expected = 1 - np.sum(np.square(errors)) / np.sum((given.y - given.y.mean()) ** 2)
    assert_allclose(fit.r2, max(expected, -1), atol=1e-4)


def test_products_of_factors_of_both_signs():
    given = problem(lambda a, b, c: 2 + np.sin(2 * a) * np.cos(b) * c, 3, -1.5, 1.5)
    fit = min((rank_1(given, seed) for seed in range(3)), key=lambda each: each.loss)
    assert fit.loss < 1e-2
    assert_allclose(fit.constant + fit.factors.prod(axis=1), given.y, atol=0.1)


def test_elimination_keeps_the_terms_of_the_law():
    given = problem(lambda a, b: 3 * a**2 - a * b + 2, 2)
    terms = make_terms([Column(0), Column(1)], 4, given.X)
    chosen, left = eliminate(terms.F, given.y, given.weights)
    assert len(chosen) == 3
    assert left < 1e-10


@pytest.mark.parametrize(
    "law",
    [
        lambda a, b: a**3 - 2 * a * b + 1,
        lambda a, b: (a - b) / (1 + a * b**2),
        lambda a, b: np.sqrt(a**2 + b**2 - 2 * a * b * np.cos(b)),
    ],
)
def test_polynomials_and_quotients_are_found(law):
    rows = problem(law, 2)
    assert follow(quotients(rows), follow(polynomials(rows), Finds(rows))).exact


def test_selection_agrees_with_least_squares_on_every_choice():
    rng = np.random.default_rng(0)
    F, t = rng.standard_normal((12, 40)), rng.standard_normal(40)
    F /= np.sqrt(np.mean(F**2, axis=1))[:, None]
    costs = np.zeros(12, dtype=int)
    ones = orthonormal(np.ones((40, 1)))

    def left(*columns):
        design = np.stack([np.ones(40), *columns], axis=1)
        rest = t - design @ np.linalg.lstsq(design, t, rcond=None)[0]
        return rest @ rest / np.sum((t - t.mean()) ** 2)

    rows = Projected.of(F, t, ones, costs, 40)
    pairs = [(i, j) for i in range(12) for j in range(i + 1, 12)]
    singles = min((left(F[i]), i) for i in range(12))
    assert_allclose(best_single(rows)[0][0], singles[0])
    assert_allclose(best_pair(rows)[0][0], min(left(F[i], F[j]) for i, j in pairs))
    products = [(i, j) for i in range(12) for j in range(i, 12)]
    expected = min(left(F[i] * F[j]) for i, j in products)
    assert_allclose(best_product(F, t, costs, 40)[0][0], expected)
    grown = stepwise(F, t, ones, costs, 40, starts=[(singles[1],)], depth=1)
    expected = min(left(F[singles[1]], F[j]) for j in range(12) if j != singles[1])
    assert_allclose(grown[0][0], expected)


@pytest.mark.parametrize("outer", OUTERS, ids=lambda outer: outer.name)
def test_outer_functions_are_inverted(outer):
    y = {"-exp": -1.0, "sin": 0.6, "tanh": 0.9}.get(outer.name, 1.2) * np.linspace(0.1, 1, 30)
    assert outer.allows(y.min(), y.max())
    z = outer.forward(y)
    assert_allclose(values(outer.inverse(Column(0)), z[:, None]), y, rtol=1e-12)
    step = 1e-6
    slope = (outer.forward(y + step) - outer.forward(y - step)) / (2 * step)
    assert_allclose(outer.slope(y), slope, rtol=1e-5)


def test_only_outer_functions_that_the_target_allows():
    assert {outer.name for outer, _, _ in outers_of(np.array([-50.0, 1.0, 2.0]))} == {"y"}


@pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
def test_gauge_changes_no_value(tree):
    assert_allclose(values(without_gauge(tree), ROWS), values(tree, ROWS), rtol=1e-12)
    scaled = Product((Constant(3.0), Sum((Product((Constant(2.0), tree)), Constant(4.0)))))
    assert_allclose(values(without_gauge(scaled), ROWS), values(scaled, ROWS), rtol=1e-12)
