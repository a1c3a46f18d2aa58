"""Sums of products of curves: y = g^-1(sum_r prod_j f_rj(x_j)), for few r.

With all columns but one held, such a function is a curve in a space of few dimensions, the same
one wherever the others are. An interpolant gives these curves, singular values say how many
dimensions they have, and each column's space is that of the few building blocks which all its
curves are combinations of. Products of the blocks then explain the rows; compare the separated
representations of Beylkin, Garcke and Mohlenkamp (2009).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from ..curves.curve_spaces import CurveSpace, blocks_of
from ..judging.best_blocks import orthonormal
from ..judging.interpolant import interpolate
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals
from ..judging.rows import evenly
from ..judging.selection import Reach, Selection, combination, linear_starts
from ..language.atoms import Atoms, make_atoms
from ..language.expression import Column, Node, Product, substitute
from ..language.outer import Outer, outers_of
from ..language.permitted import is_permitted
from ..language.primitive import Array
from ..language.tidy import ONE, tidy

# Columns; points of a curve, and settings of the other columns; dimensions.
_MOST_COLUMNS, _POINTS, _SETTINGS, _MOST_RANK = 7, 40, 80, 3
_OUTERS = ("y", "exp", "sqrt", "1/x", "square", "1/sqrt", "arcsin", "arccos", "tanh")
# Interpolants with a larger error do not show spaces; singular values that are errors, at least.
_WORST, _SMALL = 0.05, 3e-4
# Outer functions, products of blocks, terms of a sum, and how many sums of each length.
_MOST_OUTERS, _MOST_PRODUCTS, _MOST_TERMS, _TRIED = 3, 1000, 6, 2
_SAMPLE, _LEFT = 400, 1e-3
_REACH = Reach(singles=4, pairs=6, from_singles=None, depth=_MOST_TERMS - 2, beam=8)


@dataclass(frozen=True, eq=False)
class _Spaces:
    """The spaces of all columns, for one outer function."""

    outer: Outer
    z: Array
    columns: tuple[CurveSpace, ...]
    error: float

    @property
    def merit(self) -> float:
        """How inexact they are, and how many products of basis curves; little is good."""
        return self.error * float(np.prod([space.rank for space in self.columns]))


def low_rank_sums(problem: LawProblem) -> Proposals:
    """Propose sums of products of a curve of each column, under every outer function."""
    if not 2 <= problem.p <= _MOST_COLUMNS:
        return
    found = sorted(_spaces(problem), key=lambda spaces: spaces.merit)[:_MOST_OUTERS]
    for spaces in found:
        atoms = _products(spaces, problem)
        if len(atoms):
            yield from _sums(atoms, spaces, problem)


def _spaces(problem: LawProblem) -> Iterator[_Spaces]:
    """Yield the outer functions under which all columns' curves have few dimensions."""
    settings = problem.X[evenly(problem.n, _SETTINGS)]
    grids = np.quantile(problem.X, np.linspace(0.01, 0.99, _POINTS), axis=0)
    X = np.repeat(settings[None, None], problem.p, axis=0).repeat(_POINTS, axis=1)
    for i in range(problem.p):
        X[i, :, :, i] = grids[:, i][:, None]
    for outer, z, _ in outers_of(problem.y, problem.permitted):
        if outer.name not in _OUTERS:
            continue
        smooth = interpolate(replace(problem, y=z))
        if smooth.error > _WORST:
            continue
        curves = smooth.at(X.reshape(-1, problem.p)).reshape(problem.p, _POINTS, -1)
        spaces = [_space(x, y, smooth.blur) for x, y in zip(grids.T, curves, strict=True)]
        found = tuple(space for space in spaces if space is not None)
        if len(found) == problem.p and max(space.rank for space in found) > 1:
            yield _Spaces(outer, z, found, smooth.error)


def _space(x: Array, curves: Array, blur: float) -> CurveSpace | None:
    """Return the space of curves (points, settings), or None if it is no small one."""
    if not np.isfinite(curves).all():
        return None
    sizes = np.linalg.norm(curves, axis=0)
    left, singular, _ = np.linalg.svd(curves / (sizes + 0.1 * np.median(sizes)))
    singular = singular / singular[0]
    rank = int(np.count_nonzero(singular > max(3.0 * blur, _SMALL)))
    if rank > _MOST_RANK:
        return None
    # Directions beyond are errors; they say how exact the space is.
    error = float(np.sqrt(np.sum(singular[rank:] ** 2)))
    return CurveSpace(x, left[:, :rank], singular[:rank], error)


def _products(spaces: _Spaces, problem: LawProblem) -> Atoms:
    """Return the products of a building block of each column."""
    factors: list[list[Node]] = []
    for i, space in enumerate(spaces.columns):
        nodes = [node for node in blocks_of(space) if is_permitted(node, problem.permitted)]
        if not nodes and space.rank > 1:
            return make_atoms([], problem.X)
        factors.append([ONE, *(substitute(node, [Column(i)]) for node in nodes)])
    while np.prod([len(each) for each in factors]) > _MOST_PRODUCTS:
        longest = max(range(len(factors)), key=lambda i: len(factors[i]))
        factors[longest].pop()
    products = (tidy(Product(parts)) for parts in product(*factors))
    return make_atoms(products, problem.X[evenly(problem.n, _SAMPLE)])


def _sums(atoms: Atoms, spaces: _Spaces, problem: LawProblem) -> Proposals:
    """Propose the best sums of so many products and fewer."""
    t: Array = spaces.z[evenly(problem.n, _SAMPLE)]
    found = Selection(atoms, t, orthonormal(np.ones((len(t), 1))), problem.n, _REACH)
    hits = sorted([*found.singles, *found.pairs[:_TRIED], *found.longer], key=found.score)
    near = [hit for hit in hits[: 2 * _TRIED] if hit[0] < _LEFT]

    def tree_of(chosen: tuple[int, ...]) -> Node:
        return tidy(combination([atoms.nodes[k] for k in chosen]))

    yield from linear_starts(near, tree_of, spaces.outer, (problem.X, spaces.z), max_iter=20)
