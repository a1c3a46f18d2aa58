"""The SymPy expression of a formula in the form that is shortest to read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..judging.problem import LawProblem
from ..language.expression import Node, size, to_sympy
from ..language.primitive import count_nodes


def _factored_roots(expression: Any) -> Any:
    """Return an expression with what is under square roots in factors: squares leave them."""
    import sympy

    return expression.replace(
        lambda part: part.is_Pow and part.exp.is_Rational and part.exp.q == 2,
        lambda part: sympy.factor(part.base) ** part.exp,
    )


def joined_roots(expression: Any) -> Any:
    """Return an expression with products of square roots as the root of a product.

    That has values, the same, wherever they have; and where two columns are negative.
    """
    import sympy

    half = sympy.Rational(1, 2)

    def joined(part: Any) -> Any:
        for sign in (1, -1):
            roots = [a for a in part.args if a.is_Pow and a.exp == sign * half]
            if len(roots) > 1:
                rest = [a for a in part.args if a not in roots]
                base = sympy.Mul(*(root.base for root in roots))
                part = sympy.Mul(*rest, base ** (sign * half))
            if not part.is_Mul:
                break
        return part

    return expression.replace(lambda part: part.is_Mul, joined)


def algebraic(expression: Any) -> Any:
    """Return an expression with powers for hyperbolic functions of logarithms, and inverses.

    tanh(2 log x) has no value at negative x, where the quotient of polynomials that it is has.
    """
    import sympy

    def of_log(argument: Any) -> Any:
        factor, rest = argument.as_independent(*argument.free_symbols, as_Add=False)
        is_log = isinstance(rest, sympy.log) and factor.is_Rational
        return rest.args[0] ** factor if is_log else None

    def hyperbolic(part: Any) -> Any:
        u = of_log(part.args[0])
        if u is None:
            return part
        if isinstance(part, sympy.tanh):
            return (u**2 - 1) / (u**2 + 1)
        sign = 1 if isinstance(part, sympy.cosh) else -1
        return (u + sign / u) / 2

    def power(part: Any) -> Any:
        logs = [each for each in sympy.Mul.make_args(part.args[0]) if isinstance(each, sympy.log)]
        return logs[0].args[0] ** (part.args[0] / logs[0]) if len(logs) == 1 else part

    def inverse(part: Any) -> Any:
        argument = part.args[0]
        factor, rest = argument.as_independent(*argument.free_symbols, as_Add=False)
        if not isinstance(rest, sympy.atanh) or not factor.is_Rational:
            return part
        u = rest.args[0]
        return ((1 + u) / (1 - u)) ** (factor / 2)

    kinds = (sympy.tanh, sympy.sinh, sympy.cosh)
    expression = expression.replace(lambda part: isinstance(part, kinds), hyperbolic)
    expression = expression.replace(lambda part: isinstance(part, sympy.exp), inverse)
    return expression.replace(lambda part: isinstance(part, sympy.exp), power)


def simplest(node: Node, problem: LawProblem, symbols: Sequence[Any]) -> Any:
    """Return the SymPy expression of a tree in the form with the fewest nodes.

    Columns that are positive on the rows are taken to be positive: roots of their squares
    need no modulus. Forms with inexact numbers are left as they are.
    """
    import sympy

    positive = problem.X.min(axis=0) >= 0
    stand_ins = [sympy.Dummy(str(s), positive=bool(p) or None, real=True)
                 for s, p in zip(symbols, positive, strict=True)]  # fmt: skip
    back = dict(zip(stand_ins, symbols, strict=True))
    forms = [algebraic(to_sympy(node, stand_ins))]
    if not forms[0].atoms(sympy.Float) and size(node) < 80:
        changes = (sympy.together, sympy.cancel, sympy.factor, sympy.powsimp, _factored_roots)
        forms += [form(forms[0]) for form in changes]
    best = min(forms, key=count_nodes).xreplace(back)
    return min(joined_roots(best), best, key=count_nodes)
