"""Rows held out choose one strength for all penalties."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.descent.held_out_strength import with_held_out_alpha
from sklearn_kan.training.descent.restarts import Task, fit_best
from sklearn_kan.training.descent.schedule import Plan
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows


def make_task(noise, n=300, **plan):
    """Return the task of fitting a wave of a sum, with a share of noise."""
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.7, 1.7, (n, 2))
    y = np.sin(2.0 * (x[:, :1] + x[:, 1:])) + noise * rng.normal(size=(n, 1))
    plan = Plan(SquaredError(), (5,), alpha=1.0, **plan)
    architecture = Architecture(hidden=((3, 0),), grid_size=5)
    return Task(Rows(x, y, np.ones(n)), None, architecture, plan)


def chosen(task):
    return with_held_out_alpha(task, np.random.SeedSequence(0))


def test_noise_asks_for_a_stronger_penalty():
    clean, noisy = (chosen(make_task(noise)) for noise in (0.0, 2.0))
    assert 10.0 * clean.plan.alpha <= noisy.plan.alpha
    assert clean.plan.alpha < 1.0 <= noisy.plan.alpha


@pytest.mark.parametrize("noise", [0.01, 1.0])
def test_it_is_better_than_wrong_strengths(noise):
    task = make_task(noise)
    fresh = make_task(0.0, n=301).rows

    def error(task):
        network = fit_best(task, [np.random.SeedSequence(0)], None).network
        return np.mean((predict(network, fresh.x) - fresh.y) ** 2)

    found = error(chosen(task))
    wrong = 100.0 if noise < 0.1 else 1e-3
    assert found < 0.5 * error(replace(task, plan=replace(task.plan, alpha=wrong)))


def test_few_rows_judge_nothing():
    task = make_task(0.1, n=39)
    assert chosen(task) is task


def test_grids_reach_all_rows_and_the_schedule_ends_as_asked():
    task = make_task(0.1)
    task = replace(task, plan=replace(task.plan, grid_sizes=(2, 4)))
    start = chosen(task).start
    breaks = start.layers[0].basis.breaks
    assert start.grid_size == 4
    assert (breaks[:, 0] <= task.rows.x.min(axis=0) + 1e-9).all()
    assert (breaks[:, -1] >= task.rows.x.max(axis=0) - 1e-9).all()


def test_neither_a_second_run_nor_the_order_of_rows_changes_the_choice():
    task = make_task(0.5)
    first = chosen(task)
    assert_array_equal(chosen(task).start.theta, first.start.theta)
    turned = replace(task, rows=task.rows.take(np.arange(300)[::-1]))
    assert chosen(turned).plan.alpha == first.plan.alpha
