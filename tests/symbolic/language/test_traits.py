"""What primitives say of themselves is so."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.language.library import LIBRARY

ALL = LIBRARY.values()


def arguments(primitive, n=40):
    """Return numbers that stay inside its domain when doubled, or moved by 0.1."""
    low, high = np.clip(primitive.domain[-1], -1.2, 1.2)
    return np.linspace(0.9 * low + 0.1 * high, 0.55 * low + 0.45 * high, n) / 2.0


def outside_of(primitive, moved):
    """Return what the function of a moved argument is beside a multiple of it and a constant."""
    u = arguments(primitive)
    columns = np.stack([np.ones_like(u), primitive.value(u)], axis=1)
    target = primitive.value(moved(u))
    theta = np.linalg.lstsq(columns, target, rcond=None)[0]
    return np.abs(columns @ theta - target).max() / np.abs(target).max()


@pytest.mark.parametrize("primitive", ALL, ids=LIBRARY)
def test_numbers_that_are_not_free_say_nothing(primitive):
    scale, shift = primitive.free
    if not scale:
        assert outside_of(primitive, lambda u: 2.0 * u) < 1e-12
    if not shift:
        assert outside_of(primitive, lambda u: u + 0.1) < 1e-12


@pytest.mark.parametrize("name", ["sin", "cos", "tanh", "exp", "gaussian"])
def test_free_numbers_say_something(name):
    assert outside_of(LIBRARY[name], lambda u: 2.0 * u) > 1e-6


@pytest.mark.parametrize("primitive", [p for p in ALL if p.degree is not None], ids=repr)
def test_powers_are_of_their_degree(primitive):
    u = np.linspace(0.5, 2.0, 9)
    assert_allclose(primitive.value(3.0 * u), 3.0**primitive.degree * primitive.value(u))


def test_waves_change_their_sign_after_half_a_period():
    u = np.linspace(-3, 3, 9)
    waves = [primitive for primitive in ALL if primitive.is_wave]
    assert {wave.name for wave in waves} == {"sin", "cos"}
    for wave in waves:
        assert_allclose(wave.value(u + wave.period / 2), -wave.value(u), atol=1e-12)


@pytest.mark.parametrize("primitive", [p for p in ALL if p.at_zero is not None], ids=repr)
def test_values_at_zero(primitive):
    assert primitive.value(np.zeros(1))[0] == primitive.at_zero


@pytest.mark.parametrize("primitive", [p for p in ALL if p.limit_degree is not None], ids=repr)
def test_limits_are_lines_or_parabolas_about_zero(primitive):
    at = np.zeros(1) if primitive.name != "log" else np.ones(1)
    slope, curvature = primitive.slope(at)[0], primitive.curvature(at)[0]
    assert (slope == 0.0) == (primitive.limit_degree == 2)
    assert slope or curvature


def test_poles_part_the_branches_of_a_tangent():
    (tangent,) = [primitive for primitive in ALL if primitive.has_poles]
    assert tangent.branches(np.array([-2.0, -1.5, 0.0, 1.5, 2.0])).tolist() == [-1, 0, 0, 0, 1]
