"""Early stopping, on networks that are constants: the validation loss is whatever is wanted."""

import numpy as np
import pytest

from sklearn_kan.network import predict
from sklearn_kan.training.descent.monitor import Monitor
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows
from sklearn_kan.training.report.history import Iteration
from tests.networks import build, without_edges
from tests.training.listeners import Listener

CONSTANT = without_edges(build(1, 1), 0)


def network_of(validation_loss):
    """Return a network whose mean loss is `validation_loss` on the rows of `watching`."""
    return CONSTANT.with_theta(np.sqrt(2.0 * np.array([validation_loss])))


def watching(**options):
    rows = Rows(np.zeros((3, 1)), np.zeros((3, 1)), np.ones(3))
    return Monitor(SquaredError(), rows, **options)


def record_all(monitor, losses):
    """Return after how many of the steps the monitor says stop; None for never."""
    for step, loss in enumerate(losses, start=1):
        if monitor.record(network_of(loss), 0.0):
            return step
    return None


def test_validation_losses_are_those_of_the_networks():
    monitor = watching()
    record_all(monitor, [3.0, 0.5])
    assert monitor.validation_curve == pytest.approx([3.0, 0.5], rel=1e-14)


@pytest.mark.parametrize("patience", [1, 2, 5])
def test_it_stops_after_so_many_steps_without_a_gain(patience):
    monitor = watching(n_iter_no_change=patience)
    losses = [5.0, 4.0, 3.0, *np.linspace(3.1, 4.0, 10)]
    assert record_all(monitor, losses) == 3 + patience


def test_a_gain_renews_the_patience():
    monitor = watching(n_iter_no_change=3)
    assert record_all(monitor, [5.0, 6.0, 6.0, 4.0, 6.0, 6.0, 3.0, 6.0, 6.0, 6.0, 6.0]) == 10


def test_gains_smaller_than_tol_do_not_count():
    losses = [5.0 - 0.01 * step for step in range(10)]
    assert record_all(watching(n_iter_no_change=3, tol=0.1), losses) == 4
    assert record_all(watching(n_iter_no_change=3, tol=0.001), losses) is None


def test_the_best_network_is_kept_even_for_a_small_gain():
    monitor = watching(n_iter_no_change=3, tol=0.1)
    record_all(monitor, [5.0, 4.99, 6.0, 7.0])
    assert monitor.best_validation == pytest.approx(4.99)
    assert predict(monitor.best, np.zeros((1, 1)))[0, 0] == pytest.approx(np.sqrt(2 * 4.99))


def test_a_new_grid_has_its_full_patience_but_the_old_best():
    monitor = watching(n_iter_no_change=2)
    assert record_all(monitor, [5.0, 6.0, 6.0]) == 3
    monitor.begin_stage()
    assert record_all(monitor, [6.0, 4.0, 6.0, 6.0]) == 4
    monitor.begin_stage()
    assert record_all(monitor, [4.5, 4.5]) == 2
    assert monitor.best_validation == pytest.approx(4.0)


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_losses_that_are_not_finite_are_no_gain(bad):
    monitor = watching(n_iter_no_change=3)
    assert record_all(monitor, [bad, 2.0, bad, bad, bad]) == 5
    assert monitor.best_validation == pytest.approx(2.0)
    assert record_all(watching(n_iter_no_change=3), [np.nan] * 5) == 3


def test_without_validation_rows_it_only_records():
    monitor = Monitor(SquaredError(), n_iter_no_change=1)
    assert not any(monitor.record(network_of(1.0), value) for value in (3.0, 2.0, 5.0, np.nan))
    assert monitor.loss_curve[:3] == [3.0, 2.0, 5.0]
    assert monitor.validation_curve == []
    assert monitor.best is None


def test_every_step_is_told():
    listener = Listener()
    monitor = watching(progress=listener)
    monitor.record(network_of(2.0), 7.0)
    monitor.record(network_of(0.0), 6.0)
    assert listener.notes == [Iteration(1, 7.0, pytest.approx(2.0)), Iteration(2, 6.0, 0.0)]
    listener = Listener()
    monitor = Monitor(SquaredError(), progress=listener)
    monitor.record(network_of(2.0), 7.0)
    assert listener.notes == [Iteration(1, 7.0, None)]


def test_a_listener_stops_the_step_that_it_is_told_of():
    monitor = Monitor(SquaredError(), progress=Listener(stops="iteration"))
    assert monitor.record(network_of(1.0), 1.0)


def test_validation_weights_count():
    rows = Rows(np.zeros((2, 1)), np.array([[0.0], [2.0]]), np.array([3.0, 1.0]))
    monitor = Monitor(SquaredError(), rows)
    monitor.record(network_of(0.0), 0.0)
    assert monitor.validation_curve == [0.5]
