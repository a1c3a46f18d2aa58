"""Profiles are the quantiles of every node, with weights as numbers of rows."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training import N_QUANTILES, Rows, node_profiles, profiles
from tests.networks import NETWORKS, build, make_rows, node_values
from tests.training.rows import repeated


def rows_of(network, n_rows=40):
    return Rows(make_rows(network, n_rows), np.zeros((n_rows, 1)), np.ones(n_rows))


@pytest.mark.parametrize("network", NETWORKS)
def test_profiles_are_quantiles_of_the_nodes(network):
    """With rows of one weight, values stand at (i + 1/2) / n: Hazen's plotting positions."""
    rows = rows_of(network)
    found = node_profiles(network, rows)
    assert len(found) == len(network.all_layers)
    shares = np.linspace(0, 1, N_QUANTILES)
    for profile, nodes in zip(found, node_values(network, rows.x), strict=False):
        assert profile.shape == (nodes.shape[1], N_QUANTILES)
        assert not profile.flags.writeable
        wanted = np.quantile(nodes, shares, axis=0, method="hazen").T
        assert_allclose(profile, wanted, rtol=1e-9, atol=1e-8 * max(1.0, np.abs(nodes).max()))
    if network.direct is not None:
        assert found[-1] is found[0]


def test_weights_are_numbers_of_rows():
    network = build(3, (2, 1), 2, direct=True)
    times = np.random.default_rng(0).integers(0, 4, 40)
    rows = rows_of(network)
    present = times > 0
    weighted = Rows(rows.x[present], rows.y[present], times[present].astype(float))
    wanted = node_profiles(network, repeated(rows, times))
    for one, other in zip(node_profiles(network, weighted), wanted, strict=True):
        assert_allclose(one, other, rtol=1e-9, atol=1e-9)


def test_few_values_with_rounding_are_few_values():
    rng = np.random.default_rng(0)
    column = rng.integers(0, 3, 200) * (1.0 + 1e-15 * rng.normal(size=200)) + 1e-15
    rows = Rows(column[:, None], np.zeros((200, 1)), np.ones(200))
    profile = node_profiles(build(1, 1), rows)[0][0]
    assert_allclose(np.unique(profile.round(9)), [0.0, 1.0, 2.0])
    assert len(np.unique(profile)) == 3


def test_many_rows_are_sampled_with_the_ends_of_all(monkeypatch):
    network = build(2, 3, 1)
    rows = rows_of(network, 3000)
    whole = node_profiles(network, rows)
    monkeypatch.setattr(profiles, "_MOST_ROWS", 1500)
    some = node_profiles(network, rows)
    assert_array_equal(some[0][:, [0, -1]], whole[0][:, [0, -1]])
    for one, other in zip(some, whole, strict=True):
        width = other[:, -1:] - other[:, :1]
        assert (np.abs(one - other)[:, 20:-20] < 0.05 * width).all()


FITS = [
    pytest.param(KANRegressor(random_state=0), id="automatic"),
    pytest.param(KANRegressor((2,), max_iter=2, random_state=0), id="gauss-newton"),
    pytest.param(KANRegressor((2,), alpha=1.0, max_iter=5, random_state=0), id="lbfgs"),
    pytest.param(KANRegressor((2,), solver="adam", max_iter=2, random_state=0), id="adam"),
    pytest.param(KANClassifier((), random_state=0), id="classifier"),
]


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("estimator", FITS)
def test_every_fit_has_profiles_of_its_network(estimator):
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 3, (60, 2))
    y = X[:, 0] * X[:, 1]
    estimator.fit(X, y > 0 if isinstance(estimator, KANClassifier) else y)
    network = estimator.network_
    shapes = [(layer.n_inputs, N_QUANTILES) for layer in network.all_layers]
    assert [profile.shape for profile in estimator._profiles_] == shapes
    assert_allclose(estimator._profiles_[0][:, -1], estimator._x_range_[1])


def test_partial_fit_has_profiles():
    X = np.random.default_rng(0).uniform(-1, 3, (60, 2))
    estimator = KANRegressor((2,), random_state=0).partial_fit(X, X[:, 0])
    assert [len(profile) for profile in estimator._profiles_] == [2, 2, 2]
