"""What a search is made of: separations, directions, exponentials, limits, units of rows."""

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.curves.exponentials import exponential_sums
from sklearn_kan.symbolic.front.limits import limits_of
from sklearn_kan.symbolic.front.one_scale import without_gauge
from sklearn_kan.symbolic.front.simplest import algebraic
from sklearn_kan.symbolic.front.snap import snap
from sklearn_kan.symbolic.judging.interpolant import interpolate
from sklearn_kan.symbolic.judging.linear import least_squares
from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import follow
from sklearn_kan.symbolic.judging.refine import refine
from sklearn_kan.symbolic.language.expression import (
    Apply,
    Column,
    Constant,
    Power,
    Product,
    Sum,
    number,
)
from sklearn_kan.symbolic.language.expression import values as values_of
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.restating.separation import separations
from sklearn_kan.symbolic.restating.symmetry import single_factors, translations
from sklearn_kan.symbolic.restating.units import DecimalUnits
from sklearn_kan.symbolic.search import search_formulas
from sklearn_kan.symbolic.strategies.waves import waves_across_columns


def problem_of(function, p, low=-1.0, high=1.0, n=400):
    X = np.random.default_rng(0).uniform(low, high, (n, p))
    return LawProblem(X, function(*X.T), np.ones(n))


CURVES = {
    "damped": lambda x: np.exp(-0.3 * x) * np.cos(4 * x),
    "two waves": lambda x: np.sin(3 * x) + 0.5 * np.sin(7 * x) + 2,
    "two rates": lambda x: 2 * np.exp(-x) - np.exp(-0.2 * x),
}


@pytest.mark.parametrize("curve", CURVES.values(), ids=CURVES)
def test_exponential_sums_are_found_exactly(curve):
    x = np.random.default_rng(0).uniform(0, 6, 300)
    best = exponential_sums(x, curve(x), np.ones(300), 1e-6)[0]
    wide = np.linspace(-1, 7, 50)
    assert_allclose(values_of(best.node, wide[:, None]), curve(wide), atol=1e-6)


def test_exponential_sums_of_few_points_are_none():
    x = np.arange(10.0)
    assert exponential_sums(x, x, np.ones(10), 1e-6) == []


def test_groups_that_do_not_interact_are_told_apart():
    added = problem_of(lambda a, b, c: np.sin(a * b) + c**2, 3)
    (found,) = separations(added, interpolate(added))
    assert (found.groups, found.multiplied) == (((0, 1), (2,)), False)
    multiplied = problem_of(lambda a, b, c: (a + b + 3) * (c + 2), 3)
    (found,) = separations(multiplied, interpolate(multiplied))
    assert (found.groups, found.multiplied) == (((0, 1), (2,)), True)
    for group, part in zip(found.groups, found.problems, strict=True):
        own = sum(multiplied.X[:, i] for i in group)
        assert abs(np.corrcoef(own, part.y)[0, 1]) > 1 - 1e-6


@pytest.mark.parametrize("multiplied", [False, True])
def test_the_law_of_one_group_leaves_the_other_as_exact_as_the_rows(multiplied):
    def law(a, b, c):
        return (a + b + 3) * (c + 2) if multiplied else a * b + np.exp(c)

    problem = problem_of(law, 3)
    (found,) = separations(problem, interpolate(problem))
    added = Sum((Column(0), Column(1), Constant(3.0)))
    laws = [added if multiplied else Product((Column(0), Column(1))), Constant(1.0)]
    rest = found.rest(problem, laws, 1)
    c = problem.X[:, 2]
    assert_allclose(rest.X[:, 0], c)
    assert_allclose(rest.y, c + 2 if multiplied else np.exp(c), rtol=1e-12)
    assert rest.floor == problem.floor
    assert found.rest(problem, [Constant(0.0)] * 2, 1) is None or not multiplied


def test_directions_have_free_coefficients():
    problem = problem_of(lambda a, b: np.sin(3 * a + 1.1 * b), 2)
    reduction = translations(problem, interpolate(problem), 1)
    direction = values_of(reduction.columns[0], problem.X)
    wanted = 3 * problem.X[:, 0] + 1.1 * problem.X[:, 1]
    assert abs(np.corrcoef(direction, wanted)[0, 1]) > 1 - 1e-4
    assert reduction.problems[0].floor > problem.floor


def test_a_factor_that_is_a_power_of_a_column_is_found_in_noise():
    problem = problem_of(lambda a, b: a**2 * (np.sin(b) + 2), 2, 1.0, 3.0)
    noise = 0.05 * problem.y.std() * np.random.default_rng(1).standard_normal(problem.n)
    noisy = LawProblem(problem.X, problem.y + noise, problem.weights)
    reduction = single_factors(noisy, interpolate(noisy))
    assert reduction.columns == (Column(1),)
    assert_allclose(values_of(reduction.factor, noisy.X), noisy.X[:, 0] ** 2)


def test_functions_of_small_arguments_have_limits():
    X = np.random.default_rng(0).uniform(-1, 1, (50, 1))
    sine = Apply(LIBRARY["sin"], Product((Constant(1e-4), Column(0))))
    (line,) = limits_of(Product((Constant(1e4), sine)), X)
    assert_allclose(values_of(line, X), X[:, 0], rtol=1e-6)
    cosine = Apply(LIBRARY["cosh"], Product((Constant(1e-2), Column(0))))
    (parabola,) = limits_of(cosine, X)
    assert_allclose(values_of(parabola, X), 1 + 0.5e-4 * X[:, 0] ** 2, rtol=1e-8)
    assert list(limits_of(Apply(LIBRARY["sin"], Column(0)), X)) == []


def test_a_wave_of_a_product_is_found():
    problem = problem_of(lambda a, b: a * b + 3 * np.sin((a - 1) * (b - 1)), 2, -3.0, 3.0)
    assert follow(waves_across_columns(problem), Finds(problem)).exact


def test_forms_hold_where_logarithms_have_no_value():
    x = sympy.Symbol("x")
    assert sympy.simplify(algebraic(sympy.tanh(2 * sympy.log(x))) - (x**4 - 1) / (x**4 + 1)) == 0
    assert algebraic(sympy.exp(sympy.atanh(x))) == sympy.sqrt((1 + x) / (1 - x))
    assert algebraic(sympy.exp(2 * x) * sympy.tanh(x)) == sympy.exp(2 * x) * sympy.tanh(x)


def test_units_of_rows_do_not_change_a_formula():
    rng = np.random.default_rng(0)
    X = np.stack([rng.uniform(1, 9, 50) * 1e24, rng.uniform(1, 9, 50), rng.uniform(1, 2, 50)], 1)
    problem = LawProblem(X, X[:, 0] * X[:, 1] * 1e-40, np.ones(50))
    units = DecimalUnits.of(problem)
    assert units.columns[1] == units.columns[2] == 1.0
    (measured,) = units.problems
    assert 0.1 < np.abs(measured.X[:, 0]).max() < 10
    law = Product((Constant(float(measured.y[0] / measured.X[0, :2].prod())), Column(0), Column(1)))
    assert_allclose(values_of(units.restored([law]), X), problem.y)


def test_gauge_leaves_what_is_next_to_nothing_alone():
    parts = (
        Product((Constant(1e-17), Column(0))),
        Product((Constant(2.0), Power(Column(0), number(2)))),
    )
    fixed = without_gauge(Product((Constant(3.0), Sum(parts))))
    assert isinstance(fixed, Product)
    assert Constant(6.0) in fixed.parts


def test_exponents_become_simple_fractions_in_noise():
    rng = np.random.default_rng(0)
    X = rng.uniform(0.5, 4, (200, 1))
    y = np.sqrt(X[:, 0]) * 1.2345 + 0.03 * rng.standard_normal(200)
    node = Product((Constant(1.0), Power(Column(0), Constant(0.6))))
    snapped = snap(refine(node, X, y), X, y)
    assert len(snapped.deviations) == 1


@pytest.mark.parametrize("bad", [np.inf, np.nan])
def test_least_squares_of_what_is_not_finite_is_an_error(bad):
    A = np.array([[1.0, bad], [1.0, 2.0], [0.0, 1.0]])
    with pytest.raises(ValueError, match="not finite"):
        least_squares(A, np.ones(3))
    with pytest.raises(ValueError, match="not finite"):
        least_squares(np.ones((3, 1)), A[:, 1])


@pytest.mark.parametrize(("unit", "of_target"), [(1.0, 1.0), (1e250, 1e200), (1e-250, 1e-300)])
def test_least_squares_of_any_size(unit, of_target):
    A = unit * np.array([[1.0, 1.0], [1.0, 2.0], [1.0, 4.0]])
    wanted = np.array([3.0, -0.5]) * (of_target / unit)
    assert_allclose(least_squares(A, A / unit @ (wanted * unit)), wanted, rtol=1e-12)
    assert_allclose(least_squares(np.zeros((3, 2)), np.ones(3)), 0.0)


def test_noisy_rows_of_wild_units_raise_nothing():
    rng = np.random.default_rng(0)
    m, M, r = rng.uniform(1e3, 1e5, 80), rng.uniform(1e22, 1e25, 80), rng.uniform(1e6, 1e8, 80)
    y = 6.674e-11 * m * M / r**2
    y = y + 0.02 * y.std() * rng.standard_normal(80)
    front = search_formulas(np.stack([m, M, r], 1), y, symbols=sympy.symbols("m M r"))
    (best,) = [formula for formula in front if formula.chosen]
    a, b, c = sympy.symbols("m M r")
    assert not (best.expression * c**2 / (a * b)).free_symbols


def test_a_library_named_in_full_finds_what_the_default_does():
    x = np.random.default_rng(0).uniform(0, 6, (200, 1))
    front = search_formulas(x, np.exp(-0.3 * x[:, 0]) * np.cos(4 * x[:, 0]), library=LIBRARY)
    (best,) = [formula for formula in front if formula.chosen]
    assert best.r2 > 1 - 1e-15


def test_targets_over_a_hundred_orders_of_magnitude():
    """Squares of slopes of their logarithm overflow, their ratios do not."""
    x = np.random.default_rng(3).uniform(0.1, 5.0, (100, 1))
    front = search_formulas(x, np.exp(60.0 * x[:, 0]))
    (best,) = [formula for formula in front if formula.chosen]
    (symbol,) = best.expression.free_symbols
    rate = sympy.log(best.expression.subs(symbol, 2.0) / best.expression.subs(symbol, 1.0))
    assert_allclose(float(rate), 60.0, rtol=1e-6)
