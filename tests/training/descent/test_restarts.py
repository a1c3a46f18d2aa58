"""Several starts: the best is kept, and it does not matter how many run at once."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_kan.training.descent import restarts
from sklearn_kan.training.descent.restarts import MiniBatches, Task, fit_best, fit_once
from sklearn_kan.training.descent.schedule import Plan
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows, mean_loss
from tests.networks import assert_same_bits
from tests.training.rows import smooth_rows

LOSS = SquaredError()


def make_task(n=80, validation=None, **options):
    plan = Plan(LOSS, (3,), max_iter=12)
    return Task(smooth_rows(n), validation, Architecture(((2, 1),), 3), plan, **options)


def make_seeds(n_starts):
    return np.random.SeedSequence(5).spawn(n_starts)


TASKS = [
    pytest.param(make_task(), id="lbfgs"),
    pytest.param(make_task(batches=MiniBatches(20, 0.02)), id="adam"),
    pytest.param(make_task(validation=smooth_rows(40, seed=1), patience=3), id="early-stopping"),
]


@pytest.mark.parametrize("task", TASKS)
def test_the_number_of_jobs_does_not_matter(task):
    seeds = make_seeds(2)
    one, two = (fit_best(task, seeds, n_jobs) for n_jobs in (1, 2))
    assert_same_bits(one.network, two.network)
    assert one.score == two.score
    assert one.loss_curve == two.loss_curve
    assert one.validation_curve == two.validation_curve


@pytest.mark.parametrize("task", TASKS)
def test_the_start_with_the_lowest_score_is_kept(task):
    seeds = make_seeds(5)
    fits = [fit_once(task, seed) for seed in seeds]
    assert len({fit.score for fit in fits}) == 5
    best = fit_best(task, seeds, None)
    assert best.score == min(fit.score for fit in fits)
    assert_same_bits(best.network, min(fits, key=lambda fit: fit.score).network)


def test_one_start_is_just_a_fit():
    (seed,) = make_seeds(1)
    found, wanted = fit_best(make_task(), [seed], 2), fit_once(make_task(), seed)
    assert_same_bits(found.network, wanted.network)
    assert found.score == wanted.score


def test_the_score_is_the_objective_of_the_network_kept():
    fit = fit_once(make_task(), make_seeds(1)[0])
    assert fit.score == fit.loss_curve[-1] == fit.outcome.value
    # Large steps: the last epoch of Adam is not the best.
    fit = fit_once(make_task(batches=MiniBatches(20, 1.0)), make_seeds(1)[0])
    assert fit.score == min(fit.loss_curve) < fit.loss_curve[-1]


def test_with_validation_rows_their_loss_is_the_score():
    other = smooth_rows(40, seed=1)
    fit = fit_once(make_task(validation=other), make_seeds(1)[0])
    assert fit.score == mean_loss(fit.network, other, LOSS)
    assert len(fit.validation_curve) == len(fit.loss_curve)


def test_a_start_at_an_optimum_has_its_objective_as_score():
    plan = Plan(LOSS, (3,), max_iter=500)
    task = Task(smooth_rows(), None, Architecture((), 3), plan)
    first = fit_once(task, make_seeds(1)[0])
    again = fit_once(
        replace(task, start=first.network, plan=replace(plan, tol=1e-3)), make_seeds(1)[0]
    )
    assert again.loss_curve == []
    assert again.score == pytest.approx(first.score, rel=1e-12)


@pytest.mark.parametrize(
    ("scores", "best"), [([3.0, 1.0, 2.0, 1.0], 1), ([np.inf, 5.0], 1), ([np.inf, np.inf], 0)]
)
def test_the_first_of_equals_is_kept(scores, best, monkeypatch):
    template = fit_once(make_task(), make_seeds(1)[0])
    fits = [replace(template, score=score) for score in scores]
    monkeypatch.setattr(restarts, "fit_once", lambda task, seed: fits[seed])
    assert fit_best(make_task(), list(range(len(scores))), 1) is fits[best]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_score_that_is_not_finite_loses(bad):
    other = smooth_rows(5)
    spoilt = Rows(other.x, np.full_like(other.y, bad), other.weights)
    assert fit_once(make_task(validation=spoilt), make_seeds(1)[0]).score == np.inf


def test_seeds_decide_the_fit():
    task = make_task()
    first, second = make_seeds(2)
    assert_same_bits(fit_once(task, first).network, fit_once(task, first).network)
    assert not np.array_equal(
        fit_once(task, first).network.theta, fit_once(task, second).network.theta
    )


def test_a_start_is_gone_on_from():
    task = make_task()
    start = fit_once(task, make_seeds(1)[0])
    on = fit_once(replace(task, start=start.network), make_seeds(2)[1])
    assert on.loss_curve[0] < start.loss_curve[-1]


def test_a_fresh_start_is_a_random_network_about_the_best_constant():
    task = replace(make_task(), plan=Plan(LOSS, (3,), max_iter=1))
    seed = make_seeds(1)[0]
    shifted = replace(task, rows=Rows(task.rows.x, task.rows.y + 7.0, task.rows.weights))
    fit = fit_once(shifted, seed)
    fresh = initial_network(
        task.architecture, shifted.rows, np.array([7.0]), np.random.default_rng(seed)
    )
    assert fit.loss_curve[0] < mean_loss(fresh, shifted.rows, LOSS) + 0.1
    assert abs(fit.network.layers[-1].bias[0] - 7.0) < 1.0


def test_the_random_state_of_numpy_is_left_alone():
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    fit_best(make_task(batches=MiniBatches(20, 0.02)), make_seeds(2), 1)
    assert_array_equal(np.random.get_state()[1], before)  # noqa: NPY002
