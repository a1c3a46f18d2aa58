"""Distinct values and their shares, told from quantiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from sklearn_kan.inspection.distinct import density_sample, distinct_values, is_constant
from sklearn_kan.network import weighted_quantiles

SHARES = np.linspace(0.0, 1.0, 201)


def profile_of(column, weights=None):
    weights = np.ones(len(column)) if weights is None else weights
    return weighted_quantiles(column[:, None], weights, SHARES)[0]


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8, unique=True),
    st.lists(st.integers(4, 60), min_size=8, max_size=8),
)
def test_few_values_are_found_with_their_shares(values, counts):
    values = np.sort(values)
    gaps = np.diff(values)
    if gaps.min() < 1e-3 * np.ptp(values):
        return
    counts = np.array(counts[: len(values)])
    found = distinct_values(profile_of(np.repeat(values, counts)))
    if len(values) > 2 and np.abs(np.diff(slopes(values, counts))).min() < 1e-3:
        return  # no kink: the value in the middle cannot be told
    assert found is not None
    assert_allclose(found[0], values, atol=1e-5 * np.ptp(values))
    assert_allclose(found[1], counts / counts.sum(), atol=1e-4)


def slopes(values, counts):
    """Return how steeply the quantiles climb between values, in their range."""
    return np.diff(values) / np.ptp(values) / (0.5 * (counts[1:] + counts[:-1]) / counts.sum())


@pytest.mark.parametrize("n_rows", [20, 300, 20_000])
def test_many_values_are_not_few(n_rows):
    column = np.random.default_rng(0).normal(size=n_rows)
    profile = profile_of(column)
    assert distinct_values(profile) is None
    assert density_sample(profile) is profile


def test_one_value_is_not_few():
    assert distinct_values(np.full(201, 3.0)) is None


def test_a_straight_profile_has_no_values():
    assert distinct_values(SHARES) is None


def test_the_sample_of_a_binary_column_is_in_two_heaps():
    sample = density_sample(profile_of(np.repeat([0.0, 1.0], [30, 10])))
    assert_allclose(np.unique(sample), [0.0, 1.0], atol=1e-12)
    assert_allclose(sample.mean(), 0.25, atol=0.01)


def test_a_value_with_rounding_is_a_constant():
    near = np.full(201, -0.61936)
    near[-1] = np.nextafter(np.nextafter(near[-1], 0), 0)
    assert is_constant(near)
    assert is_constant(np.zeros(201))
    assert not is_constant(np.linspace(1.0, 1.001, 201))
