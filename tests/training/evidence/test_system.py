"""The Gauss-Newton system beside finite differences and the Jacobian of the network floor."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.network import forward, inputs_at, jacobian, predict
from sklearn_kan.training.evidence.system import first_columns, linearise, spreads, total_loss
from sklearn_kan.training.objective.losses import (
    BinaryLogLoss,
    Huber,
    MultinomialLogLoss,
    Poisson,
    SquaredError,
)
from sklearn_kan.training.objective.objective import Blocks, Rows
from tests.networks import assert_gradient
from tests.training.charts import SHAPES, make_problem, make_rows, make_state

CASES = pytest.mark.parametrize(("hidden", "direct"), SHAPES)
LOSSES = [
    pytest.param(SquaredError(), 2, id="squared-error"),
    pytest.param(Huber(0.3), 1, id="huber"),
    pytest.param(BinaryLogLoss(), 1, id="binary"),
    pytest.param(MultinomialLogLoss(), 3, id="multinomial"),
    pytest.param(Poisson(), 1, id="poisson"),
]


def rows_for(loss, q):
    rows = make_rows(q=q)
    if isinstance(loss, MultinomialLogLoss):
        return replace(rows, y=np.eye(q)[rows.y.argmax(axis=1)])
    if isinstance(loss, BinaryLogLoss):
        return replace(rows, y=(rows.y > 0.0).astype(float))
    if isinstance(loss, Poisson):
        return replace(rows, y=np.floor(np.exp(rows.y)))
    return rows


def system_of(state, problem, kept=None):
    return linearise(state.chart, state.network, problem.blocks, problem.loss, kept)


@pytest.mark.parametrize(("loss", "q"), LOSSES)
@CASES
def test_gradient_beside_differences(hidden, direct, loss, q):
    rows = rows_for(loss, q)
    state = make_state(hidden, direct, rows)
    problem = make_problem(state, rows, loss)

    def value_gradient(beta):
        other = replace(state, beta=beta)
        if np.array_equal(beta, state.beta):
            system = system_of(other, problem)
            return system.loss, system.gradient
        return total_loss(other.network, problem.blocks, loss), None

    value, _ = value_gradient(state.beta)
    assert_allclose(value, total_loss(state.network, problem.blocks, loss), rtol=1e-12)
    rng = np.random.default_rng(0)
    assert_gradient(value_gradient, state.beta, rng, step=1e-5, rtol=1e-5, atol=1e-5)


def chain(state):
    """Return the matrix that takes beta to theta, by applying it to each unit vector."""
    chart = state.chart
    zero = chart.to_network(np.zeros(chart.size)).theta
    return np.column_stack([chart.to_network(unit).theta - zero for unit in np.eye(chart.size)])


@pytest.mark.parametrize(("loss", "q"), LOSSES)
@CASES
def test_curvature_beside_the_jacobian_by_theta(hidden, direct, loss, q):
    rows = rows_for(loss, q)
    state = make_state(hidden, direct, rows)
    network = state.network
    raw, tape = forward(network, inputs_at(network, rows.x))
    by_beta = jacobian(network, tape) @ chain(state)
    hessian = loss.hessian(rows.y, raw)
    if hessian.ndim == 2:
        hessian = hessian[:, :, None] * np.eye(rows.y.shape[1])
    wanted = np.einsum("n,nca,ncd,ndb->ab", rows.weights, by_beta, hessian, by_beta, optimize=True)
    found = system_of(state, make_problem(state, rows, loss)).curvature
    assert_allclose(found, wanted, rtol=0, atol=1e-9 * np.abs(wanted).max())


@CASES
def test_blocks_of_rows_do_not_matter(hidden, direct):
    rows = make_rows(q=2)
    state = make_state(hidden, direct, rows)
    whole = system_of(state, make_problem(state, rows))
    problem = make_problem(state, rows, block_size=37)
    kept = first_columns(state.chart, problem.blocks)
    for other in (system_of(state, problem), system_of(state, problem, kept)):
        assert_allclose(other.loss, whole.loss, rtol=1e-12)
        for name in ("gradient", "curvature"):
            found, wanted = getattr(other, name), getattr(whole, name)
            assert_allclose(found, wanted, rtol=0, atol=1e-11 * np.abs(wanted).max())
        for found, wanted in zip(other.pulls, whole.pulls, strict=True):
            assert_allclose(found, wanted, rtol=0, atol=1e-12)


@CASES
def test_a_weight_of_two_is_the_row_twice(hidden, direct):
    rows = make_rows(weighted=False)
    doubled = Rows(rows.x, rows.y, 1.0 + (np.arange(len(rows.x)) % 2))
    times = doubled.weights.astype(int)
    repeated = Rows(*(np.repeat(a, times, axis=0) for a in (rows.x, rows.y, rows.weights)))
    state = make_state(hidden, direct, rows)
    one, other = (system_of(state, make_problem(state, r)) for r in (doubled, repeated))
    scale = np.abs(one.curvature).max()
    assert_allclose(other.curvature, one.curvature, rtol=0, atol=1e-12 * scale)
    assert_allclose(other.gradient, one.gradient, rtol=0, atol=1e-10)


@CASES
def test_pulls_are_half_the_gradient_of_the_variance(hidden, direct):
    rows = make_rows()
    state = make_state(hidden, direct, rows)
    system = system_of(state, make_problem(state, rows))
    rng, step = np.random.default_rng(0), 1e-5
    for index in range(state.chart.n_hidden):
        part = state.chart.parts()[index]
        direction = np.zeros(state.chart.size)
        direction[part] = rng.normal(size=part.stop - part.start)

        def variances(t, index=index, direction=direction):
            other = replace(state, beta=state.beta + t * direction)
            blocks = Blocks(other.network, rows)
            return spreads(other.network, blocks)[index].deviation ** 2

        slope = (variances(step) - variances(-step)) / (2.0 * step)
        columns, outputs = state.chart.entries(index)
        terms = 2.0 * system.pulls[index][columns, outputs] * direction[part]
        wanted = np.bincount(outputs, terms, len(slope))
        # The variance moves with this layer alone: its inputs stay as they are.
        assert_allclose(slope, wanted, rtol=1e-7, atol=1e-7)


@CASES
def test_spreads_are_those_of_the_outputs(hidden, direct):
    rows = make_rows()
    state = make_state(hidden, direct, rows)
    found = spreads(state.network, Blocks(state.network, rows, 40))
    raw = predict(state.network, rows.x)
    if state.network.direct is None:
        assert_allclose(found[-1].mean, np.average(raw, axis=0, weights=rows.weights), atol=1e-12)
    for index in range(state.chart.n_hidden):
        assert_allclose(found[index].deviation, 1.0, rtol=1e-8)
