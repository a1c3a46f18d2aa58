"""Which formula is chosen, and what that is worked out from: laws first, then cases of a kind."""

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.front.choice import Standing, choose, is_network_better
from sklearn_kan.symbolic.front.front import Judge
from sklearn_kan.symbolic.front.nominees import with_round_exponents
from sklearn_kan.symbolic.judging.criteria import LeastSquares, OfClass, OfMean, Robust
from sklearn_kan.symbolic.judging.description import Description
from sklearn_kan.symbolic.judging.probes import Probes
from sklearn_kan.symbolic.judging.problem import LawProblem
from sklearn_kan.symbolic.judging.refine import left_out, refine
from sklearn_kan.symbolic.language.atoms import UNARY
from sklearn_kan.symbolic.language.exact import Exact
from sklearn_kan.symbolic.language.expression import Column, Constant, Power, Product, Sum, number
from sklearn_kan.symbolic.search import search_formulas
from sklearn_kan.training.objective.losses import BinaryLogLoss, Gamma, Poisson

X = Column(0)
LINE = Sum((Constant(1.0), Product((Constant(2.0), X))))


def chosen(*arguments, **options):
    (best,) = [row for row in search_formulas(*arguments, **options) if row.chosen]
    return best


def standing(left, nodes, held_out):
    return Standing(left, Description(nodes, 0.0), np.asarray(held_out, float))


def test_of_formulas_as_short_the_simplest_that_rows_held_out_do_not_rule_out_is_chosen():
    rng = np.random.default_rng(0)
    noise = rng.uniform(size=50)
    same = [standing(0.0, 3.0, noise), standing(-1.0, 3.0, noise + 1e-3 * rng.normal(size=50))]
    assert choose(same, 200.0, np.ones(50)) == 0
    worse = [standing(0.0, 3.0, noise + 0.5), standing(-1.0, 3.0, noise)]
    assert choose(worse, 200.0, np.ones(50)) == 1
    longer = [standing(0.0, 3.0, noise), standing(-1.0, 13.0, noise - 0.5)]
    assert choose(longer, 200.0, np.ones(50)) == 0


@pytest.mark.parametrize("per_row", [0.1, 1.0, 3.0, 15.0])
def test_what_is_left_counts_by_the_row_first_and_less_and_less_then(per_row):
    def pays(n, nodes):
        rows = [standing(0.0, 0.0, [1.0]), standing(-per_row * n, nodes, [0.0])]
        return choose(rows, n, np.ones(1)) == 1

    assert pays(20, 0.9 * min(20 * per_row, 60))
    assert not pays(20, 20 * per_row + 10)
    assert not pays(1e6, 60 + 150 * per_row + 10)  # more rows of a curve say no more


def test_a_network_is_better_only_beyond_chance():
    rng = np.random.default_rng(0)
    formula = rng.chisquare(1, 200)
    weights = np.ones(200)
    assert not is_network_better(formula, formula, weights, 1.0)
    assert not is_network_better(0.98 * formula, formula, weights, 1.0)
    assert is_network_better(0.5 * formula, formula, weights, 1.0)
    assert not is_network_better(formula + rng.normal(0, 1, 200), formula, weights, 1.0)


def test_rows_left_out_of_what_is_linear_in_its_constants_are_those_of_fits_without_them():
    rng = np.random.default_rng(0)
    rows, weights = rng.normal(size=(12, 1)), rng.uniform(0.5, 2.0, 12)
    y = 1.0 + 2.0 * rows[:, 0] + rng.normal(size=12)
    found = left_out(refine(LINE, rows, y, weights).node, rows, y, weights)
    for k in range(12):
        others = np.arange(12) != k
        root = np.sqrt(weights[others])
        design = np.column_stack([np.ones(11), rows[others, 0]])
        b = np.linalg.lstsq(root[:, None] * design, root * y[others], rcond=None)[0]
        assert_allclose(found[k], y[k] - b[0] - b[1] * rows[k, 0], rtol=1e-8)


CRITERIA = {
    "squares": (LeastSquares(), lambda rng, mean: mean + rng.normal(size=len(mean))),
    "huber": (Robust(np.zeros(40)), lambda rng, mean: mean + rng.standard_t(2, len(mean))),
    "poisson": (OfMean(Poisson(), 1, np.zeros(40)), lambda rng, mean: rng.poisson(mean) * 1.0),
    "gamma": (OfMean(Gamma(), 2, np.zeros(40)), lambda rng, mean: mean * rng.gamma(3, 1 / 3, 40)),
    "class": (
        OfClass(BinaryLogLoss(), np.zeros(40), np.linspace(-1, 1, 40)),
        lambda rng, mean: (rng.uniform(size=40) < 0.5) * 1.0,
    ),
}


@pytest.mark.parametrize("name", CRITERIA)
def test_working_rows_have_the_gradient_of_the_loss(name):
    criterion, draw = CRITERIA[name]
    rng = np.random.default_rng(0)
    found = rng.uniform(0.5, 2.0, 40)
    y = draw(rng, found)
    z, weights = criterion.working(y, found)
    step = 1e-6
    losses = [criterion.losses(y, found + way * step) for way in (1.0, -1.0)]
    if name == "huber":  # its unit, the median of the residuals, moves with them
        limit = 1.345 * 1.4826 * np.median(np.abs(y - found))
        wanted = -2.0 * np.clip(y - found, -limit, limit)
    else:
        wanted = (losses[0] - losses[1]) / (2.0 * step)
    assert_allclose(-2.0 * weights * (z - found), wanted, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("name", CRITERIA)
def test_fits_lower_the_loss(name):
    criterion, draw = CRITERIA[name]
    rng = np.random.default_rng(1)
    rows = rng.uniform(0.0, 1.0, (40, 1))
    y = draw(rng, 2.0 + 3.0 * rows[:, 0])
    judge = Judge(LawProblem(rows, y, np.ones(40)), criterion)
    fitted = judge.fit(LINE).node
    best = judge.mean(judge.losses(fitted))
    assert best < judge.mean(judge.losses(LINE))
    if name == "huber":  # its unit moves
        return
    for theta in ((0.01, 0.0), (-0.01, 0.0), (0.0, 0.01), (0.0, -0.01)):
        near = Sum((fitted, Constant(theta[0]), Product((Constant(theta[1]), X))))
        assert judge.mean(judge.losses(near)) > best - 1e-9


def test_terms_that_cancel_cost_the_digits_that_they_lose():
    rng = np.random.default_rng(0)
    rows = rng.uniform(1.0, 1.1, (100, 1))
    y = 1.0 + 2.0 * rows[:, 0] + 0.01 * rng.normal(size=100)
    judge = Judge(LawProblem(rows, y, np.ones(100)), LeastSquares())
    probes = Probes.of(rows, y)
    terms = [Product((Constant(1.0), Power(X, number(k)))) for k in range(2, 5)]
    line = judge.describe(judge.fit(LINE), probes)
    many = judge.describe(judge.fit(Sum((*LINE.parts, *terms))), probes)
    assert many.numbers / 5 > 2 * line.numbers / 2


ODD = {
    "pole": Power(Sum((X, Constant(-0.51))), number(-1)),
    "pole beyond": Power(Sum((X, Constant(-1.31))), number(-1)),
    "waves": UNARY["sin"](Product((Constant(60.0), X))),
    "no value": UNARY["log"](Sum((X, Constant(-0.2)))),
    "turn": Power(Sum((X, Constant(-1.2))), number(2)),
}


@pytest.mark.parametrize("name", ODD)
def test_what_the_rows_do_not_show_is_paid_for(name):
    x = np.linspace(0.0, 1.0, 8)
    probes = Probes.of(x[:, None], 1.0 + 2.0 * x)
    assert probes.oddity(LINE) == 0.0
    assert probes.oddity(UNARY["exp"](X)) == 0.0
    assert probes.oddity(ODD[name]) > 2.0


def test_turns_of_the_rows_are_free():
    x = np.linspace(-1.0, 1.0, 9)
    assert Probes.of(x[:, None], x**2).oddity(Power(X, number(2))) == 0.0


def test_exponents_that_are_nearly_half_are_tried_as_such():
    law = Product((Constant(3.0), Power(X, Constant(1.497)), Power(Column(1), Constant(0.001))))
    found = with_round_exponents(law)
    assert found == Product((Constant(3.0), Power(X, number(Exact(3, 2)))))
    odd = Product((Constant(3.0), Power(X, Constant(1.4))))
    assert with_round_exponents(odd) is odd


@pytest.mark.parametrize("p", [1, 2])
@pytest.mark.parametrize("seed", [0, 1])
def test_noise_is_no_formula(p, seed):
    rng = np.random.default_rng(seed)
    assert not chosen(rng.normal(size=(8, p)), rng.normal(size=8)).expression.free_symbols


@pytest.mark.parametrize(
    "rise",
    [np.sqrt, np.tanh, lambda x: 1 / (1 + np.exp(3 - x)), lambda x: x / (1 + x), np.log1p],
    ids=["root", "tanh", "sigmoid", "saturation", "log"],
)
def test_few_rows_that_rise_are_met_by_what_rises(rise):
    x = np.linspace(0.5, 6.5, 7)
    y = rise(x) + 0.01 * np.ptp(rise(x)) * np.random.default_rng(0).normal(size=7)
    expression = chosen(x[:, None], y).expression
    points = np.linspace(0.5, 9.5, 2001)
    found = sympy.lambdify(sympy.Symbol("x0"), expression)(points) * np.ones(2001)
    assert np.isfinite(found).all()
    steps = np.diff(found)
    assert np.count_nonzero(np.diff(np.sign(steps))) == 0
    assert np.abs(found).max() < 5 * np.abs(y).max()


@pytest.mark.parametrize("columns", [1, 2])
def test_kepler(columns):
    axis = np.array([57.9, 108.2, 149.6, 228.0, 778.5, 1432.0, 2867.0, 4515.0])
    mass = np.array([0.330, 4.87, 5.97, 0.642, 1898.0, 568.0, 86.8, 102.0])
    period = np.array([88.0, 224.7, 365.2, 687.0, 4331.0, 10747.0, 30589.0, 59800.0])
    rows = np.column_stack([axis, mass])[:, :columns]
    best = chosen(rows, period).expression
    x0 = sympy.Symbol("x0", positive=True)
    factor, power = best.subs(sympy.Symbol("x0"), x0).as_independent(x0)
    assert power == x0 ** sympy.Rational(3, 2)
    assert factor == pytest.approx(0.2, rel=0.02)
