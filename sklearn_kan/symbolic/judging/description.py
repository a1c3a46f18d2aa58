"""How long a formula is to write down, in nats: its tree, its numbers, what it leaves of y.

What is to be chosen among formulas is the shortest way to write down the rows (Rissanen 1978;
Grünwald 2007). A node costs what it takes to say which of the many formulas that were looked at
it is, functions more than sums of columns; a fitted constant costs the digits that the rows
determine, so that terms which cancel cost the digits that they lose; an exact number costs its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..language.exact import Exact
from ..language.expression import (
    Apply,
    Column,
    Constant,
    Node,
    Number,
    Product,
    Sum,
    children,
    values,
    walk,
)
from ..language.primitive import Array

# What a node of a tree takes; a constant takes its digits only, a function its own complexity on
# top, and a column what it takes to say which.
_NODE = 1.0
# A unit of an exact number that is not 1, pi say, is one of a dozen.
_UNIT = 2.5


@dataclass(frozen=True)
class Description:
    """What it takes to write a formula down, beside what it leaves of y.

    Parameters
    ----------
    nodes, numbers : float
        Of its tree, and of the numbers in it, in nats.
    oddity : float
        What it does between the rows and beyond, see `Probes`.
    """

    nodes: float
    numbers: float
    oddity: float = 0.0

    @property
    def total(self) -> float:
        """The sum of all."""
        return self.nodes + self.numbers + self.oddity

    def with_rows(self, left: float, n: float) -> float:
        """Return it with n rows, of whose standard deviation the formula leaves a share."""
        return n * float(np.log(left)) + self.total


def rough_length(left: Any, n: float, n_constants: Any = 0, nodes: Any = 0) -> Any:
    """Return what comparisons among many fits are made by: twice the nats, digits uncounted.

    A constant costs half the logarithm of the number of rows, whatever its digits (Schwarz 1978),
    so the rows, and a tree of no more than a size, are enough. `describe` is for those that stay.

    Parameters
    ----------
    left : float or ndarray
        Share of the variance of y that is left, above zero.
    n : float
        Number of rows.
    n_constants, nodes : int or ndarray of int
    """
    return n * np.log(left) + (n_constants * np.log(n) + 2.0 * nodes)


def describe(
    node: Node, effects: Array, residual: float, shape: tuple[float, int], oddity: float = 0.0
) -> Description:
    """Return what a formula takes to write down.

    Parameters
    ----------
    node : Node
    effects : ndarray of shape (k,)
        See `effects_of`.
    residual : float
        Root mean square of what it leaves, in the same unit.
    shape : tuple of float and int
        Rows and columns.
    oddity : float
    """
    n, p = shape
    digits = np.log1p(np.sqrt(n) * effects / max(residual, 1e-300))
    most = float(np.log1p(np.sqrt(n) * 1e11))
    exact = sum(min(_of(part.exact), most) for part in walk(node) if isinstance(part, Number))
    nodes = sum(_nats_of(part, p) for part in walk(node))
    return Description(nodes, float(digits.sum()) + exact, oddity)


def _nats_of(part: Node, p: int) -> float:
    match part:
        case Constant():
            return 0.0
        case Column():
            return _NODE + float(np.log(max(p, 1)))
        case Apply(function, _):
            return _NODE + function.complexity
    return _NODE


def _of(exact: Exact) -> float:
    """Return the length of an exact number."""
    length = float(np.log(max(abs(exact.numerator), 1)) + np.log(exact.denominator))
    return length + (_UNIT if exact.unit != "1" else 0.0)


def effects_of(node: Node, X: Array, jacobian: Array) -> Array:
    """Return how much of y each free constant makes: the root mean square over rows.

    The digits of a constant are the logarithm of this, over what is left of y. Where columns, and
    y, have their origin costs none: 1990, or 273 K. So a constant that is added to columns is what
    it would be if they had mean zero, and their factors have no effect on the mean.

    Parameters
    ----------
    node : Node
        With k free constants.
    X : ndarray of shape (n, p)
    jacobian : ndarray of shape (n, k)
        Derivatives of y by the constants, rows times roots of weights whose mean is one.

    Returns
    -------
    ndarray of shape (k,)
    """
    moved = jacobian * np.array([part.value for part in walk(node) if isinstance(part, Constant)])
    for shifted in _shifted(node):
        shift = jacobian[:, shifted.offset]
        square = float(shift @ shift)
        if not 0.0 < square < np.inf:
            continue
        factors = moved[:, shifted.factors]
        moved[:, shifted.factors] = factors - np.outer(shift, shift @ factors / square)
        total, columns = (values(part, X) for part in (shifted.total, shifted.columns))
        mean = float(shift**2 @ total) / square
        centred = shifted.value + float(shift**2 @ columns) / square
        centred -= mean if shifted.total is node else 0.0
        moved[:, shifted.offset] = shift * (abs(centred) + np.abs(total - mean))
    return np.asarray(np.sqrt(np.mean(moved**2, axis=0)))


@dataclass(frozen=True)
class _Shifted:
    """A sum with a free constant: its value and number, columns beside it and their factors."""

    total: Node
    value: float
    offset: int
    columns: Node
    factors: list[int]


def _shifted(node: Node) -> list[_Shifted]:
    """Return the sums with a free constant among their parts."""
    found: list[_Shifted] = []

    def visit(part: Node, start: int) -> int:
        """Return the number of the first constant after a part, from that of its first."""
        stop = start + isinstance(part, Constant)
        offset, value, columns, factors = -1, 0.0, list[Node](), list[int]()
        for child in children(part):
            if isinstance(child, Constant):
                offset, value = stop, child.value
            before, stop = stop, visit(child, stop)
            if _is_column(child):
                columns.append(child)
                factors += range(before, stop)
        if isinstance(part, Sum) and offset >= 0:
            found.append(_Shifted(part, value, offset, Sum((*columns, _ZERO)), factors))
        return stop

    visit(node, 0)
    return found


_ZERO = Number(Exact(0))


def _is_column(node: Node) -> bool:
    """Tell whether a tree is a column, or its logarithm, perhaps with factors."""
    match node:
        case Product(parts):
            rest = [part for part in parts if not isinstance(part, Constant | Number)]
            return len(rest) == 1 and _is_column(rest[0])
        case Apply(function, argument):
            return function.name == "log" and isinstance(argument, Column)
    return isinstance(node, Column)
