"""Grids from data are strictly increasing whatever the data, and weights count as rows."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import fit_breaks, make_basis, weighted_quantiles

EPS = [0.0, 0.02, 0.5, 1.0]


def columns():
    """Return columns (n, p) of all kinds, each a case of its own."""
    rng = np.random.default_rng(0)
    normal = rng.normal(size=(50, 1))
    return {
        "normal": normal,
        "lognormal": np.exp(3.0 * normal),
        "ties": np.round(normal),
        "two values": (normal > 1.0).astype(float),
        "nearly all equal": np.where(normal > 2.0, normal, 0.0),
        "one row": np.array([[3.0]]),
        "two rows": np.array([[3.0], [4.0]]),
        "zeros": np.zeros((7, 1)),
        "constant": np.full((7, 1), -42.5),
        "constant up to rounding": 0.1 + 1e-16 * np.round(normal),
        "evenly spaced": np.arange(9.0)[:, None],
        "outlier": np.vstack([normal, [[1e9]]]),
        "offset": 1e6 + normal,
    }


@pytest.mark.parametrize("scale", [1e-12, 1.0, 1e12, 1e100])
@pytest.mark.parametrize("column", columns().values(), ids=columns().keys())
def test_breaks_are_strictly_increasing_and_cover_the_column(column, scale):
    x = scale * column
    for grid_size, grid_eps in product([1, 2, 5, 64], EPS):
        breaks = fit_breaks(x, np.ones(len(x)), grid_size, grid_eps)
        assert breaks.shape == (1, grid_size + 1)
        assert np.isfinite(breaks).all()
        assert (np.diff(breaks) > 0).all()
        assert breaks[0, 0] <= x.min() <= x.max() <= breaks[0, -1]
        assert np.isfinite(make_basis(breaks, 3).polynomials).all()


@given(
    arrays(float, st.tuples(st.integers(1, 20), st.just(2)), elements=st.floats(-1e12, 1e12)),
    st.integers(1, 10),
    st.sampled_from(EPS),
    st.sampled_from([0.0, 0.1]),
)
def test_breaks_of_any_columns_are_strictly_increasing(x, grid_size, grid_eps, margin):
    breaks = fit_breaks(x, np.ones(len(x)), grid_size, grid_eps, margin)
    assert (np.diff(breaks, axis=1) > 0).all()
    assert (breaks[:, 0] <= x.min(axis=0)).all()
    assert (breaks[:, -1] >= x.max(axis=0)).all()


@pytest.mark.parametrize("grid_eps", EPS)
def test_a_weight_of_two_is_the_row_twice_and_of_zero_no_row(grid_eps):
    rng = np.random.default_rng(0)
    x = np.round(rng.normal(size=(40, 3)), 1)  # with ties
    x[:5] *= 100.0  # rows that would widen the grid, and have weight zero
    weights = rng.integers(0, 3, 40).astype(float)
    weights[:5] = 0.0
    wanted = fit_breaks(
        np.repeat(x, weights.astype(int), axis=0), np.ones(int(weights.sum())), 6, grid_eps
    )
    assert_array_equal(fit_breaks(x, weights, 6, grid_eps), wanted)


@pytest.mark.parametrize("grid_eps", EPS)
def test_only_ratios_of_weights_and_no_order_of_rows_count(grid_eps):
    rng = np.random.default_rng(0)
    x, weights = rng.normal(size=(40, 3)), rng.uniform(size=40)
    wanted = fit_breaks(x, weights, 6, grid_eps)
    assert_array_equal(fit_breaks(x, 4.0 * weights, 6, grid_eps), wanted)
    assert_array_equal(fit_breaks(x[::-1], weights[::-1], 6, grid_eps), wanted)


@pytest.mark.parametrize("grid_eps", EPS)
def test_breaks_follow_an_affine_map_of_the_column(grid_eps):
    x = np.random.default_rng(0).normal(size=(40, 3))
    wanted = 1.0 + 8.0 * fit_breaks(x, np.ones(40), 6, grid_eps)
    assert_allclose(fit_breaks(1.0 + 8.0 * x, np.ones(40), 6, grid_eps), wanted, rtol=1e-12)


def test_grid_eps_goes_from_quantiles_to_uniform():
    x = np.random.default_rng(0).beta(1.0, 2.0, size=(400, 1))
    low, high = x.min(), x.max()
    quantiles, mixed, uniform = (fit_breaks(x, np.ones(400), 4, eps)[0] for eps in (0.0, 0.5, 1.0))
    assert_allclose(uniform, np.linspace(low, high, 5), rtol=1e-14)
    # Two definitions of a quantile of 400 rows, and intervals that widen a little more slowly.
    assert_allclose(quantiles[1:-1], np.quantile(x, [0.25, 0.5, 0.75]), rtol=0.05)
    share = 0.5 * (np.searchsorted(x[:, 0], mixed, sorter=np.argsort(x[:, 0])) / 400)
    share += 0.5 * (mixed - low) / (high - low)
    assert_allclose(share, [0.0, 0.25, 0.5, 0.75, 1.0], atol=0.02)


def test_the_margin_is_a_share_of_the_range():
    x = np.array([[0.0, -1.0], [10.0, 1.0]])
    breaks = fit_breaks(x, np.ones(2), 2, 1.0, margin=0.1)
    assert_allclose(breaks, [[-1.0, 5.0, 11.0], [-1.2, 0.0, 1.2]], atol=1e-15)
    constant = fit_breaks(np.full((3, 1), 7.0), np.ones(3), 2, 0.0, margin=0.1)
    assert_allclose(constant, [[6.0, 7.0, 8.0]])


def test_quantiles_of_known_columns():
    x = np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0], [4.0, 5.0]])
    found = weighted_quantiles(x, np.ones(4), np.array([0.0, 0.125, 0.5, 0.75, 1.0]))
    assert_allclose(found, [[1.0, 1.0, 2.5, 3.5, 4.0], [5.0] * 5])
    found = weighted_quantiles(x[:, :1], np.array([1.0, 1.0, 1.0, 5.0]), np.array([0.5]))
    assert 3.0 < found[0, 0] < 4.0
