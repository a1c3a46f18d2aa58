"""Curves as short plain text."""

import pytest

from sklearn_kan.inspection.formula_text import curve_text, function_names
from sklearn_kan.network import Curve, Term
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.text.user_primitives import as_primitive


def curve(*terms, constant=0.0):
    return Curve(tuple(Term(as_primitive(name), *numbers) for name, *numbers in terms), constant)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (curve(("sin", 2.0, 3.14159, 0.5), constant=-1.0), "2 sin(3.14 x + 0.5) - 1"),
        (curve(("sin", -1.0)), "-sin(x)"),
        (curve(("x", 2.0, 3.0, 1.0), constant=1.0), "6 x + 3"),
        (curve(("x^2", 1.0, 2.0, 1.0)), "4 x + 4 x² + 1"),
        (curve(("x^2", 1.0), ("x", -3.0), constant=0.25), "-3 x + x² + 0.25"),
        (curve(("1/x^2", 1.0, 1.0, 2.0)), "1/(x + 2)²"),
        (curve(("1/sqrt", 5.0)), "5 1/sqrt(x)"),
        (curve(("|x|^0.5", 1.0, 2.0)), "|2 x|^0.5"),
        (curve(("x^1.5", 1.0)), "x^1.5"),
        (curve(("exp", 1.0, -1.0)), "exp(-x)"),
        (curve(("0", 3.0), constant=2.5), "2.5"),
        (curve(), "0"),
    ],
)
def test_curves_read_as_formulas(given, text):
    assert curve_text(given, "x") == text


@pytest.mark.parametrize("name", LIBRARY)
def test_every_function_has_a_text(name):
    text = curve_text(curve((name, 1.5, 2.0, 0.5)), "speed")
    assert ("speed" in text) == (name != "0")


def test_names_of_functions():
    assert function_names(curve(("sin",), ("x^2",))) == "sin + x²"
    assert function_names(curve()) == "0"
