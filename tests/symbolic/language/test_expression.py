"""Trees: values equal SymPy's, derivatives equal finite differences, tidying changes nothing."""

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.front.snap import snap
from sklearn_kan.symbolic.judging.refine import refine
from sklearn_kan.symbolic.language.exact import Exact, recognise
from sklearn_kan.symbolic.language.expression import (
    Column,
    Constant,
    Number,
    Power,
    Product,
    Sum,
    columns_of,
    linearise,
    parameters,
    substitute,
    to_sympy,
    values,
    with_parameters,
)
from sklearn_kan.symbolic.language.tidy import tidy

from ..trees import ROWS, TREES

every = pytest.mark.parametrize("tree", TREES.values(), ids=TREES)
SYMBOLS = sympy.symbols("a b c")


@every
def test_values_are_those_of_sympy(tree):
    function = sympy.lambdify(SYMBOLS, to_sympy(tree, SYMBOLS))
    assert_allclose(values(tree, ROWS), function(*ROWS.T), rtol=1e-12)


@every
def test_derivatives_by_constants(tree):
    value, jacobian = linearise(tree, ROWS)
    theta = parameters(tree)
    assert_allclose(value, values(tree, ROWS))
    assert jacobian.shape == (len(theta), len(ROWS))
    for k in range(len(theta)):
        step = 1e-6 * np.eye(len(theta))[k]
        above, below = (values(with_parameters(tree, theta + s), ROWS) for s in (step, -step))
        assert_allclose(jacobian[k], (above - below) / 2e-6, rtol=1e-6, atol=1e-8)


@every
def test_tidying_and_own_parameters_change_no_value(tree):
    assert_allclose(values(tidy(tree), ROWS), values(tree, ROWS), rtol=1e-12)
    assert with_parameters(tree, parameters(tree)) == tree
    assert substitute(tree, [Column(0), Column(1), Column(2)]) == tree


@every
def test_refining_finds_the_constants_again(tree):
    theta = parameters(tree)
    start = with_parameters(tree, theta * 1.1 + 0.01)
    found = refine(start, ROWS, values(tree, ROWS))
    assert_allclose(values(found.node, ROWS), values(tree, ROWS), rtol=1e-9, atol=1e-12)


def test_weights_are_rows_counted_twice():
    tree = TREES["line"]
    y = np.sin(ROWS[:, 0])
    weights = np.where(np.arange(50) < 20, 2.0, 1.0)
    twice = np.concatenate([np.arange(50), np.arange(20)])
    weighted = refine(tree, ROWS, y, weights)
    repeated = refine(tree, ROWS[twice], y[twice])
    assert_allclose(parameters(weighted.node), parameters(repeated.node), rtol=1e-8)


def test_undefined_rows_are_no_fit():
    tree = Power(Sum((Column(0), Constant(-1.0))), Number(Exact(1, 2)))
    assert refine(tree, ROWS, ROWS[:, 0]).rss == np.inf


def test_columns():
    assert columns_of(TREES["law"]) == (0, 1)


@pytest.mark.parametrize(
    ("value", "deviation", "expected"),
    [
        (3.0 + 1e-15, 0.0, "3"),
        (-0.5, 1e-12, "-1/2"),
        (np.pi / 2, 1e-14, "pi/2"),
        (24.3, 1e-13, "243/10"),
        (1 / np.sqrt(2 * np.pi), 1e-15, "sqrt(2)/(2*sqrt(pi))"),
        (1e-17, 1e-16, "0"),
        (1.01, 0.005, "1"),
        (0.9731, 1e-3, None),
        (1.4, 0.3, None),
        (np.nan, 0.1, None),
        (2.0, np.inf, None),
    ],
)
def test_numbers_are_recognised_only_where_that_says_something(value, deviation, expected):
    found = recognise(value, deviation)
    assert (None if found is None else str(found.to_sympy())) == expected


def test_snapping_puts_in_what_the_rows_allow():
    X = ROWS
    y = 2 * X[:, 0] ** 1.5 + np.pi
    tree = Sum((Product((Constant(1.9), Power(Column(0), Constant(1.4)))), Constant(3.0)))
    found = snap(refine(tree, X, y), X, y)
    a = SYMBOLS[0]
    assert sympy.simplify(to_sympy(tidy(found.node), SYMBOLS) - 2 * a ** sympy.Rational(3, 2)) == (
        sympy.pi
    )


def test_snapping_leaves_other_constants():
    X = ROWS
    y = 0.7312345678912345 * X[:, 0]
    found = snap(refine(TREES["line"], X, y), X, y)
    assert_allclose(values(found.node, X), y, rtol=1e-12)
