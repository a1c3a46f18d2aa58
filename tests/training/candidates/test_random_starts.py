"""A fit with patience, where others explain nearly all."""

from dataclasses import replace

import numpy as np
import pytest

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training.candidates.context import Context
from sklearn_kan.training.candidates.part import Kind, Variant
from sklearn_kan.training.candidates.proposals import candidates
from sklearn_kan.training.candidates.random_starts import Patient
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.evidence.gauss_newton import problem_of
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import MultinomialLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows

SETTINGS = Settings(SquaredError(), Architecture(grid_size=10))


def product(n=400, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, 2))
    y = np.sin(2 * x[:, :1]) * x[:, 1:]
    y = y / y.std()
    return Rows(x, y + noise * rng.standard_normal(y.shape), np.ones(n))


def is_worth_it(rows, settings=SETTINGS, n_fits=5):
    """Tell whether a fit with patience is, after one of one node."""
    found = tuple(candidates(rows, settings, frozenset({Variant(Kind.ONE_NODE)})))
    problem = problem_of(found[0].state, rows, settings.loss)
    return Patient(8).is_worth_it(Context(problem, settings, found, n_fits))


def test_it_is_there_where_nearly_all_is_explained():
    assert is_worth_it(product())
    assert not is_worth_it(product(noise=1.0))
    assert not is_worth_it(product(n=200))


def test_it_is_not_there_where_it_is_too_dear():
    assert not is_worth_it(product(), n_fits=5000)
    assert is_worth_it(product())
    assert not is_worth_it(product(), replace(SETTINGS, loss=MultinomialLogLoss()))
    wide = product()
    wide = Rows(np.tile(wide.x, 20) + 0.01, wide.y, wide.weights)
    assert not is_worth_it(wide)


def test_only_what_is_asked_for_is_fitted():
    asked = frozenset({Variant(Kind.PATIENT, 8)})
    _, part = candidates(product(), SETTINGS, asked)
    assert part.kind is Kind.PATIENT
    assert part.name == "8 nodes, many steps"
    assert np.isfinite(part.state.log_evidence)


FUNCTIONS = {
    "product of three": (3, lambda x: x[:, 0] * x[:, 1] * x[:, 2], 1e-5),
    "quotient": (2, lambda x: x[:, 0] / (x[:, 1] + 1.5), 1e-6),
    "wave times line": (2, lambda x: np.sin(8 * x[:, 0]) * x[:, 1], 2e-3),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_without_noise_a_default_fit_is_precise_to_the_corners(name):
    p, function, most = FUNCTIONS[name]
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1400, p))
    y = function(x)
    fit = KANRegressor(random_state=0).fit(x[:400], y[:400])
    assert 1.0 - fit.score(x[400:], y[400:]) < most


@pytest.mark.slow
def test_classes_on_a_checkerboard_are_told_apart():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1600, 2))
    y = np.sin(4 * x[:, 0]) * np.sin(4 * x[:, 1]) > 0
    fit = KANClassifier(random_state=0).fit(x[:500], y[:500])
    assert fit.score(x[500:], y[500:]) > 0.9
