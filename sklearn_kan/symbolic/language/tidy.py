"""Trees without what does nothing: zeros, ones, sums of sums, products of products."""

from __future__ import annotations

from .exact import Exact
from .expression import Apply, Constant, Node, Number, Power, Product, Sum, transform

ZERO, ONE = Number(Exact(0)), Number(Exact(1))


def tidy(node: Node) -> Node:
    """Return the same formula, shorter."""
    return transform(node, _tidy)


def _tidy(node: Node) -> Node:
    match node:
        case Sum(parts):
            return _sum(parts)
        case Product(parts):
            return _product(parts)
        case Power(base, Number(exact)):
            return base if exact == ONE.exact else ONE if exact == ZERO.exact else node
        case Power(Number(exact), _) if exact == ONE.exact:
            return ONE
        case Apply(function, Number(exact)) if exact == ZERO.exact:
            return node if function.at_zero is None else Number(Exact(function.at_zero))
    return node


def _sum(parts: tuple[Node, ...]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Sum) else (part,)
    flat = [part for part in flat if part != ZERO]
    constants = [part.value for part in flat if isinstance(part, Constant)]
    rest: list[Node] = [part for part in flat if not isinstance(part, Constant)]
    if len(constants) > 0:
        rest.append(Constant(sum(constants)))
    return ZERO if not rest else rest[0] if len(rest) == 1 else Sum(tuple(rest))


def _product(parts: tuple[Node, ...]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Product) else (part,)
    if ZERO in flat:
        return ZERO
    flat = [part for part in flat if part != ONE]
    factor = 1.0
    for part in flat:
        factor *= part.value if isinstance(part, Constant) else 1.0
    rest: list[Node] = [part for part in flat if not isinstance(part, Constant)]
    if len(rest) < len(flat):
        rest.insert(0, Constant(factor))
    return ONE if not rest else rest[0] if len(rest) == 1 else Product(tuple(rest))
