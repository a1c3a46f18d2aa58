"""Each loss against finite differences, its minimiser, and the far ends of the floats."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.testing import assert_allclose, assert_array_equal

from sklearn_kan.training.objective.losses import (
    REGRESSION_LOSSES,
    BinaryLogLoss,
    Gamma,
    Huber,
    Loss,
    MultinomialLogLoss,
    Poisson,
    SquaredError,
)
from tests.losses import LOSSES, ROBUST, make_target
from tests.networks import assert_gradient, five_point


def instances():
    return [case.values[0] for case in LOSSES]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_log_link_is_one_whose_inverse_is_exp(loss):
    raw = np.linspace(-3.0, 3.0, 12).reshape(6, 2)
    is_exp = np.allclose(loss.inverse_link(raw), np.exp(raw), rtol=1e-12)
    assert loss.has_log_link is is_exp


def make_case(loss, n=40, q=3, seed=0):
    """Return targets and raw predictions (n, q)."""
    rng = np.random.default_rng(seed)
    raw = 1.5 * rng.normal(size=(n, q))
    return make_target(loss, raw, rng), raw


def curved(hessian, direction):
    """Return the product of a Hessian, diagonal or full, with a direction (n, q)."""
    if hessian.ndim == 2:
        return hessian * direction
    return np.einsum("nij,nj->ni", hessian, direction)


def test_every_loss_is_listed():
    assert {type(loss) for loss in instances()} == set(Loss.__subclasses__())
    assert {type(loss) for loss in REGRESSION_LOSSES.values()} <= set(Loss.__subclasses__())


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_is_the_derivative_of_the_value(loss):
    y, raw = make_case(loss)

    def total(flat):
        values, gradient = loss.loss_gradient(y, flat.reshape(raw.shape))
        return values.sum(), gradient.ravel()

    assert_gradient(total, raw.ravel(), np.random.default_rng(1), step=1e-3, rtol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_rows_are_judged_one_by_one(loss):
    y, raw = make_case(loss)
    values, gradient = loss.loss_gradient(y, raw)
    assert_array_equal(loss.value(y, raw), values)
    assert values.shape == (len(raw),)
    assert gradient.shape == raw.shape
    for row in (0, 7, 39):
        one = loss.loss_gradient(y[row : row + 1], raw[row : row + 1])
        assert_allclose(one[0][0], values[row], rtol=1e-13)
        assert_allclose(one[1][0], gradient[row], rtol=1e-13)


@pytest.mark.parametrize("loss", LOSSES)
def test_arguments_stay_unchanged(loss):
    y, raw = make_case(loss)
    for array in (y, raw):
        array.setflags(write=False)
    loss.loss_gradient(y, raw)
    loss.hessian(y, raw)
    loss.inverse_link(raw)
    loss.best_constant(y, np.ones(len(y)))


@pytest.mark.parametrize("loss", LOSSES)
def test_gradient_is_a_fresh_array(loss):
    # The objective multiplies it by the weights in place.
    y, raw = make_case(loss)
    gradient = loss.loss_gradient(y, raw)[1]
    assert not np.may_share_memory(gradient, raw)
    assert not np.may_share_memory(gradient, y)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if type(loss.values[0]) is not Huber])
def test_hessian_is_the_derivative_of_the_gradient(loss):
    y, raw = make_case(loss)
    rng = np.random.default_rng(1)
    for direction in rng.normal(size=(5, *raw.shape)):
        slope = five_point(lambda t, d=direction: loss.loss_gradient(y, raw + t * d)[1], 1e-3)
        assert_allclose(curved(loss.hessian(y, raw), direction), slope, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
@pytest.mark.parametrize("delta", [0.3, 1.35])
def test_hubers_curvature_majorises_it(delta, scale):
    loss = Huber(delta)
    y, raw = make_case(loss, n=2000, q=1)
    step = scale * np.random.default_rng(1).normal(size=raw.shape)
    values, gradient = loss.loss_gradient(y, raw)
    bound = values + (gradient * step + 0.5 * loss.hessian(y, raw) * step**2).sum(axis=1)
    assert (loss.value(y, raw + step) <= bound + 1e-12).all()


def test_hubers_curvature_is_one_inside_and_falls_outside():
    curvature = Huber(2.0).hessian(np.zeros((1, 4)), np.array([[0.0, -2.0, 4.0, -20.0]]))
    assert_allclose(curvature, [[1.0, 1.0, 0.5, 0.1]], rtol=1e-15)


@pytest.mark.parametrize("loss", LOSSES)
def test_curvature_is_positive_semi_definite(loss):
    y, raw = make_case(loss)
    hessian = loss.hessian(y, raw)
    if hessian.ndim == 2:
        assert (hessian >= 0).all()
    else:
        assert np.linalg.eigvalsh(hessian).min() > -1e-15


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("scale", [0.1, 3.0, 30.0])
def test_loss_is_convex(loss, scale):
    y, raw = make_case(loss)
    other = raw + scale * np.random.default_rng(1).normal(size=raw.shape)
    ends = 0.5 * (loss.value(y, raw) + loss.value(y, other))
    assert (loss.value(y, 0.5 * (raw + other)) <= ends * (1 + 1e-14) + 1e-13).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_loss_is_never_negative(loss):
    y, raw = make_case(loss)
    assert (loss.value(y, raw) > 0).all()


@pytest.mark.parametrize(
    ("loss", "saturated"),
    [
        (SquaredError(), lambda y: y),
        (Huber(), lambda y: y),
        (BinaryLogLoss(), lambda y: 80.0 * y - 40.0),
        (MultinomialLogLoss(), lambda y: 40.0 * y),
        (Poisson(), lambda y: np.log(np.maximum(y, 1e-18))),
        (Gamma(), np.log),
    ],
)
def test_a_perfect_fit_costs_nothing(loss, saturated):
    y = make_case(loss)[0]
    values, gradient = loss.loss_gradient(y, saturated(y))
    assert_allclose(values, 0.0, atol=1e-14)
    assert_allclose(gradient, 0.0, atol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("size", [1e3, 1e150])
def test_extreme_raw_predictions_give_finite_losses(loss, size):
    y = make_case(loss)[0]
    for raw in extremes(y.shape, size):
        values, gradient = loss.loss_gradient(y, raw)
        assert np.isfinite(values).all()
        assert np.isfinite(gradient).all()
        assert np.isfinite(loss.hessian(y, raw)).all()
        assert (values >= -1e-9).all()


@pytest.mark.parametrize("loss", LOSSES)
def test_the_largest_raw_predictions_have_a_direction_back(loss):
    y = make_case(loss)[0]
    for raw in extremes(y.shape, 1e300):
        with np.errstate(over="ignore"):
            values, gradient = loss.loss_gradient(y, raw)
        assert not np.isnan(values).any()
        assert np.isfinite(gradient).all()
        assert np.isfinite(loss.hessian(y, raw)).all()


def extremes(shape, size):
    signs = np.where(np.arange(shape[1]) % 2, 1.0, -1.0)
    return [np.full(shape, size), np.full(shape, -size), np.tile(size * signs, (shape[0], 1))]


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("size", [1.0, 1e3, 1e300])
def test_predictions_stay_in_their_range(loss, size):
    for raw in [*extremes((5, 3), size), size * make_case(loss)[1] / 10]:
        predictions = loss.inverse_link(raw)
        assert predictions.shape == raw.shape
        assert np.isfinite(predictions).all()
        if isinstance(loss, BinaryLogLoss | MultinomialLogLoss):
            assert ((predictions >= 0) & (predictions <= 1)).all()
        if isinstance(loss, MultinomialLogLoss):
            assert_allclose(predictions.sum(axis=1), 1.0, rtol=1e-15)
        if isinstance(loss, Poisson | Gamma):
            assert (predictions >= 0).all()
        if isinstance(loss, (SquaredError, *ROBUST)):
            assert_array_equal(predictions, raw)


def slope_of_constant(loss, y, weights, constant):
    """Return the derivative (q,) of the weighted mean loss by a constant raw prediction."""
    gradient = loss.loss_gradient(y, np.tile(constant, (len(y), 1)))[1]
    return np.average(gradient, axis=0, weights=weights)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("seed", range(5))
def test_best_constant_is_the_minimiser(loss, seed):
    y = make_case(loss, n=30, seed=seed)[0]
    weights = np.random.default_rng(seed).exponential(size=30)
    constant = loss.best_constant(y, weights)
    assert constant.shape == (3,)
    assert_allclose(slope_of_constant(loss, y, weights, constant), 0.0, atol=1e-11)


@pytest.mark.parametrize("loss", [loss for loss in LOSSES if type(loss.values[0]) not in ROBUST])
def test_best_constant_predicts_the_mean(loss):
    y = make_case(loss)[0]
    weights = np.random.default_rng(1).exponential(size=len(y))
    prediction = loss.inverse_link(loss.best_constant(y, weights)[None])[0]
    assert_allclose(prediction, np.average(y, axis=0, weights=weights), rtol=1e-13, atol=1e-14)


@pytest.mark.parametrize("loss", LOSSES)
def test_weights_of_the_best_constant_are_numbers_of_rows(loss):
    y = make_case(loss)[0]
    times = np.random.default_rng(1).integers(0, 4, len(y))
    repeated = np.repeat(y, times, axis=0)
    wanted = loss.best_constant(repeated, np.ones(len(repeated)))
    assert_allclose(loss.best_constant(y, times.astype(float)), wanted, rtol=1e-10, atol=1e-12)


LARGE = st.floats(-1e12, 1e12, allow_subnormal=False)


@given(y=arrays(float, st.integers(1, 8), elements=st.one_of(LARGE, st.integers(-3, 3))))
def test_hubers_constant_is_the_minimiser_whatever_the_outliers(y):
    loss, weights = Huber(), np.ones(len(y))
    constant = loss.best_constant(y[:, None], weights)
    assert y.min() <= constant[0] <= y.max()
    # The slope changes sign within rounding of the constant.
    spacing = 4e-12 + 4e-15 * abs(constant)
    assert slope_of_constant(loss, y[:, None], weights, constant - spacing) <= 1e-15
    assert slope_of_constant(loss, y[:, None], weights, constant + spacing) >= -1e-15


def test_hubers_constant_lies_at_the_larger_of_two_far_groups():
    y = np.repeat([[0.0], [100.0]], [51, 49], axis=0)
    # 51 * c = 49 * delta
    constant = Huber(1.0).best_constant(y, np.ones(100))
    assert_allclose(constant, 49 / 51, rtol=1e-11)


@pytest.mark.parametrize(
    ("loss", "y"),
    [
        (BinaryLogLoss(), np.zeros((4, 1))),
        (BinaryLogLoss(), np.ones((4, 1))),
        (MultinomialLogLoss(), np.eye(3)[[0, 0, 1]]),
        (Poisson(), np.zeros((4, 1))),
    ],
)
def test_best_constant_is_finite_where_the_minimiser_is_not(loss, y):
    constant = loss.best_constant(y, np.ones(len(y)))
    assert np.isfinite(constant).all()
    prediction = loss.inverse_link(constant[None])[0]
    assert_allclose(prediction, y.mean(axis=0), atol=1e-11)


@pytest.mark.parametrize("unit", [1e-290, 1e-12, 1e12, 1e290])
def test_gamma_does_not_know_the_unit_of_the_target(unit):
    loss = Gamma()
    y, raw = make_case(loss)
    shift = np.log(unit)
    # Logarithms of extreme units have an absolute rounding error of 1e-13.
    assert_allclose(loss.value(unit * y, raw + shift), loss.value(y, raw), rtol=1e-11)
    weights = np.ones(len(y))
    mean = loss.inverse_link(loss.best_constant(unit * y, weights))
    assert_allclose(mean, unit * y.mean(axis=0), rtol=1e-12)


def test_a_common_constant_does_not_change_the_multinomial_loss():
    loss = MultinomialLogLoss()
    y, raw = make_case(loss)
    values, gradient = loss.loss_gradient(y, raw)
    shifted, shifted_gradient = loss.loss_gradient(y, raw + 5.0)
    assert_allclose(shifted, values, rtol=1e-13, atol=1e-14)
    assert_allclose(shifted_gradient, gradient, rtol=1e-12, atol=1e-14)
    assert_allclose(gradient.sum(axis=1), 0.0, atol=1e-15)


@given(raw=arrays(float, (6, 2), elements=st.floats(-700, 700)))
def test_two_classes_are_the_binary_loss_of_the_difference(raw):
    y = np.eye(2)[[0, 1, 0, 1, 1, 0]]
    margin = raw[:, 1:] - raw[:, :1]
    wanted, slope = BinaryLogLoss().loss_gradient(y[:, 1:], margin)
    found, gradient = MultinomialLogLoss().loss_gradient(y, raw)
    assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)
    assert_allclose(gradient[:, 1:], slope, rtol=1e-12, atol=1e-14)


@given(
    y=arrays(float, (5, 1), elements=st.floats(0, 1e15)),
    weights=arrays(float, 5, elements=st.floats(0, 10)),
)
def test_poissons_constant_is_the_log_of_the_mean(y, weights):
    assume(weights.sum() > 1e-3)
    mean = np.average(y[:, 0], weights=weights)
    assume(mean > 1e-11)  # less counts as 1e-12
    assert_allclose(Poisson().best_constant(y, weights), np.log(mean), rtol=1e-13, atol=1e-13)
