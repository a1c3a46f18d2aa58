"""Source and functions of arrays compute what SymPy says, whatever is called what."""

import pickle

import mpmath
import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.network import Curve, Term
from sklearn_kan.symbolic.networks.assemble import curve_expression
from sklearn_kan.symbolic.text.parse import parse_formula
from sklearn_kan.symbolic.text.source import callable_of, python_source, with_names
from sklearn_kan.symbolic.text.user_primitives import as_primitive
from sklearn_kan.symbolic.text.vocabulary import FUNCTIONS
from tests.curves import Cube

X, Y = sympy.symbols("x y")
U = np.array([0.21, 0.48, 0.83])


def run(expression, symbols, module, *arguments):
    scope = {}
    exec(python_source([expression], symbols, module, "f"), scope)
    return scope["f"](*arguments)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_numbers(name):
    # Those that begin beyond 1 have a value there.
    u = U + (1.5 if name in ("acosh", "arccosh") else 0.0)
    arguments = ("2", "x")[-FUNCTIONS[name].fewest :]
    expression = parse_formula(f"{name}({', '.join(arguments)})")
    wanted = [float(sympy.re(expression.subs(X, sympy.Float(value)).evalf(20))) for value in u]
    assert_allclose(callable_of(expression, [X], {})(u), wanted, rtol=1e-12)
    assert_allclose(run(expression, [X], "numpy", u), wanted, rtol=1e-12)
    assert_allclose([run(expression, [X], "math", v) for v in u.tolist()], wanted, rtol=1e-12)
    primitive = as_primitive(expression)
    assert_allclose(primitive.value(u), wanted, rtol=1e-12)
    slope = [float(mpmath.diff(sympy.lambdify(X, expression, "mpmath"), value)) for value in u]
    assert_allclose(primitive.slope(u), slope, rtol=1e-6, atol=1e-9)


def test_conditions_have_numbers():
    text = (
        "Piecewise((x**2, (x > 0.5) & (x < 0.9)), (1, Eq(x, 0.21) | (x > 1)), (Max(x, 0.5), True))"
    )
    expression = parse_formula(text)
    wanted = [1.0, 0.5, 0.83**2]
    assert_allclose(callable_of(expression, [X], {})(U), wanted)
    assert_allclose(run(expression, [X], "numpy", U), wanted)
    assert_allclose([run(expression, [X], "math", v) for v in U.tolist()], wanted)


def test_large_whole_numbers_are_floats():
    expression = 10**25 * X + sympy.sqrt(10**25 + 1)
    wanted = 1e25 * U + 1e12 * 10**0.5
    assert_allclose(callable_of(expression, [X], {})(U), wanted)
    assert_allclose(run(expression, [X], "numpy", U), wanted)


@pytest.mark.parametrize("module", ["numpy", "math"])
def test_functions_without_numbers_are_named(module):
    for expression in (sympy.totient(X), sympy.Function("f")(X)):
        kind = type(expression).__name__
        with pytest.raises(ValueError, match=kind):
            python_source([expression], [X], module, "f")
        with pytest.raises(ValueError, match=kind):
            callable_of(expression, [X], {})
    with pytest.raises(ValueError, match="none of the columns"):
        callable_of(X + Y, [X], {})


def test_names_of_functions_and_columns_do_not_get_into_source():
    hostile = "__import__('os').system('touch flag')"
    names = [hostile, "exp", "_column_0", "_function_0", "numpy"]
    symbols = [sympy.Symbol(name) for name in names]
    a, b, c, d, e = symbols
    f, g = sympy.Function(hostile), sympy.Function("exp")
    expression = f(a) * g(b) + sympy.exp(c) - d / e
    values = np.arange(1.0, 6.0)
    found = callable_of(expression, symbols, {hostile: np.square, "exp": np.sqrt})(*values)
    assert_allclose(found, 1.0 * np.sqrt(2.0) + np.exp(3.0) - 4.0 / 5.0)
    source = python_source([sympy.exp(c) * a + b - d / e], symbols, "numpy", "f")
    assert source.splitlines()[3] == (
        "def f(import___os_system_touch_flag, exp, column_0, function_0, numpy_):"
    )


def cube(u):
    return u**3


def square(u):
    return u**2


def test_functions_of_the_same_name_are_told_apart():
    cube.__name__ = square.__name__ = "power"
    first, again, second = (as_primitive((f, f)) for f in (cube, cube, square))
    functions = {"power_3": np.abs}
    terms = [Term(first), Term(second, 2.0), Term(again)]
    expression = curve_expression(Curve(tuple(terms)), X, functions)
    assert str(expression) == "2*power(x) + 2*power_2(x)"
    assert set(functions) == {"power", "power_2", "power_3"}
    assert_allclose(callable_of(expression, [X], functions)(3.0), 2 * 27 + 2 * 9)
    whole = first.expression(X) + second.expression(X)
    (expression,), functions = with_names([whole], {})
    assert set(functions) == {"power", "power_2"}
    assert_allclose(callable_of(expression, [X], functions)(3.0), 27 + 9)


def test_functions_of_a_users_own_are_none_of_the_library():
    primitive = as_primitive((np.cos, lambda u: -np.sin(u)))
    assert primitive is as_primitive("cos")
    for name, written in [("exp", '"exp"'), ("x", '"x"'), ("x^2", '"x^2"'), ("logit", "logit")]:
        own = as_primitive(Cube(name))
        assert own.name == written
        assert str(own.expression(X)) == f"{written}(x)"
        assert pickle.loads(pickle.dumps(own)).name == written
    assert as_primitive(sympy.Symbol("exp")) is as_primitive("x")
    assert as_primitive(1 / sympy.Symbol("sin")) is as_primitive("1/x")
