"""From SymPy expressions to Python source, which may be compiled.

No name of a user's gets into source: columns and functions have identifiers made by us.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .names import identifiers, numbered
from .printers import printer_class
from .symbols import apply_named


def with_name(part: Any, table: dict[str, Callable[[Any], Any]]) -> Any:
    """Return an applied function without the implementation that it carries.

    That is put into the table by the name that the function now has: its own, with a number
    behind it where another function has that name.
    """
    word, k = type(part).__name__, 2
    name = word
    while table.setdefault(name, part._imp_) != part._imp_:
        name, k = numbered(word, k), k + 1
    return apply_named(name, *part.args)


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
        return apply_named(functions[name], *part.args)

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
    printer = printer_class("numpy")(
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
    expressions: Sequence[Any],
    symbols: Sequence[Any],
    module: str,
    name: str,
    *,
    is_column: bool = True,
) -> str:
    """Return the source of a Python function of the symbols.

    Parameters
    ----------
    expressions : sequence of sympy.Expr
        What it returns.
    symbols : sequence of sympy.Symbol
    module : {"numpy", "math"}
    name : str
        An identifier.
    is_column : bool
        Whether it returns the one expression, rather than a list.

    Raises
    ------
    ValueError
        If the expressions have functions that cannot be written in Python.
    """
    arguments = identifiers((symbol.name for symbol in symbols), taken=[name])
    columns = dict(zip(symbols, arguments, strict=True))
    printer = printer_class(module)({"fully_qualified_modules": True})
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
    result = bodies[0] if is_column else f"[{', '.join(bodies)}]"
    lines = [*imports, "", "", f"def {name}({', '.join(arguments)}):", f"    return {result}", ""]
    return "\n".join(lines).lstrip("\n")
