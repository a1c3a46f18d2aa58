"""Trees from curves: a term of a curve with exactly its free numbers as constants."""

from __future__ import annotations

from ...network.curves import Curve, Term
from ..language.exact import Exact
from ..language.expression import Apply, Constant, Node, Number, Power, Product, Sum
from ..language.tidy import tidy
from ..text.user_primitives import as_primitive


def curve_parts(curve: Curve, of: Node) -> list[Node]:
    """Return the terms of a curve of a tree, its constant left out."""
    return [term_node(term, of) for term in curve.terms]


def curve_node(curve: Curve, of: Node) -> Node:
    """Return a curve of a tree."""
    return tidy(Sum((*curve_parts(curve, of), Constant(curve.constant))))


def term_node(term: Term, of: Node) -> Node:
    """Return a term, in the form of `canonical`, of a tree."""
    function, coef = as_primitive(term.function), Constant(term.coef)
    if function.degree == 1.0:
        return Product((coef, of))
    if function.degree is not None:
        exponent = Number(Exact(*function.degree.as_integer_ratio()))
        return Product((coef, Power(_argument(term, of, scaled=False), exponent)))
    scaled = function.name != "log"
    return Product((coef, Apply(function, _argument(term, of, scaled=scaled))))


def _argument(term: Term, of: Node, *, scaled: bool) -> Node:
    """Return scale * x + shift; a scale of 1 or -1 is no free constant."""
    inner = of
    if scaled or abs(abs(term.scale) - 1.0) > 1e-12:
        inner = Product((Constant(term.scale), of))
    elif term.scale < 0:
        inner = Product((Number(Exact(-1)), of))
    if term.function.name == "exp" or term.shift == 0.0:
        return inner
    return Sum((inner, Constant(term.shift)))
