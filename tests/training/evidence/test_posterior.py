"""The evidence of the additive model beside its closed form, and its fixed point."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.training.evidence.gauge import gauge_at
from sklearn_kan.training.evidence.gauss_newton import fit_evidence
from sklearn_kan.training.evidence.posterior import posterior_at, update_strengths
from sklearn_kan.training.evidence.system import linearise
from sklearn_kan.training.objective.losses import BinaryLogLoss
from tests.training.charts import SHAPES, make_problem, make_rows, make_state
from tests.training.coordinates.test_demmler_reinsch import columns_at


def judged(state, problem):
    """Return posterior and gauge at a state."""
    system = linearise(state.chart, state.network, problem.blocks, problem.loss)
    gauge = gauge_at(state.chart, system)
    penalty = state.strengths.diagonal(state.chart.roughness())
    likelihood = problem.loss.is_likelihood
    return posterior_at(
        state.beta, system, penalty, gauge, problem.n, estimate_dispersion=not likelihood
    ), gauge


def optimum(state, problem):
    """Return the state at the penalised optimum for its strengths."""
    return fit_evidence(problem, state, max_iter=100, tol=1e-12, evidence=False)


def additive(seed=0, n=80, noise=0.5, **options):
    rows = make_rows(n=n, p=2, noise=noise, seed=seed, weighted=False, **options)
    state = make_state((), False, rows, strength=0.3, base="none")
    return rows, state, make_problem(state, rows)


def restricted_likelihood(columns, y, prior):
    """Return the log density of y with a flat prior on its mean, at the best dispersion.

    y = mean + columns beta + noise; beta and noise have covariances phi diag(prior) and phi.
    """
    n = len(y)
    covariance = np.eye(n) + (columns * prior) @ columns.T
    one = np.ones(n)
    inverse = np.linalg.inv(covariance)
    mean = (one @ inverse @ y) / (one @ inverse @ one)
    quadratic = (y - mean) @ inverse @ (y - mean)
    phi = quadratic / (n - 1)
    log_determinant = np.linalg.slogdet(covariance)[1] + np.log(one @ inverse @ one)
    return -0.5 * ((n - 1) * (1.0 + np.log(2.0 * np.pi * phi)) + log_determinant)


@pytest.mark.parametrize("strength", [1e-4, 0.3, 100.0])
def test_log_evidence_beside_the_closed_form(strength):
    rows, state, problem = additive()
    each = np.full(len(state.strengths.ridge), strength)
    state = replace(state, strengths=replace(state.strengths, roughness=each, ridge=np.sqrt(each)))
    state = optimum(state, problem)
    chart = state.chart
    columns = columns_at(chart.coordinates[0], chart.network.layers[0].basis, rows.x)
    prior = 1.0 / state.strengths.diagonal(chart.roughness())[:-1]
    posterior, _ = judged(state, problem)
    wanted = restricted_likelihood(columns, rows.y[:, 0], prior)
    assert_allclose(posterior.log_evidence, wanted, rtol=1e-8)


def test_posterior_covariance_and_degrees_of_freedom_of_the_additive_model():
    rows, state, problem = additive()
    state = optimum(state, problem)
    posterior, _ = judged(state, problem)
    chart = state.chart
    columns = columns_at(chart.coordinates[0], chart.network.layers[0].basis, rows.x)
    design = np.column_stack([columns, np.ones(len(columns))])
    penalty = state.strengths.diagonal(chart.roughness())
    covariance = np.linalg.inv(design.T @ design + np.diag(penalty))
    assert_allclose(posterior.variances, np.diag(covariance), rtol=1e-7)
    assert_allclose(posterior.edf, np.trace(covariance @ design.T @ design), rtol=1e-8)
    residual = design @ state.beta - rows.y[:, 0]
    assert_allclose(
        posterior.dispersion, residual @ residual / (len(residual) - posterior.edf), rtol=1e-8
    )


@pytest.mark.parametrize("seed", range(3))
def test_the_evidence_is_flat_in_the_strengths_at_the_fixed_point(seed):
    _, state, problem = additive(seed=seed, n=200)
    state = fit_evidence(problem, state, max_iter=300, tol=0.0, damping=0.0)
    assert_flat(state, problem)


def test_so_is_that_of_a_logistic_model():
    """Up to the change of the curvature with the strengths, which the update leaves out."""
    rows, state, _ = additive(n=400)
    rows = replace(rows, y=(rows.y > 0).astype(float))
    problem = make_problem(state, rows, BinaryLogLoss())
    state = fit_evidence(problem, state, max_iter=300, tol=0.0, damping=0.0)
    assert_flat(state, problem, atol=0.2)


def assert_flat(state, problem, step=1e-2, atol=1e-3):
    """Check the slope of the log-evidence by each log strength that is not at a bound."""
    for name in ("roughness", "ridge"):
        values = getattr(state.strengths, name)
        for g, value in enumerate(values):
            if not 1e-5 < value < 1e5:
                continue
            found = []
            for factor in (np.exp(-step), np.exp(step)):
                changed = values.copy()
                changed[g] *= factor
                other = replace(state, strengths=replace(state.strengths, **{name: changed}))
                found.append(judged(optimum(other, problem), problem)[0].log_evidence)
            assert_allclose((found[1] - found[0]) / (2.0 * step), 0.0, atol=atol)


@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
def test_updates_raise_the_evidence_of_any_network(hidden, direct):
    """From strengths that are far off; beta is the optimum of the old ones."""
    rows = make_rows(n=300)
    state = make_state(hidden, direct, rows, strength=1e-3)
    problem = make_problem(state, rows)
    state = optimum(state, problem)
    before, gauge = judged(state, problem)
    rough = state.chart.roughness()
    strengths = update_strengths(state.strengths, state.beta, rough, before, gauge, 0.5)
    after, _ = judged(replace(state, strengths=strengths), problem)
    assert after.log_evidence > before.log_evidence


@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
def test_the_posterior_obeys_the_gauge(hidden, direct):
    rows = make_rows()
    state = make_state(hidden, direct, rows)
    posterior, gauge = judged(state, make_problem(state, rows))
    for block, normal in zip(gauge.blocks, gauge.normals, strict=True):
        assert_allclose(posterior.root[:, block] @ normal, 0.0, atol=1e-9)
    assert posterior.edf <= gauge.kept.sum()
