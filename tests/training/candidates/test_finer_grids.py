"""Grids that become finer where the residuals of the additive fit ask for it."""

import numpy as np
import pytest
from sklearn.metrics import r2_score

from sklearn_kan import KANClassifier, KANRegressor


@pytest.mark.slow
@pytest.mark.parametrize("sd", [0.0, 0.3])
@pytest.mark.parametrize("frequency", [20, 60])
def test_a_default_fit_follows_waves_finer_than_ten_intervals(frequency, sd):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (2000, 2))
    truth = np.sin(frequency * x[:, 0]) + x[:, 1] ** 2
    y = truth + sd * rng.standard_normal(2000)
    sizes = [("auto", "auto"), ((), 160), ((), 10)]
    fits = [KANRegressor(hidden, grid_size=size, random_state=0) for hidden, size in sizes]
    auto, fine, coarse = (fit.fit(x[:1000], y[:1000]) for fit in fits)
    for fit in (auto, fine):
        assert np.std(fit.predict(x[1000:]) - truth[1000:]) < (0.12 if sd else 3e-3)
    assert np.std(coarse.predict(x[1000:]) - truth[1000:]) > 0.2
    assert auto.network_.grid_size in (20, 40, 80, 160)
    assert (fine.network_.grid_size, coarse.network_.grid_size) == (160, 10)


def test_a_smooth_curve_beside_a_wave_stays_smooth():
    """The wave's strengths are its own: its weak ones would let the other curve follow noise."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (800, 2))
    noise = 0.3 * rng.standard_normal(800)
    mesh = np.stack([np.full(101, 0.2), np.linspace(-1, 1, 101)], axis=1)
    curves = [
        KANRegressor((), random_state=0).fit(x, wave + x[:, 1] ** 2 + noise).predict(mesh)
        for wave in (np.sin(40 * x[:, 0]), 0.0)
    ]
    bends = [np.abs(np.diff(curve, 2)).sum() for curve in curves]
    assert bends[0] < 1.3 * bends[1]


def test_smooth_curves_keep_ten_intervals():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (500, 3))
    y = np.sin(3 * x[:, 0]) + x[:, 1] + 0.2 * rng.standard_normal(500)
    assert KANRegressor((), random_state=0).fit(x, y).network_.grid_size == 10


@pytest.mark.slow
def test_a_curve_of_a_wave_is_found():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1000, 2))
    y = np.exp(np.sin(20 * x[:, 0]) + x[:, 1] ** 2)
    fit = KANRegressor(random_state=0).fit(x[:600], y[:600])
    assert fit.score(x[600:], y[600:]) > 0.999


@pytest.mark.parametrize("n_classes", [2, 3])
def test_classes_in_stripes_are_found(n_classes):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (2000, 2))
    y = np.floor(8 * x[:, 0]).astype(int) % n_classes
    fit = KANClassifier((), random_state=0).fit(x[:1000], y[:1000])
    assert fit.score(x[1000:], y[1000:]) > 0.97


@pytest.mark.parametrize(("n", "periods"), [(30, 3), (60, 5)])
def test_few_rows_of_a_wave_are_no_flat_line(n, periods):
    """From stiff penalties a curve cannot bend where bending a little does not help."""
    mesh = np.linspace(0.05, 0.95, 100)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0, 1, n)
        y = np.sin(2 * np.pi * periods * x) + 0.1 * rng.standard_normal(n)
        model = KANRegressor().fit(x[:, None], y)
        truth = np.sin(2 * np.pi * periods * mesh)
        assert r2_score(truth, model.predict(mesh[:, None])) > 0.8
