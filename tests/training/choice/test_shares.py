"""Shares in mixtures of fits, by predictions for rows left out."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.training.choice.shares import best_blend, best_shares
from sklearn_kan.training.objective.losses import BinaryLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows


def table(n=300, q=2, seed=0):
    """Return rows and the predictions of two candidates; the second is nearer."""
    rng = np.random.default_rng(seed)
    y = rng.normal(size=(n, q))
    first = 0.3 * y + 0.3 * rng.normal(size=(n, q))
    second = 0.9 * y + 0.5 * rng.normal(size=(n, q))
    return Rows(np.zeros((n, 1)), y, rng.uniform(0.2, 3.0, n)), np.stack([first, second])


def closed_form(rows, predictions):
    change = predictions[1] - predictions[0]
    weighted = rows.weights[:, None] * change
    return (weighted * (rows.y - predictions[0])).sum() / (weighted * change).sum()


@pytest.mark.parametrize("seed", range(3))
def test_the_share_has_a_closed_form_for_squared_error(seed):
    rows, predictions = table(seed=seed)
    blend = best_blend(predictions, rows, SquaredError())
    wanted = closed_form(rows, predictions)
    assert 0.1 < wanted < 0.95
    assert blend.candidate == 1
    assert_allclose(blend.share, wanted, atol=1e-5)
    mixed = predictions[0] + blend.share * (predictions[1] - predictions[0])
    loss = 0.5 * np.square(mixed - rows.y).sum(axis=1)
    assert_allclose(blend.risk, np.average(loss, weights=rows.weights), rtol=1e-12)


def test_the_share_is_at_most_one():
    rows, predictions = table()
    predictions[1] = predictions[0] + 0.1 * rows.y
    assert closed_form(rows, predictions) > 2.0
    assert best_blend(predictions, rows, SquaredError()).share == 1.0


@pytest.mark.parametrize("loss", [SquaredError(), BinaryLogLoss()], ids=lambda x: type(x).__name__)
def test_a_candidate_that_is_worse_gets_nothing(loss):
    rows, predictions = table(q=1)
    rows = replace(rows, y=(rows.y > 0).astype(float))
    predictions[1] = predictions[0] - rows.y + rows.y.mean()
    blend = best_blend(predictions, rows, loss)
    assert (blend.candidate, blend.share) == (0, 0.0)
    risk = np.average(loss.value(rows.y, predictions[0]), weights=rows.weights)
    assert_allclose(blend.risk, risk, rtol=1e-12)


def test_the_same_predictions_again_are_no_gain():
    rows, predictions = table()
    predictions[1] = predictions[0]
    assert best_blend(predictions, rows, SquaredError()).candidate == 0


def test_predictions_that_are_not_finite_are_no_gain():
    rows, predictions = table()
    predictions[1, 3] = np.nan
    assert best_blend(predictions, rows, SquaredError()).candidate == 0


@pytest.mark.parametrize(("correlation", "candidate"), [(0.5, 0), (2.0, 1)])
def test_a_gain_within_its_error_is_none(correlation, candidate):
    """The gain over its standard error is half the correlation times the root of n."""
    n = 400
    noise = np.random.default_rng(0).normal(size=(n, 2))
    error, other = np.sqrt(n) * np.linalg.qr(noise - noise.mean(axis=0))[0].T
    r = correlation / np.sqrt(n)
    change = r * error + np.sqrt(1.0 - r**2) * other
    rows = Rows(np.zeros((n, 1)), error[:, None], np.ones(n))
    predictions = np.stack([np.zeros((n, 1)), change[:, None]])
    assert best_blend(predictions, rows, SquaredError()).candidate == candidate


def test_the_best_of_several_candidates_is_taken():
    rows, predictions = table()
    worse = 0.5 * predictions[1]
    near = 0.8 * rows.y + 0.2 * predictions[1]
    blend = best_blend(np.stack([*predictions, near, worse]), rows, SquaredError())
    assert blend.candidate == 2


def test_shares_are_those_of_a_greedy_search():
    rows, predictions = table(n=500, q=1)
    rng = np.random.default_rng(5)
    several = np.stack([0.8 * rows.y + 0.4 * rng.normal(size=rows.y.shape) for _ in range(4)])
    shares, risk = best_shares(np.stack([predictions[0], *several]), rows, SquaredError())
    assert (shares > 0).sum() >= 3
    assert_allclose(shares.sum(), 1.0, rtol=1e-12)
    mixture = np.tensordot(shares, np.stack([predictions[0], *several]), 1)
    loss = 0.5 * np.square(mixture - rows.y).sum(axis=1)
    assert_allclose(risk, np.average(loss, weights=rows.weights), rtol=1e-9)
    alone = [best_blend(np.stack([predictions[0], one]), rows, SquaredError()) for one in several]
    assert risk < min(blend.risk for blend in alone)


def test_what_cannot_be_mixed_is_taken_whole_or_not_at_all():
    rows, predictions = table(q=1)
    near = 0.97 * rows.y + 0.03 * predictions[1]
    shares, _ = best_shares(np.stack([*predictions, near]), rows, SquaredError(), whole=[2])
    assert_allclose(shares, [0.0, 0.0, 1.0], atol=0.0)
    shares, _ = best_shares(predictions, rows, SquaredError(), whole=[1])
    assert set(shares) <= {0.0, 1.0}


@pytest.mark.parametrize(("n_errors", "is_mixed"), [(3.0, False), (0.5, True), (-1.0, True)])
def test_what_alone_is_clearly_worse_is_no_part_of_a_mixture(n_errors, is_mixed):
    """However much a mixture with it would gain on these rows."""
    n = 400
    error, other = np.linalg.qr(np.random.default_rng(0).normal(size=(n, 2)))[0].T * np.sqrt(n)
    rows = Rows(np.zeros((n, 1)), error[:, None], np.ones(n))
    # Its mean loss is above the first one's by so many standard errors of the difference.
    scales = np.linspace(0.5, 3.0, 5001)
    second = (0.5 * error + scales[:, None] * other)[:, :, None]
    worse = 0.5 * (np.square(second - rows.y) - np.square(rows.y))[:, :, 0]
    errors = worse.mean(axis=1) / (worse.std(axis=1) / np.sqrt(n))
    chosen = second[np.abs(errors - n_errors).argmin()]
    first = np.zeros((n, 1))
    assert best_blend(np.stack([first, chosen]), rows, SquaredError()).candidate == 1
    shares, _ = best_shares(np.stack([first, chosen]), rows, SquaredError())
    assert (shares[1] > 0.0) == is_mixed


def test_no_gain_leaves_the_first_alone():
    rows, predictions = table()
    predictions[1] = predictions[0]
    shares, _ = best_shares(predictions, rows, SquaredError())
    assert_allclose(shares, [1.0, 0.0], atol=0.0)
