"""Distinct values, told from profiles."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.inspection.distinct import distinct_values, is_constant
from sklearn_kan.training import N_QUANTILES, Rows, node_profiles
from tests.networks import build


def profile_of(column, weights=None):
    weights = np.ones(len(column)) if weights is None else weights
    rows = Rows(column[:, None], np.zeros((len(column), 1)), weights)
    return node_profiles(build(1, 1), rows)[0][0]


@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=8, unique=True),
    st.lists(st.integers(1, 500), min_size=8, max_size=8),
)
def test_few_values_are_found_however_rare(values, counts):
    values = np.sort(values)
    if np.diff(values).min() < 1e-9 * np.ptp(values):
        return  # one value
    counts = np.array(counts[: len(values)])
    profile = profile_of(np.repeat(values, counts))
    assert_array_equal(distinct_values(profile), values)
    found = np.array([(profile == value).sum() for value in values])
    assert_allclose(found / N_QUANTILES, counts / counts.sum(), atol=8 / N_QUANTILES)
    weighted = profile_of(values, counts.astype(float))
    assert_array_equal(weighted, profile)


@pytest.mark.parametrize("n_rows", [1000, 100_000])
@pytest.mark.parametrize("n_ones", [1, 3])
def test_a_single_one_among_zeros_is_seen(n_rows, n_ones):
    column = np.zeros(n_rows)
    column[np.random.default_rng(0).choice(n_rows, n_ones, replace=False)] = 1.0
    assert_array_equal(distinct_values(profile_of(column)), [0.0, 1.0])


@pytest.mark.parametrize("seed", range(3))
def test_a_rare_value_between_others_is_looked_for_in_all_rows(seed):
    column = np.arange(100_000) % 2 * 2.0
    column[np.random.default_rng(seed).integers(100_000)] = 1.0
    assert_array_equal(distinct_values(profile_of(column)), [0.0, 1.0, 2.0])


@pytest.mark.parametrize("n_rows", [20, 300, 20_000])
def test_many_values_are_not_few(n_rows):
    assert distinct_values(profile_of(np.random.default_rng(0).normal(size=n_rows))) is None
    assert distinct_values(profile_of(np.arange(n_rows) % 9.0)) is None


def test_one_value_is_not_few():
    assert distinct_values(np.full(201, 3.0)) is None


def test_a_value_with_rounding_is_a_constant():
    near = np.full(201, -0.61936)
    near[-1] = np.nextafter(np.nextafter(near[-1], 0), 0)
    assert is_constant(near)
    assert is_constant(np.zeros(201))
    assert not is_constant(np.linspace(1.0, 1.001, 201))
