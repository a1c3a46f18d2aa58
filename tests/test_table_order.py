"""One order for all tables: laws of the order itself, then of fits in every way there is."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan._data import Data
from sklearn_kan._table_order import distinct_rows, in_one_order
from sklearn_kan.network import predict, with_inputs_in_order

from .networks import NETWORKS

SMALL = st.integers(-3, 3).map(float)


@st.composite
def tables(draw):
    """Tables with many ties, whole weights, a target of numbers or of labels."""
    n, p = draw(st.integers(1, 12)), draw(st.integers(0, 4))
    X = draw(arrays(float, (n, p), elements=SMALL))
    y = draw(arrays(float, n, elements=SMALL))
    weights = draw(arrays(float, n, elements=st.integers(0, 3).map(float)))
    weights[0] += 1.0
    return Data(X, y.astype(str) if draw(st.booleans()) else y, weights)


def same(a, b):
    return all(np.array_equal(getattr(a, f), getattr(b, f)) for f in ("X", "y", "weights"))


@given(tables(), st.randoms(use_true_random=False))
def test_order_of_rows_does_not_matter(data, random):
    shuffled = random.sample(range(len(data.X)), len(data.X))
    assert same(in_one_order(data).data, in_one_order(data.take(np.array(shuffled))).data)


@given(tables())
def test_a_weight_is_so_many_rows(data):
    repeated = data.take(np.repeat(np.arange(len(data.X)), data.weights.astype(int)))
    repeated = Data(repeated.X, repeated.y, np.ones(len(repeated.X)))
    assert same(in_one_order(data).data, in_one_order(repeated).data)


@given(tables())
def test_rows_are_distinct_and_all_there(data):
    ordered = distinct_rows(data.present())
    before = {}
    for x, y, w in zip(data.X, data.y, data.weights, strict=True):
        if w > 0:
            before[(*x, y)] = before.get((*x, y), 0.0) + w
    after = {(*x, y): w for x, y, w in zip(ordered.X, ordered.y, ordered.weights, strict=True)}
    assert after == before
    assert len(after) == len(ordered.X)


@given(tables())
def test_columns_go_back_to_where_they_were(data):
    table = in_one_order(data)
    users = distinct_rows(data.present())
    assert np.array_equal(table.data.X[:, table.places], table.users.X)
    assert sorted(map(tuple, table.users.X)) == sorted(map(tuple, users.X))


@settings(max_examples=30)
@given(st.permutations(range(5)), st.integers(0, 100))
def test_order_and_units_of_columns_do_not_matter(order, seed):
    rng = np.random.default_rng(seed)
    X, weights = rng.normal(size=(30, 5)), rng.uniform(0.5, 2.0, 30)
    y = X[:, 0] + X[:, 1] ** 2
    table = in_one_order(Data(X, y, weights))
    units, shift = rng.lognormal(size=5), rng.normal(size=5)
    moved = in_one_order(Data((units * X + shift)[:, order], 3.0 * y - 1.0, weights))
    assert np.array_equal(np.array(order)[moved.columns], table.columns)
    assert np.allclose(moved.data.X, (units * table.users.X + shift)[:, table.columns])


def test_any_part_of_the_rows_is_a_sample():
    y = np.arange(1000.0)
    first = in_one_order(Data(y[:, None] ** 2, y, np.ones(1000))).data.y[:300]
    assert abs(first.mean() - y.mean()) < 3.0 * y.std() / np.sqrt(300)


@pytest.mark.parametrize("network", NETWORKS)
def test_networks_take_their_inputs_in_another_order(network):
    rng = np.random.default_rng(0)
    order = rng.permutation(network.n_inputs)
    x = rng.uniform(-1.5, 1.5, (20, network.n_inputs))
    moved = with_inputs_in_order(network, order)
    np.testing.assert_allclose(predict(moved, x[:, order]), predict(network, x), rtol=1e-12)


N = 60
FEW = {"grid_size": 4, "max_iter": 20}
WAYS = {
    "defaults": {},
    "one layer": {"hidden_layer_sizes": (2,), **FEW},
    "two layers": {"hidden_layer_sizes": (2, 1), **FEW},
    "product nodes": {"hidden_layer_sizes": [(1, 1)], **FEW},
    "lbfgs": {"solver": "lbfgs", "hidden_layer_sizes": (2,), "n_init": 2},
    "adam": {"solver": "adam", "hidden_layer_sizes": (2,), "max_iter": 50},
    "early stopping": {"early_stopping": True, "hidden_layer_sizes": (2,)},
    "sparse": {"sparsity": 0.01, "hidden_layer_sizes": (2,), "max_iter": 50},
    "pruned": {"prune_threshold": 0.01, "hidden_layer_sizes": (1,), **FEW},
    "formula": {"symbolic": True, "symbolic_library": ["x", "x^2"], "hidden_layer_sizes": ()},
    "huber": {"loss": "huber", "hidden_layer_sizes": (1,), **FEW},
    "gamma": {"loss": "gamma", "hidden_layer_sizes": (1,), **FEW},
}


def rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(N, 3))
    y = np.exp(0.2 * np.sin(2.0 * X[:, 0]) + 0.2 * X[:, 1] * X[:, 2] + 0.05 * rng.normal(size=N))
    return X, y, rng.integers(0, 3, N)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("options", WAYS.values(), ids=WAYS)
def test_fits_see_no_order_and_weights_are_rows(options):
    X, y, weights = rows()
    rng = np.random.default_rng(1)
    order, columns = rng.permutation(N), np.array([2, 0, 1])
    repeated = np.repeat(order, weights[order])
    model = KANRegressor(random_state=0, **options)
    expected = model.fit(X, y, sample_weight=weights).predict(X)
    twice = model.fit(X[repeated], y[repeated]).predict(X)
    np.testing.assert_array_equal(twice, expected)
    moved = model.fit(X[:, columns], y, sample_weight=weights).predict(X[:, columns])
    np.testing.assert_allclose(moved, expected, rtol=1e-9)


def test_classifiers_and_partial_fits_see_no_order_either():
    X, y, weights = rows()
    y = np.where(y > np.median(y), "high", "low")
    repeated = np.repeat(np.arange(N), weights)[::-1]
    model = KANClassifier(random_state=0, class_weight="balanced")
    expected = model.fit(X, y, sample_weight=weights).predict_proba(X)
    np.testing.assert_array_equal(model.fit(X[repeated], y[repeated]).predict_proba(X), expected)
    once, again = KANClassifier((2,), random_state=0), KANClassifier((2,), random_state=0)
    once.partial_fit(X, y, sample_weight=weights)
    again.partial_fit(X[repeated], y[repeated])
    np.testing.assert_array_equal(again.predict_proba(X), once.predict_proba(X))
    once.prune_(X, y, sample_weight=weights)
    again.prune_(X[repeated], y[repeated])
    np.testing.assert_array_equal(again.predict_proba(X), once.predict_proba(X))


def test_standard_deviations_and_reports_are_in_the_users_columns():
    X, y, _ = rows()
    columns = np.array([2, 0, 1])
    model = KANRegressor((1,), grid_size=4, random_state=0, prune_threshold=0.0).fit(X, y)
    moved = KANRegressor((1,), grid_size=4, random_state=0, prune_threshold=0.0)
    moved.fit(X[:, columns], y)
    std, moved_std = model.predict(X, True)[1], moved.predict(X[:, columns], True)[1]
    np.testing.assert_allclose(moved_std, std, rtol=1e-6)
    gone = [step["input"] for step in model.pruning_report_ if step["layer"] == 0]
    gone_moved = [columns[step["input"]] for step in moved.pruning_report_ if step["layer"] == 0]
    assert gone == gone_moved
