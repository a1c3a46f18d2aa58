"""Formulas in LaTeX, whatever columns and functions are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .names import is_short, is_spline, latex_text, unquoted


def latex_of(expression: Any, symbols: Sequence[Any]) -> str:
    r"""Return an expression in LaTeX.

    Parameters
    ----------
    expression : sympy.Expr
    symbols : sequence of sympy.Symbol
        The columns. Single letters, and Greek ones by name, also with a number, are symbols;
        other names are ``\text{}``.
    """
    import sympy
    from sympy.core.function import AppliedUndef

    words = [symbol for symbol in symbols if not is_short(symbol.name)]
    names = {symbol: latex_text(symbol.name) for symbol in words}
    named = expression.replace(lambda part: isinstance(part, AppliedUndef), _with_latex_name)
    return str(sympy.latex(named, symbol_names=names))


def _with_latex_name(function: Any) -> Any:
    """Return an undefined function whose name is LaTeX, which SymPy takes as it is."""
    import sympy

    word = type(function).__name__
    if is_spline(word) or is_short(word):
        return function
    name = unquoted(word) if word.startswith('"') else word
    text = latex_text(name).replace("%", "%%")  # SymPy formats it with its arguments
    return sympy.Function(rf"\operatorname{{{text}}}")(*function.args)
