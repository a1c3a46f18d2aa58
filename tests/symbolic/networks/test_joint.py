"""Joint fits of curves, biases and splines: exact where they can be, never worse."""

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose

from sklearn_kan.network import forward, inputs_at, predict
from sklearn_kan.symbolic.networks.assemble import callable_of
from sklearn_kan.symbolic.networks.compile import network_of
from sklearn_kan.symbolic.networks.joint import (
    _Fit,
    curve_jacobian,
    free_parameters,
    merge_constants,
    refine_jointly,
)
from sklearn_kan.training.objective.losses import (
    BinaryLogLoss,
    Huber,
    MultinomialLogLoss,
    Poisson,
    SquaredError,
)
from sklearn_kan.training.objective.objective import Rows, mean_loss
from tests.curves import with_curves
from tests.networks import NETWORKS, build, five_point, make_rows, make_rows_between_breaks

SYMBOLS = sympy.symbols("x y z")
CURVED = [case for case in NETWORKS if any(a.curves for a in case.values[0].all_layers)]


def curves_of(network):
    return [edge.curve for layer in network.all_layers for edge in layer.curves]


def shaken(network, size, seed=0):
    """Return the network with the free numbers of its curves, and its biases, off by a bit."""
    fit = _Fit(merge_constants(network), Rows(*[np.zeros((1, 1))] * 2, np.ones(1)), SquaredError())
    rng = np.random.default_rng(seed)
    return fit.network(fit.start * (1.0 + size * rng.normal(size=len(fit.start))))


@pytest.mark.parametrize("network", NETWORKS)
def test_merging_constants_keeps_predictions(network):
    rows = make_rows(network)
    merged = merge_constants(network)
    wanted = predict(network, rows)
    assert_allclose(predict(merged, rows), wanted, rtol=0, atol=1e-12 * np.abs(wanted).max())
    assert all(curve.constant == 0 for curve in curves_of(merged))
    if not curves_of(network):
        assert merged is network


@pytest.mark.parametrize("network", CURVED)
def test_the_jacobian_equals_differences(network):
    network = merge_constants(network)
    x = make_rows_between_breaks(network, 6)
    fit = _Fit(network, Rows(x, np.zeros((6, network.n_outputs)), np.ones(6)), SquaredError())
    tape = forward(network, inputs_at(network, x))[1]
    found = curve_jacobian(network, fit._places, tape)
    start = len(fit.start) - found.shape[2]
    for k in range(found.shape[2]):
        step = np.zeros(len(fit.start))
        step[start + k] = 1.0
        slope = five_point(lambda t, d=step: predict(fit.network(fit.start + t * d), x), 1e-4)
        scale = max(1.0, np.abs(slope).max())
        assert_allclose(found[:, :, k], slope, rtol=1e-6, atol=1e-7 * scale)


EXACT = [
    "exp(sin(pi*x) + y**2)",
    "2.3*x*sin(1.7*y) + 0.3",
    "x/(1 + y**2/2)",
    "1/(1 + 3*(x - 0.3)**2) + log(y + 2)",
    "x**3/7 - 0.4*x**2 + 3*x + sqrt(y + 3)",
    "sqrt(x**2 + 2*y**2 + 1) - z",
]


@pytest.mark.parametrize("text", EXACT)
def test_numbers_that_are_off_are_found_to_the_last_digits(text):
    expression = sympy.sympify(text)
    x = np.random.default_rng(0).uniform(-1, 1, (300, 3))
    y = callable_of(expression, SYMBOLS, {})(*x.T)[:, None]
    rows = Rows(x, y, np.ones(300))
    start = shaken(network_of([expression], SYMBOLS), 0.04)
    assert mean_loss(start, rows, SquaredError()) > 1e-6
    network = refine_jointly(start, rows, SquaredError())
    assert np.sqrt(2 * mean_loss(network, rows, SquaredError())) < 1e-13 * np.abs(y).max()
    assert all(curve.constant == 0 for curve in curves_of(network))


@pytest.mark.parametrize(
    ("loss", "q"),
    [(Huber(), 1), (Poisson(), 1), (BinaryLogLoss(), 1), (MultinomialLogLoss(), 3)],
)
def test_any_loss_falls(loss, q):
    network = with_curves(build(2, 3, q, grid_size=3), share=0.6)
    rng = np.random.default_rng(0)
    x = rng.uniform(-1.5, 1.5, (200, 2))
    labels = rng.integers(0, max(q, 2), 200)
    y = np.eye(3)[labels] if q == 3 else labels[:, None].astype(float)
    rows = Rows(x, y, rng.uniform(0.5, 2.0, 200))
    before = mean_loss(network, rows, loss)
    found = refine_jointly(network, rows, loss, max_iter=10)
    assert mean_loss(found, rows, loss) < 0.9 * before


def test_a_weight_of_two_is_the_row_twice():
    network = with_curves(build(2, 2, 1, grid_size=3), share=0.7)
    rng = np.random.default_rng(0)
    x, times = rng.uniform(-1.5, 1.5, (60, 2)), rng.integers(0, 3, 60)
    y = np.sin(x[:, :1]) * x[:, 1:]
    kept = times > 0
    weighted = Rows(x[kept], y[kept], times[kept].astype(float))
    index = np.repeat(np.arange(60), times)
    repeated = Rows(x[index], y[index], np.ones(len(index)))
    found = refine_jointly(network, weighted, SquaredError(), max_iter=3)
    wanted = refine_jointly(network, repeated, SquaredError(), max_iter=3)
    assert_allclose(predict(found, x), predict(wanted, x), rtol=1e-6, atol=1e-7)


def test_splines_stay_near_what_they_were():
    """They are fitted already; where curves say it all they have nothing to do."""
    network = with_curves(build(2, 2, 1, grid_size=3), share=0.5)
    x = make_rows(network, 200, spread=0.8)
    rows = Rows(x, predict(network, x), np.ones(200))
    found = refine_jointly(shaken(network, 0.0), rows, SquaredError())
    assert_allclose(found.theta, merge_constants(network).theta, atol=1e-8)


def test_what_says_nothing_of_its_own_is_no_parameter():
    def free(text):
        (layer,) = network_of([sympy.sympify(text)], SYMBOLS[:1]).layers
        return free_parameters(layer.curves[0].curve)

    assert free("3*x") == (1,)
    assert free("exp(2*x)") == (1, 2)
    assert free("sin(2*x)") == (1, 2, 3)
    assert free("(x - 1)**3") == (1, 3)
    assert free("x**3 + x") == (1, 4)
    assert free("log(x + 2)") == (1, 3)


def test_a_network_without_curves_is_fitted_too():
    network = build(1, 1, grid_size=3)
    x = np.linspace(-1.5, 1.5, 50)[:, None]
    rows = Rows(x, np.sin(x), np.ones(50))
    found = refine_jointly(network, rows, SquaredError())
    assert mean_loss(found, rows, SquaredError()) < 0.05 * mean_loss(network, rows, SquaredError())
