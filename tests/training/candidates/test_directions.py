"""Directions of curvature: pairs and indices are found, and nothing breaks on dull columns."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.training.candidates.directions import interaction_directions
from sklearn_kan.training.objective.objective import Rows


def gaussian_rows(n=500, p=10, seed=0):
    x = np.random.default_rng(seed).normal(size=(n, p))
    return Rows(x, np.zeros((n, 1)), np.ones(n))


def noise(shape, scale, seed=1):
    return scale * np.random.default_rng(seed).normal(size=shape)


@pytest.mark.parametrize("seed", range(3))
def test_a_product_of_two_columns_is_found_among_ten(seed):
    rows = gaussian_rows(seed=seed)
    residual = rows.x[:, :1] * rows.x[:, 1:2] + noise((500, 1), 0.5)
    directions = interaction_directions(rows, residual, 2)
    assert (np.square(directions[:2]).sum(axis=0) > 0.9).all()
    # The product is half the difference of two squares: both directions are wanted.
    signs = np.sign(directions[0] * directions[1])
    assert set(signs) == {-1.0, 1.0}


def test_a_quadratic_along_a_dense_direction_is_found():
    rows = gaussian_rows(n=800)
    index = np.where(np.arange(10) % 3 == 0, -1.0, 1.0) / np.sqrt(10.0)
    residual = (rows.x @ index)[:, None] ** 2 + noise((800, 1), 0.3)
    direction = interaction_directions(rows, residual, 1)[:, 0]
    assert abs(direction @ index) > 0.95


def test_the_main_effects_are_no_direction():
    """The square of a column is for its own curve."""
    rows = gaussian_rows(n=800)
    directions = interaction_directions(rows, rows.x[:, 5:6] ** 2, 1)
    assert np.abs(directions[5]) < 0.9


def test_each_output_is_heard():
    rows = gaussian_rows()
    residual = np.column_stack([rows.x[:, 0] * rows.x[:, 1], rows.x[:, 2] * rows.x[:, 3]])
    directions = interaction_directions(rows, residual, 4)
    shares = np.square(directions)
    assert_allclose(shares[:2].sum(axis=0) + shares[2:4].sum(axis=0), 1.0, atol=0.1)
    assert shares[:2].sum() > 1.0
    assert shares[2:4].sum() > 1.0


@pytest.mark.parametrize("p", [2, 3, 10])
@pytest.mark.parametrize("number", [1, 3, 200])
def test_directions_have_unit_length(p, number):
    rows = gaussian_rows(n=100, p=p)
    directions = interaction_directions(rows, noise((100, 2), 1.0), number)
    assert 1 <= directions.shape[1] <= number
    assert_allclose(np.linalg.norm(directions, axis=0), 1.0, rtol=1e-12)


def test_one_column_is_the_only_direction():
    rows = gaussian_rows(n=50, p=1)
    assert_allclose(np.abs(interaction_directions(rows, noise((50, 1), 1.0), 5)), 1.0)


def test_constants_and_dummies_do_no_harm():
    rows = gaussian_rows(n=200, p=6)
    rows.x[:, 2] = 0.0
    rows.x[:, 3] = 1.0
    rows.x[:, 4] = rows.x[:, 4] > 0
    rows.x[:, 5] = rows.x[:, 4]
    for residual in (rows.x[:, :1] * rows.x[:, 1:2], np.zeros((200, 1))):
        directions = interaction_directions(rows, residual, 50)
        assert np.isfinite(directions).all()
    first = interaction_directions(rows, rows.x[:, :1] * rows.x[:, 1:2], 1)
    assert np.square(first[:2]).sum() > 0.9


def test_a_weight_says_the_same_as_copies():
    rows = gaussian_rows(n=80, p=4)
    residual = noise((80, 1), 1.0)
    times = np.random.default_rng(0).integers(1, 4, 80)
    weighted = Rows(rows.x, rows.y, times.astype(float))
    copies = rows.take(np.repeat(np.arange(80), times))
    found = interaction_directions(weighted, residual, 3)
    wanted = interaction_directions(copies, np.repeat(residual, times, axis=0), 3)
    assert_allclose(np.abs(np.einsum("ij,ij->j", found, wanted)), 1.0, rtol=1e-10)


def test_the_residual_stays_unchanged():
    rows = gaussian_rows(n=50, p=3)
    residual = noise((50, 1), 1.0)
    before = residual.copy(), rows.x.copy()
    interaction_directions(rows, residual, 3)
    assert_allclose(residual, before[0], rtol=0.0)
    assert_allclose(rows.x, before[1], rtol=0.0)
