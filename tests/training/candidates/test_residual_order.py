"""Residuals in order, along columns, in planes and in space, are told from noise."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.training.candidates.residual_order import (
    column_order,
    in_planes,
    is_in_order,
    planes_in_order,
)


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
    found = column_order(x, noise(kind, rng, (400, 1)), np.ones(400))
    assert abs(found.mean()) < 0.1
    assert_allclose(found.std(), 1.0, atol=0.1)
    assert found.max() < 4.0


@pytest.mark.parametrize("frequency", [10, 30, 100])
def test_any_wave_of_one_column_shows_in_it_alone(frequency):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1000, 4))
    wave = np.sin(frequency * x[:, 2:3])
    found = column_order(x, wave + rng.standard_normal(wave.shape), np.ones(1000))
    assert found[2] > 6.0
    assert np.delete(found, 2).max() < 4.0


def test_rows_have_no_order_and_twice_is_a_weight_of_two():
    rng = np.random.default_rng(1)
    x = rng.uniform(size=(200, 3))
    x[:, 1] = np.round(x[:, 1], 1) + rng.integers(0, 3, 200)
    residual, weights = rng.standard_normal((200, 2)), rng.uniform(0.5, 2.0, 200)
    found = column_order(x, residual, weights)
    order = rng.permutation(200)
    assert_allclose(column_order(x[order], residual[order], weights[order]), found, rtol=1e-9)
    times = rng.integers(1, 4, 200)
    again = np.repeat(np.arange(200), times)
    assert_allclose(
        column_order(x[again], residual[again], weights[again]),
        column_order(x, residual, weights * times),
        rtol=1e-9,
    )
    assert_allclose(column_order(1e3 * x - 5.0, -1e-9 * residual, weights), found, rtol=1e-6)


def test_few_values_say_nothing():
    x = np.tile(np.arange(10.0), 50)[:, None]
    assert column_order(x, x - 4.5, np.ones(500)) == 0.0


def columns_of_kinds(rng, n):
    """Return columns of many values, of two, of six, and of some that repeat."""
    many = rng.uniform(size=(n, 3)) ** [1, 2, 6]
    few = [rng.integers(0, 2, n), rng.integers(0, 6, n), np.round(rng.normal(size=n), 1)]
    return np.column_stack([many, *few])


@pytest.mark.parametrize("kind", ["normal", "heavy", "skewed"])
def test_noise_has_no_order_in_planes_nor_in_space(kind):
    rng = np.random.default_rng(0)
    largest, in_space = [], 0
    for _ in range(60):
        x = columns_of_kinds(rng, 300)
        residual = noise(kind, rng, (300, 1))
        largest.append(in_planes(x, residual, np.ones(300)).max())
        assert planes_in_order(x, residual, np.ones(300)) == []
        in_space += is_in_order(x, residual, np.ones(300))
    assert in_space == 0
    # The largest of fifteen planes, each cut in three ways.
    assert 1.0 < np.median(largest) < 2.6
    assert max(largest) < 4.2


WAVES = {
    "of the sum": lambda a, b: np.sin(20 * (a + b)),
    "times a line": lambda a, b: np.sin(40 * a) * b,
    "rings": lambda a, b: np.sin(15 * np.hypot(a, b)),
    "product": lambda a, b: a * b,
    "step": lambda a, b: np.where(a > 0.3, np.sign(b), 0.0),
}


@pytest.mark.parametrize("name", WAVES)
def test_any_interaction_of_two_columns_shows_in_their_plane(name):
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1500, 4))
    wave = WAVES[name](x[:, 3], x[:, 1])
    wave = (wave - wave.mean())[:, None] / wave.std()
    residual = wave + rng.standard_normal(wave.shape)
    found = in_planes(x, residual, np.ones(1500))
    assert found.max() == found[3, 1] > 6.0
    assert (3, 1) in planes_in_order(x, residual, np.ones(1500))


def test_a_column_of_two_values_has_planes_too():
    rng = np.random.default_rng(0)
    x = np.column_stack([rng.integers(0, 2, 600), rng.uniform(-1, 1, (600, 2))])
    residual = np.sin(9 * x[:, 1:2]) * (x[:, :1] - 0.5) + 0.3 * rng.standard_normal((600, 1))
    assert planes_in_order(x, residual, np.ones(600)) == [(1, 0)]


def test_only_space_shows_what_three_columns_do_together():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (2000, 3))
    residual = np.sin(6 * x.sum(axis=1, keepdims=True)) + 0.3 * rng.standard_normal((2000, 1))
    assert is_in_order(x, residual, np.ones(2000))
    assert planes_in_order(x, residual, np.ones(2000)) == []


def test_planes_and_space_are_the_same_for_rows_in_any_order_and_weights_for_repeats():
    rng = np.random.default_rng(1)
    x = columns_of_kinds(rng, 200)
    residual, weights = rng.standard_normal((200, 2)), rng.uniform(0.5, 2.0, 200)
    found = in_planes(x, residual, weights)
    order = rng.permutation(200)
    assert_allclose(in_planes(x[order], residual[order], weights[order]), found, rtol=1e-9)
    again = np.repeat(np.arange(200), rng.integers(1, 4, 200))
    repeated = in_planes(x[again], residual[again], np.ones(len(again)))
    assert_allclose(repeated, in_planes(x, residual, np.bincount(again).astype(float)), rtol=1e-9)
    # Ranks are all that counts, and residuals have no unit.
    assert_allclose(in_planes(np.exp(3.0 * x), -1e-9 * residual, weights), found, rtol=1e-6)


@pytest.mark.parametrize(("n", "p"), [(0, 2), (1, 2), (5, 3), (50, 1), (50, 0)])
def test_too_few_rows_or_columns_say_nothing(n, p):
    rng = np.random.default_rng(0)
    x, residual = rng.uniform(size=(n, p)), np.ones((n, 1))
    assert_array_equal(in_planes(x, residual, np.ones(n)).shape, (p, p))
    assert planes_in_order(x, residual, np.ones(n)) == []
    if n < 20 or p == 0:
        assert not is_in_order(x, residual, np.ones(n))


def test_constants_say_nothing():
    x, residual = np.zeros((100, 3)), np.zeros((100, 1))
    assert planes_in_order(x, residual, np.ones(100)) == []
    assert not is_in_order(x, residual, np.ones(100))
