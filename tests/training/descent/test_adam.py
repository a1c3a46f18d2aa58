"""Adam against its recursion in plain loops, and what an epoch must and must not do."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.descent.adam import AdamState, epoch, train_adam
from sklearn_kan.training.descent.monitor import Monitor
from sklearn_kan.training.descent.schedule import Plan, sparsities
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks, Objective, Rows, mean_loss
from sklearn_kan.training.objective.penalties import uniform_penalty
from sklearn_kan.training.summaries.moments import edge_deviations, node_moments
from tests.training.rows import smooth_rows

PLAN = Plan(SquaredError(), (5,), alpha=1e-3, max_iter=60)


def fresh(rows, hidden=((2, 1),)):
    start = np.zeros(rows.y.shape[1])
    return initial_network(Architecture(hidden), rows, start, np.random.default_rng(0))


def one_epoch(network, state, rows, plan=PLAN, *, batch_size=32, rate=0.01, seed=1):
    return epoch(network, state, rows, plan, batch_size, rate, np.random.default_rng(seed))


def train_on(rows, plan=PLAN, *, validation=None, patience=10, hidden=((2, 1),), seed=1, rate=0.01):
    monitor = Monitor(plan.loss, validation, patience)
    outcome = train_adam(
        fresh(rows, hidden),
        rows,
        rows,
        plan,
        monitor,
        batch_size=32,
        learning_rate=rate,
        patience=patience,
        rng=np.random.default_rng(seed),
    )
    return outcome, monitor


def test_steps_follow_the_published_recursion():
    rng = np.random.default_rng(0)
    gradients = rng.normal(size=(6, 4)) * [1.0, 1e3, 1e-3, 0.0]
    state, first, second = AdamState.fresh(4), np.zeros(4), np.zeros(4)
    for t, gradient in enumerate(gradients, start=1):
        change, state = state.step(gradient, 0.1)
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        corrected, spread = first / (1 - 0.9**t), np.sqrt(second / (1 - 0.999**t))
        assert_allclose(change, -0.1 * corrected / (spread + 1e-8), rtol=1e-12, atol=1e-16)
        assert state.n_steps == t


def test_the_first_step_has_the_length_of_the_learning_rate():
    change, _ = AdamState.fresh(3).step(np.array([5.0, -1e-3, 1e6]), 0.01)
    assert_allclose(change, [-0.01, 0.01, -0.01], rtol=1e-4)


def test_a_step_leaves_its_state_as_it_was():
    state = AdamState.fresh(2)
    state.step(np.ones(2), 0.1)
    assert_array_equal(state.first, 0.0)
    assert_array_equal(state.second, 0.0)
    assert state.n_steps == 0


@pytest.mark.parametrize(("alpha", "sparsity"), [(0.0, 0.0), (5.0, 0.0), (0.0, 0.1), (5.0, 0.1)])
def test_one_batch_of_all_rows_is_one_step_along_the_objective(alpha, sparsity):
    rows = smooth_rows(weighted=True)
    network = fresh(rows)
    objective = Objective(
        network,
        Blocks(network, rows),
        SquaredError(),
        uniform_penalty(network, alpha),
        sparsities(network, node_moments(network, rows), sparsity),
    )
    wanted, gradient = objective.value_gradient(network.theta)
    plan = Plan(SquaredError(), (5,), alpha=alpha, sparsity=sparsity)
    state = AdamState.fresh(network.n_parameters)
    moved, after, value = one_epoch(network, state, rows, plan, batch_size=1000)
    assert_allclose(value, wanted, rtol=1e-12)
    assert_allclose(after.first, 0.1 * gradient, rtol=1e-9, atol=1e-14)
    assert_allclose(after.second, 0.001 * gradient**2, rtol=1e-9, atol=1e-14)
    assert_allclose(moved.theta - network.theta, state.step(gradient, 0.01)[0], atol=1e-8)
    assert after.n_steps == 1


def test_an_epoch_visits_every_row_once():
    rows = smooth_rows(n=100)
    seen = []

    class Noting(SquaredError):
        def loss_gradient(self, y, raw):
            seen.append(y[:, 0])
            return super().loss_gradient(y, raw)

    network = fresh(rows)
    _, state, _ = one_epoch(
        network, AdamState.fresh(network.n_parameters), rows, Plan(Noting(), (5,))
    )
    assert [len(batch) for batch in seen] == [32, 32, 32, 4]
    assert state.n_steps == 4
    assert_array_equal(np.sort(np.concatenate(seen)), np.sort(rows.y[:, 0]))
    assert not np.array_equal(np.concatenate(seen), rows.y[:, 0])


def test_the_state_is_carried_from_epoch_to_epoch():
    rows = smooth_rows()
    network = fresh(rows)
    network, state, _ = one_epoch(network, AdamState.fresh(network.n_parameters), rows)
    assert state.n_steps == 7
    carried, further, _ = one_epoch(network, state, rows)
    assert further.n_steps == 14
    forgotten, _, _ = one_epoch(network, AdamState.fresh(network.n_parameters), rows)
    assert np.abs(carried.theta - forgotten.theta).max() > 1e-3


def test_the_penalty_is_shared_by_all_weight_seen():
    rows = smooth_rows()
    network = fresh(rows)
    plain = Plan(SquaredError(), (5,), alpha=0.0)
    penalised = Plan(SquaredError(), (5,), alpha=10.0)
    state = AdamState.fresh(network.n_parameters)
    assert state.seeing(30.0).seeing(12.0).weight_seen == 42.0
    # With a learning rate of zero the value is the objective at the network.
    bare = one_epoch(network, state, rows, plain, rate=0.0)[2]
    whole = one_epoch(network, state, rows, penalised, rate=0.0)[2] - bare
    shared = one_epoch(network, state.seeing(800.0), rows, penalised, rate=0.0)[2] - bare
    assert whole > 0
    assert_allclose(shared, whole / 4, rtol=1e-9)


def test_a_step_that_is_not_finite_is_skipped():
    rows = smooth_rows(n=96)
    y = rows.y.copy()
    y[5] = np.inf
    network = fresh(rows)
    moved, state, value = one_epoch(
        network, AdamState.fresh(network.n_parameters), Rows(rows.x, y, rows.weights)
    )
    assert state.n_steps == 2  # of three batches
    assert np.isfinite(moved.theta).all()
    assert np.isfinite(state.second).all()
    assert not np.array_equal(moved.theta, network.theta)
    assert not np.isfinite(value)


def test_targets_that_overflow_leave_the_network_as_it_was():
    rows = smooth_rows(n=96)
    outcome, _ = train_on(Rows(rows.x, 1e200 * rows.y, rows.weights), patience=3)
    assert_array_equal(outcome.network.theta, fresh(rows).theta)
    assert outcome.value == np.inf


@pytest.mark.parametrize("hidden", [(), ((3, 0),), ((2, 1),), ((3, 0), (2, 0))])
def test_it_learns(hidden):
    rows, unseen = smooth_rows(n=400, noise=0.05), smooth_rows(n=400, noise=0.05, seed=1)
    outcome, _ = train_on(rows, hidden=hidden, rate=0.02)
    residual = predict(outcome.network, unseen.x) - unseen.y
    # Without a hidden layer the interaction, a fifth of the variance, is out of reach.
    assert residual.var() < (0.3 if hidden == () else 0.06)
    assert residual.var() < 0.5 * (predict(fresh(rows, hidden), unseen.x) - unseen.y).var()


def test_it_is_deterministic():
    rows = smooth_rows()
    plan = Plan(SquaredError(), (5,), max_iter=10)
    first, again, other = (train_on(rows, plan, seed=seed)[0] for seed in (1, 1, 2))
    assert_array_equal(first.network.theta, again.network.theta)
    assert first.value == again.value
    assert not np.array_equal(first.network.theta, other.network.theta)


def test_it_ends_when_the_objective_stops_falling():
    rows = smooth_rows()
    plan = Plan(SquaredError(), (5,), max_iter=1000, tol=0.05)
    outcome, monitor = train_on(rows, plan, patience=4)
    assert outcome.shortfall == ""
    assert outcome.n_iter == len(monitor.loss_curve) < 100
    assert outcome.value == min(monitor.loss_curve)
    best_before = np.minimum.accumulate(monitor.loss_curve)[-5]
    assert min(monitor.loss_curve[-4:]) >= best_before - 4 * 0.05


def test_max_iter_counts_epochs():
    outcome, monitor = train_on(smooth_rows(), Plan(SquaredError(), (5,), max_iter=3))
    assert outcome.n_iter == len(monitor.loss_curve) == 3
    assert outcome.shortfall == "max_iter=3 epochs were not enough"


def test_early_stopping_returns_the_best_network():
    rows, other = smooth_rows(n=50, noise=1.0), smooth_rows(n=50, noise=1.0, seed=1)
    plan = Plan(SquaredError(), (5,), alpha=0.0, max_iter=500)
    outcome, monitor = train_on(rows, plan, validation=other, patience=5, rate=0.05)
    assert outcome.n_iter < 500
    assert outcome.shortfall == ""
    best = mean_loss(outcome.network, other, SquaredError())
    assert best == min(monitor.validation_curve) < monitor.validation_curve[-1]


def test_sparsity_makes_edges_smaller():
    rows = smooth_rows(p=4)
    sizes = []
    for sparsity in (0.0, 0.05):
        plan = Plan(SquaredError(), (5,), sparsity=sparsity, max_iter=60)
        network = train_on(rows, plan, hidden=(), rate=0.02)[0].network
        sizes.append(edge_deviations(network, node_moments(network, rows))[0][:, 0])
    # Columns 1 and 2 do nothing.
    assert (sizes[1][1:3] < 0.5 * sizes[0][1:3]).all()
    assert sizes[1][0] > 0.7 * sizes[0][0]
