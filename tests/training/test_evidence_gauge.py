"""Evidence, posterior and update of networks with hidden layers beside an explicit null space."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.training.evidence import Posterior, posterior_at, update_strengths
from sklearn_kan.training.gauge import Gauge, gauge_at
from sklearn_kan.training.linearise import System, linearise
from sklearn_kan.training.losses import BinaryLogLoss, SquaredError
from sklearn_kan.training.strengths import Strengths, count_groups, groups_of
from tests.evidence_oracle import oracle_at
from tests.training.charts import SHAPES, make_problem, make_rows, make_state

LOSSES = [pytest.param(SquaredError(), id="squared"), pytest.param(BinaryLogLoss(), id="binary")]


def judged(hidden, direct, loss, seed=0):
    """Return a state with strengths all unlike, its oracle, posterior and gauge."""
    rng = np.random.default_rng(seed)
    rows = make_rows()
    if loss.is_likelihood:
        rows = replace(rows, y=(rows.y > 0).astype(float))
    state = make_state(hidden, direct, rows)
    strengths = state.strengths
    state = replace(
        state,
        strengths=replace(
            strengths,
            roughness=10.0 ** rng.uniform(-3, 1, len(strengths.roughness)),
            ridge=10.0 ** rng.uniform(-2, 1, len(strengths.ridge)),
        ),
    )
    problem = make_problem(state, rows, loss)
    system = linearise(state.chart, state.network, problem.blocks, loss)
    gauge = gauge_at(state.chart, system)
    posterior = posterior_at(
        state.beta,
        system,
        state.strengths.diagonal(state.chart.roughness()),
        gauge,
        problem.n,
        estimate_dispersion=not loss.is_likelihood,
    )
    return state, oracle_at(state, problem, system), posterior, gauge


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
def test_beside_an_explicit_null_space(hidden, direct, loss):
    state, oracle, posterior, gauge = judged(hidden, direct, loss)
    known = loss.is_likelihood
    n_constraints = sum(sums + 2 * products for sums, products in hidden)
    assert oracle.free.shape[1] == len(state.beta) - n_constraints
    # Biases of factors have no penalty and are all but free: there the tolerance is for rounding.
    covariance = oracle.covariance()
    size = 1e-6 * np.abs(covariance).max()
    assert_allclose(posterior.root.T @ posterior.root, covariance, rtol=1e-5, atol=size)
    assert_allclose(posterior.variances, np.diag(covariance), rtol=1e-5)
    assert_allclose(posterior.edf, oracle.edf(), rtol=1e-7)
    assert_allclose(posterior.dispersion, oracle.dispersion(known), rtol=1e-7)
    assert_allclose(posterior.log_evidence, oracle.log_evidence(known), rtol=1e-7, atol=1e-6)
    updated = update_strengths(
        state.strengths, state.beta, state.chart.roughness(), posterior, gauge, 0.0
    )
    for name, weight in (
        ("roughness", state.chart.roughness()),
        ("ridge", np.ones(len(state.beta))),
    ):
        old, new = getattr(state.strengths, name), getattr(updated, name)
        for g, strength in enumerate(old):
            wanted = oracle.updated(strength, state.strengths.group == g, weight, known)
            low, high = (max(1e-2 * strength, 1e-8), min(1e2 * strength, 1e8))
            assert_allclose(new[g], np.clip(wanted, low, high), rtol=1e-5)
    halved = update_strengths(
        state.strengths, state.beta, state.chart.roughness(), posterior, gauge, 0.5
    )
    assert_allclose(halved.ridge, np.sqrt(state.strengths.ridge * updated.ridge), rtol=1e-12)


@pytest.mark.parametrize("least", [1e-3, 50.0])
def test_the_dispersion_is_no_lower_than_the_least(least):
    """And the evidence is that of the least where the rows would have it lower."""
    state, oracle, _, gauge = judged(((2, 0),), True, SquaredError())
    penalty = np.diag(oracle.S)
    system = System(oracle.loss, np.zeros(len(penalty)), oracle.A, ())
    options = {"estimate_dispersion": True, "least_dispersion": least}
    found = posterior_at(state.beta, system, penalty, gauge, oracle.n, **options)
    assert_allclose(found.dispersion, max(least, oracle.dispersion(False)), rtol=1e-7)
    prior, posterior = oracle.log_determinants()
    n = oracle.n - np.sum(penalty == 0)
    best = max((2.0 * oracle.loss + state.beta @ oracle.S @ state.beta) / n, least)
    wanted = 0.5 * (prior - posterior) - 0.5 * n * (1.0 + np.log(2.0 * np.pi * best))
    assert_allclose(found.log_evidence, wanted, rtol=1e-7)


@pytest.mark.parametrize(("dispersion", "least"), [(1.0, 1e-8), (1e-6, 1e-14), (1e6, 1e-8)])
def test_strengths_have_bounds_the_lower_one_in_units_of_the_noise(dispersion, least):
    group = np.zeros(3, int)
    posterior = Posterior(np.eye(3), np.zeros(3), dispersion, 3.0, 0.0)
    nothing = Gauge([], [], 3)

    def updated(strength, beta):
        old = Strengths(np.array([strength]), np.array([strength]), group)
        return update_strengths(old, np.full(3, beta), np.ones(3), posterior, nothing, 0.0)

    assert_allclose(updated(2.0 * least, 1e30).ridge, least)
    assert_allclose(updated(0.9e8, 1e-150).ridge, 1e8)
    assert_allclose(updated(1.0, 1e30).ridge, 1e-2)
    assert_allclose(updated(1.0, 1e-150).ridge, 1e2)


@pytest.mark.parametrize(("hidden", "direct"), [((), False), (((2, 0),), True)])
def test_logits_share_the_strengths_of_edges_from_the_inputs(hidden, direct):
    chart = make_state(hidden, direct, make_rows(q=3)).chart
    shared = replace(chart, shares_outputs=True)
    straight = shared.parts()[-1]  # additive or direct edges
    for each, n_groups in ((chart, 3), (shared, 1)):
        groups = groups_of(each)[straight]
        outputs = each.entries(len(each.active) - 1)[1]
        assert len(np.unique(groups)) == n_groups
        assert count_groups(each) == len(np.unique(groups_of(each))) - 1  # and the biases' -1
        if n_groups == 3:
            assert_allclose(groups - groups.min(), outputs)
