"""Networks grow without losing what they had."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.network import predict
from sklearn_kan.training.candidates.growth import (
    additive_state,
    columns_a_node,
    curved,
    grow,
    recentred,
    working_residual,
)
from sklearn_kan.training.candidates.settings import Settings
from sklearn_kan.training.choice.choose import choose
from sklearn_kan.training.evidence.beyond_rows import finished
from sklearn_kan.training.evidence.budget import MOST_PARAMETERS
from sklearn_kan.training.evidence.gauss_newton import EvidenceProblem, fit_evidence
from sklearn_kan.training.evidence.hidden_grids import cover_hidden
from sklearn_kan.training.evidence.system import total_loss
from sklearn_kan.training.initial.grids import node_values
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import BinaryLogLoss, MultinomialLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Blocks, Rows
from tests.training.charts import make_rows, make_state
from tests.training.grown import additive_fit, hidden_fit, product_rows
from tests.training.rows import repeated

DIRECTIONS = np.sqrt(0.5) * np.array([[1.0, 1.0], [1.0, -1.0], [0.0, 0.0]])


def without_outgoing(state, nodes=slice(None)):
    """Return the state with the curves of some hidden nodes set to zero."""
    chart = state.chart
    matrices = chart.matrices(state.beta)
    mine = np.isin(chart.coordinates[1].node, np.arange(chart.active[0].shape[1])[nodes])
    matrices[1][mine] = 0.0
    return replace(state, beta=chart.pack(matrices, state.beta[chart.bias_part]))


def loss_of(state, problem):
    return total_loss(state.network, problem.blocks, problem.loss)


def test_the_additive_part_stays_when_nodes_are_added():
    rows, _ = product_rows(weighted=True)
    additive, problem = additive_fit(rows)
    grown = grow(problem, additive, DIRECTIONS)
    wanted = predict(additive.network, rows.x)
    assert grown.network.layers[0].n_outputs == 2
    assert_allclose(predict(without_outgoing(grown).network, rows.x), wanted, atol=1e-12)
    assert loss_of(grown, problem) < 0.9 * loss_of(additive, problem)


def test_so_do_earlier_hidden_nodes():
    rows, _ = product_rows()
    _, hidden, problem = hidden_fit(rows, DIRECTIONS[:, :1])
    grown = grow(problem, hidden, DIRECTIONS[:, 1:])
    assert grown.network.layers[0].n_outputs == 2
    found = predict(without_outgoing(grown, slice(1, 2)).network, rows.x)
    assert_allclose(found, predict(hidden.network, rows.x), atol=1e-12)
    assert loss_of(grown, problem) < loss_of(hidden, problem)
    # Group by group: incoming (2), outgoing (2), direct (1); the first of each pair is known.
    known = [0, 2, 4]
    assert_array_equal(grown.strengths.ridge[known], hidden.strengths.ridge)
    assert_array_equal(grown.strengths.roughness[known], hidden.strengths.roughness)
    assert_array_equal(grown.strengths.ridge[[1, 3]], 10.0)


def test_strengths_of_several_outputs_stay_in_place():
    rows = make_rows(q=2)
    additive, hidden, problem = hidden_fit(rows, DIRECTIONS[:, :1], max_iter=4)
    first = grow(problem, additive, DIRECTIONS[:, :1]).strengths.ridge
    # Incoming, outgoing by output, direct by output.
    assert_array_equal(first, [10.0, 10.0, 10.0, *additive.strengths.ridge])
    old = hidden.strengths.ridge
    second = grow(problem, hidden, DIRECTIONS[:, 1:]).strengths.ridge
    assert_array_equal(second, [old[0], 10.0, old[1], old[2], 10.0, 10.0, *old[3:]])


def test_new_nodes_follow_their_directions_with_unit_variance():
    rows, _ = product_rows(weighted=True)
    additive, problem = additive_fit(rows)
    nodes = node_values(grow(problem, additive, DIRECTIONS).network, 1, rows.x)
    wanted = (rows.x / _deviation(rows.x, rows.weights)) @ DIRECTIONS
    wanted = wanted - np.average(wanted, axis=0, weights=rows.weights)
    assert_allclose(nodes, wanted / _deviation(wanted, rows.weights), atol=1e-9)


def _deviation(values, weights):
    mean = np.average(values, axis=0, weights=weights)
    return np.sqrt(np.average((values - mean) ** 2, axis=0, weights=weights))


def test_a_direction_without_variance_adds_no_node():
    rows, _ = product_rows()
    rows.x[:, 2] = 1.0
    additive, problem = additive_fit(rows)
    directions = np.column_stack([DIRECTIONS[:, 0], [0.0, 0.0, 1.0]])
    grown = grow(problem, additive, directions)
    assert grown.network.layers[0].n_outputs == 1
    assert np.isfinite(predict(grown.network, rows.x)).all()


def test_hidden_grids_are_no_finer_than_those_of_the_inputs():
    rows, _ = product_rows()
    for grid_size in (3, 12):
        additive, problem = additive_fit(rows, grid_size=grid_size)
        basis = grow(problem, additive, DIRECTIONS).network.layers[1].basis
        assert basis.grid_size == min(grid_size, 6)


def test_the_working_residual_is_minus_the_gradient():
    rows, _ = product_rows()
    rows = replace(rows, y=(rows.y > 0).astype(float))
    state, problem = additive_fit(rows, BinaryLogLoss(), max_iter=5)
    probability = 1.0 / (1.0 + np.exp(-predict(state.network, rows.x)))
    assert_allclose(working_residual(problem, state.network), rows.y - probability, atol=1e-12)


def test_covering_does_nothing_while_grids_fit():
    rows, _ = product_rows()
    additive, problem = additive_fit(rows)
    assert cover_hidden(problem, additive) is additive
    grown = grow(problem, additive, DIRECTIONS)
    assert cover_hidden(problem, grown) is grown


def stretched(state, factor):
    """Return the state with the activations of its first hidden node scaled."""
    chart = state.chart
    matrices = chart.matrices(state.beta)
    matrices[0][:, 0] *= factor
    return replace(state, beta=chart.pack(matrices, state.beta[chart.bias_part]))


def straightened(state):
    """Return the state with straight curves out of its hidden nodes."""
    chart = state.chart
    matrices = chart.matrices(state.beta)
    matrices[1] = np.where(chart.coordinates[1].roughness[:, None] > 0, 0.0, 0.7)
    return replace(state, beta=chart.pack(matrices, state.beta[chart.bias_part]))


@pytest.mark.parametrize("factor", [0.5, 1.5])
def test_covering_moves_the_grids_that_were_left_and_keeps_lines(factor):
    rows, _ = product_rows(n=300, weighted=True)
    additive, problem = additive_fit(rows, base="none")
    moved = stretched(straightened(grow(problem, additive, DIRECTIONS)), factor)
    covered = cover_hidden(problem, moved)
    before, after = (s.network.layers[1].basis.breaks for s in (moved, covered))
    assert np.abs(before[0] - after[0]).max() > 0.1
    assert_array_equal(before[1], after[1])
    nodes = node_values(covered.network, 1, rows.x)[:, 0]
    assert after[0, 0] < nodes.min()
    assert nodes.max() < after[0, -1]
    found, wanted = predict(covered.network, rows.x), predict(moved.network, rows.x)
    assert_allclose(found, wanted, atol=1e-9)
    assert len(covered.beta) == covered.chart.size == len(covered.strengths.group)


def test_covering_keeps_curves_but_for_the_projection():
    """The curve of a fit on the middle half of its grid: a finer one can follow it."""
    rows, _ = product_rows(n=300)
    _, hidden, problem = hidden_fit(rows)
    moved = stretched(hidden, 0.5)
    covered = cover_hidden(problem, moved)
    assert covered is not moved
    found, wanted = predict(covered.network, rows.x), predict(moved.network, rows.x)
    # Columns are centred at the old activations, hence up to a constant.
    error = (found - wanted).std()
    curve = (wanted - predict(without_outgoing(moved).network, rows.x)).std()
    assert error < 0.02 * curve


@pytest.mark.parametrize("hidden", [False, True])
def test_recentring_at_other_rows_keeps_predictions_and_centres_nodes(hidden):
    rows, _ = product_rows(n=100)
    state = hidden_fit(rows)[int(hidden)]
    others, _ = product_rows(n=300, seed=1, weighted=True)
    others.x[:, 0] += 0.3
    problem = EvidenceProblem(Blocks(state.network, others), SquaredError())
    found = recentred(problem, state)
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (100, 3))
    assert_allclose(predict(found.network, x), predict(state.network, x), atol=1e-11)
    if hidden:
        means = [
            np.average(node_values(s.network, 1, others.x), axis=0, weights=others.weights)
            for s in (state, found)
        ]
        assert np.abs(means[0]).max() > 0.05
        assert_allclose(means[1], 0.0, atol=1e-12)


def test_recentring_goes_without_direct_edges():
    rows, others = make_rows(), make_rows(seed=1)
    others.x[:, 0] += 0.3
    state = make_state(((2, 0),), False, rows)
    problem = EvidenceProblem(Blocks(state.network, others), SquaredError())
    found = predict(recentred(problem, state).network, rows.x)
    assert_allclose(found, predict(state.network, rows.x), atol=1e-11)


def test_curved_edges_begin_straight():
    rows, _ = product_rows(p=4)
    directions = np.zeros((4, 2))
    directions[[0, 1], 0], directions[[1, 2], 1] = 1.0, 1.0
    _, hidden, problem = hidden_fit(rows, directions)
    bent = curved(hidden)
    x = np.random.default_rng(1).uniform(-2.5, 2.5, (100, 4))
    assert_array_equal(predict(bent.network, x), predict(hidden.network, x))
    assert bent.chart.size == hidden.chart.size + 4 * 2 * 4
    assert bent.posterior is None
    assert len(bent.beta) == len(bent.strengths.group)
    better = fit_evidence(problem, bent, max_iter=4, tol=0.0, evidence=False)
    assert np.abs(predict(better.network, x) - predict(hidden.network, x)).max() > 1e-6


def test_edges_bend_less_where_there_are_many():
    rows, _ = product_rows(n=100, p=60)
    directions = np.zeros((60, 1))
    directions[:2] = 1.0
    additive, problem = additive_fit(rows, max_iter=2)
    grown = grow(problem, additive, directions)
    assert curved(grown).chart.size == grown.chart.size + 60


@pytest.mark.parametrize("n", [1, 20, 1000])
@pytest.mark.parametrize("p", [1, 7, 400, 5000])
@pytest.mark.parametrize("q", [1, 3])
@pytest.mark.parametrize("loss", [SquaredError(), BinaryLogLoss(), MultinomialLogLoss()])
def test_columns_a_node_are_within_bounds(n, p, q, loss):
    rows = Rows(np.zeros((n, p)), np.zeros((n, q)), np.ones(n))
    found = columns_a_node(rows, Architecture(), loss)
    assert found >= 1
    assert p * q * found <= max(MOST_PARAMETERS, p * q)
    # Never fewer than four where there is room, never many more than rows.
    assert found >= min(4, max(MOST_PARAMETERS // (p * q), 1))
    assert found <= max(n / p, 4)


def test_the_additive_fit_takes_a_weight_as_copies():
    """Few enough rows for the number of columns to depend on them."""
    rows, _ = product_rows(n=30, p=5, noise=0.5)
    times = np.random.default_rng(0).integers(1, 3, 30)
    weighted = Rows(rows.x, rows.y, times.astype(float))
    kind = (Architecture(), SquaredError())
    assert columns_a_node(weighted, *kind) == columns_a_node(repeated(rows, times), *kind)
    first, second = (additive_fit(r, max_iter=15)[0] for r in (weighted, repeated(rows, times)))
    found, wanted = (predict(state.network, rows.x) for state in (first, second))
    assert_allclose(found, wanted, atol=1e-6)


def test_wide_tables_have_no_more_parameters_than_that():
    rng = np.random.default_rng(0)
    rows = Rows(rng.normal(size=(30, 600)), rng.normal(size=(30, 1)), np.ones(30))
    state = additive_state(Architecture(grid_size=3), rows, SquaredError())
    assert state.chart.active[0].sum() == 1200


def test_the_start_is_the_best_constant():
    rows = make_rows(q=2)
    state = additive_state(Architecture(), rows, SquaredError())
    wanted = np.average(rows.y, axis=0, weights=rows.weights)
    assert_allclose(predict(state.network, rows.x) - wanted, 0.0, atol=1e-12)


def test_grids_reach_as_far_as_asked():
    rows = make_rows()
    reach = np.array([[-4.0, -3.0, -2.0], [5.0, 3.0, 2.0]])
    state, wide = (additive_state(Architecture(), rows, SquaredError(), r) for r in (None, reach))
    breaks = wide.network.layers[0].basis.breaks
    assert_allclose(breaks[:, 0], reach[0])
    assert_allclose(breaks[:, -1], reach[1])
    narrow = state.network.layers[0].basis.breaks
    assert_allclose(narrow[:, 0], rows.x.min(axis=0))
    assert_allclose(narrow[:, -1], rows.x.max(axis=0))


def test_hidden_nodes_do_not_extrapolate():
    """Beyond what the rows show of the hidden nodes only the direct edges go on, as lines."""
    rows, _ = product_rows(n=200, p=2)
    settings = Settings(SquaredError(), Architecture(), n_folds=2)
    mixture = choose(rows, settings, np.random.SeedSequence(0)).mixture(rows)
    network = finished(mixture.state, rows, mixture.beyond)
    assert len(network.layers) == 2
    at_rows = predict(mixture.state.network, rows.x)
    assert np.sqrt(np.mean((predict(network, rows.x) - at_rows) ** 2)) < 0.05 * rows.y.std()
    far = 1e3 * np.array([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    assert_allclose(np.diff(predict(network, far), 2, axis=0), 0.0, atol=1e-6)
