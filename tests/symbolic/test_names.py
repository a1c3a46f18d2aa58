"""How names are written: a way back, nothing in them that is more than a name."""

import keyword
import math
import pickle

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from sklearn_kan.symbolic.latex import latex_of
from sklearn_kan.symbolic.names import (
    distinct,
    identifiers,
    is_function_name,
    latex_text,
    quoted,
    unquoted,
    written,
)
from sklearn_kan.symbolic.symbols import column_symbol, in_columns, with_clear_constants

ANY = st.text(st.characters(), max_size=12)
LISTS = st.lists(ANY, min_size=1, max_size=6)


@given(ANY)
def test_quotes_can_be_undone_and_are_on_one_line(name):
    text = quoted(name)
    assert unquoted(text) == name
    assert text.isprintable()
    assert written(name) in (name, text)


@pytest.mark.parametrize("name", ["x", "mass", "x_1", "größe", "e", "S", "N", "_column_0"])
def test_plain_names_stand_as_they_are(name):
    assert written(name) == name
    assert column_symbol(name) == sympy.Symbol(name)
    assert type(column_symbol(name)) is sympy.Symbol


ODD = ["pi", "E", "I", "gamma", "exp", "Abs", "Max", "lambda", "True", "None", "Piecewise"]
ODD += ["", " ", "a b", "a.b", "x-1", "1", "m²", '"', "\\", "a\nb", "\u202e", "phi_0_0_1", "{}"]


@pytest.mark.parametrize("name", ODD)
def test_other_names_stand_in_quotes_and_are_symbols_all_the_same(name):
    symbol, x = column_symbol(name), sympy.Symbol("x")
    assert str(symbol) == repr(symbol) == written(name) == quoted(name)
    assert symbol.name == name
    assert symbol == column_symbol(name) != sympy.Symbol(name)
    expression = sympy.sin(symbol * x) + symbol**2
    again = pickle.loads(pickle.dumps(expression))
    assert again == expression
    assert hash(again) == hash(expression)
    assert str(again) == str(expression)
    assert expression.subs(symbol, 2) == sympy.sin(2 * x) + 4
    assert expression.diff(symbol) == x * sympy.cos(symbol * x) + 2 * symbol
    assert quoted(name) in sympy.pretty(expression, use_unicode=True)


@pytest.mark.parametrize("name", ["pi", "exp", "lambda", "a b", ""])
def test_sympys_own_lambdify_is_right_with_such_symbols(name):
    symbol, x = column_symbol(name), sympy.Symbol("x")
    function = sympy.lambdify([symbol, x], symbol * sympy.exp(sympy.pi * x))
    assert function(2.0, 1.0) == pytest.approx(2.0 * math.exp(math.pi))


def test_symbols_of_other_packages_and_assumptions_become_columns():
    expression = sympy.Symbol("pi", positive=True) + sympy.Dummy("a") * sympy.pi
    found = in_columns(expression)
    assert found == column_symbol("pi") + sympy.Symbol("a") * sympy.pi
    with pytest.raises(ValueError, match="several symbols of the name a"):
        in_columns(sympy.Symbol("a") + sympy.Symbol("a", real=True))


def test_constants_are_digits_only_where_they_read_like_a_column():
    x, pi = sympy.Symbol("x"), column_symbol("pi")
    for names in (["x"], ["x", "pi"], ["x", "E"]):
        assert with_clear_constants(sympy.pi * pi + x, names) == sympy.pi * pi + x
    assert str(with_clear_constants(sympy.pi * x, ["x", "pi"])) == "3.1415926535897931*x"
    assert with_clear_constants(sympy.exp(x), ["x", "E"]) == sympy.exp(x)


@given(LISTS)
def test_identifiers_are_what_they_say(names):
    found = identifiers(names, taken=["predict"])
    source = f"def predict({', '.join(found)}):\n    return [{', '.join(found)}]\n"
    scope = {}
    exec(source, scope)
    assert scope["predict"](*range(len(names))) == list(range(len(names)))
    assert not any(keyword.iskeyword(word) for word in found)
    assert not set(found) & {"predict", "abs", "numpy", "math", "scipy", "functools"}


def test_identifiers_are_near_the_names():
    names = ["mass", "sepal length (cm)", "m²", "lambda", "abs", "numpy", "1st", "", "__debug__"]
    assert identifiers(names) == [
        "mass", "sepal_length_cm", "m2", "lambda_", "abs_", "numpy_", "_1st", "x", "debug"
    ]  # fmt: skip
    assert identifiers(["a b", "a_b", "a-b", "\u00b5", "\u03bc"]) == [
        "a_b", "a_b_", "a_b__", "\u03bc", "\u03bc_"
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["lambda", "None", "abs", "numpy", "__debug__", "a b", "", "1"])
def test_functions_are_not_called_so(name):
    assert not is_function_name(name)


@given(LISTS)
def test_names_are_made_distinct(names):
    found = distinct(names)
    assert len(set(found)) == len(names)
    assert len(set(names)) < len(names) or found == names
    assert distinct(["a", "a", "a.1", "a"]) == ["a", "a.2", "a.1", "a.3"]


def unescaped(text):
    """Return what is left of LaTeX when all that may stand in text is taken away."""
    for allowed in ("textbackslash{}", "textasciicircum{}", "textasciitilde{}", *"{}_%&#$"):
        text = text.replace("\\" + allowed, "")
    return text


@given(ANY)
def test_latex_text_has_no_command_in_it(name):
    text = latex_text(name)
    assert text.startswith(r"\text{")
    assert text.endswith("}")
    assert not set(unescaped(text[6:-1])) & set(r"\{}_%&#$^~")
    assert text.isprintable()


@given(ANY, ANY)
def test_formulas_in_latex_are_balanced(name, function):
    own = sympy.Function(written(function))
    symbol = column_symbol(name)
    text = latex_of(own(symbol) ** 2 + 1 / symbol, [symbol])
    for found in (text, sympy.latex(symbol**2)):
        for brace in (r"\{", r"\}"):
            found = found.replace(brace, "")
        depth = 0
        for letter in found:
            depth += {"{": 1, "}": -1}.get(letter, 0)
            assert depth >= 0
        assert depth == 0


def test_latex_has_letters_where_names_are_letters():
    names = ["x_1", "alpha", "mass", "medical", "pi", "gamma", "lambda", "E", "x 1"]
    symbols = [column_symbol(name) for name in names]
    assert [latex_of(symbol, symbols) for symbol in symbols] == [
        "x_{1}", r"\alpha", r"\text{mass}", r"\text{medical}", r"\text{pi}", r"\gamma",
        r"\lambda", "E", r"\text{x 1}",
    ]  # fmt: skip
    assert latex_of(sympy.Function('"a\\\\b"')(symbols[0]), symbols) == (
        r"\operatorname{\text{a\textbackslash{}b}}{\left(x_{1} \right)}"
    )
    assert latex_of(sympy.Function("phi_0_1_0")(symbols[0]), symbols).startswith(r"\phi_{0 1 0}")
