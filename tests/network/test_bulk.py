"""The bulk of a column, whatever a few of its values say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import bulk_ends, without_far

N = 60
RNG = np.random.default_rng(0)
BULKS = {
    "uniform": RNG.uniform(-1.0, 1.0, N),
    "normal": RNG.normal(size=N),
    "exponential": RNG.exponential(size=N),
    "log-normal": np.exp(RNG.normal(size=N)),
    "counts": RNG.poisson(3.0, N).astype(float),
    "zeros and others": np.where(RNG.uniform(size=N) < 0.6, 0.0, RNG.uniform(2.0, 3.0, N)),
    "two values": (RNG.uniform(size=N) < 0.3).astype(float),
}
each_bulk = pytest.mark.parametrize("bulk", BULKS.values(), ids=BULKS.keys())


def ends(column, weights=None):
    weights = np.ones(len(column)) if weights is None else weights
    low, high = bulk_ends(np.asarray(column, float)[:, None], weights)
    return low[0], high[0]


@each_bulk
def test_a_column_without_gaps_is_all_bulk(bulk):
    assert ends(bulk) == (bulk.min(), bulk.max())


@each_bulk
@pytest.mark.parametrize("share", [0.02, 0.1, 0.3])
@given(
    magnitude=st.floats(3.0, 307.0), sign=st.sampled_from([-1.0, 1.0]), place=st.integers(0, N - 1)
)
def test_far_values_are_no_part_of_it(bulk, share, magnitude, sign, place):
    column = bulk.copy()
    far = (place + np.arange(max(int(share * N), 1))) % N
    rest = np.delete(bulk, far)
    column[far] = sign * 10.0**magnitude
    assert ends(column) == (rest.min(), rest.max())


@pytest.mark.parametrize("codes", [[-99999.0], [-99999.0, -88888.0], [-1e9, 1e9]])
def test_codes_beside_two_values_are_far(codes):
    column = np.concatenate([np.zeros(50), np.ones(30), np.repeat(codes, 10)])
    assert ends(column) == (0.0, 1.0)


def test_one_value_of_most_rows_is_far_from_many_others():
    assert ends(np.concatenate([np.full(60, -99999.0), RNG.uniform(size=40)]))[0] >= 0.0


def test_heavy_tails_are_bulk_nearly_all():
    for seed in range(20):
        column = np.exp(3.0 * np.random.default_rng(seed).normal(size=300))
        low, high = ends(column)
        assert np.mean((column < low) | (column > high)) < 0.01


@each_bulk
def test_weights_are_rows_and_only_their_ratios_count(bulk):
    column = np.append(bulk, [1e4, -3e4])
    weights = RNG.integers(1, 4, len(column)).astype(float)
    wanted = ends(np.repeat(column, weights.astype(int)))
    assert ends(column, weights) == wanted
    assert ends(column, 1e-9 * weights) == wanted
    assert ends(column[::-1], weights[::-1]) == wanted


@each_bulk
@given(st.floats(-200.0, 200.0), st.floats(-1e3, 1e3))
def test_an_affine_map_of_the_column_is_one_of_the_ends(bulk, magnitude, offset):
    column, scale = np.append(bulk, 1e4), 10.0**magnitude
    low, high = ends(column)
    assert_allclose(
        ends(scale * (column + offset)), [scale * (low + offset), scale * (high + offset)]
    )


def test_what_is_far_from_a_range_comes_to_its_nearer_end():
    x = np.array([[0.5, -1e9], [2.0, 7.0], [1e300, 5.0]])
    held = without_far(x, np.array([0.0, 5.0]), np.array([1.0, 6.0]))
    assert_array_equal(held, [[0.5, 5.0], [2.0, 7.0], [1.0, 5.0]])
