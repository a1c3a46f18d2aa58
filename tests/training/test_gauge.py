"""Steps within the gauge keep the variance of hidden outputs to first order."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.training.gauge import Gauge, gauge_at
from sklearn_kan.training.linearise import linearise, spreads
from sklearn_kan.training.objective import Blocks
from tests.training.charts import SHAPES, make_problem, make_rows, make_state

CASES = pytest.mark.parametrize(("hidden", "direct"), SHAPES)


def make(hidden, direct):
    rows = make_rows()
    state = make_state(hidden, direct, rows)
    problem = make_problem(state, rows)
    system = linearise(state.chart, state.network, problem.blocks, problem.loss)
    return rows, state, gauge_at(state.chart, system)


@CASES
def test_one_constraint_for_each_hidden_output(hidden, direct):
    _, state, gauge = make(hidden, direct)
    assert len(gauge.blocks) == sum(sums + 2 * products for sums, products in hidden)
    assert gauge.kept.sum() == state.chart.size - len(gauge.blocks)


@CASES
def test_reflecting_twice_is_nothing(hidden, direct):
    _, state, gauge = make(hidden, direct)
    vectors = np.random.default_rng(0).normal(size=(state.chart.size, 3))
    assert_allclose(gauge.reflect(gauge.reflect(vectors)), vectors, atol=1e-13)
    assert_allclose(
        np.linalg.norm(gauge.reflect(vectors), axis=0), np.linalg.norm(vectors, axis=0), rtol=1e-12
    )


@CASES
def test_free_directions_obey_the_constraints(hidden, direct):
    _, state, gauge = make(hidden, direct)
    rng = np.random.default_rng(0)
    free = rng.normal(size=(state.chart.size, 3)) * gauge.kept[:, None]
    steps = gauge.extend(free)
    for block, normal in zip(gauge.blocks, gauge.normals, strict=True):
        assert_allclose(normal @ steps[block], 0.0, atol=1e-12)
    square = rng.normal(size=(state.chart.size, state.chart.size))
    square = square @ square.T
    assert_allclose(free.T @ gauge.restrict(square) @ free, steps.T @ square @ steps, rtol=1e-10)


@CASES
def test_held_directions_are_those_of_the_identity(hidden, direct):
    _, state, gauge = make(hidden, direct)
    square = np.random.default_rng(0).normal(size=(state.chart.size, state.chart.size))
    restricted = gauge.restrict(square @ square.T)
    assert_allclose(restricted[~gauge.kept], np.eye(state.chart.size)[~gauge.kept], atol=1e-12)
    gradient = gauge.free(np.ones(state.chart.size))
    assert (gradient[~gauge.kept] == 0).all()
    for block, normal in zip(gauge.blocks, gauge.normals, strict=True):
        assert_allclose(normal @ gauge.extend(gradient)[block], 0.0, atol=1e-12)


@CASES
def test_variances_move_at_second_order_only(hidden, direct):
    rows, state, gauge = make(hidden, direct)
    step = gauge.extend(np.random.default_rng(0).normal(size=state.chart.size) * gauge.kept)
    # A later layer's variance also moves with its inputs, which no constraint of its own sees.
    step[state.chart.parts()[0].stop :] = 0.0

    def variance(t):
        other = replace(state, beta=state.beta + t * step).network
        return spreads(other, Blocks(other, rows))[0].deviation ** 2

    if hidden:
        slopes = [np.abs(variance(t) - 1.0).max() / t for t in (1e-3, 1e-4)]
        assert slopes[1] < 0.2 * slopes[0]


@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_normal_along_the_first_coordinate_is_no_special_case(sign):
    gauge = Gauge([slice(1, 4)], [np.array([sign, 0.0, 0.0])], 5)
    vectors = np.random.default_rng(0).normal(size=(5, 2))
    assert_allclose(gauge.reflect(gauge.reflect(vectors)), vectors, atol=1e-14)
    assert_allclose(gauge.extend(vectors * gauge.kept[:, None])[1], 0.0, atol=1e-14)
