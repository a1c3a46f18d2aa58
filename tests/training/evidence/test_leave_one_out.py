"""Rows left out: the approximation beside real refits, and what it says of the strengths."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import softmax

from sklearn_kan.network import predict
from sklearn_kan.training.evidence import budget
from sklearn_kan.training.evidence.gauss_newton import fit_evidence, posterior_of, problem_of
from sklearn_kan.training.evidence.leave_one_out import correct_strengths, predictions_left_out
from sklearn_kan.training.objective.losses import (
    BinaryLogLoss,
    MultinomialLogLoss,
    Poisson,
    SquaredError,
)
from sklearn_kan.training.objective.objective import Rows, mean_loss
from tests.losses import LOSSES, make_target
from tests.training.charts import make_state
from tests.training.grown import additive_fit
from tests.training.rows import repeated


def settled(state, rows, loss):
    """Return the optimum under the strengths as they are, and its problem."""
    problem = problem_of(state, rows, loss)
    return fit_evidence(problem, state, max_iter=60, tol=1e-10, evidence=False), problem


def rows_for(loss, n=60, p=2, seed=0):
    rng = np.random.default_rng(seed)
    q = 3 if isinstance(loss, MultinomialLogLoss) else 1
    x = rng.uniform(-1.7, 1.7, (n, p))
    raw = np.sin(1.5 * x[:, :1]) * np.linspace(1.0, -1.0, q) + (q == 1) * 0.5 * x[:, -1:]
    return Rows(x, make_target(loss, raw, rng), np.ones(n))


def additive_at(rows, loss, strength=1.0):
    state = make_state((), False, rows, strength=strength)
    return settled(state, rows, loss)


def refits(state, problem):
    """Return the raw prediction of each row by a fit to the others, coordinates held."""
    rows = problem.blocks.rows
    found = np.empty(rows.y.shape)
    for row in range(len(rows.x)):
        weights = rows.weights.copy()
        weights[row] -= 1.0
        others, _ = settled(state, replace(rows, weights=weights), problem.loss)
        found[row] = predict(others.network, rows.x[row : row + 1])[0]
    return found


def test_least_squares_are_exact():
    rows = rows_for(SquaredError())
    state, problem = additive_at(rows, SquaredError())
    assert_allclose(predictions_left_out(problem, state), refits(state, problem), atol=1e-6)


@pytest.mark.parametrize("loss", [BinaryLogLoss(), MultinomialLogLoss(), Poisson()])
def test_a_step_leads_most_of_the_way(loss):
    rows = rows_for(loss)
    state, problem = additive_at(rows, loss)
    wanted = refits(state, problem)
    kept = predict(state.network, rows.x)
    moved = np.linalg.norm(wanted - kept)
    assert np.linalg.norm(predictions_left_out(problem, state) - wanted) < 0.3 * moved


@pytest.mark.parametrize("loss", LOSSES)
def test_a_weight_is_a_number_of_rows(loss):
    rows = rows_for(loss)
    times = np.random.default_rng(1).integers(1, 4, len(rows.x))
    weighted = replace(rows, weights=times.astype(float))
    state, problem = additive_at(weighted, loss)
    found = np.repeat(predictions_left_out(problem, state), times, axis=0)
    again = predictions_left_out(problem_of(state, repeated(rows, times), loss), state)
    # Nothing determines what all logits have in common.
    common = [a.mean(axis=1, keepdims=True) * loss.couples_outputs for a in (found, again)]
    assert_allclose(again - common[1], found - common[0], atol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
def test_a_row_without_weight_is_left_out_already(loss):
    rows = rows_for(loss)
    weights = np.ones(len(rows.x))
    weights[:5] = 0.0
    state, problem = additive_at(replace(rows, weights=weights), loss)
    found = predictions_left_out(problem, state)
    assert_allclose(found[:5], predict(state.network, rows.x[:5]), atol=1e-9)
    assert np.isfinite(found).all()


def test_what_all_logits_have_in_common_stays():
    loss = MultinomialLogLoss()
    rows = rows_for(loss)
    state, problem = additive_at(rows, loss)
    found = predictions_left_out(problem, state).mean(axis=1)
    assert_allclose(found, predict(state.network, rows.x).mean(axis=1), atol=1e-9)


def test_a_lone_row_gives_numbers():
    rows = rows_for(BinaryLogLoss()).take(slice(0, 1))
    loss = BinaryLogLoss()
    state = make_state((), False, rows_for(loss), strength=1.0)
    assert np.isfinite(predictions_left_out(problem_of(state, rows, loss), state)).all()


def class_rows(spread, n=240, seed=0):
    """Return rows of three classes around three points, and fresh ones."""
    rng = np.random.default_rng(seed)
    centres = 1.5 * np.array([[1.0, 0.0], [-0.5, 0.9], [-0.5, -0.9]])

    def draw():
        label = rng.integers(3, size=n)
        x = centres[label] + spread * rng.normal(size=(n, 2))
        return Rows(x, np.eye(3)[label], np.ones(n))

    return draw(), draw()


def risk(state, rows):
    probability = softmax(predict(state.network, rows.x), axis=1)
    return -np.mean(np.log((probability * rows.y).sum(axis=1)))


@pytest.mark.parametrize("seed", range(3))
def test_separable_classes_are_shrunk_less(seed):
    rows, fresh = class_rows(0.3, seed=seed)
    state, problem = additive_fit(rows, MultinomialLogLoss())
    corrected = correct_strengths(problem, state)
    assert risk(corrected, fresh) < 0.8 * risk(state, fresh)
    ratio = corrected.strengths.ridge / state.strengths.ridge
    assert ratio.max() < 1.0
    assert_allclose(corrected.strengths.roughness / state.strengths.roughness, ratio)


@pytest.mark.parametrize("seed", range(3))
def test_where_classes_overlap_little_changes(seed):
    rows, fresh = class_rows(1.5, seed=seed)
    state, problem = additive_fit(rows, MultinomialLogLoss())
    assert risk(correct_strengths(problem, state), fresh) < 1.02 * risk(state, fresh)


def test_a_dispersion_of_its_own_needs_no_correction():
    rows = rows_for(SquaredError())
    state, problem = additive_fit(rows)
    assert correct_strengths(problem, state) is state


def test_strengths_that_are_too_weak_are_raised():
    loss = BinaryLogLoss()
    rows, fresh = rows_for(loss, n=80), rows_for(loss, n=2000, seed=1)
    state, problem = additive_at(rows, loss, strength=1e-3)
    loose = replace(state, posterior=posterior_of(problem, state))
    corrected = correct_strengths(problem, loose)
    assert (corrected.strengths.ridge > 1.9 * loose.strengths.ridge).all()
    assert mean_loss(corrected.network, fresh, loss) < mean_loss(loose.network, fresh, loss)
    assert corrected.posterior.edf < loose.posterior.edf  # that of the corrected fit


def test_where_it_does_not_matter_or_is_too_dear_nothing_is_corrected(monkeypatch):
    rows, _ = class_rows(0.3)
    state, problem = additive_fit(rows, MultinomialLogLoss())
    assert correct_strengths(problem, state) is not state
    few = replace(state, posterior=replace(state.posterior, edf=0.01 * len(rows.x)))
    assert correct_strengths(problem, few) is few
    monkeypatch.setattr(budget, "_MOST_OPERATIONS", 1.0)
    assert correct_strengths(problem, state) is state
