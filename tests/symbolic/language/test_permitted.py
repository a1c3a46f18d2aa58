"""A library restricts what formulas are made of, wherever they come from."""

import numpy as np
import pytest
import sympy

from sklearn_kan import KANRegressor
from sklearn_kan.symbolic.language.exact import Exact
from sklearn_kan.symbolic.language.expression import (
    Apply,
    Column,
    Constant,
    Number,
    Power,
    Product,
    Sum,
    number,
)
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.language.permitted import is_permitted, names_of
from sklearn_kan.symbolic.search import search_formulas
from sklearn_kan.symbolic.text.user_primitives import resolve_library

X = Column(0)


@pytest.mark.parametrize(
    ("node", "library", "permitted"),
    [
        (Apply(LIBRARY["sin"], X), ["sin"], True),
        (Sum((Apply(LIBRARY["sin"], X), Apply(LIBRARY["exp"], X))), ["sin"], False),
        (Product((Power(X, number(-3)), Sum((X, Constant(2.0))))), ["sin"], True),
        (Power(X, Number(Exact(1, 2))), ["sin"], False),
        (Power(X, Number(Exact(-3, 2))), ["1/sqrt"], True),
        (Power(X, Constant(0.3)), ["sqrt"], False),
        (Power(X, Constant(0.3)), ["exp", "log"], True),
        (Power(X, Constant(0.3)), ["|x|^0.3"], True),
    ],
)
def test_arithmetic_is_always_permitted_functions_if_they_are_there(node, library, permitted):
    assert is_permitted(node, names_of(resolve_library(library))) is permitted
    assert is_permitted(node, names_of(None))


@pytest.mark.parametrize("library", [["x"], ["sin"], ["sqrt"]])
@pytest.mark.parametrize(
    "law", [lambda a, b: -a * np.log(a) + b**2, lambda a, b: np.exp(a * b), lambda a, b: a**b]
)
def test_no_formula_of_the_front_has_another_function(law, library):
    rows = np.random.default_rng(0).uniform(0.2, 0.8, (150, 2))
    front = search_formulas(rows, law(*rows.T), library=library)
    known = {"x": set(), "sin": {sympy.sin}, "sqrt": set()}[library[0]]
    assert max(formula.r2 for formula in front) > 0.9
    for formula in front:
        assert {part.func for part in formula.expression.atoms(sympy.Function)} <= known
        powers = [part.exp for part in formula.expression.atoms(sympy.Pow)]
        assert all(exponent.is_Integer or library == ["sqrt"] for exponent in powers)


def test_an_estimator_keeps_to_its_library():
    rows = np.random.default_rng(0).uniform(-1, 1, (200, 1))
    model = KANRegressor(symbolic=True, symbolic_library=["sin"], random_state=0)
    model.fit(rows, np.exp(rows[:, 0]))
    functions = model.symbolic_formula_.atoms(sympy.Function)
    names = {function.func.__name__ for function in functions}
    assert not names & {"exp", "cos", "log", "tanh"}
