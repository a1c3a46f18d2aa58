"""Folds follow from what rows say."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_kan.training.objective.folds import row_folds
from sklearn_kan.training.objective.objective import Rows
from tests.training.rows import repeated, smooth_rows


def folds_of(rows, n_folds=4, seed=0):
    return row_folds(rows, n_folds, np.random.default_rng(seed))


def test_equal_rows_share_a_fold():
    rows = smooth_rows(n=60)
    twice = rows.take(np.r_[0:60, 0:60])
    folds = folds_of(twice)
    assert_array_equal(folds[:60], folds[60:])


def test_rows_that_differ_in_the_target_only_are_no_copies():
    rows = Rows(np.zeros((60, 2)), np.arange(60.0)[:, None], np.ones(60))
    assert set(folds_of(rows)) == {0, 1, 2, 3}


def test_the_order_of_the_rows_does_not_matter():
    rows = smooth_rows(n=60)
    order = np.random.default_rng(1).permutation(60)
    assert_array_equal(folds_of(rows.take(order)), folds_of(rows)[order])


@pytest.mark.parametrize("n_folds", [2, 4, 5])
@pytest.mark.parametrize("n", [5, 23, 100])
def test_folds_are_as_equal_as_can_be(n, n_folds):
    sizes = np.bincount(folds_of(smooth_rows(n=n), n_folds), minlength=n_folds)
    assert len(sizes) == n_folds
    assert sizes.min() >= 1
    assert np.ptp(sizes) <= 1


def test_a_weight_says_the_same_as_copies():
    rows = smooth_rows(n=40)
    times = np.random.default_rng(0).integers(1, 4, 40)
    weighted = Rows(rows.x, rows.y, times.astype(float))
    assert_array_equal(np.repeat(folds_of(weighted), times), folds_of(repeated(rows, times)))


def test_the_seed_matters():
    rows = smooth_rows(n=60)
    assert (folds_of(rows, seed=0) != folds_of(rows, seed=1)).any()
