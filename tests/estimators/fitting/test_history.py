"""The history of a fit, and what verbose prints of it."""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan import KANRegressor
from sklearn_kan.training.report.history import Record

KEYS = {"stage", "n_iter", "objective", "log_evidence", "hidden", "n_edges", "grid_size"}


def table(n=150):
    X = np.random.default_rng(0).uniform(-1, 1, (n, 2))
    return X, np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)


SHORT = {"grid_size": (3, 6), "max_iter": 3, "random_state": 0}
FITS = {
    "automatic": KANRegressor(random_state=0),
    "given": KANRegressor((2,), **SHORT),
    "lbfgs": KANRegressor((2,), alpha=1.0, **SHORT),
    "adam": KANRegressor((2,), solver="adam", **SHORT),
}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize("kind", FITS)
def test_the_last_stage_is_of_the_fitted_network(kind, capsys):
    X, y = table()
    model = FITS[kind].set_params(verbose=0).fit(X, y)
    assert capsys.readouterr().out == ""
    assert all(set(record) == KEYS for record in model.history_)
    last = model.history_[-1]
    network = model.network_
    assert last["hidden"] == tuple((a.n_sums, a.n_products) for a in network.layers[:-1])
    assert last["n_edges"] == network.n_edges
    assert pickle.loads(pickle.dumps(model)).history_ == model.history_
    quiet = model.predict(X)
    assert model.set_params(verbose=1).fit(X, y).predict(X).tobytes() == quiet.tobytes()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) >= len(model.history_)


def test_stages_of_grids_and_their_evidence_rise():
    X, y = table()
    model = FITS["given"].set_params(verbose=0).fit(X, y)
    finer = [r for r in model.history_ if r["stage"] in ("all rows", "finer grid")]
    assert [record["grid_size"] for record in finer] == [3, 6]
    assert finer[1]["log_evidence"] > finer[0]["log_evidence"]
    assert model.history_[-1]["log_evidence"] >= finer[1]["log_evidence"]


def test_iterations_of_lbfgs_add_up():
    X, y = table()
    with pytest.warns(match="max_iter"):
        model = FITS["lbfgs"].set_params(verbose=0).fit(X, y)
    assert [record["grid_size"] for record in model.history_] == [3, 6]
    assert sum(record["n_iter"] for record in model.history_) == model.n_iter_
    assert_allclose(model.history_[-1]["objective"], model.loss_curve_[-1], rtol=0.2)


def test_what_is_done_afterwards_is_added():
    X, y = table()
    model = KANRegressor((), random_state=0).fit(X, y)
    before = model.history_
    model.prune_(threshold=0.5).refine_(20).refine_(40, X, y).partial_fit(X, y)
    stages = [record["stage"] for record in model.history_[len(before) :]]
    assert stages == ["pruned", "refined", "refined", "partial_fit"][-len(stages) :]
    assert model.history_[-2]["grid_size"] == 40
    assert model.history_[: len(before)] == before
    model.fit(X, y)
    assert model.history_ == before


def test_a_line_says_what_is_known():
    assert str(Record("additive", log_evidence=1.5)) == "additive: log-evidence 1.5"
    record = Record("grid", 3, 0.5, 2.0, ((2, 1), (1, 0)), 7, 10)
    assert str(record) == (
        "grid: 3 iterations, objective 0.5, log-evidence 2, hidden nodes 2+1-1, 7 edges, "
        "10 intervals"
    )
