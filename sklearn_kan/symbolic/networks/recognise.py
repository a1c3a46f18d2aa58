"""A SymPy expression in one symbol as a curve: terms of the library where they are, else its own.

constant + sum_t coef_t * f_t(scale_t * x + shift_t)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...network import Curve, Term
from ..language.library import LIBRARY
from ..language.primitive import Primitive
from ..text.names import is_spline
from ..text.user_primitives import as_primitive

# SymPy's functions of one argument by their names in the library.
_FUNCTIONS = {
    "exp": "exp",
    "log": "log",
    "Abs": "abs",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atanh": "arctanh",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "erf": "erf",
}
_POWERS = {
    function.degree: function
    for function in LIBRARY.values()
    if function.degree is not None and function.degree != 1.0
}


def curve_of(
    expression: Any, symbol: Any, functions: Mapping[str, Primitive] | None = None
) -> Curve:
    """Return the curve that an expression in one symbol is.

    Parameters
    ----------
    expression : sympy.Expr
        Real; in `symbol` alone.
    symbol : sympy.Symbol
    functions : mapping of str to Primitive, optional
        What undefined functions in the expression are, by their names.

    Returns
    -------
    Curve
        Equal to the expression wherever that is defined.
    """
    import sympy

    constant, terms = 0.0, []
    for part in sympy.Add.make_args(expression):
        factor, rest = part.as_independent(symbol, as_Add=False)
        if not rest.has(symbol):
            constant += number(part)
        else:
            terms.append(_term(number(factor), rest, symbol, functions or {}))
    return Curve(tuple(terms), constant)


def number(expression: Any) -> float:
    """Return a constant expression as a float.

    Raises
    ------
    ValueError
        If it is not a finite real number.
    """
    try:
        value = complex(expression.evalf(17))
    except TypeError as error:
        raise ValueError(f"{expression} is not a number: {error}.") from None
    if value.imag != 0 or value.real in (float("inf"), float("-inf")) or value != value:
        raise ValueError(f"{expression} is not a finite real number.")
    return value.real


def affine_of(expression: Any) -> tuple[float, Any, float]:
    """Return scale, core and shift such that ``expression = scale * core + shift``.

    The core has no constant term and no constant factor.
    """
    shift, rest = expression.as_independent(*expression.free_symbols, as_Add=True)
    scale, core = rest.as_independent(*expression.free_symbols, as_Add=False)
    return number(scale), core, number(shift)


def outer_of(expression: Any, functions: Mapping[str, Primitive]) -> tuple[Primitive, Any] | None:
    """Return a primitive and the argument such that the expression is the one of the other.

    None where the expression is neither a power nor a function all of whose arguments but one
    are constants.
    """
    import sympy

    if isinstance(expression, sympy.Pow):
        base, exponent = expression.args
        if not exponent.free_symbols:
            return _power(base, number(exponent), exponent)
        return LIBRARY["exp"], exponent * sympy.log(base)
    if isinstance(expression, sympy.besselj) and expression.args[0] == 0:
        return LIBRARY["J0"], expression.args[1]
    if isinstance(expression, sympy.Function):
        return _function(expression, functions)
    return None


def _function(expression: Any, functions: Mapping[str, Primitive]) -> tuple[Primitive, Any] | None:
    import sympy
    from sympy.core.function import AppliedUndef

    name = type(expression).__name__
    varying = [k for k, argument in enumerate(expression.args) if argument.free_symbols]
    if isinstance(expression, sympy.Piecewise) or len(varying) != 1:
        return None
    argument = expression.args[varying[0]]
    if isinstance(expression, AppliedUndef) and len(expression.args) == 1:
        return _named(name, functions), argument
    if name in _FUNCTIONS:
        return LIBRARY[_FUNCTIONS[name]], argument
    arguments = list(expression.args)
    arguments[varying[0]] = _x()
    return as_primitive(expression.func(*arguments)), argument


def _named(name: str, functions: Mapping[str, Primitive]) -> Primitive:
    """Return a function of a user's own."""
    if name in functions:
        return functions[name]
    if is_spline(name):
        raise ValueError(
            f"{name} is a spline edge, which is not in a formula: make it a function with "
            "symbolify or fix_symbolic, or keep the model itself (pickle, joblib)."
        )
    raise ValueError(f"{name} is no function that is known: it belongs into symbolic_library.")


def _x() -> Any:
    """Return the argument of functions that are not in the library."""
    import sympy

    return sympy.Symbol("x", real=True)


def _power(base: Any, value: float, exponent: Any) -> tuple[Primitive, Any]:
    import sympy

    if isinstance(base, sympy.Abs) and value in (0.5, 1.5):
        return LIBRARY[f"|x|^{value:g}"], base.args[0]
    if value in _POWERS:
        return _POWERS[value], base
    return as_primitive(_x() ** exponent), base


def _term(coef: float, expression: Any, symbol: Any, functions: Mapping[str, Primitive]) -> Term:
    """Return the term that a product without constant factors is."""
    if expression == symbol:
        return Term(LIBRARY["x"], coef)
    outer = outer_of(expression, functions)
    if outer is not None:
        primitive, argument = outer
        scale, core, shift = affine_of(argument)
        if core == symbol:
            return Term(primitive, coef, scale, shift)
        if _is_gaussian(expression, core):
            return _gaussian(coef, argument, symbol)
    return Term(as_primitive(expression.subs(symbol, _x())), coef)


def _is_gaussian(expression: Any, core: Any) -> bool:
    """Tell whether an expression is exp of a multiple of a square."""
    import sympy

    return isinstance(expression, sympy.exp) and isinstance(core, sympy.Pow) and core.exp == 2


def _gaussian(coef: float, argument: Any, symbol: Any) -> Term:
    import sympy

    scale, core, shift = affine_of(argument)
    inner, centre, offset = affine_of(core.base)
    if scale >= 0 or centre != symbol:
        expression = sympy.exp(argument).subs(symbol, _x())
        return Term(as_primitive(expression), coef)
    width = (-scale) ** 0.5
    height = coef * number(sympy.exp(shift))
    return Term(LIBRARY["gaussian"], height, width * inner, width * offset)
