"""Variances of predictions, beside the closed form of the additive model."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training.evidence.gauss_newton import posterior_of
from sklearn_kan.training.evidence.predictive import predictive_of
from tests.training.charts import SHAPES, make_problem, make_rows, make_state
from tests.training.coordinates.test_demmler_reinsch import columns_at
from tests.training.grown import additive_fit, hidden_fit, product_rows


def predictive_at(state, problem):
    return predictive_of(state, posterior_of(problem, state))


@pytest.mark.parametrize("q", [1, 2])
def test_variances_of_the_additive_model_have_a_closed_form(q):
    rows = make_rows(n=200, noise=0.5, q=q)
    state, problem = additive_fit(rows)
    predictive = predictive_at(state, problem)
    chart = state.chart
    basis = chart.network.layers[0].basis
    x = np.random.default_rng(1).uniform(-1.7, 1.7, (50, 3))
    design, fresh = (
        np.column_stack([columns_at(chart.coordinates[0], basis, at), np.ones(len(at))])
        for at in (rows.x, x)
    )
    penalty = state.strengths.diagonal(chart.roughness())
    for output in range(q):
        mine = np.r_[np.flatnonzero(chart.entries(0)[1] == output), len(penalty) - q + output]
        curvature = design.T @ (rows.weights[:, None] * design)
        inverse = np.linalg.inv(curvature + np.diag(penalty[mine]))
        wanted = predictive.dispersion * np.einsum("na,ab,nb->n", fresh, inverse, fresh)
        assert_allclose(predictive.variances(x)[:, output], wanted, rtol=1e-7)


@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
def test_variances_are_those_of_linearised_predictions(hidden, direct):
    """Never negative; the slope along any draw of beta is what they sum up."""
    rows = make_rows(q=2)
    state = make_state(hidden, direct, rows, strength=1.0)
    predictive = predictive_at(state, make_problem(state, rows))
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (20, 3))
    found = predictive.variances(x)
    assert found.shape == (20, 2)
    assert (found >= 0).all()
    wanted, step = np.zeros((20, 2)), 1e-5
    for direction in predictive.root:
        up, down = (
            predict(state.chart.to_network(state.beta + sign * step * direction), x)
            for sign in (1.0, -1.0)
        )
        wanted += ((up - down) / (2.0 * step)) ** 2
    # Central differences: rounding over the step.
    assert_allclose(found, predictive.dispersion * wanted, rtol=1e-4, atol=1e-9)


def test_variances_grow_outside_the_rows():
    rows, _ = product_rows(noise=0.3)
    additive, hidden, _ = hidden_fit(rows)
    scale = np.array([1.0, 2.0, 4.0, 8.0])[:, None]
    outside = 1.7 * scale * np.ones(3)
    for state in (additive, hidden):
        predictive = predictive_at(state, make_problem(state, rows))
        inside = predictive.variances(rows.x).mean()
        found = predictive.variances(outside)[:, 0]
        assert (np.diff(found) > 0).all()
        assert found[-1] > 10.0 * inside


def test_more_rows_are_more_certain():
    found = []
    for n in (100, 400):
        state, problem = additive_fit(make_rows(n=n, noise=0.5))
        x = np.random.default_rng(1).uniform(-1.5, 1.5, (50, 3))
        found.append(predictive_at(state, problem).variances(x).mean())
    assert 2.0 < found[0] / found[1] < 8.0


def test_blocks_of_rows_do_not_matter():
    state, problem = additive_fit(make_rows())
    predictive = predictive_at(state, problem)
    x = np.random.default_rng(1).uniform(-1.7, 1.7, (5000, 3))
    whole = predictive.variances(x)
    assert_allclose(whole[::500], predictive.variances(x[::500]), rtol=1e-10)
    assert predictive.variances(x[:0]).shape == (0, 1)


def test_intervals_cover_the_truth():
    """Nominal 95 % over rows and tables; penalised fits come near on average."""
    hits = []
    for seed in range(6):
        rows, truth = product_rows(n=200, noise=0.5, seed=seed)
        hidden = hidden_fit(rows)[1]
        predictive = predictive_at(hidden, make_problem(hidden, rows))
        deviation = np.sqrt(predictive.variances(rows.x))
        error = predict(hidden.network, rows.x) - truth
        hits.append(np.abs(error) < 1.96 * deviation)
    assert 0.85 < np.mean(hits) <= 1.0
