"""How proposals are followed: refined, told of, and left where one is exact."""

import numpy as np

from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import BestSoFar, Start, follow
from sklearn_kan.symbolic.language.exact import Exact
from sklearn_kan.symbolic.language.expression import (
    Column,
    Constant,
    Number,
    Power,
    Product,
    number,
)

X = np.random.default_rng(0).uniform(1, 2, (60, 1))
WRONG, LINE = Power(Column(0), number(2)), Product((Constant(1.0), Column(0)))
LAW = Product((Constant(1.0), Power(Column(0), number(3))))


def finds():
    return Finds(LawProblem(X, 2.5 * X[:, 0] ** 3, np.ones(60)))


def test_what_is_sent_back_is_what_became_of_a_proposal():
    answers = []

    def strategy():
        answers.append((yield Start(LINE)))
        answers.append((yield Start(WRONG)))
        answers.append((yield BestSoFar()))

    found = follow(strategy(), finds())
    assert {*map(id, answers[:2])} == {*map(id, found.found)}
    assert answers[2] is found.best


def test_what_is_not_permitted_is_no_candidate():
    answers = []

    def strategy():
        answers.append((yield BestSoFar()))
        answers.append((yield Start(Power(Column(0), Number(Exact(1, 2))))))

    problem = LawProblem(X, X[:, 0], np.ones(60), library=())
    assert follow(strategy(), Finds(problem)).found == []
    assert answers == [None, None]


def test_nothing_is_asked_for_after_an_exact_formula_but_its_rival():
    def strategy(with_next):
        yield Start(LAW, with_next=with_next)
        yield Start(LINE)
        raise AssertionError("a formula was exact")

    assert len(follow(strategy(with_next=False), finds()).found) == 1
    both = follow(strategy(with_next=True), finds())
    assert len(both.found) == 2
    assert both.exact
