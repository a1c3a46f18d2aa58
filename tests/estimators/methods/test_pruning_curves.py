"""Pruning and importances where some edges are symbolic."""

import copy

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan import KANRegressor


def table(n=200):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (n, 4))
    return X, np.sin(3 * X[:, 0]) + X[:, 1] ** 2 + 0.05 * rng.standard_normal(n)


@pytest.fixture(scope="module")
def model():
    X, y = table()
    model = KANRegressor((), alpha=1.0, random_state=0).fit(X, y)
    return model.fix_symbolic(0, 0, 0, "sin").fix_symbolic(0, 2, 0, "x")


def present(model):
    return model.network_.layers[0].present[:, 0]


def test_curves_have_importances(model):
    original = KANRegressor((), alpha=1.0, random_state=0).fit(*table())
    assert_allclose(model.feature_importances_, original.feature_importances_, atol=0.05)
    assert_array_equal(model.edge_importances_[0] > 0, True)


def test_a_weak_curve_goes_without_rows_and_its_mean_stays(model):
    X, _ = table()
    pruned = copy.deepcopy(model).prune_(threshold=0.2)
    assert_array_equal(present(pruned), [True, True, False, False])
    assert len(pruned.network_.layers[0].curves) == 1
    assert_allclose(pruned.predict(X).mean(), model.predict(X).mean(), atol=0.01)


def test_a_curve_that_does_nothing_goes_with_rows_and_one_that_does_stays(model):
    X, y = table()
    pruned = copy.deepcopy(model).prune_(X, y)
    assert_array_equal(present(pruned), [True, True, False, False])
    assert [edge.input for edge in pruned.network_.layers[0].curves] == [0]
    assert pruned.score(X, y) > model.score(X, y) - 0.005
    removed = [(record["layer"], record["input"]) for record in pruned.pruning_report_]
    assert sorted(removed) == [(0, 2), (0, 3)]


def test_edits_in_any_order_leave_a_model_that_works(model):
    X, y = table()
    edited = copy.deepcopy(model).refine_(20).prune_(threshold=0.1).fix_symbolic(0, 1, 0, "x^2")
    edited.prune_(X, y).refine_(40, X, y).unfix_symbolic(0, 1, 0).partial_fit(X, y)
    assert np.isfinite(edited.predict(X)).all()
    assert edited.feature_importances_[[0, 1]].min() > 0.1
    assert_allclose(edited.feature_importances_.sum(), 1.0)
