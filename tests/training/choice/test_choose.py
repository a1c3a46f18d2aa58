"""The default fit has as many hidden nodes as the rows support."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.candidates.part import Kind, Part, Variant
from sklearn_kan.training.candidates.proposals import candidates
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.choice import choose as architecture
from sklearn_kan.training.choice.choose import Chosen, choose
from sklearn_kan.training.evidence import budget
from sklearn_kan.training.evidence.beyond_rows import Beyond
from sklearn_kan.training.evidence.gauss_newton import State
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import BinaryLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.training.grown import product_rows

SETTINGS = Settings(SquaredError(), Architecture())
ALL_EDGES = Variant(Kind.ADDITIVE_ALL_EDGES).name


class Chosen(NamedTuple):
    choice: Chosen
    state: State


def chosen(rows, seed=0, **options):
    choice = choose(rows, replace(SETTINGS, **options), np.random.SeedSequence(seed))
    return Chosen(choice, choice.mixture(rows).state)


def n_hidden(found):
    network = found.state.network
    return network.layers[0].n_outputs if len(network.layers) > 1 else 0


def additive_rows(n=200, p=3, seed=0):
    """Return noisy rows of curves of the first two columns."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, p))
    y = np.sin(1.5 * x[:, :1]) + x[:, 1:2] ** 2 + 0.3 * rng.normal(size=(n, 1))
    return Rows(x, (y - y.mean()) / y.std(), np.ones(n))


@pytest.mark.parametrize("seed", range(3))
def test_an_additive_truth_gets_no_hidden_nodes(seed):
    found = chosen(additive_rows(seed=seed))
    assert n_hidden(found) == 0
    assert [(part.name, part.share) for part in found.choice.parts] == [("additive", 1.0)]
    edges = found.state.chart.edges(0)[:, 0]
    assert edges[:2].all()


def test_columns_that_do_not_matter_leave_the_additive_model():
    """Most of them: noise has its chance."""
    edges = np.stack(
        [chosen(additive_rows(p=5, seed=s)).state.chart.edges(0)[:, 0] for s in (0, 1, 2)]
    )
    assert edges[:, :2].all()
    assert edges[:, 2:].mean() < 0.4


def test_a_product_gets_hidden_nodes_and_is_learnt():
    rows, _ = product_rows(n=300, p=4, noise=0.3)
    found = chosen(rows, n_folds=3)
    assert n_hidden(found) > 0
    assert sum(part.share for part in found.choice.others) > 0.5
    assert np.isclose(sum(part.share for part in found.choice.parts), 1.0)
    fresh, truth = product_rows(n=1000, p=4, seed=100)
    error = np.mean((predict(found.state.network, fresh.x) - truth) ** 2)
    assert 1.0 - error / truth.var() > 0.95


def class_rows():
    rows = additive_rows(n=300, p=5)
    return Rows(rows.x, (rows.y > 0).astype(float), rows.weights)


@pytest.fixture(scope="module")
def chosen_by_folds():
    """Return the choice for a classifier, idle edges and all judged by folds."""
    return chosen(class_rows(), loss=BinaryLogLoss(), n_folds=3)


def test_rows_say_how_much_of_idle_edges_a_classifier_keeps(chosen_by_folds):
    """Of squared errors they are gone; log-losses are often better with them."""
    found = chosen_by_folds
    assert ALL_EDGES in found.choice.log_evidence
    assert np.isfinite(found.choice.risk)
    assert {part.name for part in found.choice.parts} <= {*found.choice.log_evidence}
    fresh = additive_rows(n=2000, p=5, seed=1)
    wanted = (fresh.y > 0).astype(float)
    risk = BinaryLogLoss().value(wanted, predict(found.state.network, fresh.x)).mean()
    assert risk < 0.4


def test_where_folds_are_too_dear_idle_edges_are_judged_without(monkeypatch, chosen_by_folds):
    monkeypatch.setattr(budget, "_MOST_OPERATIONS", 1e5)
    found = chosen(class_rows(), loss=BinaryLogLoss())
    assert list(found.choice.log_evidence) == ["additive", ALL_EDGES]
    assert np.isfinite(found.choice.risk)
    by_folds = chosen_by_folds.choice
    assert len(by_folds.log_evidence) > 2
    assert abs(found.choice.risk - by_folds.risk) < 0.1 * by_folds.risk


def test_noise_alone_gets_nothing():
    rng = np.random.default_rng(0)
    rows = Rows(rng.normal(size=(150, 4)), rng.normal(size=(150, 1)), np.ones(150))
    found = chosen(rows)
    assert n_hidden(found) == 0
    assert predict(found.state.network, rows.x).std() < 0.3


def test_a_choice_says_what_was_seen():
    rows, _ = product_rows(n=150)
    found = chosen(rows, n_folds=2)
    path = {
        candidate.name: candidate.state.log_evidence for candidate in candidates(rows, SETTINGS)
    }
    evidence = found.choice.log_evidence
    assert list(evidence) == list(path)
    assert_allclose([*evidence.values()], [*path.values()], rtol=1e-12)
    assert max(evidence.values()) > evidence["additive"] + 2.0
    assert {part.name for part in found.choice.parts} <= set(path)
    assert np.isfinite(found.choice.risk)
    assert found.choice.risk < 0.5 * rows.y.var()


def test_one_column_is_one_spline():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.7, 1.7, (200, 1))
    rows = Rows(x, np.sin(3.0 * x) + 0.1 * rng.normal(size=x.shape), np.ones(200))
    found = chosen(rows)
    assert n_hidden(found) == 0
    assert len(found.choice.log_evidence) == 1
    assert np.mean((predict(found.state.network, x) - np.sin(3.0 * x)) ** 2) < 2e-3


@pytest.mark.parametrize("n", [2, 5, 39])
def test_few_rows_are_left_to_the_additive_model(n):
    found = chosen(product_rows(n=n)[0])
    assert n_hidden(found) == 0
    assert np.isfinite(predict(found.state.network, product_rows(n=20, seed=1)[0].x)).all()


def test_growth_can_be_switched_off():
    found = chosen(product_rows(n=150)[0], grows=False)
    assert n_hidden(found) == 0
    assert len(found.choice.log_evidence) == 1


def test_there_are_as_many_candidates_as_asked():
    """However the evidence goes, so that candidates of all folds correspond."""
    kinds = Kind.ADDITIVE, Kind.COMPOSED, Kind.ONE_NODE, Kind.CURVED_NODE
    numbered = Variant(Kind.PAIRS, 16), Variant(Kind.PAIRS, 32), Variant(Kind.WIDE, 4)
    variants = [*(Variant(kind) for kind in kinds), *numbered]
    for rows in (additive_rows(n=80), product_rows(n=60)[0]):
        path = candidates(rows, SETTINGS, frozenset(variants))
        assert [candidate.variant for candidate in path] == variants
        networks = [candidate.state.network for candidate in path[1:]]
        assert [network.layers[0].n_outputs for network in networks] == [
            1,
            1,
            1,
            9,
            9,
            4,
        ]  # three columns make nine products


def test_neither_a_second_run_nor_jobs_change_anything():
    rows, _ = product_rows(n=50, p=2)
    first = chosen(rows, n_folds=2)
    for n_jobs in (1, 2):
        again = chosen(rows, n_folds=2, n_jobs=n_jobs)
        assert_array_equal(again.state.beta, first.state.beta)
        assert again.choice.log_evidence == first.choice.log_evidence
        assert_array_equal(again.choice.risk, first.choice.risk)


def test_the_seed_is_for_the_folds_alone():
    rows, _ = product_rows(n=50, p=2)
    first, second = (chosen(rows, seed=seed, n_folds=2) for seed in (0, 1))
    assert first.choice.log_evidence == second.choice.log_evidence
    assert first.choice.risk != second.choice.risk


def test_classes_grow_too():
    """An exclusive or of the signs of two columns, some labels flipped."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.7, 1.7, (200, 2))
    labels = (x[:, :1] * x[:, 1:] > 0) ^ (rng.uniform(size=(200, 1)) < 0.05)
    rows = Rows(x, labels.astype(float), np.ones(200))
    found = chosen(rows, loss=BinaryLogLoss(), n_folds=2)
    assert n_hidden(found) > 0
    fresh = rng.uniform(-1.7, 1.7, (500, 2))
    hits = (predict(found.state.network, fresh)[:, 0] > 0) == (fresh[:, 0] * fresh[:, 1] > 0)
    assert hits.mean() > 0.9


def test_the_rows_stay_unchanged():
    rows, _ = product_rows(n=50, p=2)
    before = rows.x.copy(), rows.y.copy(), rows.weights.copy()
    chosen(rows, n_folds=2)
    for found, wanted in zip((rows.x, rows.y, rows.weights), before, strict=True):
        assert_array_equal(found, wanted)


@pytest.mark.parametrize("kind", ["copies", "constants", "dummies", "constant target"])
def test_dull_rows_do_no_harm(kind):
    rows, _ = product_rows(n=60)
    x, y = rows.x.copy(), rows.y.copy()
    if kind == "copies":
        rows = rows.take(np.arange(60) % 3)
    elif kind == "constants":
        x[:, 1:] = 0.0
        rows = Rows(x, y, rows.weights)
    elif kind == "dummies":
        rows = Rows((x > 0).astype(float), y, rows.weights)
    else:
        rows = Rows(x, np.zeros_like(y), rows.weights)
    found = chosen(rows, n_folds=2)
    assert np.isfinite(predict(found.state.network, rows.x)).all()


@pytest.mark.parametrize(("farthest", "is_taken"), [(0.3, True), (0.4, False)])
def test_a_fit_goes_on_in_the_way_that_rows_left_out_like_best(farthest, is_taken):
    """In that way alone: mixed with itself it would be twice as many nodes.

    Curves go on farther only if that halves the loss.
    """
    rng = np.random.default_rng(0)
    rows = Rows(np.zeros((300, 1)), rng.normal(size=(300, 1)), np.ones(300))
    variants = Variant(Kind.ADDITIVE), Variant(Kind.WIDE, 4)
    noise = rng.normal(size=(300, 1))
    ways = [Part(one, None, beyond=way) for way in Beyond for one in variants]
    errors = {0: 0.5, 5: 0.6, -1: farthest}
    predictions = np.stack(
        [rows.y + (errors[way.beyond] if way.kind is Kind.WIDE else 1.0) * noise for way in ways]
    )
    shares, risk = architecture._shares(ways, predictions, rows, SETTINGS, 300.0)
    error = farthest if is_taken else 0.5
    assert_allclose(shares, np.eye(6)[5 if is_taken else 1], atol=0.0)
    assert_allclose(risk, 0.5 * np.mean((error * noise) ** 2), rtol=1e-9)
