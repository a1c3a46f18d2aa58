"""Nodes of two inputs each begin where products of two curves explain the residual."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training.candidates.context import Context
from sklearn_kan.training.candidates.pairs import Pairs, with_pairs
from sklearn_kan.training.candidates.part import Kind, Part, Variant
from sklearn_kan.training.candidates.proposals import PROPOSALS, candidates
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.evidence.gauss_newton import fit_evidence
from sklearn_kan.training.evidence.system import total_loss
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import BinaryLogLoss, MultinomialLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.training.grown import additive_fit

SETTINGS = Settings(SquaredError(), Architecture())
SIXTEEN = Variant(Kind.PAIRS, 16)


def pair_rows(n=400, p=6, noise=0.1, seed=0):
    """Return rows of two products of curves, of columns 0 and 3, and of 1 and 5."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, p))
    y = np.sin(2.0 * x[:, 0]) * (x[:, 3] > 0) + 0.5 * x[:, 1] * x[:, 5] + 0.3 * x[:, 2]
    return Rows(x, (y + noise * rng.normal(size=n))[:, None], np.ones(n))


def pairs_of(state):
    """Return the inputs of each hidden node."""
    return [tuple(np.flatnonzero(edges)) for edges in state.network.layers[0].edges.T]


def loss_of(state, problem):
    return total_loss(state.network, problem.blocks, problem.loss)


def test_nodes_begin_with_the_pairs_that_interact():
    rows = pair_rows()
    additive, problem = additive_fit(rows)
    started = with_pairs(problem, additive, 4)
    assert set(pairs_of(started)[:2]) == {(0, 3), (1, 5)}
    assert all(len(pair) == 2 for pair in pairs_of(started))
    assert loss_of(started, problem) < 0.7 * loss_of(additive, problem)
    fitted = fit_evidence(problem, started, max_iter=15, tol=1e-2)
    fresh = pair_rows(n=1000, noise=0.0, seed=1)
    assert np.mean((predict(fitted.network, fresh.x) - fresh.y) ** 2) < 0.1 * fresh.y.var()


@pytest.mark.parametrize("number", [1, 7, 32])
def test_there_are_as_many_nodes_as_asked_and_the_additive_part_stays(number):
    rows = pair_rows()
    additive, problem = additive_fit(rows)
    started = with_pairs(problem, additive, number)
    assert len(pairs_of(started)) == number
    chart = started.chart
    matrices = chart.matrices(started.beta)
    matrices[1][:] = 0.0
    bare = replace(started, beta=chart.pack(matrices, started.beta[chart.bias_part]))
    assert_allclose(predict(bare.network, rows.x), predict(additive.network, rows.x), atol=1e-12)


def test_products_of_two_columns_are_three_at_the_most():
    rows = pair_rows(p=6)
    rows = Rows(rows.x[:, [0, 3]], rows.y, rows.weights)
    additive, problem = additive_fit(rows)
    assert pairs_of(with_pairs(problem, additive, 16)) == [(0, 1)] * 3


def test_constants_have_no_product():
    rows = pair_rows()
    rows = Rows(np.zeros_like(rows.x), rows.y, rows.weights)
    assert wanted(rows) == []


def test_a_fold_may_have_no_pair_left():
    """The second column says nothing without the one row that is left out."""
    rows = pair_rows(n=120)
    x = np.stack([rows.x[:, 0], np.zeros(120)], axis=1)
    rows = Rows(x, np.abs(x[:, :1]) + 0.1 * rows.y, rows.weights)
    additive, problem = additive_fit(rows)
    assert with_pairs(problem, additive, 16) is additive
    asked = frozenset({SIXTEEN})
    found = [part.variant for part in candidates(rows, SETTINGS, asked)]
    assert found == [Variant(Kind.ADDITIVE), SIXTEEN]


def test_columns_that_are_the_same_up_to_sign_do_no_harm():
    rows = pair_rows()
    rows = Rows(rows.x[:, :1] * [1.0, -1.0, 1.0], rows.y, rows.weights)
    additive, problem = additive_fit(rows)
    started = with_pairs(problem, additive, 16)
    assert np.isfinite(predict(started.network, rows.x)).all()
    assert loss_of(started, problem) <= loss_of(additive, problem) + 1e-9


def test_columns_of_two_values_have_one_product():
    rng = np.random.default_rng(0)
    x = np.where(rng.random((200, 3)) < 0.5, -1.0, 1.0)
    rows = Rows(x, (x[:, 0] * x[:, 1])[:, None] + 0.1 * rng.normal(size=(200, 1)), np.ones(200))
    additive, problem = additive_fit(rows)
    assert pairs_of(with_pairs(problem, additive, 16)) == [(0, 1), (0, 2), (1, 2)]


@pytest.mark.parametrize("loss", [SquaredError(), BinaryLogLoss()])
def test_many_nodes_at_once_do_not_overshoot(loss):
    """Their curves are fitted together: correlated ones do not add up to more than the residual."""
    rows = pair_rows(n=300, noise=0.5)
    rows = Rows(np.repeat(rows.x, 2, axis=1), rows.y, rows.weights)
    if isinstance(loss, BinaryLogLoss):
        rows = Rows(rows.x, (rows.y > 0).astype(float), rows.weights)
    additive, problem = additive_fit(rows, loss)
    assert loss_of(with_pairs(problem, additive, 32), problem) < loss_of(additive, problem)


def test_the_order_of_rows_and_columns_does_not_matter():
    rows = pair_rows()
    order = np.random.default_rng(0).permutation(len(rows.x))
    columns = np.array([4, 2, 0, 5, 1, 3])
    moved = Rows(rows.x[order][:, columns], rows.y[order], rows.weights)
    started = [
        with_pairs(problem, additive, 4)
        for additive, problem in (additive_fit(rows), additive_fit(moved))
    ]
    back = [tuple(sorted(columns[list(pair)])) for pair in pairs_of(started[1])]
    assert back == pairs_of(started[0])
    assert_allclose(
        predict(started[1].network, moved.x),
        predict(started[0].network, rows.x)[order],
        atol=1e-6,
    )


def wanted(rows, settings=SETTINGS, n_fits=5):
    """Return numbers of nodes that are worth a try beside the additive fit."""
    additive, problem = additive_fit(rows, settings.loss)
    found = (Part(Variant(Kind.ADDITIVE), additive),)
    context = Context(problem, settings, found, n_fits)
    proposals = [proposal for proposal in PROPOSALS if isinstance(proposal, Pairs)]
    return [proposal.nodes for proposal in proposals if proposal.is_worth_it(context)]


def test_no_more_nodes_than_are_affordable_or_than_there_are_pairs():
    rows = pair_rows(p=7)
    assert wanted(rows) == [16, 32]
    assert wanted(rows, n_fits=10**6) == []
    three = Rows(rows.x[:, :3], rows.y, rows.weights)
    assert wanted(three) == [16]


def test_many_classes_are_too_dear():
    rows = pair_rows()
    classes = np.eye(11)[np.random.default_rng(0).integers(0, 11, len(rows.x))]
    rows = Rows(rows.x, classes, rows.weights)
    assert wanted(rows, replace(SETTINGS, loss=MultinomialLogLoss())) == []


def test_candidates_of_folds_are_those_of_all_rows():
    rows = pair_rows(n=200)
    assert SIXTEEN in [part.variant for part in candidates(rows, SETTINGS)]
    part = rows.take(np.arange(150))
    again = [part.variant for part in candidates(part, SETTINGS, frozenset({SIXTEEN}))]
    assert again == [Variant(Kind.ADDITIVE), SIXTEEN]
