"""One far value in X takes nothing from the others; nor do many, codes, or heavy tails."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.exceptions import ConvergenceWarning

from sklearn_kan import KANClassifier, KANRegressor

N = 200
RNG = np.random.default_rng(0)
INNER = np.linspace(0.05, 0.95, 50)
X = RNG.uniform(size=(N, 1))
Y = np.sin(6.0 * X[:, 0]) + RNG.normal(0.0, 0.1, N)
TRUTH = np.sin(6.0 * INNER)


def rmse(one, other):
    return float(np.sqrt(np.mean((one - other) ** 2)))


def with_far(value, number=1):
    x = X.copy()
    x[:number, 0] = value
    return x


def predictions(x, y=Y, at=INNER[:, None], **parameters):
    model = KANRegressor(**{"hidden_layer_sizes": (), "random_state": 0, **parameters})
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y).predict(at)


@settings(max_examples=25)
@given(st.floats(1.5, 307.0), st.sampled_from([-1.0, 1.0]), st.integers(1, 60))
def test_how_far_a_value_is_does_not_matter(magnitude, sign, number):
    """To the others: predictions there are the same to rounding, and right."""
    found = predictions(with_far(sign * 10.0**magnitude, number))
    assert rmse(found, TRUTH) < 0.06
    assert_allclose(found, predictions(with_far(sign * 1e5, number)), atol=1e-6)


@pytest.mark.parametrize(
    "parameters",
    [
        {"grid_eps": 0.0},
        {"grid_eps": 1.0},
        {"grid_size": 5},
        {"spline_order": 1},
        {"spline_order": 2},
        {"base_function": "none"},
        {"alpha": 0.01},
        {"solver": "adam", "alpha": 0.1, "max_iter": 500},
        {"hidden_layer_sizes": (2,), "max_iter": 20},
        {"hidden_layer_sizes": (2,), "alpha": 0.01, "max_iter": 100},
        {"hidden_layer_sizes": "auto"},
    ],
    ids=str,
)
@pytest.mark.parametrize("far", [1e3, -1e6, 1e200])
def test_whatever_the_fit(parameters, far):
    x = with_far(far, 2)
    x[2] = -far
    assert rmse(predictions(x, **parameters), TRUTH) < 0.1


@pytest.mark.parametrize("number", [1, 20, 60])
@pytest.mark.parametrize("far", [-999.0, -99999.0, 1e15])
def test_a_code_has_a_level_of_its_own(far, number):
    x = with_far(far, number)
    y = np.where(x[:, 0] == far, 3.0, Y)
    at = np.append(INNER, far)[:, None]
    assert rmse(predictions(x, y, at), np.append(TRUTH, 3.0)) < 0.15
    codes = (RNG.uniform(size=N) < 0.5).astype(float)  # beside two values
    codes[:number] = far
    y = np.where(codes == far, 5.0, 2.0 * codes)
    assert_allclose(predictions(codes[:, None], y, codes[:, None]), y, atol=0.1)


def test_two_codes_have_two_levels():
    x = with_far(-99999.0, 20)
    x[:10] = -88888.0
    y = np.where(x[:, 0] < -9e4, 3.0, np.where(x[:, 0] < 0.0, -3.0, Y))
    at = np.array([[-99999.0], [-88888.0]])
    assert_allclose(predictions(x, y, at).round(1), [3.0, -3.0])


def test_a_line_stays_a_line_beside_far_values():
    """Its far rows cost it no parsimony: predictions are those of the other rows alone."""
    y = 2.0 * X[:, 0] + RNG.normal(0.0, 0.3, N)
    alone = predictions(X[3:], y[3:])
    assert rmse(predictions(with_far(1e6, 3), y), alone) < 0.02


def test_what_is_far_goes_on_along_the_line():
    x = np.append(np.linspace(0.0, 1.0, 60), 50.0)[:, None]
    at = np.array([[-3.0], [0.5], [50.0]])
    assert_allclose(predictions(x, 3.0 * x[:, 0], at), 3.0 * at[:, 0], atol=0.1)


@pytest.mark.parametrize("target", [np.log, lambda x: np.sin(0.7 * np.log(x))], ids=["log", "wave"])
def test_incomes(target):
    """Log-normal, deviation 3: six decades, half of the rows in a thousandth of the range."""
    rng = np.random.default_rng(0)
    x, new = (np.exp(3.0 * rng.normal(size=(n, 1))) for n in (400, 300))
    y, wanted = target(x[:, 0]), target(new[:, 0])
    noisy = y + rng.normal(0.0, 0.2 * y.std(), len(y))
    assert rmse(predictions(x, noisy, new), wanted) < 0.25 * wanted.std()


@pytest.mark.parametrize("hidden", [(2,), pytest.param("auto", marks=pytest.mark.slow)])
@pytest.mark.parametrize("far", [1e4, -1e9])
def test_interactions_of_a_column_with_far_values_are_found(far, hidden):
    rng = np.random.default_rng(0)
    x, new = rng.uniform(-1.0, 1.0, (200, 2)), rng.uniform(-0.9, 0.9, (100, 2))
    y = x[:, 0] * x[:, 1]
    x[0, 0], x[1, 1] = far, 2.0 * far
    found = predictions(x, y, new, hidden_layer_sizes=hidden)
    assert rmse(found, new[:, 0] * new[:, 1]) < 0.05


@pytest.mark.parametrize("far", [1e4, -1e9])
def test_classes(far):
    rng = np.random.default_rng(0)
    x, new = rng.uniform(size=(300, 2)), rng.uniform(size=(300, 2))
    labels, wanted = (np.sin(9.0 * rows[:, 0]) > 0.0 for rows in (x, new))
    x[:3, 0] = far
    model = KANClassifier((), random_state=0).fit(x, labels)
    assert model.score(new, wanted) > 0.96


def test_units_do_not_matter_beside_far_values():
    x = with_far(1e6, 3)
    x[3] = -1e9
    wanted = predictions(x)
    for scale, offset in ((1e-9, 0.0), (-1e5, 0.0), (2.0, 10.0)):
        found = predictions(scale * x + offset, at=scale * INNER[:, None] + offset)
        assert_allclose(found, wanted, atol=1e-5)


def test_a_weight_of_two_is_the_row_twice_beside_far_values():
    x, weights = with_far(1e6, 3), RNG.integers(1, 3, N)
    at, model = INNER[:, None], KANRegressor((), random_state=0)
    wanted = model.fit(np.repeat(x, weights, axis=0), np.repeat(Y, weights)).predict(at)
    assert_allclose(model.fit(x, Y, weights).predict(at), wanted, atol=1e-7)
