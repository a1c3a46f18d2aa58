"""From SymPy expressions to Python source, and to functions of arrays.

No name of a user's gets into source: columns and functions have identifiers made by us.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from .names import identifiers, numbered

# Functions of scipy.special that an expression of SymPy's is, by its name there.
_SPECIAL = {
    "Ci": "sici({})[1]",
    "Ei": "expi({})",
    "LambertW": "lambertw({}).real",
    "Si": "sici({})[0]",
    "airyai": "airy({})[0]",
    "airybi": "airy({})[2]",
    "besseli": "iv({})",
    "besselj": "jv({})",
    "besselk": "kv({})",
    "bessely": "yv({})",
    "erf": "erf({})",
    "erfc": "erfc({})",
    "erfcinv": "erfcinv({})",
    "erfinv": "erfinv({})",
    "gamma": "gamma({})",
    "loggamma": "gammaln({})",
    "polygamma": "polygamma({})",
}
_IN_MATH = frozenset({"erf", "erfc", "gamma", "loggamma"})
# Whole numbers up to here are floats, too.
_WHOLE = 2**53


@lru_cache(maxsize=2)
def _printer_class(module: str) -> Any:
    """Return the class of SymPy printers of source that uses a module, "numpy" or "math"."""
    from sympy.printing.numpy import SciPyPrinter
    from sympy.printing.pycode import PythonCodePrinter

    base = {"numpy": SciPyPrinter, "math": PythonCodePrinter}[module]

    class Source(base):  # type: ignore[misc, valid-type]
        def _print_Symbol(self, symbol: Any) -> str:
            return str(symbol.name)

        def _print_Float(self, number: Any) -> str:
            return repr(float(number))

        def _print_Integer(self, number: Any) -> str:
            return str(number.p) if abs(number.p) <= _WHOLE else repr(float(number))

        def _print_AppliedUndef(self, function: Any) -> str:
            name = type(function).__name__
            if name not in self.known_functions:
                raise NotImplementedError(f"no number is known for {name}")
            return f"{name}({self.stringify(function.args, ', ')})"

        def _print_Function(self, function: Any) -> str:
            text = str(super()._print_Function(function))
            # SymPy writes some by others, cot as 1/tan, and not always in parentheses.
            return text if type(function).__name__ in self.known_functions else f"({text})"

        def emptyPrinter(self, expression: Any) -> str:
            raise NotImplementedError(f"no number is known for {type(expression).__name__}")

    for name, template in _SPECIAL.items():
        if module == "numpy" or name not in _IN_MATH:
            setattr(Source, f"_print_{name}", _special(f"scipy.special.{template}"))
    if module == "numpy":
        Source._print_Max, Source._print_Min = _extremum("maximum"), _extremum("minimum")
    return Source


def _special(template: str) -> Callable[[Any, Any], str]:
    name, _, rest = template.partition("(")

    def printed(self: Any, function: Any) -> str:
        arguments = self.stringify(function.args, ", ")
        return f"{self._module_format(name)}({rest.format(arguments)}"

    return printed


def _extremum(name: str) -> Callable[[Any, Any], str]:
    """Return what prints the largest or smallest of any arrays, by twos."""

    def printed(self: Any, extremum: Any) -> str:
        *rest, text = map(self._print, extremum.args)
        for other in rest:
            text = f"{self._module_format(f'numpy.{name}')}({other}, {text})"
        return str(text)

    return printed


def with_name(part: Any, table: dict[str, Callable[[Any], Any]]) -> Any:
    """Return an applied function without the implementation that it carries.

    That is put into the table by the name that the function now has: its own, with a number
    behind it where another function has that name.
    """
    import sympy

    word, k = type(part).__name__, 2
    name = word
    while table.setdefault(name, part._imp_) != part._imp_:
        name, k = numbered(word, k), k + 1
    return sympy.Function(name)(*part.args)


def with_names(
    expressions: Sequence[Any], functions: Mapping[str, Callable[[Any], Any]]
) -> tuple[tuple[Any, ...], dict[str, Callable[[Any], Any]]]:
    """Return expressions whose functions carry no implementations, and these by their names.

    Parameters
    ----------
    expressions : sequence of sympy.Expr
    functions : mapping of str to callable
        What other names stand for.
    """
    import sympy
    from sympy.core.function import AppliedUndef

    table = dict(functions)

    def carries(part: Any) -> bool:
        return isinstance(part, AppliedUndef) and hasattr(part, "_imp_")

    whole = [sympy.sympify(expression, strict=True) for expression in expressions]
    return tuple(one.replace(carries, lambda part: with_name(part, table)) for one in whole), table


def _in_identifiers(
    expression: Any, symbols: Mapping[Any, str], functions: Mapping[str, str]
) -> Any:
    """Return an expression in symbols and undefined functions whose names are identifiers.

    Raises
    ------
    ValueError
        If it has others than these.
    """
    import sympy
    from sympy.core.function import AppliedUndef

    def renamed(part: Any) -> Any:
        name = type(part).__name__
        if name not in functions:
            raise ValueError(f"{name} is a function that no values are known of.")
        return sympy.Function(functions[name])(*part.args)

    if others := expression.atoms(sympy.Symbol) - set(symbols):
        raise ValueError(f"{others} in {expression} are none of the columns {list(symbols)}.")
    if expression.has(AppliedUndef):
        expression = expression.replace(lambda part: isinstance(part, AppliedUndef), renamed)
    return expression.xreplace({symbol: sympy.Symbol(name) for symbol, name in symbols.items()})


def callable_of(
    expression: Any, symbols: Sequence[Any], functions: Mapping[str, Callable[[Any], Any]]
) -> Callable[..., Any]:
    """Return a NumPy function of the symbols; floats keep all their digits.

    Parameters
    ----------
    expression : sympy.Expr
    symbols : sequence of sympy.Symbol
        All of the expression's, of any names.
    functions : mapping of str to callable
        What evaluates undefined functions, by their names.

    Raises
    ------
    ValueError
        If the expression has functions that no values are known of.
    """
    import sympy

    columns = {symbol: f"_column_{i}" for i, symbol in enumerate(symbols)}
    own = {name: f"_function_{k}" for k, name in enumerate(functions)}
    printer = _printer_class("numpy")(
        {
            "fully_qualified_modules": False,
            "inline": True,
            "user_functions": {name: name for name in own.values()},
        }
    )
    values = {own[name]: function for name, function in functions.items()}
    arguments = [sympy.Symbol(name) for name in columns.values()]
    try:
        found: Callable[..., Any] = sympy.lambdify(
            arguments,
            _in_identifiers(expression, columns, own),
            modules=[values, "scipy", "numpy"],
            printer=printer,
            cse=True,
        )
    except NotImplementedError as error:
        raise ValueError(f"{expression} has no values: {error}.") from error
    return found


def python_source(
    expressions: Sequence[Any], symbols: Sequence[Any], module: str, name: str
) -> str:
    """Return the source of a Python function of the symbols.

    Parameters
    ----------
    expressions : sequence of sympy.Expr
        What it returns: the one, or a list of several.
    symbols : sequence of sympy.Symbol
    module : {"numpy", "math"}
    name : str
        An identifier.

    Raises
    ------
    ValueError
        If the expressions have functions that cannot be written in Python.
    """
    arguments = identifiers((symbol.name for symbol in symbols), taken=[name])
    columns = dict(zip(symbols, arguments, strict=True))
    printer = _printer_class(module)({"fully_qualified_modules": True})
    bodies = []
    for expression in expressions:
        try:
            body = printer.doprint(_in_identifiers(expression, columns, {}))
        except NotImplementedError as error:
            raise ValueError(f"{expression} cannot be written in Python: {error}.") from error
        if module == "numpy" and not expression.free_symbols:
            # As many values as there are rows.
            full = printer._module_format("numpy.full")
            body = f"{full}(numpy.shape({arguments[0]}), {body}, dtype=float)"
        bodies.append(body)
    imports = [f"import {full}" for full in sorted(printer.module_imports)]
    result = bodies[0] if len(bodies) == 1 else f"[{', '.join(bodies)}]"
    lines = [*imports, "", "", f"def {name}({', '.join(arguments)}):", f"    return {result}", ""]
    return "\n".join(lines).lstrip("\n")
