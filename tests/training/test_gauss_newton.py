"""Gauss-Newton: steps lower the objective, renormalising changes nothing, optima are optima."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training import gauss_newton
from sklearn_kan.training.gauge import gauge_at
from sklearn_kan.training.gauss_newton import fit_evidence
from sklearn_kan.training.linearise import linearise, spreads, total_loss
from sklearn_kan.training.losses import BinaryLogLoss
from tests.training.charts import SHAPES, make_problem, make_rows, make_state
from tests.training.test_linearise import LOSSES, rows_for

CASES = pytest.mark.parametrize(("hidden", "direct"), SHAPES)


def penalty_of(state):
    penalty = state.strengths.diagonal(state.chart.roughness())
    return 0.5 * float(state.beta @ (penalty * state.beta))


def objective(problem, state):
    return total_loss(state.network, problem.blocks, problem.loss) + penalty_of(state)


@pytest.mark.parametrize(("loss", "q"), LOSSES)
@pytest.mark.parametrize("curves", [0.0, 0.4])
@CASES
def test_the_objective_never_rises(hidden, direct, loss, q, curves):
    rows = rows_for(loss, q)
    state = make_state(hidden, direct, rows, curves=curves)
    problem = make_problem(state, rows, loss)
    before = objective(problem, state)
    for _ in range(6):
        state = fit_evidence(problem, state, max_iter=1, tol=0.0, evidence=False)
        after = objective(problem, state)
        assert after <= before * (1.0 + 1e-10)
        before = after


@pytest.mark.parametrize("curves", [0.0, 0.4, 1.0])
@CASES
def test_renormalising_keeps_predictions_and_penalties(hidden, direct, curves):
    rows = make_rows()
    state = make_state(hidden, direct, rows, curves=curves)
    problem = make_problem(state, rows)
    rng = np.random.default_rng(0)
    moved = replace(state, beta=state.beta * np.exp(0.3 * rng.normal(size=len(state.beta))))
    found = gauss_newton._renormalised(problem, moved)
    wanted = predict(moved.network, rows.x)
    assert_allclose(predict(found.network, rows.x), wanted, atol=1e-11 * np.abs(wanted).max())
    assert_allclose(penalty_of(found), penalty_of(moved), rtol=1e-10)
    for index, spread in enumerate(spreads(found.network, problem.blocks)[:-1]):
        assert_allclose(spread.deviation, 1.0, rtol=1e-9)
        assert_allclose(spread.mean[: state.network.layers[index].n_sums], 0.0, atol=1e-10)


@pytest.mark.parametrize(("hidden", "direct"), SHAPES[:4])
def test_the_gradient_vanishes_at_the_end_where_the_gauge_leaves_freedom(hidden, direct):
    rows = make_rows(n=300, noise=0.3)
    state = make_state(hidden, direct, rows, strength=1.0)
    problem = make_problem(state, rows)
    state = fit_evidence(problem, state, max_iter=120, tol=0.0, evidence=False)
    system = linearise(state.chart, state.network, problem.blocks, problem.loss)
    gauge = gauge_at(state.chart, system)
    penalty = state.strengths.diagonal(state.chart.roughness())
    gradient = gauge.reflect(system.gradient + penalty * state.beta)[gauge.kept]
    assert np.abs(gradient).max() < 1e-3 * rows.total_weight


def test_the_additive_model_is_solved_in_closed_form():
    rows = make_rows()
    state = make_state((), False, rows, strength=0.1)
    problem = make_problem(state, rows)
    state = fit_evidence(problem, state, max_iter=60, tol=0.0, evidence=False)
    system = linearise(state.chart, state.network, problem.blocks, problem.loss)
    penalty = state.strengths.diagonal(state.chart.roughness())
    hessian = system.curvature + np.diag(penalty)
    newton = np.linalg.solve(hessian, system.gradient + penalty * state.beta)
    assert_allclose(newton, 0.0, atol=1e-7)


def test_learnt_strengths_are_no_floor_for_exact_data():
    """A line is in every network: the residual goes down to rounding."""
    rows = make_rows(weighted=False)
    rows = replace(rows, y=rows.x @ np.array([[0.5], [-1.0], [0.2]]))
    for hidden, direct in [((), False), (((2, 0),), True)]:
        state = make_state(hidden, direct, rows, strength=1.0)
        problem = make_problem(state, rows)
        state = fit_evidence(problem, state, max_iter=60, tol=1e-9)
        assert np.abs(predict(state.network, rows.x) - rows.y).max() < 1e-9


def test_a_settled_fit_ends_early():
    rows = make_rows(n=300, noise=0.5)
    state = make_state((), False, rows, strength=1.0)
    problem = make_problem(state, rows)
    for evidence in (False, True):
        found = fit_evidence(problem, state, max_iter=200, tol=1e-3, evidence=evidence)
        assert found.n_accepted < 150
        assert (found.posterior is not None) == evidence


def test_the_damping_is_lowered_where_more_than_half_of_the_predicted_fall_was_had():
    rows = make_rows()
    rows = replace(rows, y=(rows.y > 0).astype(float))
    lowered = []
    for size in np.geomspace(0.5, 200.0, 40):
        state = make_state((), False, rows, strength=10.0)
        state = replace(state, beta=size * state.beta)
        problem = make_problem(state, rows, BinaryLogLoss())
        system = linearise(state.chart, state.network, problem.blocks, problem.loss)
        penalty = state.strengths.diagonal(state.chart.roughness())
        after = fit_evidence(problem, state, max_iter=1, tol=0.0, evidence=False)
        step = after.beta - state.beta
        gradient, hessian = (
            system.gradient + penalty * state.beta,
            system.curvature + np.diag(penalty),
        )
        predicted = -(gradient @ step + 0.5 * step @ hessian @ step)
        if after.n_accepted and after.marquardt <= state.marquardt:  # at the first attempt
            enough = objective(problem, state) - objective(problem, after) > 0.5 * predicted
            lowered.append((after.marquardt < state.marquardt, enough))
    assert all(was == enough for was, enough in lowered)
    assert {was for was, _ in lowered} == {True, False}


def test_where_all_rows_are_of_one_class_the_bias_is_held():
    rows = make_rows()
    rows = replace(rows, y=np.ones_like(rows.y))
    state = make_state((), False, rows, strength=1.0)
    beta = np.zeros_like(state.beta)
    beta[state.chart.bias_part] = 25.0
    problem = make_problem(state, rows, BinaryLogLoss())
    after = fit_evidence(problem, replace(state, beta=beta), max_iter=1, tol=0.0, evidence=False)
    assert abs(after.beta[state.chart.bias_part] - 25.0) < 0.1
