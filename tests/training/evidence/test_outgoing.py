"""Standard deviations where hidden layers are taken as given."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan import KANRegressor
from sklearn_kan.estimators.fitting import evidence as _evidence
from sklearn_kan.training.evidence.gauss_newton import posterior_of
from sklearn_kan.training.evidence.outgoing import outgoing_predictive
from sklearn_kan.training.evidence.predictive import predictive_of
from sklearn_kan.training.objective.losses import BinaryLogLoss
from tests.training.charts import SHAPES, make_problem, make_rows, make_state
from tests.training.grown import additive_fit


@pytest.mark.parametrize("q", [1, 2])
def test_of_an_additive_model_it_is_the_posterior(q):
    state, problem = additive_fit(make_rows(n=200, noise=0.5, q=q))
    whole = predictive_of(state, posterior_of(problem, state))
    found = outgoing_predictive(problem, state, whole.dispersion)
    x = np.random.default_rng(1).uniform(-2.0, 2.0, (50, 3))
    assert_allclose(found.variances(x), whole.variances(x), rtol=1e-7)


@pytest.mark.parametrize(("hidden", "direct"), SHAPES)
@pytest.mark.parametrize("loss", [None, BinaryLogLoss()])
def test_what_is_given_adds_no_variance(hidden, direct, loss):
    """Conditional variances are below those of the whole posterior, and not zero."""
    rows = make_rows(q=1)
    state = make_state(hidden, direct, rows, strength=1.0)
    problem = make_problem(state, rows, loss)
    whole = predictive_of(state, posterior_of(problem, state))
    found = outgoing_predictive(problem, state, whole.dispersion)
    x = np.random.default_rng(1).uniform(-1.7, 1.7, (20, 3))
    assert (found.variances(x) > 0).all()
    assert (found.variances(x) <= whole.variances(x) * (1 + 1e-6) + 1e-12).all()


def test_intervals_of_a_large_mixture_cover_fresh_rows(monkeypatch):
    """Their noise is that of rows left out."""
    monkeypatch.setattr(_evidence, "_MOST_OF_POSTERIOR", 50)
    rng = np.random.default_rng(0)
    X = rng.uniform(size=(1300, 5))
    mean = 10 * np.sin(np.pi * X[:, 0] * X[:, 1]) + 20 * (X[:, 2] - 0.5) ** 2 + 10 * X[:, 3]
    y = mean + rng.normal(size=1300)
    model = KANRegressor(random_state=0).fit(X[:300], y[:300])
    assert model.log_evidence_ is None
    predicted, std = model.predict(X[300:], return_std=True)
    assert 0.9 < np.mean(np.abs(y[300:] - predicted) < 1.96 * std) < 0.98
    curve = model.predict(X[300:], return_std="mean")[1]
    assert (curve > 0).all()
    assert (curve < std).all()


@pytest.mark.parametrize("hidden", [(2,), ()])
def test_without_rows_left_out_there_is_the_whole_posterior(hidden, monkeypatch):
    """Nothing else says what the noise is: given architectures are not judged."""
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (120, 2))
    y = np.sin(2 * X[:, 0]) + 0.1 * rng.normal(size=120)
    wanted = KANRegressor(hidden, grid_size=3, random_state=0).fit(X, y)
    monkeypatch.setattr(_evidence, "_MOST_OF_POSTERIOR", 5)
    model = KANRegressor(hidden, grid_size=3, random_state=0).fit(X, y)
    assert model.log_evidence_ == wanted.log_evidence_
    std = model.predict(X, return_std=True)[1]
    assert_allclose(std, wanted.predict(X, return_std=True)[1])
    assert (std > 0).all()
