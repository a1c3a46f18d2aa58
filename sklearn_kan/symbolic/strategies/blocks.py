"""Sums and products of few building blocks under an outer function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.linear import least_squares
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals, Start
from ..judging.selection import (
    Hit,
    Projected,
    best_pair,
    best_product,
    best_single,
    orthonormal,
    stepwise,
)
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
    linearise,
    values,
    with_parameters,
)
from ..language.library import LIBRARY
from ..language.outer import Outer, outers_of
from ..language.permitted import is_permitted
from ..language.primitive import Array

_SAMPLE = 160
# Blocks that pairs are made of, and how many a row: one of few rows is no evidence of one of many.
_MOST_PAIRS, _A_ROW = 2500, 40
_MOST_POWERS = 2000
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


def evenly(n: int, most: int) -> Array:
    """Return some of n rows, evenly spaced, `most` of them at most."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)


def few_blocks(problem: LawProblem) -> Proposals:
    """Propose sums, products and products of powers of blocks, under every outer function."""
    dictionary = make_dictionary(problem, list(range(problem.p)))
    for outer, z, _ in outers_of(problem.y, problem.permitted):
        if outer.name == "-exp":
            continue
        for hits, build in _hits(dictionary, z[dictionary.rows], problem.n):
            yield from _linear(hits, build, outer, problem.X, z)
    for node in _products_of_powers(dictionary, problem):
        yield Start(node, max_iter=15)


Build = Callable[[tuple[int, ...]], Node]


def _hits(dictionary: Dictionary, t: Array, n: int) -> Iterator[tuple[list[Hit], Build]]:
    """Yield hits and what builds a tree from each: singles, pairs, products, sums of a few."""
    atoms = dictionary.atoms
    ones = np.full((len(t), 1), len(t) ** -0.5)
    yield best_single(Projected.of(atoms.F, t, ones, atoms.costs, n), 6), _summing(atoms)
    few = atoms.simplest(most_in_pairs(n))
    rows = Projected.of(few.F, t, ones, few.costs, n)
    pairs = best_pair(rows, 12)
    yield pairs, _summing(few)
    yield best_product(few.F, t, few.costs, n, 12), _multiplying(few)
    starts = [chosen for _, chosen in [*pairs[:4], *best_single(rows, 2)]]
    yield stepwise(few.F, t, ones, few.costs, n, starts=starts, depth=3, beam=5), _summing(few)


def most_in_pairs(n: int) -> int:
    """Return of how many blocks all pairs are looked at on n rows."""
    return min(_MOST_PAIRS, _A_ROW * n)


def _summing(atoms: Atoms) -> Build:
    return lambda chosen: combination([atoms.nodes[i] for i in chosen])


def _multiplying(atoms: Atoms) -> Build:
    def build(chosen: tuple[int, ...]) -> Node:
        parts = (atoms.nodes[i] for i in chosen)
        return Sum((Product((Constant(1.0), *parts)), Constant(0.0)))

    return build


def _linear(hits: list[Hit], build: Build, outer: Outer, X: Array, z: Array) -> Proposals:
    """Propose the best hits as formulas, their coefficients by least squares on all rows."""
    for rank, (left, chosen) in enumerate(hits):
        if rank >= 3 and left > 1e-9:
            return
        node = linear_start(build(chosen), X, z)
        if node is not None:
            yield Start(outer.inverse(node), max_iter=15)


def combination(nodes: Sequence[Node]) -> Node:
    """Return a sum of trees, each with a coefficient, and a constant."""
    return Sum((*(Product((Constant(1.0), node)) for node in nodes), Constant(0.0)))


def linear_start(node: Node, X: Array, z: Array) -> Node | None:
    """Return a tree linear in its constants with them where they fit z (n,) best."""
    _, jacobian = linearise(node, X)
    if not np.isfinite(jacobian).all():
        return None
    scale = np.linalg.norm(jacobian, axis=1) + 1e-300
    theta = least_squares((jacobian / scale[:, None]).T, z, 1e-14) / scale
    return with_parameters(node, theta)


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
    F_weighted, t_weighted = F * root, t * root
    hits = best_single(Projected.of(F_weighted, t_weighted, base, costs, problem.n), 8)
    order = np.argsort(costs + 1000 * np.tile(~nonzero, 2), kind="stable")
    simple = np.sort(order[:_MOST_POWERS])
    few, few_costs = F_weighted[simple], costs[simple]
    pairs = best_pair(Projected.of(few, t_weighted, base, few_costs, problem.n), 8)
    starts = [chosen for _, chosen in pairs[:3]]
    sums = stepwise(few, t_weighted, base, few_costs, problem.n, starts=starts, depth=3)
    hits += [(left, tuple(int(simple[i]) for i in chosen)) for left, chosen in pairs + sums]
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
