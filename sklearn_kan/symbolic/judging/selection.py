"""Sums and products of few building blocks that explain a target, as formulas to start from.

A strategy says which blocks there are, what is beside them in any case, and the outer function.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..language.atoms import Atoms
from ..language.expression import Constant, Node, Product, Sum, children, values
from ..language.outer import Outer
from ..language.primitive import Array
from ..language.tidy import ONE
from .best_blocks import ROUNDING, Hit, Projected, best_pair, best_product, best_single, stepwise
from .description import rough_length
from .linear import least_squares
from .proposals import Proposals, Start

TreeOf = Callable[[tuple[int, ...]], Node]


@dataclass(frozen=True)
class Reach:
    """How many sums of blocks are looked for, by their lengths.

    Parameters
    ----------
    singles, pairs : int
        How many of the best are found; pairs are as many products.
    from_pairs, from_singles : int or None
        How many of these longer sums grow from; None for all.
    depth, beam : int
        Of `stepwise`.
    in_pairs : int or None
        Pairs are of so many blocks at most, those of least cost; None for all.
    """

    singles: int = 0
    pairs: int = 0
    from_pairs: int | None = None
    from_singles: int | None = 0
    depth: int = 1
    beam: int = 6
    in_pairs: int | None = None


@dataclass(frozen=True, eq=False)
class Selection:
    """Sums and products of few blocks that explain a target; each is worked out when asked for.

    Parameters
    ----------
    atoms : Atoms
        The blocks, on s rows.
    t : ndarray of shape (s,)
    base : ndarray of shape (s, b)
        Orthonormal: what is beside the blocks in any case.
    n : int
        Number of rows that a score counts.
    reach : Reach
    """

    atoms: Atoms
    t: Array
    base: Array
    n: int
    reach: Reach

    @cached_property
    def singles(self) -> list[Hit]:
        """The best blocks."""
        return best_single(self._rows, self.reach.singles) if self.reach.singles else []

    @cached_property
    def pairs(self) -> list[Hit]:
        """The best sums of two."""
        if self.reach.in_pairs is None:
            return best_pair(self._rows, self.reach.pairs)
        place = [int(k) for k in self.atoms.cheapest(self.reach.in_pairs)]
        few = self.atoms.take(place)
        found = best_pair(self._projected(few), self.reach.pairs)
        return [(left, tuple(place[k] for k in chosen)) for left, chosen in found]

    @cached_property
    def products(self) -> list[Hit]:
        """The best products of two, with the constant alone beside them."""
        return best_product(self.atoms.F, self.t, self.atoms.costs, self.n, self.reach.pairs)

    @cached_property
    def longer(self) -> list[Hit]:
        """Sums that grow from the best of pairs and singles, those of every length."""
        found = [*self.pairs[: self.reach.from_pairs], *self.singles[: self.reach.from_singles]]
        return stepwise(
            self.atoms.F,
            self.t,
            self.base,
            self.atoms.costs,
            self.n,
            starts=[chosen for _, chosen in found],
            depth=self.reach.depth,
            beam=self.reach.beam,
        )

    @cached_property
    def _rows(self) -> Projected:
        return self._projected(self.atoms)

    def _projected(self, atoms: Atoms) -> Projected:
        return Projected.of(atoms.F, self.t, self.base, atoms.costs, self.n)

    def score(self, hit: Hit) -> float:
        """Return what hits are ordered by."""
        left, chosen = hit
        cost = float(self.atoms.costs[list(chosen)].sum())
        return float(rough_length(max(left, ROUNDING), self.n, nodes=cost))


def by_left(hits: Iterable[Hit]) -> list[Hit]:
    """Return hits in the order of what they leave."""
    return sorted(hits, key=lambda hit: hit[0])


def linear_starts(
    hits: Iterable[Hit],
    tree_of: TreeOf,
    outer: Outer,
    rows: tuple[Array, Array],
    max_iter: int = 15,
) -> Proposals:
    """Propose hits as formulas under an outer function, coefficients by least squares.

    Parameters
    ----------
    hits : iterable of Hit
    tree_of : callable
        From the indices of blocks to a `combination` of trees.
    outer : Outer
    rows : tuple of ndarray
        X (n, p), and z (n,), the target under the outer function: all rows.
    max_iter : int
        Steps of the refinement.
    """
    for _, chosen in hits:
        node = linear_start(tree_of(chosen), *rows)
        if node is not None:
            yield Start(outer.inverse(node), max_iter)


def sums_of(atoms: Atoms, beside: Sequence[Node] = ()) -> TreeOf:
    """Return what builds the sum of some trees, and of chosen blocks, from which are chosen."""
    return lambda chosen: combination([*beside, *(atoms.nodes[k] for k in chosen)])


def combination(nodes: Sequence[Node]) -> Node:
    """Return a sum of trees, each with a coefficient, and a constant."""
    return Sum((*(Product((Constant(1.0), node)) for node in nodes), Constant(0.0)))


def linear_start(total: Node, X: Array, z: Array) -> Node | None:
    """Return a `combination` with the coefficients, and the constant, that fit z (n,) best.

    Constants inside of its trees stay as they are.
    """
    rests = [_without_coefficient(part) for part in children(total)]
    F = np.stack([values(rest, X) for rest in rests])
    if not np.isfinite(F).all():
        return None
    scale = np.linalg.norm(F, axis=1) + 1e-300
    theta = least_squares((F / scale[:, None]).T, z, 1e-14) / scale
    parts = zip(theta.tolist(), children(total), strict=True)
    return Sum(tuple(_with_coefficient(c, part) for c, part in parts))


def _without_coefficient(part: Node) -> Node:
    return Product(children(part)[1:]) if isinstance(part, Product) else ONE


def _with_coefficient(c: float, part: Node) -> Node:
    return Product((Constant(c), *children(part)[1:])) if isinstance(part, Product) else Constant(c)
