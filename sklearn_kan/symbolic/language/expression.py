"""Formulas as values: trees that are evaluated on rows, with derivatives by their constants.

SymPy prints and compares formulas; it is too slow to fit thousands of them. These trees know
only what a search needs: sums, products, powers, and primitives of a column or another tree.

Conventions: `X` is (n, p) float64; a tree has k free constants, numbered from left to right.
Where a tree cannot be worked out on a row its value is NaN or infinite, without a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .exact import Exact
from .primitive import Array, Primitive


@dataclass(frozen=True)
class Column:
    """A column of X."""

    index: int


@dataclass(frozen=True)
class Constant:
    """A free constant."""

    value: float


@dataclass(frozen=True)
class Number:
    """A constant known exactly."""

    exact: Exact


@dataclass(frozen=True)
class Sum:
    """The sum of its parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Product:
    """The product of its parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Power:
    """A tree raised to another, usually a constant; real values only."""

    base: Node
    exponent: Node


@dataclass(frozen=True)
class Apply:
    """A primitive of a tree."""

    function: Primitive
    argument: Node


Node = Column | Constant | Number | Sum | Product | Power | Apply


def number(value: int | float | Exact) -> Number:
    """Return a whole number, or an exact one, as a tree."""
    return Number(value if isinstance(value, Exact) else Exact(int(value)))


def children(node: Node) -> tuple[Node, ...]:
    """Return the trees right below the root."""
    match node:
        case Sum(parts) | Product(parts):
            return parts
        case Power(base, exponent):
            return (base, exponent)
        case Apply(_, argument):
            return (argument,)
    return ()


def with_children(node: Node, parts: Sequence[Node]) -> Node:
    """Return the same root above other trees."""
    match node:
        case Sum() | Product():
            return replace(node, parts=tuple(parts))
        case Power():
            return Power(*parts)
        case Apply(function, _):
            return Apply(function, parts[0])
    return node


def walk(node: Node) -> Iterator[Node]:
    """Yield all trees within a tree, itself first, from left to right."""
    yield node
    for child in children(node):
        yield from walk(child)


def transform(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a tree whose every node, from the leaves up, went through `change`."""
    below = children(node)
    if below:
        node = with_children(node, [transform(child, change) for child in below])
    return change(node)


def columns_of(node: Node) -> tuple[int, ...]:
    """Return the columns a tree depends on, in order."""
    return tuple(sorted({part.index for part in walk(node) if isinstance(part, Column)}))


def parameters(node: Node) -> Array:
    """Return the free constants (k,)."""
    return np.array([part.value for part in walk(node) if isinstance(part, Constant)])


def with_parameters(node: Node, theta: Array) -> Node:
    """Return the tree with its free constants (k,) put in."""
    values = iter(np.asarray(theta, dtype=np.float64).tolist())

    def change(part: Node) -> Node:
        return Constant(next(values)) if isinstance(part, Constant) else part

    return transform(node, change)


def substitute(node: Node, columns: Sequence[Node]) -> Node:
    """Return the tree with a tree in place of each column, by its index."""

    def change(part: Node) -> Node:
        return columns[part.index] if isinstance(part, Column) else part

    return transform(node, change)


def values(node: Node, X: Array) -> Array:
    """Return the values (n,) of a tree on rows."""
    with np.errstate(all="ignore"):
        return np.broadcast_to(_values(node, X), len(X))


def _values(node: Node, X: Array) -> Any:
    match node:
        case Column(index):
            return X[:, index]
        case Constant(value):
            return value
        case Number(exact):
            return exact.value
        case Sum(parts):
            return sum((_values(part, X) for part in parts[1:]), start=_values(parts[0], X))
        case Product(parts):
            result = _values(parts[0], X)
            for part in parts[1:]:
                result = result * _values(part, X)
            return result
        case Power(base, exponent):
            return power(_values(base, X), _values(exponent, X))
        case Apply(function, argument):
            return apply(function, np.asarray(_values(argument, X), dtype=np.float64))
    raise TypeError(f"No tree: {node!r}")


def apply(function: Primitive, u: Array) -> Array:
    """Return the primitive at `u`, NaN where it has no value there."""
    moved = function.guard(u)
    return np.where(moved == u, function.derivatives[0](moved), np.nan)


def power(base: Any, exponent: Any) -> Any:
    """Return base ** exponent, NaN where it is not real."""
    base = np.asarray(base, dtype=np.float64)
    if np.ndim(exponent) == 0:
        if exponent == 2.0:
            return base * base
        if exponent == 1.0:
            return base
        if exponent == -1.0:
            return 1.0 / base
    return base ** np.asarray(exponent, dtype=np.float64)


def linearise(node: Node, X: Array) -> tuple[Array, Array]:
    """Return values (n,) and their derivatives (k, n) by the free constants."""
    with np.errstate(all="ignore"):
        value, jacobian = _linearise(node, X)
        return np.broadcast_to(value, len(X)), jacobian


def _linearise(node: Node, X: Array) -> tuple[Any, Array]:
    n = len(X)
    match node:
        case Constant(value):
            return value, np.ones((1, n))
        case Sum(parts):
            done = [_linearise(part, X) for part in parts]
            return sum(value for value, _ in done), np.concatenate([j for _, j in done])
        case Product(parts):
            return _product_rule([_linearise(part, X) for part in parts])
        case Power(base, exponent):
            return _power_rule(_linearise(base, X), _linearise(exponent, X))
        case Apply(function, argument):
            u, inner = _linearise(argument, X)
            u = np.asarray(u, dtype=np.float64)
            slope = function.slope(u) if len(inner) else 0.0
            return apply(function, u), slope * inner
    return _values(node, X), np.empty((0, n))


def _product_rule(done: list[tuple[Any, Array]]) -> tuple[Any, Array]:
    total, jacobians = 1.0, []
    for i, (value, jacobian) in enumerate(done):
        total = total * value
        if len(jacobian):
            others = np.prod(np.broadcast_arrays(1.0, *(v for v, _ in done[:i] + done[i + 1 :])), 0)
            jacobian = jacobian * others
        jacobians.append(jacobian)
    return total, np.concatenate(jacobians)


def _power_rule(left: tuple[Any, Array], right: tuple[Any, Array]) -> tuple[Any, Array]:
    (base, by_base), (exponent, by_exponent) = left, right
    value = power(base, exponent)
    if len(by_base):
        by_base = by_base * (exponent * power(base, exponent - 1.0))
    if len(by_exponent):
        by_exponent = by_exponent * (value * np.log(base))
    return value, np.concatenate([by_base, by_exponent])


def size(node: Node) -> int:
    """Return the number of nodes of a tree."""
    return sum(1 for _ in walk(node))


def to_sympy(node: Node, symbols: Sequence[Any]) -> Any:
    """Return the SymPy expression of a tree; `symbols` stand for the columns."""
    import sympy

    match node:
        case Column(index):
            return symbols[index]
        case Constant(value):
            return sympy.Float(value, 17)
        case Number(exact):
            return exact.to_sympy()
        case Sum(parts):
            return sympy.Add(*(to_sympy(part, symbols) for part in parts))
        case Product(parts):
            return sympy.Mul(*(to_sympy(part, symbols) for part in parts))
        case Power(base, exponent):
            return to_sympy(base, symbols) ** to_sympy(exponent, symbols)
        case Apply(function, argument):
            return function.expression(to_sympy(argument, symbols))
    raise TypeError(f"No tree: {node!r}")
