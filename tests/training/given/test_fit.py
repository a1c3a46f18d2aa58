"""Fits of a given architecture: exact where they can be, the same for any n_jobs."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import predict
from sklearn_kan.training.given.contender import advance, cover_hidden_layers
from sklearn_kan.training.given.fit import fit_fixed, to_last_grid
from sklearn_kan.training.given.plan import FixedPlan, count_starts, levels_to, widths_within
from sklearn_kan.training.initial.grids import node_values
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.initial.starts import STARTS, curved_directions
from sklearn_kan.training.objective.losses import BinaryLogLoss, SquaredError
from sklearn_kan.training.objective.objective import Rows
from tests.networks import assert_same_bits, assert_sound
from tests.training.charts import make_network, make_rows
from tests.training.rows import smooth_rows


def sample(function, n_columns, n=600, seed=0, low=-1.0, high=1.0):
    """Return scaled rows of a function without noise, and a function that gives test rows."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(low, high, (n, n_columns))
    y = function(*x.T)

    def scaled(x, y):
        scaled_y = (y - y_train.mean()) / y_train.std()
        return Rows((x - x_train.mean(axis=0)) / x_train.std(axis=0), scaled_y[:, None], ones)

    x_train, y_train, ones = x, y, np.ones(n)
    rows = scaled(x, y)
    x = rng.uniform(low, high, (n, n_columns))
    return rows, scaled(x, function(*x.T))


def error(network, rows):
    return float(np.sqrt(np.mean((predict(network, rows.x) - rows.y) ** 2)))


def make_plan(hidden, grid_size=6, direct=False, **options):
    architecture = Architecture(hidden, grid_size, grid_eps=1.0, direct=direct)
    options = {"loss": SquaredError(), "grid_sizes": levels_to(grid_size), **options}
    return FixedPlan(architecture=architecture, **options)


def make_seeds(n_starts, seed=0):
    return np.random.SeedSequence(seed).spawn(n_starts)


@pytest.mark.parametrize("strength", [None, 1e-2])
def test_the_number_of_jobs_does_not_matter(strength):
    rows = smooth_rows(80)
    plan = make_plan(((2, 0),), 3, strength=strength, max_iter=5)
    alone = fit_fixed(plan, rows, make_seeds(3))
    together = fit_fixed(plan, rows, make_seeds(3), n_jobs=2)
    assert_same_bits(together.network, alone.network)
    assert together.score == alone.score


def test_smooth_functions_are_found_to_the_limit_of_their_splines():
    """[2, 5, 1] at G = 24: the target's fourth derivative leaves about 1e-5."""
    assert count_starts(()) < count_starts(((5, 0),)) < count_starts(((5, 0), (1, 0)))
    rows, test = sample(lambda x, y: np.exp(np.sin(np.pi * x) + y**2), 2, n=1000)
    found = fit_fixed(make_plan(((5, 0),), 24), rows, make_seeds(4))
    assert error(found.network, test) < 3e-5
    assert found.network.grid_size == 24


def test_products_are_exact():
    rows, test = sample(lambda x, y: x * y, 2)
    found = fit_fixed(make_plan(((1, 1),), 3), rows, make_seeds(7))
    assert error(found.network, test) < 1e-7


def test_products_of_shifted_factors_are_exact():
    rows, test = sample(lambda x, y: x * y, 2, low=1.0, high=2.0)
    found = fit_fixed(make_plan(((1, 1),), 3), rows, make_seeds(7))
    assert error(found.network, test) < 1e-5


def test_deep_networks_find_a_function_of_functions():
    rows, test = sample(lambda x, y: np.exp(-np.hypot(x, y)), 2, n=800, low=0.2, high=2.0)
    found = fit_fixed(make_plan(((1, 0), (1, 0)), 12), rows, make_seeds(6))
    assert error(found.network, test) < 1e-3


def test_without_hidden_layers_it_is_the_additive_model():
    rows, test = sample(lambda x, y: np.sin(3.0 * x) + y**2, 2)
    found = fit_fixed(make_plan((), 12), rows, make_seeds(1))
    assert error(found.network, test) < 1e-3


def test_a_strength_is_kept():
    rows = smooth_rows(150)
    strong, weak = (
        fit_fixed(make_plan(((2, 0),), strength=s, max_iter=20), rows, make_seeds(2))
        for s in (100.0, 1e-3)
    )
    assert error(weak.network, rows) < error(strong.network, rows)
    assert strong.state is not None
    assert strong.state.posterior is None


def test_direct_edges_and_other_losses():
    rows = smooth_rows(150, p=3)
    rows = replace(rows, y=(rows.y > 0).astype(float))
    plan = make_plan(((2, 0),), direct=True, loss=BinaryLogLoss(), max_iter=10)
    found = fit_fixed(plan, rows, make_seeds(2))
    assert_sound(found.network)
    assert found.network.direct is not None
    raw = predict(found.network, rows.x)
    assert BinaryLogLoss().value(rows.y, raw).mean() < 0.5


def test_levels_double():
    assert levels_to(48) == (3, 6, 12, 24, 48)
    assert levels_to(50) == (3, 6, 12, 25, 50)
    assert [levels_to(g) for g in (1, 2, 3, 5, 6)] == [(1,), (2,), (3,), (5,), (3, 6)]


def test_widths_are_tried_from_one_node_up():
    assert widths_within(((1, 0),)) == [((1, 0),)]
    assert widths_within(((5, 2),)) == [((1, 1),), ((3, 1),), ((5, 2),)]
    assert widths_within(()) == [()]


def test_fewer_nodes_are_taken_where_they_do():
    rows, _ = sample(lambda x, y: np.exp(x + y**2), 2)
    wide = make_plan(((4, 0),), 12)
    found = fit_fixed(wide, rows, make_seeds(4))
    assert found.network.layers[0].n_outputs < 4
    found = fit_fixed(replace(wide, narrower=False, max_iter=5), rows, make_seeds(2))
    assert found.network.layers[0].n_outputs == 4


def test_the_last_grid_keeps_the_curves_of_a_coarser_one():
    rows = make_rows()
    network = make_network(((2, 0),), False, rows, grid_size=3)
    finer = to_last_grid(network, 12)
    assert finer.grid_size == 12
    wanted = predict(network, rows.x)
    assert_allclose(predict(finer, rows.x), wanted, atol=1e-12 * np.abs(wanted).max())
    assert to_last_grid(network, 7) is network


def test_hidden_grids_cover_the_activations_of_every_layer():
    rows = make_rows()
    network = make_network(((2, 1), (2, 0)), False, rows)
    moved = cover_hidden_layers(network, rows, 1.0)
    for index in (1, 2):
        nodes = node_values(moved, index, rows.x)
        breaks = moved.layers[index].basis.breaks
        span = np.ptp(nodes, axis=0)
        assert_allclose((nodes.min(axis=0) - breaks[:, 0]) / span, 0.03, atol=1e-6)
        assert_allclose((breaks[:, -1] - nodes.max(axis=0)) / span, 0.03, atol=1e-6)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_starts_are_sound_and_random(start, degree):
    rows = make_rows()
    architecture = Architecture(((2, 1), (1, 0)), 3, degree=degree, direct=True)
    first, again, other = (
        start.network(architecture, rows, np.zeros(1), np.random.default_rng(seed))
        for seed in (0, 0, 1)
    )
    assert_sound(first)
    assert_same_bits(again, first)
    assert not np.array_equal(other.theta, first.theta)


def test_curved_directions_span_the_plane_of_a_distance():
    rows, _ = sample(lambda a, b, c, d: np.hypot(a - b, c - d), 4, n=3000)
    plane = curved_directions(rows)[:, :2]
    wanted = np.array([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]]).T / np.sqrt(2.0)
    assert_allclose(np.linalg.svd(wanted.T @ plane)[1], 1.0, atol=0.02)


def test_levels_keep_what_was_reached():
    """Going to a finer grid without a step changes no prediction."""
    rows, _ = sample(lambda x, y: np.exp(x + y**2), 2)
    plan = make_plan(((2, 0),), 12)
    candidate = fit_fixed(replace(plan, grid_sizes=(3,), narrower=False), rows, make_seeds(1))
    finer = advance(plan, rows, candidate, 12, 0, 0.0)
    wanted = predict(candidate.network, rows.x)
    assert_allclose(predict(finer.network, rows.x), wanted, atol=1e-11)
