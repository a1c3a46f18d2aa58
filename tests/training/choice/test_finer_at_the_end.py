"""Grids are halved at the end where residuals have an order."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan import KANRegressor
from sklearn_kan.network import predict, refine
from sklearn_kan.training.candidates.composed import composed
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.choice.finer_at_the_end import polished
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.networks import build

SETTINGS = Settings(SquaredError(), Architecture(grid_size=10), finest=40)


def curve_of_a_sum(noise=0.0, n=500, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, 2))
    y = np.exp(np.sin(2 * x[:, :1]) + 0.3 * x[:, 1:] ** 2)
    return Rows(x, (y - y.mean()) / y.std() + noise * rng.standard_normal(y.shape), np.ones(n))


@pytest.mark.parametrize("direct", [False, True])
def test_halved_grids_have_the_same_function(direct):
    network = build(2, (2, 1), 2, uneven=True, removed=0.3, direct=direct)
    finer = refine(network, 2 * network.grid_size)
    for old, new in zip(network.all_layers, finer.all_layers, strict=True):
        assert new.basis.grid_size == 2 * old.basis.grid_size
    x = np.random.default_rng(0).uniform(-2, 2, (200, 2))
    assert_allclose(predict(finer, x), predict(network, x), rtol=1e-9, atol=1e-9)


def test_without_noise_the_error_falls_by_orders_of_magnitude():
    rows = curve_of_a_sum()
    state = composed(rows, SETTINGS)
    finer = polished(state, rows, SETTINGS)
    assert finer.log_evidence > state.log_evidence
    assert state.network.grid_size < finer.network.grid_size <= SETTINGS.finest
    before, after = (np.std(predict(one.network, rows.x) - rows.y) for one in (state, finer))
    assert after < before / 10


def test_noise_and_a_grid_size_given_leave_a_fit_as_it_is():
    noisy = curve_of_a_sum(noise=0.3)
    state = composed(noisy, SETTINGS)
    assert polished(state, noisy, SETTINGS) is state
    rows = curve_of_a_sum()
    state = composed(rows, SETTINGS)
    assert polished(state, rows, replace(SETTINGS, finest=0)) is state


@pytest.mark.slow
def test_a_default_fit_without_noise_is_precise_unless_its_grid_is_given():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1300, 2))
    y = np.exp(np.sin(np.pi * x[:, 0]) + x[:, 1] ** 2)
    auto, ten = (
        KANRegressor(grid_size=size, random_state=0).fit(x[:300], y[:300]) for size in ("auto", 10)
    )
    errors = [np.std(fit.predict(x[300:]) - y[300:]) for fit in (auto, ten)]
    assert errors[0] < 2e-4
    assert errors[0] < errors[1] / 2
    assert ten.network_.grid_size == 10
