"""Importances of columns: the order of permutation importances, and what edits make of them."""

import copy

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.stats import spearmanr
from sklearn.datasets import load_diabetes, load_wine
from sklearn.inspection import permutation_importance

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training import Rows, total_effects


def rare_column(n=300, seed=1):
    """Return rows with an interaction, and a third column of four ones that does nothing."""
    rng = np.random.default_rng(seed)
    X = np.c_[rng.normal(size=(n, 2)), (np.arange(n) < 4) * 1.0]
    return X, 2 * X[:, 0] + np.sin(2 * X[:, 1]) * X[:, 0] + rng.normal(0, 0.3, n)


def by_permutation(model, X, y, **options):
    found = permutation_importance(model, X, y, random_state=0, n_repeats=10, **options)
    return found.importances_mean / found.importances_mean.sum()


def test_a_column_of_few_ones_has_what_it_does_to_the_prediction():
    X, y = rare_column()
    model = KANRegressor((2,), random_state=0).fit(X, y)
    found = model.feature_importances_
    assert_allclose(found, by_permutation(model, X, y), atol=0.01)
    attributed = model.node_importances_[0]  # follows the edges one by one
    assert 10 * found[2] / found[1] < attributed[2] / attributed[1]
    assert_allclose(found.sum(), 1.0)


@pytest.mark.parametrize("hidden", [(), (3,), ((1, 1),)])
def test_the_order_is_that_of_permutations_on_the_rows(hidden):
    X, y = load_diabetes(return_X_y=True)
    model = KANRegressor(hidden, random_state=0, max_iter=20, tol=1e-2).fit(X, y)
    found, wanted = model.feature_importances_, by_permutation(model, X, y)
    assert_allclose(found, wanted, atol=0.05)
    lower, higher = np.nonzero(np.subtract.outer(wanted, wanted) < -0.02)  # others may be even
    assert (found[lower] < found[higher]).all()


def test_classes_too():
    X, y = load_wine(return_X_y=True)
    model = KANClassifier((), random_state=0).fit(X, y)
    wanted = by_permutation(model, X, y, scoring="neg_log_loss")
    assert spearmanr(model.feature_importances_, wanted)[0] > 0.9
    rows = Rows(model._encoding_.x_scaling.apply(X), np.zeros((len(X), 1)), np.ones(len(X)))
    centred = total_effects(model.network_, rows, couples_outputs=True)
    assert_allclose(model.feature_importances_, centred / centred.sum(), rtol=1e-9)
    # What all logits have in common means nothing, and counts for nothing.
    other = copy.copy(model)
    layer = model.network_.layers[0]
    shift = np.random.default_rng(0).normal(size=(*layer.weights.shape[:2], 1))
    other.network_ = model.network_.replace_layer(0, weights=layer.weights + shift)
    same = copy.copy(model)
    same.network_ = model.network_.replace_layer(0)
    assert_allclose(other.feature_importances_, same.feature_importances_, rtol=1e-6)


def test_outputs_count_alike_whatever_their_units():
    X = np.random.default_rng(0).uniform(-1.0, 1.0, (300, 3))
    y = np.stack([X[:, 0], 1e6 * X[:, 1]], axis=1)
    found = KANRegressor((), random_state=0).fit(X, y).feature_importances_
    assert_allclose(found[:2], 0.5, atol=0.01)


def test_weights_and_orders():
    X, y = rare_column()
    times = np.random.default_rng(0).integers(1, 4, len(X))
    fitted = KANRegressor((), random_state=0).fit(X, y, times)
    repeated = KANRegressor((), random_state=0).fit(np.repeat(X, times, 0), np.repeat(y, times))
    found = fitted.feature_importances_
    assert_allclose(repeated.feature_importances_, found, atol=1e-6)
    turned = KANRegressor((), random_state=0).fit(X[::-1, ::-1], y[::-1], times[::-1])
    assert_allclose(turned.feature_importances_[::-1], found, atol=1e-6)


def test_after_edits_without_rows_they_are_those_of_made_up_rows():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(rng.uniform(-1.0, 1.0, (400, 3)), columns=["a", "b", "c"])
    y = X["a"] * X["b"] + 0.5 * X["c"]
    model = KANRegressor(((0, 1),), random_state=0, max_iter=30).fit(X, y)
    before = model.feature_importances_
    refined = copy.deepcopy(model).refine_(2 * model.network_.grid_size)
    assert_array_equal(refined.feature_importances_, before)
    edited = copy.deepcopy(model)
    edited.set_edge("direct", "c", 0, "0")
    edited.set_edge(0, "c", 0, "0").set_edge(0, "c", 1, "0")
    found = edited.feature_importances_
    assert found[2] == 0.0
    assert_allclose(found[:2], 0.5, atol=0.05)
    assert_allclose(found.sum(), 1.0)


def test_partial_fits_have_them_too():
    X, y = rare_column()
    model = KANRegressor((2,), random_state=0)
    for _ in range(20):
        model.partial_fit(X, y)
    found = model.feature_importances_
    assert_allclose(found.sum(), 1.0)
    assert found[0] == found.max()
