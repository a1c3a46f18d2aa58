"""Functions used in their limits: a sine of small arguments is a line, an exponential too.

A least-squares fit takes ``c sin(a x)`` as near to a line as it likes. What is then meant is
the line; it has a constant less, and is offered beside the other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..language.exact import Exact
from ..language.expression import (
    Apply,
    Constant,
    Node,
    Number,
    Power,
    Product,
    Sum,
    children,
    values,
    with_children,
)
from ..language.primitive import Array
from ..language.tidy import tidy

# How far an argument may range for a function of it to be in question.
_NARROW = 0.5


def limits_of(node: Node, X: Array) -> Iterator[Node]:
    """Yield the formula with one function after the other replaced by its limit, and with all.

    Functions count whose arguments range over less than a half on the rows X (n, p).
    """
    places = list(_places(node, X, ()))
    for place in places:
        yield tidy(_replaced(node, place, X))
    if len(places) > 1:
        for place in reversed(places):  # the innermost last
            node = _replaced(node, place, X)
        yield tidy(node)


def _places(node: Node, X: Array, path: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    if isinstance(node, Apply) and node.function.limit_degree is not None:
        span = np.ptp(values(node.argument, X))
        if span < _NARROW:
            yield path
    for k, child in enumerate(children(node)):
        yield from _places(child, X, (*path, k))


def _replaced(node: Node, path: tuple[int, ...], X: Array) -> Node:
    if path:
        parts = list(children(node))
        parts[path[0]] = _replaced(parts[path[0]], path[1:], X)
        return with_children(node, parts)
    if not isinstance(node, Apply):
        return node
    u = values(node.argument, X)
    middle = 0.5 * (float(u.max()) + float(u.min()))
    at = np.array([middle])
    value, slope = float(node.function.value(at)[0]), float(node.function.slope(at)[0])
    if node.function.limit_degree == 2 and abs(middle) < np.ptp(u):
        half = 0.5 * float(node.function.curvature(np.zeros(1))[0])
        square = Power(node.argument, Number(Exact(2)))
        start = float(node.function.value(np.zeros(1))[0])
        return Sum((Constant(start), Product((Constant(half), square))))
    offset = value - slope * middle
    line = Product((Constant(slope), node.argument))
    return line if abs(offset) < 1e-9 else Sum((Constant(offset), line))
