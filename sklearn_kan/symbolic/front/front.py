"""The front of accuracy against complexity, on which one formula is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..judging.problem import EXACT, Candidate, Problem, score_of
from ..judging.refine import refine
from ..language.expression import Node, parameters, size, to_sympy
from ..language.permitted import is_permitted
from ..language.primitive import count_nodes
from ..language.tidy import tidy
from .limits import limits_of
from .one_scale import without_gauge
from .snap import snap


@dataclass(frozen=True)
class Formula:
    """A formula for the target.

    Parameters
    ----------
    expression : SymPy expression
        In the symbols of the columns.
    complexity : int
        Nodes of its expression tree.
    r2 : float
        Share of the variance explained on all rows.
    r2_held_out : float
        The same on rows held out while its constants were fitted.
    chosen : bool
        Whether it is the one to use: of the best score
        ``n log(share of variance left) + (free constants) log n + 2 (nodes)``.
    """

    expression: Any
    complexity: int
    r2: float
    r2_held_out: float
    chosen: bool = False


def r2_of(node: Node, problem: Problem) -> float:
    """Return the share of the variance that a formula explains."""
    return 1.0 - problem.loss(node) ** 2


def make_front(
    candidates: Sequence[Candidate],
    whole: Problem,
    train: Problem,
    held_out: Problem,
    symbols: Sequence[Any],
    most: int = 8,
) -> list[Formula]:
    """Return the formulas that no simpler one beats, simplest first.

    Constants are fitted anew on all rows and snapped; `r2_held_out` is that of the constants
    of the training rows.
    """
    rows = []
    for node in _with_limits(_promising(candidates, most), whole):
        fitted = refine(without_gauge(node), whole.X, whole.y, whole.weights)
        if not np.isfinite(fitted.rss):
            continue
        fitted = snap(fitted, whole.X, whole.y, whole.weights)
        final = tidy(fitted.node)
        loss = whole.loss(final)
        if not np.isfinite(loss) or not np.isfinite(held_out.loss(node)):
            continue
        score = score_of(loss, whole.n, len(parameters(final)), size(final))
        rows.append((size(final), loss, score, final, node))
    rows.sort(key=lambda row: (row[0], row[1]))
    front: list[Any] = []
    for row in rows:
        if not front or row[1] < front[-1][1] * 0.999:
            front.append(row)
    if not front:
        return []
    best = min(front, key=lambda row: row[2])
    return [_formula(row[3], row[4], whole, held_out, symbols, chosen=row is best) for row in front]


def _with_limits(candidates: Sequence[Candidate], problem: Problem) -> list[Node]:
    """Return the formulas, and those that they are in a limit."""
    nodes = [candidate.node for candidate in candidates]
    if candidates and min(candidate.loss for candidate in candidates) < EXACT:
        return nodes
    limits = [limit for node in nodes for limit in limits_of(node, problem.X)]
    return nodes + [limit for limit in limits if is_permitted(limit, problem.permitted)]


def _promising(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return the best by score, and the most accurate of every size."""
    kept = list(candidates[:2])
    by_size: dict[int, Candidate] = {}
    for candidate in candidates:
        known = by_size.get(size(candidate.node))
        if known is None or candidate.loss < known.loss:
            by_size[size(candidate.node)] = candidate
    best = np.inf
    for n_nodes in sorted(by_size):
        if by_size[n_nodes].loss < 0.9 * best:
            best = by_size[n_nodes].loss
            if all(by_size[n_nodes] is not each for each in kept):
                kept.append(by_size[n_nodes])
    return kept[:most]


def _formula(
    node: Node,
    trained: Node,
    whole: Problem,
    held_out: Problem,
    symbols: Sequence[Any],
    *,
    chosen: bool,
) -> Formula:
    expression = simplest(node, whole, symbols)
    return Formula(
        expression, count_nodes(expression), r2_of(node, whole), r2_of(trained, held_out), chosen
    )


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


def simplest(node: Node, problem: Problem, symbols: Sequence[Any]) -> Any:
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
