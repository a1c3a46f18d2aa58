"""Building blocks: many small formulas without free constants, with their values on some rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product

import numpy as np

from .exact import Exact
from .expression import Apply, Column, Node, Number, Power, Product, Sum, size, values
from .library import LIBRARY
from .primitive import Array
from .tidy import ONE, tidy

Make = Callable[[Node], Node]


@dataclass(frozen=True, eq=False)
class Atoms:
    """Formulas and their values.

    Parameters
    ----------
    nodes : tuple of Node
    F : ndarray of shape (m, s)
        Values of the m formulas on s rows, each of root mean square 1.
    costs : ndarray of shape (m,)
        Nodes of each formula.
    """

    nodes: tuple[Node, ...]
    F: Array
    costs: Array

    def __len__(self) -> int:
        """Return the number of formulas."""
        return len(self.nodes)

    def take(self, chosen: Sequence[int] | Array) -> Atoms:
        """Return some of the formulas, by index."""
        chosen = np.asarray(chosen, dtype=int)
        return Atoms(tuple(self.nodes[i] for i in chosen), self.F[chosen], self.costs[chosen])

    def cheapest(self, most: int) -> Array:
        """Return which formulas cost least, `most` of them at most, in their order."""
        return np.sort(np.argsort(self.costs, kind="stable")[:most])

    def simplest(self, most: int) -> Atoms:
        """Return the formulas of least cost, `most` of them at most, in their order."""
        return self if len(self) <= most else self.take(self.cheapest(most))


def make_atoms(nodes: Iterable[Node], X: Array, *, multiples: bool = False) -> Atoms:
    """Evaluate formulas, and keep those finite, varying and new.

    New means no multiple of an earlier one; with `multiples`, not equal to an earlier one.
    """
    kept: list[Node] = []
    rows: list[Array] = []
    costs: list[int] = []
    seen: set[bytes] = set()
    for node in nodes:
        found = values(node, X)
        with np.errstate(all="ignore"):
            rms = np.sqrt(np.mean(found**2))
        if not np.isfinite(rms) or rms == 0 or not np.isfinite(found).all():
            continue
        scaled = found / rms
        spread = np.ptp(scaled)
        if spread < 1e-7:
            continue
        lead = 1.0 / rms if multiples else scaled[np.argmax(np.abs(scaled))]
        key = np.round(scaled[:: max(1, len(scaled) // 8)] / lead, 8).tobytes()
        if key in seen:
            continue
        seen.add(key)
        kept.append(node)
        rows.append(scaled)
        costs.append(size(node))
    F = np.array(rows) if rows else np.empty((0, len(X)))
    return Atoms(tuple(kept), F, np.array(costs, dtype=int))


def power_of(node: Node, numerator: int, denominator: int = 1) -> Node:
    """Return a tree to a rational power."""
    if (numerator, denominator) == (1, 1):
        return node
    return Power(node, Number(Exact(numerator, denominator)))


def times(node: Node, numerator: int, denominator: int = 1, unit: str = "1") -> Node:
    """Return an exact multiple of a tree."""
    return Product((Number(Exact(numerator, denominator, unit)), node))


def plus(*parts: Node) -> Node:
    """Return a sum."""
    return tidy(Sum(parts))


def minus(left: Node, right: Node) -> Node:
    """Return a difference."""
    return tidy(Sum((left, times(right, -1))))


UNARY: dict[str, Make] = {
    "x": lambda u: u,
    "square": lambda u: power_of(u, 2),
    "1/x": lambda u: power_of(u, -1),
    "sqrt": lambda u: power_of(u, 1, 2),
    "log": lambda u: Apply(LIBRARY["log"], u),
    "exp": lambda u: Apply(LIBRARY["exp"], u),
    "exp-": lambda u: Apply(LIBRARY["exp"], times(u, -1)),
    "sin": lambda u: Apply(LIBRARY["sin"], u),
    "cos": lambda u: Apply(LIBRARY["cos"], u),
    "cube": lambda u: power_of(u, 3),
    "1/square": lambda u: power_of(u, -2),
    "1/sqrt": lambda u: power_of(u, -1, 2),
    "tanh": lambda u: Apply(LIBRARY["tanh"], u),
    "tan": lambda u: Apply(LIBRARY["tan"], u),
    "gauss": lambda u: Apply(LIBRARY["exp"], times(power_of(u, 2), -1)),
    "normal": lambda u: Apply(LIBRARY["exp"], times(power_of(u, 2), -1, 2)),
    "sin2": lambda u: power_of(Apply(LIBRARY["sin"], u), 2),
    "cos2": lambda u: power_of(Apply(LIBRARY["cos"], u), 2),
    "exp+1": lambda u: plus(Apply(LIBRARY["exp"], u), ONE),
    "exp-1": lambda u: minus(Apply(LIBRARY["exp"], u), ONE),
    "bose": lambda u: power_of(minus(Apply(LIBRARY["exp"], u), ONE), -1),
    "sech": lambda u: power_of(Apply(LIBRARY["cosh"], u), -1),
    "sinh": lambda u: Apply(LIBRARY["sinh"], u),
    "cosh": lambda u: Apply(LIBRARY["cosh"], u),
    "log1p": lambda u: Apply(LIBRARY["log"], plus(u, ONE)),
    "arcsin": lambda u: Apply(LIBRARY["arcsin"], u),
    "arctan": lambda u: Apply(LIBRARY["arctan"], u),
    "fourth": lambda u: power_of(u, 4),
    "abs": lambda u: Apply(LIBRARY["abs"], u),
}
"""Functions of one argument that building blocks are made with, simple ones first."""


def monomials(columns: Sequence[int], most: int = 400) -> list[Node]:
    """Return products of powers of columns, low exponents and few columns first."""
    found: list[Node] = []
    for count in range(1, len(columns) + 1):
        exponents = (1, -1, 2, -2) if count <= 2 else (1, -1)
        for chosen in combinations(columns, count):
            for powers in product(exponents, repeat=count):
                parts = tuple(power_of(Column(c), k) for c, k in zip(chosen, powers, strict=True))
                found.append(parts[0] if count == 1 else Product(parts))
        if len(found) > most:
            break
    return found[: 2 * most]


def arguments(columns: Sequence[int], most: int = 400) -> list[Node]:
    """Return what functions are taken of: columns, monomials, sums and differences."""
    x: list[Node] = [Column(c) for c in columns]
    found: list[Node] = list(x)
    found += [plus(a, b) for a, b in combinations(x, 2)]
    found += [minus(a, b) for a, b in combinations(x, 2)]
    for a in x:
        square = power_of(a, 2)
        found += [plus(a, ONE), minus(a, ONE), minus(ONE, a), plus(square, ONE), minus(ONE, square)]
        found += [square, plus(a, square), minus(square, a), power_of(a, 3), power_of(a, 1, 2)]
        found.append(plus(power_of(a, 1, 2), ONE))
    if len(x) <= 3:
        scaled: list[Node] = [*x, *(minus(a, b) for a, b in combinations(x, 2))]
        scaled += [Product((a, b)) for a, b in combinations(x, 2)]
        for a in scaled:
            found += [times(a, 2), times(a, 1, 2), times(a, 1, 1, "pi"), times(a, 2, 1, "pi")]
            found += [times(a, 1, 2, "pi"), times(a, 3)]
    found += monomials(columns, most)
    for a, b in combinations(x, 2):
        squares = (power_of(a, 2), power_of(b, 2))
        ratio = Product((a, power_of(b, -1)))
        inverse = Product((b, power_of(a, -1)))
        found += [plus(*squares), minus(*squares)]
        found += [plus(Product((a, b)), ONE), minus(ONE, Product((a, b)))]
        found += [minus(ONE, ratio), plus(ONE, ratio), minus(ONE, inverse)]
        found += [minus(ONE, power_of(ratio, 2)), minus(ONE, power_of(inverse, 2))]
        found += [minus(power_of(a, -1), power_of(b, -1)), plus(power_of(a, -1), power_of(b, -1))]
    for a, b, c in combinations(x, 3):
        found += _threes(a, b, c) + _threes(b, a, c) + _threes(c, a, b)
        found.append(plus(*(power_of(part, 2) for part in (a, b, c))))
    if len(x) > 3:
        found.append(plus(*x))
        found.append(plus(*(power_of(part, 2) for part in x)))
    return found


def _threes(a: Node, b: Node, c: Node) -> list[Node]:
    """Return combinations in which the first of three columns stands apart."""
    pair = Product((b, c))
    return [
        plus(a, pair),
        minus(a, pair),
        Product((a, minus(b, c))),
        Product((minus(b, c), power_of(a, -1))),
        Product((a, plus(b, c))),
    ]


def functions_of(nodes: Sequence[Node], names: Sequence[str] | None = None) -> list[Node]:
    """Return all functions of all trees, simple functions first."""
    makes = UNARY.values() if names is None else [UNARY[name] for name in names]
    return [tidy(make(node)) for make in makes for node in nodes]


# Functions that stand beside a factor of a column.
_BESIDE = ("log", "exp", "exp-", "sin", "cos", "sqrt", "tanh", "arctan")


def factors_times_functions(columns: Sequence[int]) -> list[Node]:
    """Return columns, inverses, squares, one more or what they lack to one, times a function.

    Sums of such products are entropies, and laws whose coefficients vary with another column.
    Powers of one column to another are there too.
    """
    x: list[Node] = [Column(c) for c in columns]
    factors = [
        factor
        for a in x
        for factor in (a, power_of(a, -1), minus(ONE, a), plus(a, ONE), power_of(a, 2))
    ]
    inside = [node for a in x for node in (a, minus(ONE, a), plus(a, ONE))]
    found = [
        tidy(Product((factor, function)))
        for factor in factors
        for function in functions_of(inside, _BESIDE)
    ]
    for base, exponent in permutations(x, 2):
        for inner in (base, plus(base, ONE)):
            power = Product((exponent, Apply(LIBRARY["log"], inner)))
            grown, shrunk = (Apply(LIBRARY["exp"], each) for each in (power, times(power, -1)))
            found += [grown, shrunk, minus(ONE, shrunk)]
    return found
