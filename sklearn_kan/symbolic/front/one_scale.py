"""Formulas in which no constant says what another says too: factors are taken out of sums.

``c / (a x + b)`` has three constants for a law with two. Until one is fixed the others are
not determined, and none of them can be recognised.
"""

from __future__ import annotations

import math

from ..language.expression import Apply, Constant, Node, Number, Power, Product, Sum, transform
from ..language.tidy import ONE, tidy

_LARGEST_SHIFT = 500.0


def without_gauge(node: Node) -> Node:
    """Return the same formula with the leading coefficients of sums in products made 1."""
    return tidy(transform(tidy(node), _fix))


def _fix(node: Node) -> Node:
    if not isinstance(node, Product) or not any(isinstance(p, Constant) for p in node.parts):
        return node
    factor = 1.0
    parts: list[Node] = []
    for part in node.parts:
        if isinstance(part, Constant):
            factor *= part.value
            continue
        scale, rest = _taken_out(part)
        factor *= scale
        parts.append(rest)
    return Product((Constant(factor), *parts))


def _taken_out(part: Node) -> tuple[float, Node]:
    """Return a factor of a part of a product, and what is left."""
    match part:
        case Sum(parts):
            leading = _leading(parts)
            if leading is not None:
                return leading, _divided(parts, leading)
        case Apply(function, Sum(parts)) if function.name == "exp":
            return _exp_taken_out(part, parts)
        case Power(Sum(parts), Number(exact)):
            leading = _leading(parts)
            if leading is not None and (leading > 0 or exact.denominator == 1):
                scale = _power(leading, exact.value)
                if math.isfinite(scale):
                    return scale, Power(_divided(parts, leading), Number(exact))
        case Power(Product((Constant(value), *rest)), Number(exact)):
            if value > 0 or (exact.denominator == 1 and value != 0):
                scale = _power(value, exact.value)
                if math.isfinite(scale):
                    return scale, Power(Product((ONE, *rest)), Number(exact))
    return 1.0, part


def _exp_taken_out(part: Apply, parts: tuple[Node, ...]) -> tuple[float, Node]:
    shifts = [p.value if isinstance(p, Constant) else p.exact.value for p in parts
              if isinstance(p, Constant | Number)]  # fmt: skip
    if not shifts or abs(sum(shifts)) > _LARGEST_SHIFT:
        return 1.0, part
    rest = tuple(p for p in parts if not isinstance(p, Constant | Number))
    return math.exp(sum(shifts)), Apply(part.function, tidy(Sum(rest)))


def _power(base: float, exponent: float) -> float:
    try:
        return float(base**exponent)
    except (OverflowError, ZeroDivisionError):
        return math.inf


def _leading(parts: tuple[Node, ...]) -> float | None:
    """Return the first coefficient that counts, of a sum whose parts all have free ones."""
    for part in parts:
        if not isinstance(part, Constant) and not _has_coefficient(part):
            return None
    values = [_coefficient(part) for part in parts if isinstance(part, Product)]
    largest = max(map(abs, values), default=0.0)
    # One that is next to nothing would make the others huge.
    return next((value for value in values if abs(value) > 1e-6 * largest), None)


def _has_coefficient(part: Node) -> bool:
    return isinstance(part, Product) and any(isinstance(p, Constant) for p in part.parts)


def _coefficient(part: Product) -> float:
    return next(p.value for p in part.parts if isinstance(p, Constant))


def _divided(parts: tuple[Node, ...], value: float) -> Node:
    done: list[Node] = []
    first = True
    for part in parts:
        if isinstance(part, Constant):
            done.append(Constant(part.value / value))
        elif isinstance(part, Product):
            leads = first and _coefficient(part) == value
            coefficient: Node = ONE if leads else Constant(_coefficient(part) / value)
            others = tuple(p for p in part.parts if not isinstance(p, Constant))
            done.append(Product((coefficient, *others)))
            first = first and not leads
    return Sum(tuple(done))
