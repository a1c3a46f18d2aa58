"""Outer functions: g(y) is fitted in place of y."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .exact import Exact
from .expression import Apply, Column, Constant, Node, Number, Power, Product, Sum, children
from .library import LIBRARY
from .permitted import is_permitted
from .primitive import Array, Map
from .tidy import ONE, tidy


@dataclass(frozen=True)
class Outer:
    """A transformation of the target.

    Parameters
    ----------
    name : str
        That of the inverse, which stands in the formula.
    forward, slope : callable
        g and its derivative.
    inverse : callable
        From the tree of g(y) to that of y.
    allows : callable
        Whether g is smooth and invertible on values between two ends.
    cost : int
        Nodes that it adds to a formula.
    """

    name: str
    forward: Map
    slope: Map
    inverse: Callable[[Node], Node]
    allows: Callable[[float, float], bool]
    cost: int = 1


def _apply(name: str) -> Callable[[Node], Node]:
    return lambda node: Apply(LIBRARY[name], node)


def _raise(numerator: int, denominator: int = 1) -> Callable[[Node], Node]:
    return lambda node: Power(node, Number(Exact(numerator, denominator)))


def exp_of(node: Node) -> Node:
    """Return exp of a sum: powers where the parts are logarithms, beside one exponential."""
    parts = node.parts if isinstance(node, Sum) else (node,)
    powers = [_exp_of_part(part) for part in parts]
    rest = tuple(part for part, found in zip(parts, powers, strict=True) if found is None)
    factors = [found for found in powers if found is not None]
    if rest:
        factors.append(Apply(LIBRARY["exp"], tidy(Sum(rest))))
    return tidy(Product(tuple(factors)))


def _exp_of_part(part: Node) -> Node | None:
    """Return exp of a part that is a constant, or has a logarithm; None of others."""
    match part:
        case Constant(value) if abs(value) < 600:
            return Constant(float(np.exp(value)))
        case Product((Constant() as factor, Apply(function, argument))) if function.name == "log":
            return Power(argument, factor)
        case Apply(function, argument) if function.name == "log":
            return argument
        case Product(parts) if any(_is_log(factor) for factor in parts):
            (log,) = [factor for factor in parts if _is_log(factor)][:1]
            rest = tuple(factor for factor in parts if factor is not log)
            return Power(children(log)[0], tidy(Product(rest)))
    return None


def _is_log(node: Node) -> bool:
    return isinstance(node, Apply) and node.function.name == "log"


def tanh_of(node: Node) -> Node:
    """Return tanh of a sum; of half a sum of logarithms it is a quotient of their arguments."""
    parts = node.parts if isinstance(node, Sum) else (node,)
    if not all(_is_half_a_log(part) for part in parts):
        return Apply(LIBRARY["tanh"], node)
    above: list[Node] = []
    below: list[Node] = []
    for part in parts:
        match part:
            case Product((Constant(value), Apply(_, argument))):
                (above if value > 0 else below).append(argument)
    a, b = tidy(Product(tuple(above) or (ONE,))), tidy(Product(tuple(below) or (ONE,)))
    return tidy(Product((Sum((a, negative(b))), Power(Sum((a, b)), Number(Exact(-1))))))


def _is_half_a_log(part: Node) -> bool:
    match part:
        case Constant(value):
            return abs(value) < 1e-3
        case Product((Constant(value), Apply(function, _))):
            return function.name == "log" and abs(abs(value) - 0.5) < 1e-3
    return False


def negative(node: Node) -> Node:
    """Return the tree times -1."""
    return tidy(Product((Number(Exact(-1)), node)))


def _positive(low: float, high: float) -> bool:
    return low > 0


def _inside(low: float, high: float) -> Callable[[float, float], bool]:
    return lambda a, b: low < a and b < high


IDENTITY = Outer("y", lambda y: y, np.ones_like, lambda node: node, lambda a, b: True, 0)

OUTERS = (
    IDENTITY,
    Outer("exp", np.log, lambda y: 1 / y, exp_of, _positive),
    Outer(
        "-exp",
        lambda y: np.log(-y),
        lambda y: 1 / y,
        lambda node: negative(exp_of(node)),
        lambda a, b: b < 0,
        2,
    ),
    Outer("sqrt", np.square, lambda y: 2 * y, _raise(1, 2), lambda a, b: a >= 0),
    Outer("1/x", lambda y: 1 / y, lambda y: -1 / y**2, _raise(-1), lambda a, b: a > 0 or b < 0),
    Outer("square", np.sqrt, lambda y: 0.5 / np.sqrt(y), _raise(2), _positive),
    Outer("1/sqrt", lambda y: y**-2.0, lambda y: -2 * y**-3.0, _raise(-1, 2), _positive),
    Outer("log", np.exp, np.exp, _apply("log"), _inside(-30, 30)),
    Outer("tanh", np.arctanh, lambda y: 1 / (1 - y**2), tanh_of, _inside(-1, 1)),
    Outer(
        "arcsin", np.sin, np.cos, _apply("arcsin"), _inside(-np.pi / 2 - 1e-9, np.pi / 2 + 1e-9)
    ),
    Outer("arccos", np.cos, lambda y: -np.sin(y), _apply("arccos"), _inside(-1e-9, np.pi + 1e-9)),
    Outer("sin", np.arcsin, lambda y: (1 - y**2) ** -0.5, _apply("sin"), _inside(-1, 1)),
    Outer("arctan", np.tan, lambda y: 1 + np.tan(y) ** 2, _apply("arctan"),
          _inside(-np.pi / 2, np.pi / 2)),
)  # fmt: skip


def outers_of(
    y: Array, permitted: frozenset[str] | None = None
) -> list[tuple[Outer, Array, Array]]:
    """Return the transformations that y (n,) and a library allow, with g(y) and its slope."""
    low, high = float(y.min()), float(y.max())
    allowed = []
    for outer in OUTERS:
        may_stand = is_permitted(outer.inverse(Column(0)), permitted)
        if may_stand and outer.allows(low, high):
            with np.errstate(all="ignore"):
                z, slope = outer.forward(y), outer.slope(y)
            if np.isfinite(z).all() and np.ptp(z) > 0:
                allowed.append((outer, z, slope))
    return allowed
