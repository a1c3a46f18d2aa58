"""Wide candidates for many classes: by L-BFGS, under one strength each."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_kan import KANClassifier
from sklearn_kan.estimators.fitting import evidence as _evidence
from sklearn_kan.network import predict
from sklearn_kan.training.candidates.context import Context
from sklearn_kan.training.candidates.part import Kind, Part, Variant
from sklearn_kan.training.candidates.proposals import candidates
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.candidates.without_evidence import PENALISED, continued_on
from sklearn_kan.training.evidence.beyond_rows import Beyond, finished
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import BinaryLogLoss, MultinomialLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows, mean_loss
from tests.training.grown import additive_fit, hidden_fit, product_rows

LOSS = MultinomialLogLoss()
SETTINGS = Settings(LOSS, Architecture())
WEAK = [Variant(Kind.PENALISED, strength) for strength in (1.0, 0.1, 0.01)]


def checkerboard(n=400, q=4, seed=0):
    """Return x and classes that no additive model tells apart: of a product and a sum."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, 3))
    score = x[:, 0] * x[:, 1] + 0.1 * rng.normal(size=n)
    edges = np.quantile(score, np.arange(1, q) / q)
    return x, np.searchsorted(edges, score)


def rows_of(x, y):
    return Rows(x, np.eye(y.max() + 1)[y], np.ones(len(y)))


@pytest.mark.parametrize("loss", [SquaredError(), BinaryLogLoss()])
def test_strengths_suit_the_outputs_and_rows_are_not_too_few(loss):
    rows, others = rows_of(*checkerboard()), replace(SETTINGS, loss=loss)
    assert wanted(rows, SETTINGS) == [1.0, 0.1, 0.01]
    assert wanted(rows, others) == [10.0, 1.0]
    fewer = rows.take(np.arange(200))
    assert wanted(fewer, others) == wanted(fewer, SETTINGS) == []
    many = rows_of(*checkerboard(n=200, q=6))
    assert wanted(many, SETTINGS) == [1.0, 0.1, 0.01]
    assert wanted(many.take(np.arange(80)), SETTINGS) == []


def wanted(rows, settings):
    """Return the strengths that are worth a try, where another fit rises above the additive one."""
    problem = additive_fit(rows, SquaredError())[1]
    additive, grown, _ = hidden_fit(product_rows()[0])
    found = Part(Variant(Kind.ADDITIVE), additive), Part(Variant(Kind.ONE_NODE), grown)
    context = Context(problem, settings, found, 5)
    return sorted((p.strength for p in PENALISED if p.is_worth_it(context)), reverse=True)


def test_they_tell_classes_of_a_product_apart_where_the_additive_fit_cannot():
    x, y = checkerboard()
    rows, fresh = rows_of(x, y), rows_of(*checkerboard(seed=1))
    additive, *others = candidates(rows, SETTINGS, frozenset(WEAK))
    assert [part.variant for part in (additive, *others)] == [Variant(Kind.ADDITIVE), *WEAK]
    flat = mean_loss(finished(additive.state, rows), fresh, LOSS)
    losses = [mean_loss(finished(part.state, rows), fresh, LOSS) for part in others]
    assert losses[0] < 0.6 * flat
    assert losses[1] < flat


def test_a_weaker_penalty_fits_the_rows_better():
    rows = rows_of(*checkerboard())
    _, *fits = candidates(rows, SETTINGS, frozenset(WEAK))
    losses = [mean_loss(part.state.network, rows, LOSS) for part in fits]
    assert losses == sorted(losses, reverse=True)
    assert [len(part.state.history) for part in fits] == [50, 50, 50]


def test_going_on_lowers_the_loss_and_keeps_the_name():
    rows = rows_of(*checkerboard())
    _, first = candidates(rows, SETTINGS, frozenset(WEAK[1:2]))
    more = continued_on(first, rows, SETTINGS)
    assert more.variant == first.variant
    before, after = (mean_loss(part.state.network, rows, LOSS) for part in (first, more))
    assert after < before


def test_values_that_left_their_grids_do_no_harm():
    """Few rows and many classes: some nodes hardly matter, and drift."""
    rng = np.random.default_rng(0)
    x = rng.standard_t(2, (60, 8))
    y = np.r_[np.arange(6), rng.integers(0, 6, 54)]
    rows = rows_of(x, y)
    for part in candidates(rows, SETTINGS, frozenset(WEAK))[1:]:
        for beyond in Beyond:
            raw = predict(finished(part.state, rows, beyond), x)
            assert np.isfinite(raw).all()


@pytest.fixture(scope="module")
def default_classifier():
    return KANClassifier(random_state=0).fit(*checkerboard())


@pytest.mark.slow
def test_the_default_classifier_mixes_them(default_classifier):
    assert "wide, penalty" in default_classifier.history_[-1]["stage"]
    fresh, truth = checkerboard(seed=1)
    additive = KANClassifier(()).fit(*checkerboard())
    assert default_classifier.score(fresh, truth) > additive.score(fresh, truth) + 0.2


@pytest.mark.slow
def test_too_many_parameters_for_a_posterior_leave_none(monkeypatch, default_classifier):
    x, y = checkerboard()
    monkeypatch.setattr(_evidence, "_MOST_OF_POSTERIOR", 100)
    model = KANClassifier(random_state=0).fit(x, y)
    assert model.log_evidence_ is None
    assert default_classifier.log_evidence_ is not None
    assert_array_equal(model.predict_proba(x), default_classifier.predict_proba(x))
    assert model.prune_(x, y).score(x, y) > 0.85
