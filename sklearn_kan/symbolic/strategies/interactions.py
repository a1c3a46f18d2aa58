"""Building blocks of several columns beside a free curve of each column.

What single columns add is taken out of the target, and of the blocks, by splines, so that blocks of
several columns need not compete with those of one. What they leave is additive, and its curves
are named like those of any additive fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..judging.additive import SplineDesign, fit_additive
from ..judging.best_blocks import Hit, orthonormal
from ..judging.linear import least_squares
from ..judging.problem import Finds, LawProblem
from ..judging.proposals import Proposals, Start, follow
from ..judging.selection import Reach, Selection, by_left, linear_starts, sums_of
from ..language.atoms import Atoms
from ..language.expression import Constant, Node, Product, Sum, columns_of, values
from ..language.outer import IDENTITY, Outer, outers_of
from ..language.primitive import Array
from ..language.tidy import tidy
from .additive_under_outer import Fitted, named_curves
from .blocks import make_dictionary

# Rows to look at, splines a column, blocks in pairs, and the columns it is worth while for.
_SAMPLE, _SPLINES, _MOST_PAIRS, _MOST_COLUMNS = 400, 12, 1500, 4
# Of what the curves leave, blocks must not leave more; so many of the best are looked into.
_LEFT, _TRIED = 0.02, 3
_OF_SEVERAL = Reach(singles=2, pairs=4, from_pairs=2, in_pairs=_MOST_PAIRS)
_OF_ONE = Reach(pairs=6, from_pairs=4, depth=2)


@dataclass(frozen=True, eq=False)
class _Find:
    """Blocks that explain what curves of single columns leave of g(y)."""

    left: float
    chosen: tuple[int, ...]
    outer: Outer
    z: Array


def blocks_beside_curves(problem: LawProblem) -> Proposals:
    """Propose sums of blocks of several columns and of any curves, under every outer function."""
    if not 2 <= problem.p <= _MOST_COLUMNS:
        return
    dictionary = make_dictionary(problem, list(range(problem.p)), most=_SAMPLE)
    is_joint = np.array([len(columns_of(node)) > 1 for node in dictionary.atoms.nodes], bool)
    atoms = dictionary.atoms.take(np.flatnonzero(is_joint))
    single = dictionary.atoms.take(np.flatnonzero(~is_joint)).simplest(_MOST_PAIRS)
    design = SplineDesign.of(problem.X, problem.weights, _SPLINES * problem.p)
    base = orthonormal(design.matrix[dictionary.rows])
    found = [
        _Find(left, chosen, outer, z)
        for outer, z, _ in outers_of(problem.y, problem.permitted)
        for left, chosen in _hits(atoms, z[dictionary.rows], base, problem.n)
        if left < _LEFT
    ]
    for find in sorted(found, key=lambda find: find.left)[:_TRIED]:
        nodes = [atoms.nodes[k] for k in find.chosen]
        yield from _with_blocks(find, atoms, single, problem, find.z[dictionary.rows])
        yield from _with_curves(find, nodes, design, problem)


def _hits(atoms: Atoms, t: Array, base: Array, n: int) -> list[Hit]:
    """Return the best blocks, pairs and threes of what the base leaves of a target."""
    found = Selection(atoms, t, base, n, _OF_SEVERAL)
    return by_left([*found.singles, *found.pairs[:2], *found.longer])[:2]


def _with_blocks(
    find: _Find, atoms: Atoms, single: Atoms, problem: LawProblem, t: Array
) -> Proposals:
    """Propose the formulas of the blocks and of a few more of single columns."""
    chosen = list(find.chosen)
    base = orthonormal(np.column_stack([np.ones(len(t)), *atoms.F[chosen]]))
    found = Selection(single, t, base, problem.n, _OF_ONE)
    tree_of = sums_of(single, [atoms.nodes[k] for k in chosen])
    hits = by_left([*found.pairs[:2], *found.longer])[:_TRIED]
    yield from linear_starts(hits, tree_of, find.outer, (problem.X, find.z))


def _with_curves(
    find: _Find, nodes: list[Node], design: SplineDesign, problem: LawProblem
) -> Proposals:
    """Name the curves beside the blocks, and propose the formula of all of them."""
    blocks = np.stack([values(node, problem.X) for node in nodes], axis=1)
    if not np.isfinite(blocks).all():
        return
    columns = np.concatenate([design.matrix, blocks], axis=1)
    scale = np.linalg.norm(columns, axis=0) + 1e-300
    theta = (least_squares(columns / scale, find.z, 1e-13) / scale)[-len(nodes) :]
    rest = replace(problem, y=find.z - blocks @ theta)
    fit = fit_additive(design, rest.y, rest.weights)
    loss = float(np.sqrt(max(1.0 - fit.r2, 0.0)))
    fitted = Fitted(IDENTITY, rest.y, rest.weights, fit, loss)
    curves = follow(named_curves(fitted, rest, deep=True), Finds(rest))
    parts: list[Node] = [
        Product((Constant(float(c)), node)) for c, node in zip(theta, nodes, strict=True)
    ]
    for candidate in curves.found[:_TRIED]:
        yield Start(find.outer.inverse(tidy(Sum((*parts, candidate.node)))))
