"""Scales of columns: exact under weights, and far values have no say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan._scaling import Scaling, pooled, standardise, standardise_bulk

RNG = np.random.default_rng(0)
X = np.column_stack([RNG.uniform(size=60), RNG.exponential(size=60), np.full(60, 3.0)])
ONES = np.ones(len(X))


def assert_same(one, other, rtol=1e-12):
    assert_allclose(one.center, other.center, rtol=rtol)
    assert_allclose(one.scale, other.scale, rtol=rtol)


@given(st.floats(3.0, 307.0), st.sampled_from([-1.0, 1.0]), st.integers(1, 20))
def test_far_values_do_not_change_it(magnitude, sign, number):
    x = X[:, :2].copy()
    x[:number] = sign * 10.0**magnitude
    assert_same(standardise_bulk(x, ONES), standardise(X[number:, :2], ONES[number:]))


def test_without_far_values_it_is_the_standard_scaling():
    assert_same(standardise_bulk(X, ONES), standardise(X, ONES), rtol=1e-15)


def test_a_weight_of_two_is_the_row_twice():
    x = np.concatenate([X, [[1e7, -1e9, 3.0]]])
    weights = RNG.integers(1, 4, len(x))
    twice = np.repeat(x, weights, axis=0)
    assert_same(
        standardise_bulk(x, weights.astype(float)), standardise_bulk(twice, np.ones(len(twice)))
    )


@pytest.mark.parametrize("sizes", [(20, 40), (1, 59), (1, 1)])
def test_the_scaling_of_two_parts_is_that_of_all_rows(sizes):
    one, other = X[: sizes[0]], X[sizes[0] : sum(sizes)]
    scalings = [standardise(part, np.ones(len(part))) for part in (one, other)]
    both = np.concatenate([one, other])
    assert_same(pooled(*scalings, *sizes), standardise(both, np.ones(len(both))), rtol=1e-9)


def test_parts_at_the_ends_of_floats_do_not_overflow():
    one, other = (Scaling(np.array([c]), np.array([1e300])) for c in (-1.7e308, 1.7e308))
    both = pooled(one, other, 1.0, 1.0)
    assert_array_equal(np.isfinite([both.center, both.scale]), True)
