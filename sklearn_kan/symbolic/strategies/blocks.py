"""Sums and products of few building blocks under an outer function."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..judging.best_blocks import Hit, orthonormal
from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals, Start
from ..judging.rows import evenly
from ..judging.selection import Reach, Selection, TreeOf, linear_starts, sums_of
from ..language.atoms import Atoms, arguments, factors_times_functions, functions_of, make_atoms
from ..language.exact import Exact
from ..language.expression import (
    Apply,
    Column,
    Constant,
    Node,
    Number,
    Power,
    Product,
    Sum,
    values,
)
from ..language.library import LIBRARY
from ..language.outer import outers_of
from ..language.permitted import is_permitted
from ..language.primitive import Array

_SAMPLE = 160
# Blocks that pairs are made of, and how many a row: one of few rows is no evidence of one of many.
_MOST_PAIRS, _A_ROW = 2500, 40
_MOST_POWERS = 2000
# Pairs, and singles, of the few blocks; and those of logarithms of blocks.
_FEW = Reach(singles=2, pairs=12, from_pairs=4, from_singles=None, depth=3, beam=5)
_OF_ONE, _OF_LOGARITHMS = Reach(singles=8), Reach(pairs=8, from_pairs=3, depth=3)
# Columns, at the most, for functions beside factors.
_MOST_WITH_FACTORS = 4


@dataclass(frozen=True, eq=False)
class Dictionary:
    """Building blocks on a sample of the rows.

    Parameters
    ----------
    rows : ndarray of shape (s,)
        Which rows.
    atoms : Atoms
    """

    rows: Array
    atoms: Atoms


def make_dictionary(problem: LawProblem, columns: Sequence[int], most: int = _SAMPLE) -> Dictionary:
    """Return functions of sums, differences and monomials of some columns, and with factors.

    Parameters
    ----------
    problem : LawProblem
    columns : sequence of int
    most : int
        Rows that they are worked out on, at the most.
    """
    rows = evenly(problem.n, most)
    X = problem.X[rows]
    inner = make_atoms(arguments(columns, most=200), X, multiples=True)
    nodes = functions_of(inner.nodes)
    if len(columns) <= _MOST_WITH_FACTORS:
        nodes += factors_times_functions(columns)
    allowed = (node for node in nodes if is_permitted(node, problem.permitted))
    return Dictionary(rows, make_atoms(allowed, X))


def few_blocks(problem: LawProblem) -> Proposals:
    """Propose sums, products and products of powers of blocks, under every outer function."""
    dictionary = make_dictionary(problem, list(range(problem.p)))
    for outer, z, _ in outers_of(problem.y, problem.permitted):
        if outer.name == "-exp":
            continue
        for hits, tree_of in _selected(dictionary, z[dictionary.rows], problem.n):
            yield from linear_starts(_promising(hits), tree_of, outer, (problem.X, z))
    for node in _products_of_powers(dictionary, problem):
        yield Start(node, max_iter=15)


def _selected(dictionary: Dictionary, t: Array, n: int) -> Iterator[tuple[list[Hit], TreeOf]]:
    """Yield hits and what builds a tree from each: singles, pairs, products, sums of a few."""
    atoms = dictionary.atoms
    ones = np.full((len(t), 1), len(t) ** -0.5)
    yield Selection(atoms, t, ones, n, Reach(singles=6)).singles, sums_of(atoms)
    few = atoms.simplest(most_in_pairs(n))
    found = Selection(few, t, ones, n, _FEW)
    yield found.pairs, sums_of(few)
    yield found.products, _multiplying(few)
    yield found.longer, sums_of(few)


def _promising(hits: list[Hit]) -> list[Hit]:
    """Return the best three hits, and more while they leave next to nothing."""
    end = next((k for k, (left, _) in enumerate(hits) if k >= 3 and left > 1e-9), len(hits))
    return hits[:end]


def most_in_pairs(n: int) -> int:
    """Return of how many blocks all pairs are looked at on n rows."""
    return min(_MOST_PAIRS, _A_ROW * n)


def _multiplying(atoms: Atoms) -> TreeOf:
    def build(chosen: tuple[int, ...]) -> Node:
        parts = (atoms.nodes[i] for i in chosen)
        return Sum((Product((Constant(1.0), *parts)), Constant(0.0)))

    return build


def _products_of_powers(dictionary: Dictionary, problem: LawProblem) -> list[Node]:
    """Return products of powers of blocks and columns, and exponentials of blocks.

    log abs(y) is a sum of the logarithms of all columns, which are always in it, and of few
    more blocks or logarithms of blocks. Errors of y of equal size are errors of its logarithm
    of size 1 / y: rows count by y.
    """
    atoms = dictionary.atoms
    y, X = problem.y[dictionary.rows], problem.X[dictionary.rows]
    if np.any(y == 0):
        return []
    t = np.log(np.abs(y))
    nonzero = np.all(atoms.F != 0, axis=1)
    logs = np.log(np.abs(np.where(nonzero[:, None], atoms.F, 1.0)))
    F = np.concatenate([logs, atoms.F])
    costs = np.concatenate([atoms.costs, atoms.costs])
    root = _roots(y)
    base = orthonormal(root[:, None] * _log_columns(X))
    nodes = (*atoms.nodes, *atoms.nodes)
    all_of_them = Selection(Atoms(nodes, F * root, costs), t * root, base, problem.n, _OF_ONE)
    order = np.argsort(costs + 1000 * np.tile(~nonzero, 2), kind="stable")
    simple = np.sort(order[:_MOST_POWERS])
    few = replace(all_of_them, atoms=all_of_them.atoms.take(simple), reach=_OF_LOGARITHMS)
    hits = [*all_of_them.singles]
    hits += [
        (left, tuple(int(simple[i]) for i in chosen)) for left, chosen in few.pairs + few.longer
    ]
    return [_power_tree(chosen, F, (t, root), X, atoms) for _, chosen in hits]


def _roots(y: Array) -> Array:
    """Return square roots of weights of log abs(y), of mean square one."""
    root = np.minimum(np.abs(y), 3.0 * np.median(np.abs(y)))
    return root / np.sqrt(np.mean(root**2))


def _log_columns(X: Array) -> Array:
    usable = [np.log(np.abs(x)) for x in X.T if np.all(x != 0)]
    return np.stack([np.ones(len(X)), *usable], axis=1)


def _power_tree(
    indices: tuple[int, ...], F: Array, target: tuple[Array, Array], X: Array, atoms: Atoms
) -> Node:
    """Return the product of powers of columns and blocks, exponents rounded to halves."""
    columns = [i for i in range(X.shape[1]) if np.all(X[:, i] != 0)]
    design = np.concatenate([_log_columns(X), F[list(indices)].T], axis=1)
    t, root = target
    theta = least_squares(root[:, None] * design, root * t, 1e-12)
    n_columns = len(columns)
    parts: list[Node] = [Constant(float(np.exp(np.clip(theta[0], -300, 300))))]
    for column, exponent in zip(columns, theta[1 : 1 + n_columns], strict=True):
        parts += _factor(Column(column), exponent, bool(np.all(X[:, column] > 0)))
    for index, exponent in zip(indices, theta[1 + n_columns :], strict=True):
        m = len(atoms)
        node = atoms.nodes[index % m]
        if index >= m:
            rms = np.sqrt(np.mean(values(node, X) ** 2))
            parts.append(Apply(LIBRARY["exp"], Product((Constant(exponent / rms), node))))
        else:
            parts += _factor(node, exponent, bool(np.all(values(node, X) > 0)))
    return Product(tuple(parts))


def _factor(node: Node, exponent: float, positive: bool) -> list[Node]:
    halves = round(2 * exponent)
    if abs(exponent - halves / 2) < 0.02 and (positive or halves % 2 == 0):
        fraction = Exact(halves // 2) if halves % 2 == 0 else Exact(halves, 2)
        return [] if halves == 0 else [Power(node, Number(fraction))]
    return [Power(node, Constant(float(exponent)))] if positive else []
