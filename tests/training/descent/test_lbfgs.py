"""L-BFGS against the closed form of additive models, its optimality, and walls of non-finites."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import forward, inputs_at, jacobian, predict
from sklearn_kan.training.descent.lbfgs import _Tracker, minimise
from sklearn_kan.training.descent.monitor import Monitor
from sklearn_kan.training.descent.whitening import whiten
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks, Objective, Rows
from sklearn_kan.training.objective.penalties import roughness_matrices, uniform_penalty
from sklearn_kan.training.summaries.moments import node_moments
from tests.losses import LOSSES, make_target
from tests.networks import build
from tests.training.rows import smooth_rows


def fresh(rows, hidden=(), **options):
    start = np.zeros(rows.y.shape[1])
    return initial_network(Architecture(hidden, **options), rows, start, np.random.default_rng(0))


def run_on(network, rows, loss, *, alpha=0.01, max_iter=500, tol=1e-5, monitor=None):
    """Return the run, its objective and its whitening."""
    penalties = uniform_penalty(network, alpha)
    objective = Objective(network, Blocks(network, rows), loss, penalties)
    whitening = whiten(network, node_moments(network, rows), penalties, rows.total_weight)
    monitor = monitor or Monitor(loss)
    return minimise(objective, whitening, monitor, max_iter=max_iter, tol=tol), objective, whitening


def closed_form(network, rows, alpha):
    """Solve the normal equations of penalised least squares for a network without hidden layer."""
    n, q = rows.y.shape
    zero = network.with_theta(np.zeros(network.n_parameters))
    _, tape = forward(zero, inputs_at(zero, rows.x))
    design = jacobian(zero, tape).reshape(n * q, -1)
    weights = np.repeat(rows.weights, q)
    (layer,) = network.layers
    m, penalty = layer.basis.n_features, np.zeros((network.n_parameters,) * 2)
    matrices = roughness_matrices(layer.basis)
    for edge, node in enumerate(np.nonzero(layer.edges)[0]):
        part = slice(edge * m, (edge + 1) * m)
        penalty[part, part] = alpha * (matrices[node] + np.eye(m))
    gram = design.T * weights @ design + penalty
    return np.linalg.solve(gram, design.T @ (weights * rows.y.ravel()))


@pytest.mark.parametrize("alpha", [1e-4, 0.01, 10.0])
@pytest.mark.parametrize(
    ("q", "weighted", "options"),
    [
        (1, False, {}),
        (3, True, {}),
        (1, True, {"grid_size": 20}),
        (2, False, {"degree": 1}),
        (1, False, {"base": "none", "degree": 2}),
    ],
)
def test_additive_least_squares_equals_the_closed_form(q, weighted, options, alpha):
    rows = smooth_rows(q=q, weighted=weighted)
    network = fresh(rows, **options)
    wanted = network.with_theta(closed_form(network, rows, alpha))
    run, objective, _ = run_on(network, rows, SquaredError(), alpha=alpha, tol=1e-9)
    assert run.converged
    assert_allclose(run.value, objective.value_gradient(wanted.theta)[0], rtol=1e-12)
    assert_allclose(predict(run.network, rows.x), predict(wanted, rows.x), atol=1e-6)
    # Single coefficients are less determined than sums of them.
    assert_allclose(run.network.theta, wanted.theta, atol=1e-4)


def test_additive_least_squares_with_edges_removed_equals_the_closed_form():
    network = build(3, 2, removed=0.4, seed=3)
    assert 0 < network.n_edges < 6
    rows = smooth_rows(p=3, q=2)
    wanted = network.with_theta(closed_form(network, rows, 0.1))
    run, _, _ = run_on(network, rows, SquaredError(), alpha=0.1, tol=1e-9)
    assert_allclose(predict(run.network, rows.x), predict(wanted, rows.x), atol=1e-6)


@pytest.mark.parametrize("tol", [1e-3, 1e-6])
@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_vanishes_at_the_end(loss, tol):
    raw = smooth_rows(q=3)
    rows = Rows(raw.x, make_target(loss, raw.y, np.random.default_rng(0)), raw.weights)
    run, objective, whitening = run_on(fresh(rows), rows, loss, tol=tol)
    assert run.converged
    value, gradient = objective.value_gradient(run.network.theta)
    assert np.abs(whitening.gradient(gradient)).max() <= tol
    assert run.value == value


def test_the_gradient_vanishes_with_a_hidden_layer():
    rows = smooth_rows()
    # The scale of hidden nodes is a gauge that penalties shrink for ever: a loose tolerance.
    run, objective, whitening = run_on(
        fresh(rows, ((2, 1),)), rows, SquaredError(), alpha=0.1, tol=1e-3
    )
    assert run.converged
    gradient = objective.value_gradient(run.network.theta)[1]
    assert np.abs(whitening.gradient(gradient)).max() <= 1e-3


def test_the_objective_never_rises():
    rows = smooth_rows()
    monitor = Monitor(SquaredError())
    run, _, _ = run_on(fresh(rows, ((3, 0),)), rows, SquaredError(), max_iter=40, monitor=monitor)
    assert len(monitor.loss_curve) == run.n_iter == 40
    assert (np.diff(monitor.loss_curve) <= 0).all()
    assert run.value == monitor.loss_curve[-1]
    assert not run.converged


@pytest.mark.parametrize("max_iter", [1, 5])
def test_max_iter_ends_a_run(max_iter):
    rows = smooth_rows()
    run, _, _ = run_on(fresh(rows), rows, SquaredError(), max_iter=max_iter)
    assert run.n_iter == max_iter
    assert not run.converged
    assert not run.stopped


def test_an_optimum_is_left_alone():
    rows = smooth_rows()
    first, _, _ = run_on(fresh(rows), rows, SquaredError())
    again, _, _ = run_on(first.network, rows, SquaredError(), tol=1e-4)
    assert again.converged
    assert again.n_iter == 0
    assert_allclose(again.network.theta, first.network.theta, rtol=1e-9, atol=1e-9)
    assert_allclose(again.value, first.value, rtol=1e-12)


def test_the_monitor_can_stop_a_run():
    rows, other = smooth_rows(n=60, noise=1.0), smooth_rows(n=60, noise=1.0, seed=1)
    monitor = Monitor(SquaredError(), other, n_iter_no_change=3)
    network = fresh(rows, grid_size=20)
    run, _, _ = run_on(network, rows, SquaredError(), alpha=1e-6, monitor=monitor)
    assert run.stopped
    assert not run.converged
    assert len(monitor.validation_curve) == run.n_iter
    assert np.argmin(monitor.validation_curve) < run.n_iter - 1


class PoissonWithoutLink(SquaredError):
    """raw - y * log(raw): not a number for a negative raw prediction."""

    met_a_wall = False

    def loss_gradient(self, y, raw):
        with np.errstate(invalid="ignore"):
            values = (raw - y * np.log(raw)).sum(axis=1)
        self.met_a_wall |= bool(np.isnan(values).any())
        return values, 1.0 - y / raw


def test_trial_steps_that_are_not_finite_do_not_end_a_run():
    rng = np.random.default_rng(0)
    x = np.sort(rng.uniform(-1.5, 1.5, (200, 1)), axis=0)
    rows = Rows(x, rng.poisson(20.0 * np.exp(-3.0 * x**2)) + 0.01, np.ones(200))
    loss = PoissonWithoutLink()
    network = fresh(rows, grid_size=10)
    start = np.zeros(network.n_parameters)
    start[-1] = rows.y.mean()
    run, objective, whitening = run_on(network.with_theta(start), rows, loss, alpha=1e-4)
    assert loss.met_a_wall
    assert run.converged
    gradient = objective.value_gradient(run.network.theta)[1]
    assert np.abs(whitening.gradient(gradient)).max() <= 1e-5
    assert (predict(run.network, x) > 0).all()


class Cliff(SquaredError):
    """Not finite beyond a raw prediction of one, and falling until there."""

    def __init__(self, bad):
        self.bad = bad

    def loss_gradient(self, y, raw):
        values, gradient = super().loss_gradient(y + 10.0, raw)
        return np.where(raw[:, 0] > 1.0, self.bad, values), gradient


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_run_does_not_escape_to_where_nothing_is_finite(bad):
    rows = smooth_rows()
    network = fresh(rows)
    run, objective, _ = run_on(network, rows, Cliff(bad), max_iter=50)
    assert predict(run.network, rows.x).max() <= 1.0
    assert np.isfinite(run.value)
    assert run.value == objective.value_gradient(run.network.theta)[0]
    assert run.value < objective.value_gradient(network.theta)[0]


def test_a_start_that_is_not_finite_is_handed_back():
    rows = smooth_rows()
    network = fresh(rows)
    theta = network.theta.copy()
    theta[-1] = 2.0
    run, _, _ = run_on(network.with_theta(theta), rows, Cliff(np.nan))
    assert not run.converged
    assert run.value == np.inf
    assert_array_equal(run.network.theta, theta)


def test_the_best_of_all_points_tried_is_remembered():
    rows = smooth_rows()
    run, objective, whitening = run_on(fresh(rows), rows, SquaredError(), max_iter=5)
    tracker = _Tracker(objective, whitening, Monitor(SquaredError()))
    best = whitening.to_phi(run.network.theta)
    values = [tracker(best + shift)[0] for shift in (1.0, 0.0, 0.5, np.nan)]
    assert tracker.best_value == values[1] < values[2] < values[0]
    assert values[3] > values[1]
    assert_array_equal(tracker.best_phi, best)
