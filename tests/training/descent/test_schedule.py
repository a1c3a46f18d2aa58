"""The grid schedule: exact refinement, iterations per grid, early stopping, known answers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training.descent.monitor import Monitor
from sklearn_kan.training.descent.schedule import Plan, sparsities, train
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows, mean_loss
from sklearn_kan.training.report.history import Iteration
from sklearn_kan.training.report.progress import SILENT
from sklearn_kan.training.summaries.moments import edge_deviations, node_moments
from tests.networks import assert_sound, build
from tests.training.listeners import Listener
from tests.training.rows import smooth_rows


def train_on(
    rows, grid_sizes, *, hidden=(), validation=None, patience=10, progress=SILENT, seed=0, **options
):
    plan = Plan(SquaredError(), grid_sizes, **options)
    monitor = Monitor(plan.loss, validation, patience, progress=progress)
    network = initial_network(
        Architecture(hidden, grid_sizes[0]),
        rows,
        np.zeros(rows.y.shape[1]),
        np.random.default_rng(seed),
    )
    return train(network, rows, rows, plan, monitor), monitor


@pytest.mark.parametrize("hidden", [(), ((2, 1),), ((3, 0), (2, 0))])
@pytest.mark.parametrize("grid_sizes", [(4,), (3, 6), (3, 5)])
def test_the_last_grid_is_the_last_of_the_schedule(grid_sizes, hidden):
    outcome, _ = train_on(smooth_rows(), grid_sizes, hidden=hidden, max_iter=15)
    assert_sound(outcome.network)
    assert outcome.network.grid_size == grid_sizes[-1]


def test_the_objective_does_not_jump_where_grids_nest():
    # Of the penalties only the ridge knows the grid; without any, the objective goes on.
    outcome, monitor = train_on(smooth_rows(), (2, 4, 8, 16), alpha=0.0, max_iter=6)
    curve = np.array(monitor.loss_curve)
    assert len(curve) == outcome.n_iter == 24
    assert (np.diff(curve) <= 0).all()
    assert outcome.value == curve[-1]


@pytest.mark.parametrize("hidden", [(), ((2, 1),), ((3, 0), (2, 0))])
@pytest.mark.parametrize("max_iter", [1, 7, 50])
def test_every_grid_has_max_iter_iterations(hidden, max_iter):
    outcome, monitor = train_on(
        smooth_rows(), (3, 6), hidden=hidden, max_iter=max_iter, tol=0.0, alpha=1e-6
    )
    assert outcome.n_iter == len(monitor.loss_curve) == 2 * max_iter
    assert outcome.shortfall == f"max_iter={max_iter} iterations were not enough"


def test_an_optimum_has_no_shortfall():
    outcome, _ = train_on(smooth_rows(), (3, 6), max_iter=500)
    assert outcome.shortfall == ""
    assert outcome.n_iter < 200


def test_only_the_last_grid_decides_the_shortfall():
    rows = smooth_rows()
    plan = {"alpha": 0.01, "max_iter": 500}
    done, _ = train_on(rows, (6,), **plan)
    assert done.shortfall == ""
    outcome = train(
        done.network,
        rows,
        rows,
        Plan(SquaredError(), (6, 12), tol=0.0, max_iter=3),
        Monitor(SquaredError()),
    )
    assert outcome.shortfall


@pytest.mark.parametrize("seed", range(4))
def test_finer_grids_fit_better(seed):
    rows = smooth_rows(n=400, noise=0.0)
    losses = []
    for grid_sizes in ((3,), (3, 6)):
        outcome, _ = train_on(
            rows, grid_sizes, hidden=((2, 0),), alpha=1e-6, max_iter=60, seed=seed
        )
        losses.append(mean_loss(outcome.network, rows, SquaredError()))
    assert losses[1] < losses[0]


def test_a_schedule_learns_the_kan_papers_first_function():
    rng = np.random.default_rng(0)
    x = rng.uniform(-1, 1, (1000, 2))
    y = np.exp(np.sin(np.pi * x[:, :1]) + x[:, 1:] ** 2)
    rows, unseen = (
        Rows(x[part], y[part] - y.mean(), np.ones(500)) for part in (slice(500), slice(500, None))
    )
    outcome, _ = train_on(rows, (3, 6), hidden=((3, 0),), alpha=1e-6, max_iter=150)
    residual = predict(outcome.network, unseen.x) - unseen.y
    assert np.sqrt(np.mean(residual**2)) < 0.02 * unseen.y.std()


@pytest.mark.parametrize("hidden", [(), ((2, 1),)])
def test_early_stopping_returns_the_best_network_of_all_grids(hidden):
    rows, other = smooth_rows(n=60, noise=1.0), smooth_rows(n=60, noise=1.0, seed=1)
    outcome, monitor = train_on(
        rows, (3, 24), hidden=hidden, validation=other, patience=3, alpha=1e-9
    )
    best = mean_loss(outcome.network, other, SquaredError())
    assert_allclose(best, min(monitor.validation_curve), rtol=1e-12)
    assert best < monitor.validation_curve[-1]
    assert outcome.n_iter == len(monitor.validation_curve) < 400
    assert outcome.shortfall == ""


def test_a_new_grid_starts_from_the_best_network():
    rows, other = smooth_rows(n=60, noise=1.0), smooth_rows(n=60, noise=1.0, seed=1)
    # The same grid twice, so that it brings no fall of its own.
    _, monitor = train_on(rows, (12, 12), validation=other, patience=3, alpha=0.0)
    coarse, coarse_monitor = train_on(rows, (12,), validation=other, patience=3, alpha=0.0)
    n_coarse = len(coarse_monitor.loss_curve)
    assert monitor.loss_curve[:n_coarse] == coarse_monitor.loss_curve
    best = mean_loss(coarse.network, rows, SquaredError())
    last = coarse_monitor.loss_curve[-1]
    assert last < monitor.loss_curve[n_coarse] < best


def test_sparsity_makes_edges_smaller():
    rows = smooth_rows(p=4)
    sizes = []
    for sparsity in (0.0, 0.05):
        network = train_on(rows, (5,), sparsity=sparsity)[0].network
        sizes.append(edge_deviations(network, node_moments(network, rows))[0][:, 0])
    # Columns 1 and 2 do nothing.
    assert (sizes[1][1:3] < 0.1 * sizes[0][1:3]).all()
    assert sizes[1][0] > 0.7 * sizes[0][0]


def test_sparsity_of_strength_zero_is_none():
    network = build(2, 3, 1, direct=True)
    moments = node_moments(network, smooth_rows())
    assert sparsities(network, moments, 0.0) == ()
    assert [term.strength for term in sparsities(network, moments, 0.5)] == [0.5] * 3


def test_every_step_of_every_grid_is_told():
    listener = Listener()
    outcome, monitor = train_on(smooth_rows(), (3, 6), max_iter=4, progress=listener)
    told = [note for note in listener.notes if isinstance(note, Iteration)]
    assert [step.n_iter for step in told] == list(range(1, 9))
    assert [step.objective for step in told] == monitor.loss_curve
    assert outcome.n_iter == 8
    assert listener.children == ["grid of 3", "grid of 6"]


def test_a_listener_stops_the_loop_that_it_is_told_of():
    outcome, monitor = train_on(
        smooth_rows(), (3, 6), max_iter=4, progress=Listener(stops="iteration")
    )
    assert len(monitor.loss_curve) == 2  # the first step of each grid
    assert (outcome.network.grid_size, outcome.shortfall) == (6, "")
    outcome, _ = train_on(smooth_rows(), (3, 6), max_iter=4, progress=Listener(stops="grid of 3"))
    assert outcome.network.grid_size == 3


@pytest.mark.parametrize("target", [0.0, 1e6])
def test_a_constant_target_is_learnt_at_once(target):
    rows = smooth_rows()
    rows = Rows(rows.x, np.full_like(rows.y, target), rows.weights)
    outcome, _ = train_on(rows, (3, 6), alpha=1e-3, max_iter=300)
    raw = predict(outcome.network, rows.x)
    assert_allclose(raw, target, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("n", [1, 2, 3])
@pytest.mark.parametrize("hidden", [(), ((2, 1),)])
def test_few_rows_give_a_finite_network(n, hidden):
    rows = smooth_rows(n=50)
    outcome, _ = train_on(rows.take(slice(n)), (3, 6), hidden=hidden, max_iter=30)
    assert_sound(outcome.network)
    assert np.isfinite(predict(outcome.network, 3.0 * rows.x)).all()


class WrongWay(SquaredError):
    """Its gradient points downhill: every step along it fails."""

    def loss_gradient(self, y, raw):
        values, gradient = super().loss_gradient(y, raw)
        return values, -gradient


def test_a_search_that_fails_is_a_shortfall():
    rows = smooth_rows()
    network = build(2, 1)
    plan = Plan(WrongWay(), (4,), alpha=0.0)
    outcome = train(network, rows, rows, plan, Monitor(plan.loss))
    assert outcome.shortfall == "the line search found no better point"
    assert_allclose(outcome.network.theta, network.theta, rtol=1e-9, atol=1e-11)
