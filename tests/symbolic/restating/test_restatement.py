"""A search within a search: laws of simpler problems are restored, and tried."""

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import follow
from sklearn_kan.symbolic.language.expression import Column, Constant, Product, Sum, values
from sklearn_kan.symbolic.restating.over_powers import over_powers, powers_times_functions
from sklearn_kan.symbolic.restating.restatement import restored_laws

X = np.random.default_rng(0).uniform(1, 2, (60, 2))
PROBLEM = LawProblem(X, X[:, 0] + X[:, 1], np.ones(60))


@dataclass(frozen=True)
class Summed:
    """Laws of either column, added."""

    problems: tuple

    def restored(self, laws):
        return Sum(tuple(laws))


def searched(problem):
    """Return finds of which the second is the law."""
    finds = Finds(problem)
    for node in (Product((Constant(1.5), Column(0))), Column(0), Constant(1.0)):
        finds.add(node)
    return finds


def own(i):
    return LawProblem(X[:, [i]], X[:, i], np.ones(60))


@pytest.mark.parametrize(("groups", "tried"), [((0,), 3), ((0, 0), 9), ((0, 0, 0, 0), 27)])
def test_few_laws_of_each_problem_are_joined(groups, tried):
    restatement = Summed(tuple(own(i) for i in groups))
    wrong = LawProblem(X, np.random.default_rng(1).standard_normal(60), np.ones(60))
    assert len(follow(restored_laws(restatement, searched), Finds(wrong)).found) == tried


def test_joined_laws_stop_at_an_exact_one_and_laws_of_one_problem_are_all_restored():
    one = follow(restored_laws(Summed((own(0),)), searched), Finds(own(0)))
    assert one.exact
    assert len(one.found) == 3
    doubled = LawProblem(X, 2.0 * X[:, 0], np.ones(60))
    two = follow(restored_laws(Summed((own(0), own(0))), searched), Finds(doubled))
    assert two.exact
    assert len(two.found) == 1


def test_powers_are_divided_by_and_come_back():
    x = np.random.default_rng(0).uniform(0.5, 5, (80, 1))
    problem = LawProblem(x, x[:, 0] ** 3 / np.expm1(x[:, 0]), np.ones(80))
    restatements = list(over_powers(problem))
    assert len(restatements) == 8
    for restatement in restatements:
        (part,) = restatement.problems
        assert_allclose(part.y * values(restatement.restored([Constant(1.0)]), x), problem.y)


@pytest.mark.parametrize("x", [np.zeros((30, 1)), X])
def test_powers_of_zeros_and_of_several_columns_are_none(x):
    problem = LawProblem(x, np.arange(len(x), dtype=float), np.ones(len(x)))
    assert list(powers_times_functions(problem)) == []
