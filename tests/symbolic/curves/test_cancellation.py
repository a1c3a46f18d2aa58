"""Curves that keep their digits."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import Curve, Term
from sklearn_kan.symbolic.curves.cancellation import cancellation, r2_of, steadied, steady_fits
from sklearn_kan.symbolic.curves.curve_fits import fit_curve
from sklearn_kan.symbolic.language.library import LIBRARY

X = np.linspace(-1.5, 2.0, 101)


@pytest.mark.parametrize("name", ["sin", "cos", "exp", "tanh", "x^2", "gaussian", "log", "1/x"])
def test_a_function_for_a_line_does_not_cancel(name):
    y = 3.0 * X - 1.0
    fits = steady_fits(fit_curve(X, y, library=(LIBRARY[name],), top=3, pairs=False), X, y)
    assert fits
    for fit in fits:
        assert cancellation(fit.curve, X) <= 1e5
    assert_allclose(max(fit.r2 for fit in fits), 1.0, atol=1e-6)


def test_what_does_not_cancel_stays_as_it_is():
    curve = Curve((Term(LIBRARY["sin"], 2.0, 1.0, 0.0),), 3.0)
    assert steadied(curve, X, curve.values(X)) is curve
    assert r2_of(curve, X, curve.values(X)) == 1.0


def test_a_line_that_is_nearly_a_sine_is_made_one_that_is_clearly():
    curve = Curve((Term(LIBRARY["sin"], 1e9, 1e-9, 0.5),), -1e9 * np.sin(0.5))
    y = 0.9 * X
    found = steadied(curve, X, y)
    assert found is not None
    assert cancellation(found, X) <= 1e5
    assert_allclose(found.values(X), y, atol=1e-3)


def test_sums_that_cancel_are_left_out():
    terms = (Term(LIBRARY["sin"], 1e8, 1.0), Term(LIBRARY["sin"], -1e8, 1.0 + 1e-9))
    assert steadied(Curve(terms), X, X) is None
