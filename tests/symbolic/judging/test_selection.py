"""Sums and products of few blocks, and their coefficients."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.judging.best_blocks import orthonormal
from sklearn_kan.symbolic.judging.selection import (
    Reach,
    Selection,
    combination,
    linear_start,
    linear_starts,
    sums_of,
)
from sklearn_kan.symbolic.language.atoms import functions_of, make_atoms
from sklearn_kan.symbolic.language.expression import Column, Constant, Power, Sum, number, values
from sklearn_kan.symbolic.language.outer import IDENTITY

X = np.random.default_rng(0).uniform(1, 3, (80, 2))
ATOMS = make_atoms(functions_of([Column(0), Column(1)], ["x", "square", "log", "sin", "1/x"]), X)
ONES = orthonormal(np.ones((80, 1)))
REACH = Reach(singles=3, pairs=3, from_singles=None, depth=2)


def selection(y):
    return Selection(ATOMS, y, ONES, 80, REACH)


def formulas(hits, y):
    return [each.node for each in linear_starts(hits, sums_of(ATOMS), IDENTITY, (X, y))]


@pytest.mark.parametrize("kind", ["singles", "pairs", "longer"])
def test_sums_of_every_length_are_found_with_their_coefficients(kind):
    parts = [3 * np.log(X[:, 0]), -2 * np.sin(X[:, 1]), 0.5 * X[:, 1] ** 2]
    y = 7 + sum(parts[: ["singles", "pairs", "longer"].index(kind) + 1])
    hits = getattr(selection(y), kind)
    best = formulas(hits, y)[int(np.argmin([left for left, _ in hits]))]
    assert_allclose(values(best, X), y, rtol=1e-10)


def test_products_are_found():
    y = 1 + 4 * np.log(X[:, 0]) * X[:, 1]
    (left, chosen), *_ = selection(y).products
    assert left < 1e-12
    product = np.prod([values(ATOMS.nodes[k], X) for k in chosen], axis=0)
    assert_allclose(product, np.log(X[:, 0]) * X[:, 1])


def test_pairs_of_some_blocks_have_the_numbers_of_all():
    y = np.log(X[:, 0]) + np.sin(X[:, 1])
    few = Selection(ATOMS, y, ONES, 80, Reach(pairs=2, in_pairs=4))
    cheap = set(ATOMS.cheapest(4).tolist())
    assert few.pairs
    assert all(set(chosen) <= cheap for _, chosen in few.pairs)


def test_constants_inside_of_trees_stay():
    root = Power(Sum((Power(Column(0), number(2)), Constant(0.5))), number(-1))
    y = 3.0 / (X[:, 0] ** 2 + 0.5) - 2.0 * X[:, 1] + 1.0
    found = linear_start(combination([root, Column(1)]), X, y)
    assert_allclose([part.parts[0].value for part in found.parts[:2]], [3.0, -2.0], rtol=1e-10)
    assert found.parts[0].parts[1] == root
    assert (
        linear_start(combination([Power(Sum((Column(0), Constant(-X[0, 0]))), number(-1))]), X, y)
        is None
    )
