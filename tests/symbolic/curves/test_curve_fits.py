"""Curves are recognised: every primitive, frequencies, polynomials, sums; and said so."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import j0

from sklearn_kan.symbolic.curves.curve_fits import fit_curve
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.text.user_primitives import resolve_library

# Names that are another's curve too: several formulas are right.
SAME = {
    "cos": {"sin"},
    "sin": {"cos"},
    "sigmoid": {"tanh"},
    "arccos": {"arcsin"},
    "|x|^0.5": {"sqrt"},
    "|x|^1.5": {"x^1.5"},
    "abs": {"x"},
}


def curve(name):
    """A range inside the domain of a primitive, and an affine image of it there."""
    x = np.linspace(0.5, 3.0, 150)
    f = LIBRARY[name]
    if name in ("arcsin", "arccos", "arctanh"):
        return x, 2.0 * f.value(0.5 * x - 0.8) + 1.0
    return x, 2.0 * f.value(0.9 * x + 0.1) + 1.0 if name != "tan" else f.value(0.5 * x - 0.2)


@pytest.mark.parametrize("name", [name for name in LIBRARY if name not in ("0", "sigmoid")])
def test_every_primitive_is_recognised(name):
    x, y = curve(name)
    fits = fit_curve(x, y, top=4)
    assert fits[0].r2 > 1 - 1e-12
    right = {name} | SAME.get(name, set())
    assert any(fit.name in right or fit.name.startswith("poly") for fit in fits)
    assert_allclose(fits[0].curve.values(x), y, atol=1e-6 * np.ptp(y))


@pytest.mark.parametrize(
    ("function", "name", "scale"),
    [
        (lambda x: j0(20 * x), "J0", 20),
        (lambda x: np.sin(20 * x + 1), "cos", 20),
        (lambda x: np.exp(-3 * x) + 2, "exp", -3),
    ],
)
def test_scales_are_found(function, name, scale):
    x = np.random.default_rng(0).uniform(-1, 1, 200)
    best = fit_curve(x, function(x))[0]
    assert best.name in {name} | SAME.get(name, set())
    (term,) = best.curve.terms
    assert_allclose(term.scale, scale, rtol=1e-7)


def test_polynomials_and_sums():
    x = np.linspace(-1, 2, 100)
    best = fit_curve(x, x**3 + x**2 + x)[0]
    assert best.name == "polynomial 3"
    assert_allclose([term.coef for term in best.curve.terms], [1, 1, 1], rtol=1e-8)
    best = fit_curve(x, x + np.sin(5 * x))[0]
    assert best.name in ("x + sin", "x + cos")


def test_points_rows_and_units_do_not_matter():
    x = np.linspace(1, 4, 120)
    y = np.log(x)
    for scale, shift in ((1e6, 0.0), (1e-6, 3.0)):
        best = fit_curve(scale * x + shift, 5e8 * y - 1)[0]
        assert best.name == "log"
    twice = fit_curve(np.repeat(x, 2), np.repeat(y, 2))[0]
    weighted = fit_curve(x, y, np.full(120, 2.0))[0]
    assert_allclose(twice.curve.values(x), weighted.curve.values(x), atol=1e-9)


def test_rows_of_weight_zero_count_as_absent():
    x = np.linspace(1, 4, 120)
    y = np.sqrt(x)
    wild = fit_curve(np.append(x, 9.0), np.append(y, 1e6), np.append(np.ones(120), 0.0))[0]
    assert wild.name == "sqrt"


def test_noise_does_not_buy_complexity():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, 300)
    y = 2 * x + 0.1 * rng.standard_normal(300)
    assert fit_curve(x, y, noise=0.1)[0].name == "x"


def test_constant_curves():
    (fit,) = fit_curve(np.linspace(0, 1, 9), np.full(9, 3.0))
    assert (fit.name, fit.curve.constant) == ("0", 3.0)


def test_own_library():
    x = np.linspace(0.1, 1, 60)
    fits = fit_curve(x, np.exp(x), library=resolve_library(["sin", "x"]))
    assert {name for fit in fits for name in fit.name.split(" + ")} <= {"sin", "x"}
