"""Large tables: the architecture from a part, the weights from all rows."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.candidates.part import Kind
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.choice import automatic
from sklearn_kan.training.choice.automatic import fit_automatic
from sklearn_kan.training.choice.choose import choose
from sklearn_kan.training.evidence.budget import MOST_PARAMETERS, given_is_affordable
from sklearn_kan.training.evidence.gauss_newton import posterior_of, problem_of
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.training.grown import product_rows

SETTINGS = Settings(SquaredError(), Architecture(), n_folds=2)


def chosen(rows, seed=0, **options):
    return fit_automatic(rows, replace(SETTINGS, **options), np.random.SeedSequence(seed))


def fitted(rows, seed=0, **options):
    return chosen(rows, seed, **options).mixture(rows)


def log_evidence_of(state, rows):
    return posterior_of(problem_of(state, rows, SETTINGS.loss), state).log_evidence


def test_a_part_and_all_rows_give_much_the_same(monkeypatch):
    rows, _ = product_rows(n=500, noise=0.2)
    fresh, truth = product_rows(n=500, seed=7)
    on_all = predict(fitted(rows).state.network, fresh.x)
    monkeypatch.setattr(automatic, "_ROWS_TO_CHOOSE", 150)
    state = fitted(rows).state
    found = predict(state.network, fresh.x)
    assert np.sqrt(np.mean((found - on_all) ** 2)) < 0.08
    assert 1.0 - np.mean((found - truth) ** 2) / truth.var() > 0.98
    assert np.isfinite(log_evidence_of(state, rows))


CURVED = {Kind.CURVED_NODE, Kind.PAIRS, Kind.WIDE}


@pytest.mark.parametrize("grows", [False, True])
def test_more_steps_on_all_rows_change_nothing(monkeypatch, grows):
    """The fit has settled: hidden nodes of the part do not drift over all rows.

    Strengths of curved edges take longer, but predictions do not mind.
    """
    monkeypatch.setattr(automatic, "_ROWS_TO_CHOOSE", 150)
    rows, _ = product_rows(n=500, noise=0.2)
    found = []
    for steps in (8, 30):
        monkeypatch.setattr(automatic, "_ITER_ON_ALL", steps)
        found.append(chosen(rows, grows=grows))
    first, second = (predict(choice.mixture(rows).state.network, rows.x) for choice in found)
    assert np.sqrt(np.mean((first - second) ** 2)) < 0.02
    for parts in zip(*(choice.parts for choice in found), strict=True):
        first, second = (part.state for part in parts)
        pair = (predict(state.network, rows.x) for state in (first, second))
        assert np.sqrt(np.mean(np.subtract(*pair) ** 2)) < 0.03
        if parts[0].kind not in CURVED:
            evidence = (state.posterior.log_evidence for state in (first, second))
            assert_allclose(*evidence, atol=0.5)


def test_all_rows_count(monkeypatch):
    """A line from forty rows is further from the truth, and misses a column that matters."""
    monkeypatch.setattr(automatic, "_ROWS_TO_CHOOSE", 40)
    rng = np.random.default_rng(0)
    x = rng.normal(size=(600, 3))
    truth = x @ np.array([[0.8], [-0.5], [0.0]])
    rows = Rows(x, truth + rng.normal(size=(600, 1)), np.ones(600))
    state = fitted(rows, grows=False).state
    assert state.chart.edges(0)[:2].all()
    on_all = predict(state.network, x)
    on_part = predict(fitted(rows.take(slice(0, 40)), grows=False).state.network, x)
    assert np.mean((on_all - truth) ** 2) < 0.25 * np.mean((on_part - truth) ** 2)


def test_grids_reach_the_extremes_of_all_rows(monkeypatch):
    monkeypatch.setattr(automatic, "_ROWS_TO_CHOOSE", 50)
    rows, _ = product_rows(n=400)
    rows.x[7] = [6.0, -6.0, 6.0]
    for seed in range(2):
        breaks = fitted(rows, seed=seed, grows=False).state.network.layers[0].basis.breaks
        assert_allclose(breaks[:, 0], rows.x.min(axis=0))
        assert_allclose(breaks[:, -1], rows.x.max(axis=0))


def test_a_small_table_is_chosen_on_as_it_is():
    rows, _ = product_rows(n=60, p=2)
    fold_seed = np.random.SeedSequence(0).spawn(2)[1]
    wanted = choose(rows, SETTINGS, fold_seed).mixture(rows)
    assert_array_equal(fitted(rows).state.beta, wanted.state.beta)


def test_the_same_seed_gives_the_same_fit(monkeypatch):
    monkeypatch.setattr(automatic, "_ROWS_TO_CHOOSE", 60)
    rows, _ = product_rows(n=100, p=2)
    first, again, other = (fitted(rows, seed=seed).state for seed in (0, 0, 1))
    assert_array_equal(first.beta, again.beta)
    assert np.abs(predict(first.network, rows.x) - predict(other.network, rows.x)).max() > 0.0


def test_exact_additive_data_leave_a_posterior(monkeypatch):
    monkeypatch.setattr(automatic, "_ROWS_TO_CHOOSE", 60)
    rows, _ = product_rows(n=200)
    for y in (rows.x @ np.array([[0.5], [-1.0], [0.2]]), np.zeros((200, 1))):
        state = fitted(replace(rows, y=y)).state
        assert_allclose(predict(state.network, rows.x), y, atol=1e-6)
        assert state.posterior is not None


@pytest.mark.parametrize(
    ("hidden", "direct", "p", "q", "affordable"),
    [
        ((), True, 10, 1, True),
        ((), True, MOST_PARAMETERS, 1, True),
        ((), True, MOST_PARAMETERS + 1, 1, False),
        ((), True, 500, 3, True),
        ((), True, 500, 4, False),
        (((5, 0),), False, 10, 1, True),
        (((5, 0),), False, 100, 1, False),
        # 49 * 5 + 5 edges, six coordinates each, are 1500; the direct ones are too many.
        (((5, 0),), False, 49, 1, True),
        (((5, 0),), True, 49, 1, False),
        # A product node has two sums.
        (((1, 2),), False, 49, 1, True),
        (((1, 3),), False, 49, 1, False),
        (((5, 0), (40, 0)), False, 10, 1, False),
    ],
)
def test_affordable(hidden, direct, p, q, affordable):
    assert given_is_affordable(Architecture(hidden, direct=direct), p, q) is affordable
