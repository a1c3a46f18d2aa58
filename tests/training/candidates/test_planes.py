"""Interactions of any frequency are found in the planes of two columns."""

import numpy as np
import pytest

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training.candidates.finer_grids import FINEST
from sklearn_kan.training.candidates.part import Kind
from sklearn_kan.training.candidates.planes import planes_fit
from sklearn_kan.training.candidates.proposals import candidates
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.training.grown import additive_fit

SETTINGS = Settings(SquaredError(), Architecture(), finest=FINEST)


def wave_rows(n=900, p=4, noise=0.3, frequency=10.0, seed=0):
    """Return rows of a wave of the sum of columns 0 and 2, beside a curve of column 1."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1, 1, (n, p))
    y = np.sin(frequency * (x[:, 0] + x[:, 2])) + x[:, 1] ** 2
    return Rows(x, (y + noise * rng.standard_normal(n))[:, None], np.ones(n))


def test_nodes_are_of_the_columns_in_order_alone():
    rows = wave_rows()
    additive, _ = additive_fit(rows)
    fit = planes_fit(rows, additive, additive, SETTINGS, 5)
    edges = fit.network.layers[0].edges
    assert edges.shape[1] == 2  # sin a cos b + cos a sin b
    assert (edges == np.array([True, False, True, False])[:, None]).all()
    assert fit.log_evidence > additive.log_evidence + 100


def test_grids_are_as_fine_as_needed_and_no_finer_than_asked():
    sizes = []
    for frequency, finest in ((10.0, FINEST), (25.0, FINEST), (10.0, 0)):
        rows = wave_rows(n=2000, noise=0.1, frequency=frequency)
        additive, _ = additive_fit(rows)
        settings = Settings(SquaredError(), Architecture(), finest=finest)
        fit = planes_fit(rows, additive, additive, settings, 1)
        sizes.append(fit.chart.network.grid_size)
    slow, fast, coarse = sizes
    assert slow <= fast
    assert fast in (20, 40, 80)
    assert coarse == Architecture().grid_size


@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_there_is_none_without_interactions(noise):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (500, 3))
    y = np.sin(2 * x[:, :1]) + x[:, 1:2] + noise * rng.standard_normal((500, 1))
    rows = Rows(x, y, np.ones(500))
    assert Kind.PLANES not in [part.kind for part in candidates(rows, SETTINGS)]


def test_it_is_not_made_where_it_costs_too_much():
    rows = wave_rows()
    additive, _ = additive_fit(rows)
    assert planes_fit(rows, additive, additive, SETTINGS, 10_000_000) is None


@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "noise"),
    [
        (lambda x: np.sin(10 * (x[:, 0] + x[:, 2])), 0.0),
        (lambda x: np.sin(40 * x[:, 0]) * x[:, 1] + x[:, 2] ** 2, 0.3),
        (lambda x: np.where(x[:, 0] > 0.2, np.sin(20 * x[:, 1]), x[:, 2]), 0.0),
    ],
)
def test_a_default_fit_finds_waves_of_two_columns(function, noise):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (3000, 4))
    truth = function(x) / function(x).std()
    y = truth + noise * rng.standard_normal(3000)
    fit = KANRegressor(random_state=0).fit(x[:2000], y[:2000])
    error = np.mean((fit.predict(x[2000:]) - truth[2000:]) ** 2)
    assert error < (0.04 if noise else 0.02)


def test_a_default_fit_finds_waves_of_three_columns():
    """Their planes show nothing; rows that are close to each other do."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (3000, 3))
    y = np.sin(6 * (x[:, 0] + x[:, 1] - x[:, 2]))
    fit = KANRegressor(random_state=0).fit(x[:2000], y[:2000])
    assert fit.score(x[2000:], y[2000:]) > 0.7


def test_a_checkerboard_is_learnt():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (3000, 3))
    y = np.sin(8 * x[:, 0]) * np.sin(8 * x[:, 2]) > 0
    fit = KANClassifier(random_state=0).fit(x[:2000], y[:2000])
    assert fit.score(x[2000:], y[2000:]) > 0.96
