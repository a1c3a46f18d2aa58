"""Text becomes formulas by a grammar; nothing of it is run, and nothing in it takes for ever."""

import ast
import builtins
import math
import re
from pathlib import Path

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st

import sklearn_kan
from sklearn_kan.symbolic.names import written
from sklearn_kan.symbolic.parse import parse_formula
from sklearn_kan.symbolic.symbols import column_symbol
from sklearn_kan.symbolic.vocabulary import FUNCTIONS

X, Y = sympy.symbols("x y")

# The grammar: random trees, as Python reads them.

AT = {"x": 1.375, "y": 0.625, "z": 2.25}
LEAVES = st.one_of(
    st.sampled_from(sorted(AT)),
    st.integers(0, 30).map(str),
    st.floats(0.01, 99.0).map(repr),
)


def joined(children):
    spaces = st.sampled_from(["", " "])
    return st.one_of(
        st.tuples(children, spaces, st.sampled_from("+-*/"), spaces, children).map("".join),
        st.tuples(st.sampled_from("+-"), children).map("".join),
        children.map("({})".format),
        st.tuples(children, st.sampled_from(["**2", "**-1", " ** (1/2)", "**x", "**-y"])).map(
            "".join
        ),
        st.tuples(st.sampled_from(["sin", "exp", "atan", "sqrt"]), children).map(
            lambda two: f"{two[0]}({two[1]})"
        ),
    )


PYTHON = {**AT, "sin": math.sin, "exp": math.exp, "atan": math.atan, "sqrt": math.sqrt}


@given(st.recursive(LEAVES, joined, max_leaves=12))
def test_text_means_what_it_does_in_python(text):
    try:
        wanted = eval(text, {"__builtins__": {}}, PYTHON)
    except (ArithmeticError, ValueError):
        return
    if isinstance(wanted, complex) or not abs(wanted) < 1e9:
        return
    expression = parse_formula(text)
    again = parse_formula(str(expression))
    for found in (expression, again):
        value = complex(found.subs({sympy.Symbol(k): sympy.Rational(v) for k, v in AT.items()}))
        assert value == pytest.approx(wanted, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("-x**2", -(X**2)),
        ("2**-x", 2**-X),
        ("x**y**2", X ** (Y**2)),
        ("x^2*y", X**2 * Y),
        ("x/2/y", X / (2 * Y)),
        ("x - y - 1", X - Y - 1),
        ("--x", X),
        ("1/3", sympy.Rational(1, 3)),
        ("2/4*x", X / 2),
        ("0.5*x", 0.5 * X),
        (".5e1 + 1.", sympy.Float(6.0)),
        ("\tx +\n y ", X + Y),
        ("E*pi*GoldenRatio*EulerGamma*Catalan*x",
         sympy.E * sympy.pi * sympy.GoldenRatio * sympy.EulerGamma * sympy.Catalan * X),
        ("ln(x) + log10(x)", sympy.log(X) + sympy.log(X, 10)),
        ("max(x, 0, y) - Min(x, y)", sympy.Max(X, 0, Y) - sympy.Min(X, Y)),
        ("arctan(x) + abs(y)", sympy.atan(X) + sympy.Abs(Y)),
        ("sigmoid(x)", 1 / (1 + sympy.exp(-X))),
        ("J0(x)", sympy.besselj(0, X)),
        ("Piecewise((x, x > 0), (-x, True))", sympy.Piecewise((X, X > 0), (-X, True))),
        ("Piecewise((1, (x > 0) & (y <= 1) | ~(x < y)), (0, True))",
         sympy.Piecewise((1, ((X > 0) & (Y <= 1)) | ~(X < Y)), (0, True))),
        ("Piecewise((1, Eq(x, y)), (0, Ne(x, 1)))",
         sympy.Piecewise((1, sympy.Eq(X, Y)), (0, sympy.Ne(X, 1)))),
        ("größe_1", sympy.Symbol("größe_1")),
    ],
)  # fmt: skip
def test_the_grammar(text, wanted):
    assert parse_formula(text) == wanted
    assert parse_formula(str(wanted)) == wanted


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_read_as_it_is_printed(name):
    arguments = ("2", "x")[-FUNCTIONS[name].fewest :]
    expression = parse_formula(f"{name}({', '.join(arguments)})")
    assert expression.free_symbols == {X}
    assert parse_formula(str(expression)) == expression
    assert written(name) == f'"{name}"'


# Names: columns first.

NAMES = ["E", "pi", "I", "S", "N", "gamma", "lambda", "a.b", "x-1", "exp", "True", "", "m²", '"']


@pytest.mark.parametrize("name", NAMES)
def test_a_column_is_what_its_name_means(name):
    column, other = column_symbol(name), sympy.Symbol("other")
    bare = name if re.fullmatch(r"[^\W\d²][\w.]*", name) else written(name)
    for word in (bare, written(name)):
        found = parse_formula(f"{word}**2*other + exp({word})", [name, "other"])
        assert found == column**2 * other + sympy.exp(column)
        assert parse_formula(str(found), [name, "other"]) == found


def test_a_constant_beside_a_column_of_its_name():
    pi, b = column_symbol("pi"), sympy.Symbol("b")
    assert parse_formula("pi*sin(pi*b)", ["pi", "b"]) == pi * sympy.sin(pi * b)
    assert parse_formula('"pi"*sin(pi*b)', ["pi", "b"]) == pi * sympy.sin(sympy.pi * b)
    assert parse_formula('"pi"*sin(pi*b)') == pi * sympy.sin(sympy.pi * b)


def test_functions_of_a_users_own():
    functions = {"cube": lambda u: u**3, '"cos"': lambda u: u + 1}
    f, g = sympy.Function("cube"), sympy.Function('"cos"')
    text = '2*cube(x) + "cos"(cube) - cos(cube) + cube(2)'
    cube = sympy.Symbol("cube")
    wanted = 2 * f(X) + g(cube) - sympy.cos(cube) + sympy.Float(8, 17)
    assert parse_formula(text, ["x", "cube"], functions) == wanted
    assert str(parse_formula(str(wanted), ["x", "cube"], functions)) == str(wanted)
    for text, message in [
        ("cube(x, x)", "takes 1 argument"),
        ("cube*x", "is a function"),
        ('"cube "(x)', "is no function"),
    ]:
        with pytest.raises(ValueError, match=message):
            parse_formula(text, ["x"], functions)


# What is no formula, and where.

FAULTS = [
    ("", 1, "ends too early"),
    ("x +", 4, "ends too early"),
    ("sin(x", 6, "ends too early"),
    ("x + * y", 5, "a number, a name or a parenthesis"),
    ("x y", 3, "operator was expected"),
    ("2x", 2, r"is a \* missing"),
    ("1_000", 2, r"is a \* missing"),
    ("0x10", 2, r"is a \* missing"),
    ("1j", 2, r"is a \* missing"),
    ("x // y", 4, "a number, a name or a parenthesis"),
    ("x % y", 3, "'%' has no meaning"),
    ("x == y", 3, "equations"),
    ("x! + 1", 2, "'!' has no meaning"),
    ("'x'", 1, "double quotes"),
    ("`a b`", 1, "double quotes"),
    ('x + "a b', 5, "have no end"),
    (r'"a\q"', 1, "no escape"),
    ("m² + 1", 1, "stands in quotes"),
    ("a.b + 1", 1, "stands in quotes"),
    ("sin*x", 1, "sin is a function"),
    ("sin + 1", 1, "sin is a function"),
    ("sin(x, y)", 1, "takes 1 argument, not 2"),
    ("x + atan2(x)", 5, "takes 2 arguments, not 1"),
    ("sinus(x)", 1, "sinus is no function"),
    ("y + phi_0_1_0(x)", 5, "phi_0_1_0 is a spline edge"),
    ("x*(y + 1))", 10, "operator was expected"),
    ("3(x)", 2, "operator was expected"),
    ("x & y", 1, "a number stands where a condition"),
    ("~x", 2, "a number stands where a condition"),
    ("1 + (x > y)", 5, "a condition stands where a number"),
    ("0 < x < 1", 7, "operator was expected"),
    ("Piecewise(x)", 11, r"\( was expected"),
    ("Mod(x, y)", 1, "Mod is no function"),
    ("Piecewise((1, Piecewise((x, x > 0)) > 1))", 15, "pieces stand in no condition"),
    ("Piecewise((x, y))", 15, "a number stands where a condition"),
    ("x/0", 3, "divides by zero"),
    ("x + log(0)", 5, "no finite real number"),
    ("sqrt(-2)*x", 1, "no finite real number"),
    ("(-8)**(1/3)", 1, "no finite real number"),
    ("I*x", 1, "I is no finite real number"),
    ("x + oo", 5, "oo is no finite real number"),
]


@pytest.mark.parametrize(("text", "place", "problem"), FAULTS)
def test_errors_show_where(text, place, problem):
    with pytest.raises(ValueError, match=problem) as caught:
        parse_formula(text)
    message, shown, caret = str(caught.value).split("\n")
    assert message.startswith("expr is no formula: ")
    assert message.endswith(f", at character {place}:")
    assert shown[4:] == text[: place + 29]
    assert caret.index("^") - 4 == place - 1


def test_errors_name_the_columns_there_are():
    with pytest.raises(ValueError, match=r"\['q'\], which are none of the columns \['x', 'y'\]"):
        parse_formula("x + q", ["x", "y"])
    with pytest.raises(ValueError, match="it is a condition"):
        parse_formula("x > 1")


ATTACKS = [
    "__import__('os').system('touch {flag}')",
    '__import__("os").system("touch {flag}")',
    "x + 0*len([open('{flag}', 'w')])",
    "open('{flag}', 'w')",
    'open("{flag}", "w")',
    "().__class__.__base__.__subclasses__()",
    "x.__class__.__mro__",
    "(lambda: open('{flag}', 'w'))()",
    "[open('{flag}', 'w') for _ in range(1)]",
    "exec(\"open('{flag}', 'w')\")",
    'eval("open")',
    "getattr(x, y)",
    "sympify(x)",
    "Symbol(x).func",
    "Function(x)(y)",
    "lambdify(x, y)(1)",
    "f'{{open(1)}}'",
    'f"{{x}}"',
    "x if open else y",
    "x; import os",
    "x := 3",
    "x\nimport os",
    "@x",
    "x[0]",
    "{{x}}",
    "x, y",
    "*x",
    "**x",
    "print(x)",
    "breakpoint()",
    "globals()",
    "x and y",
    "not x",
    "`x`",
    "\\x41",
    "x \\\n + y",
    "# x",
    "x # y",
    "\ud800",
    "\x00",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_but_formulas_is_read(attack, tmp_path, monkeypatch):
    def refuse(*arguments, **options):
        raise AssertionError("text was run")

    flag = tmp_path / "flag"
    for name in ("eval", "exec", "compile"):
        monkeypatch.setattr(builtins, name, refuse)
    with pytest.raises(ValueError, match="expr is no formula"):
        parse_formula(attack.format(flag=flag))
    assert not flag.exists()


RUNS_TEXT = {"eval", "exec", "compile", "sympify", "S", "parse_expr", "symbols", "var"}


def test_the_package_has_nothing_that_runs_text():
    for path in Path(sklearn_kan.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = node.func
            of_sympy = isinstance(called, ast.Attribute) and ast.unparse(called.value) == "sympy"
            name = called.attr if of_sympy else getattr(called, "id", "")
            is_strict = any(word.arg == "strict" for word in node.keywords)
            assert name not in RUNS_TEXT or is_strict, f"{path}, line {node.lineno}"
            assert name != "lambdify" or path.name == "source.py"


WORDS = ["x", "y", "pi", "2", "0.5", "1e3", "10**9", "0", "-1", "1/3", '"a b"', "True", "I", " "]
WORDS += [*"()()+-*/^,<>&|~", "**", "Piecewise(", "Eq(", *(f"{name}(" for name in FUNCTIONS)]


def nested(children):
    call = st.sampled_from([name for name in FUNCTIONS if FUNCTIONS[name].fewest == 1])
    return st.one_of(
        st.tuples(children, st.sampled_from("+-*/^"), children).map("({0[0]}{0[1]}{0[2]})".format),
        st.tuples(call, children).map("{0[0]}({0[1]})".format),
        st.tuples(children, children, children).map(
            "Piecewise(({0[0]}, {0[1]} > 0.5), ({0[2]}, True))".format
        ),
    )


ATOMS = st.sampled_from(["x", "y", "2", "-1", "0.5", "1/3", "0", "1e3", "10**9"])


@settings(max_examples=150)
@given(
    st.one_of(
        st.lists(st.sampled_from(WORDS), max_size=8).map("".join),
        st.recursive(ATOMS, nested, max_leaves=6),
        st.text(max_size=10),
    )
)
def test_any_text_is_a_formula_or_an_error(text):
    try:
        expression = parse_formula(text)
    except ValueError:
        return
    assert isinstance(expression, sympy.Expr)
    assert not expression.has(sympy.zoo, sympy.nan, sympy.I)
    assert parse_formula(str(expression)).free_symbols == expression.free_symbols


# Limits.

HUGE = [
    "9**9**9**9",
    "2**(10**9)",
    "(2*x)**(10**9)",
    "(((2*x)**1000)**1000)**1000",
    "(1 + 1/10**17)**(10**15)",
    "0.5**(10**12)",
    "x**(10**9)",
    "(x**1000)**1000",
    "Piecewise((2, x > 0), (y, True))**(10**9)",
    "gaussian(2**1000)",
    "sigmoid(10**9)",
    "erfc(1000)",
    "1e-400",
    "exp(10**9*log(2))",
    "E**(10**9*log(2))",
    "2**(log(3)/log(2)*10**9)",
    "exp(1000)",
    "exp(exp(exp(exp(exp(9)))))",
    "sinh(10**9)",
    "gamma(10**9)",
    "loggamma(10**9)",
    "digamma(10**9)",
    "polygamma(10**9, x)",
    "besselj(10**9, x)",
    "floor(pi*10**300)",
    "1e400",
    "9" * 5000,
    "*".join(["9**300"] * 5000),
    "+".join(f"x/{k}**60" for k in range(3, 1000)),
    "x" * 200_000,
    "(" * 5000 + "x" + ")" * 5000,
    "sin(" * 5000 + "x" + ")" * 5000,
    "**".join(["x"] * 5000),
    "Max(" + ", ".join(f"x{k}" for k in range(500)) + ")",
    "Piecewise(" + ", ".join(f"(x, x > {k})" for k in range(500)) + ")",
    "(" * 90_000,
]


@pytest.mark.parametrize("text", HUGE, ids=lambda text: text[:20])
def test_what_is_too_large_is_refused_at_once(text):
    with pytest.raises(ValueError, match="expr is no formula"):
        parse_formula(text)


@pytest.mark.parametrize(
    "text",
    [
        "+".join(f"x{k}" for k in range(2000)),
        "*".join(f"(x + {k})" for k in range(500)),
        "-" * 5000 + "x",
        "sin(" * 45 + "x" + ")" * 45,
        "1.0001**9999 + x**1000 + (x + y)**1000",
        "sin(10**300) + tan(pi*10**300/7)*x",
    ],
    ids=lambda text: text[:20],
)
def test_long_formulas_are_read(text):
    assert parse_formula(text).free_symbols
