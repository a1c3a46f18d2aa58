"""Grids that become finer where the residuals of the additive fit ask for it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training.order import in_order


def noise(kind, rng, shape):
    return {
        "normal": rng.standard_normal,
        "heavy": lambda s: rng.standard_t(2, s),
        "skewed": lambda s: rng.exponential(size=s) - 1.0,
    }[kind](shape)


@pytest.mark.parametrize("kind", ["normal", "heavy", "skewed"])
def test_noise_of_any_tails_is_about_standard_normal(kind):
    rng = np.random.default_rng(0)
    x = rng.uniform(size=(400, 2000))
    found = in_order(x, noise(kind, rng, (400, 1)), np.ones(400))
    assert abs(found.mean()) < 0.1
    assert_allclose(found.std(), 1.0, atol=0.1)
    assert found.max() < 4.0


@pytest.mark.parametrize("frequency", [10, 30, 100])
def test_any_wave_of_one_column_shows_in_it_alone(frequency):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1000, 4))
    wave = np.sin(frequency * x[:, 2:3])
    found = in_order(x, wave + rng.standard_normal(wave.shape), np.ones(1000))
    assert found[2] > 6.0
    assert np.delete(found, 2).max() < 4.0


def test_rows_have_no_order_and_twice_is_a_weight_of_two():
    rng = np.random.default_rng(1)
    x = rng.uniform(size=(200, 3))
    x[:, 1] = np.round(x[:, 1], 1) + rng.integers(0, 3, 200)
    residual, weights = rng.standard_normal((200, 2)), rng.uniform(0.5, 2.0, 200)
    found = in_order(x, residual, weights)
    order = rng.permutation(200)
    assert_allclose(in_order(x[order], residual[order], weights[order]), found, rtol=1e-9)
    times = rng.integers(1, 4, 200)
    again = np.repeat(np.arange(200), times)
    assert_allclose(
        in_order(x[again], residual[again], weights[again]),
        in_order(x, residual, weights * times),
        rtol=1e-9,
    )
    assert_allclose(in_order(1e3 * x - 5.0, -1e-9 * residual, weights), found, rtol=1e-6)


def test_few_values_say_nothing():
    x = np.tile(np.arange(10.0), 50)[:, None]
    assert in_order(x, x - 4.5, np.ones(500)) == 0.0


@pytest.mark.parametrize("sd", [0.0, 0.3])
@pytest.mark.parametrize("frequency", [20, 60])
def test_a_default_fit_follows_waves_finer_than_ten_intervals(frequency, sd):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (2000, 2))
    truth = np.sin(frequency * x[:, 0]) + x[:, 1] ** 2
    y = truth + sd * rng.standard_normal(2000)
    sizes = [("auto", "auto"), ((), 160), ("auto", 10)]
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
