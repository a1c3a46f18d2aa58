"""SymPy symbols that print so that nothing else reads like them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from .names import is_short, latex_text, quoted, written
from .vocabulary import CONSTANTS, constant


def column_symbol(name: str) -> Any:
    """Return the symbol of a column: ``sympy.Symbol(name)``, where that is clear in print.

    Other names print in quotes, see `names.written`, and as text in LaTeX. They are symbols of
    a class of their own, so that SymPy never takes one that prints otherwise in their place.
    """
    import sympy

    return sympy.Symbol(name) if written(name) == name else _quoted_symbol_class()(name)


@lru_cache(maxsize=1)
def _quoted_symbol_class() -> Any:
    import sympy

    class QuotedSymbol(sympy.Symbol):
        __slots__ = ()

        def _sympystr(self, printer: Any) -> str:
            return written(self.name)

        def _latex(self, printer: Any, **options: Any) -> str:
            if is_short(self.name):
                return str(printer._print(sympy.Symbol(self.name)))
            return latex_text(self.name)

        def _pretty(self, printer: Any) -> Any:
            from sympy.printing.pretty.stringpict import prettyForm

            return prettyForm(written(self.name))

        def _lambdacode(self, printer: Any) -> str:
            return quoted(self.name)  # no identifier: lambdify puts one of its own in its place

        def __reduce__(self) -> tuple[Any, ...]:
            return column_symbol, (self.name,)

    return QuotedSymbol


def apply_named(name: str, *arguments: Any) -> Any:
    """Return an undefined function of expressions; unlike SymPy's it pickles with any version."""
    return _named_function(name)(*arguments)


@lru_cache(maxsize=1000)
def _named_function(name: str) -> Any:
    from sympy.core.function import UndefinedFunction

    return UndefinedFunction(name, bases=(_function_class(),))


@lru_cache(maxsize=1)
def _function_class() -> Any:
    from sympy.core.function import AppliedUndef

    class NamedFunction(AppliedUndef):
        def __reduce__(self) -> tuple[Any, ...]:
            return apply_named, (type(self).__name__, *self.args)

    return NamedFunction


def in_columns(expression: Any) -> Any:
    """Return an expression of any symbols in those of columns of the same names.

    Raises
    ------
    ValueError
        If two symbols have the same name.
    """
    symbols = expression.free_symbols
    names = [symbol.name for symbol in symbols]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise ValueError(f"expr has several symbols of the name {', '.join(twice)}.")
    return expression.xreplace({symbol: column_symbol(symbol.name) for symbol in symbols})


def with_clear_constants(expression: Any, names: Iterable[str]) -> Any:
    """Return an expression in whose text no constant can be taken for a column.

    Where a column in quotes stands beside it, the bare word is the constant; where the column
    of that name is not in the expression, the constant is written in digits.
    """
    import sympy

    alike = CONSTANTS.intersection(names)
    if not alike:
        return expression
    used = {symbol.name for symbol in expression.free_symbols}
    unclear = [constant(name) for name in alike - used]
    return expression.xreplace({number: sympy.Float(float(number), 17) for number in unclear})
