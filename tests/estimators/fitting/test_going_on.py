"""A model that goes on learning does not sit on its first batch, nor on its first fit."""

import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.estimators.encoding.data import Data
from sklearn_kan.estimators.encoding.encoding import Encoding, encoding_of
from sklearn_kan.estimators.fitting.adapting import is_new, translated, widened
from sklearn_kan.network import predict
from tests.networks import assert_same_bits

pytestmark = pytest.mark.filterwarnings("ignore:Training ended")
RNG = np.random.default_rng(0)
X = RNG.uniform(-1.0, 1.0, (400, 2))
ONES = np.ones(len(X))


def law(x):
    x = np.where(np.abs(x) < 1e3, x, 0.0)
    return x[:, 0] + 3.0 * np.sin(2.0 * x[:, 1])


def put(x, column, value):
    x = x.copy()
    x[:, column] = value
    return x


def passes(model, x, y, number=8, size=50):
    for _ in range(number):
        for start in range(0, len(x), size):
            model.partial_fit(x[start : start + size], y[start : start + size])
    return model


FIRST = {
    "one row": X[:1],
    "two rows": X[:2],
    "a constant column": put(X[:50], 1, 0.5),
    "a column of codes": put(X[:50], 1, -99999.0),
    "all columns constant": np.repeat(X[:1], 50, axis=0),
    "a tenth of the range": 0.1 * X[:50],
    "a corner": 0.1 * X[:50] + 0.9,
    "a range ten times as wide": 10.0 * X[:50],
    "far values": put(X[:50], 0, np.where(np.arange(50) < 3, 1e9, X[:50, 0])),
}


@pytest.mark.parametrize("name", FIRST)
@pytest.mark.parametrize("hidden", [(), (2,)])
def test_an_unfair_first_batch_is_recovered_from(name, hidden):
    first = FIRST[name]
    model = KANRegressor(hidden, learning_rate_init=0.02, random_state=0)
    model.partial_fit(first, law(first))
    assert passes(model, X, law(X)).score(X, law(X)) > 0.7
    assert model.n_iter_ == 65
    assert len(model.loss_curve_) == 65


@pytest.mark.parametrize(
    "y", [np.zeros(50), np.full(50, 1e6), 1e-6 * law(X[:50])], ids=["zero", "1e6", "tiny"]
)
@pytest.mark.parametrize("loss", ["squared_error", "huber"])
def test_a_first_batch_that_says_little_of_y_is_recovered_from(y, loss):
    model = KANRegressor((), loss=loss, random_state=0).partial_fit(X[:50], y)
    assert passes(model, X, law(X)).score(X, law(X)) > 0.7


@pytest.mark.parametrize(("loss", "first"), [("poisson", 0.0), ("gamma", 1e-3)])
def test_a_first_batch_without_counts_is_recovered_from(loss, first):
    model = KANRegressor((), loss=loss, random_state=0).partial_fit(X[:50], np.full(50, first))
    y = 1e4 * np.exp(law(X) / 3.0)
    assert passes(model, X, y).score(X, y) > 0.7


def test_an_output_that_was_constant_is_learnt():
    y = np.stack([law(X), 1e5 * X[:, 0]], axis=1)
    model = KANRegressor((2,), random_state=0).partial_fit(X[:50], put(y[:50], 1, 7.0))
    assert passes(model, X, y).score(X, y) > 0.7


@pytest.mark.parametrize("classes", [2, 3])
@pytest.mark.parametrize("rows", [1, 50])
def test_classes_that_the_first_batch_lacks_are_learnt(classes, rows):
    y = np.digitize(law(X), [-1.0, 1.0][: classes - 1])
    model = KANClassifier((2,), random_state=0)
    model.partial_fit(X[:rows], np.zeros(rows, int), classes=np.arange(classes))
    assert passes(model, X, y).score(X, y) > 0.7


def test_batches_of_one_class_may_come_later():
    y = np.digitize(law(X), [-1.0, 1.0])
    order = np.argsort(y, kind="stable")
    model = KANClassifier((), random_state=0).partial_fit(X, y)
    passes(model, X[order], y[order], number=1)
    assert_array_equal(model.classes_, [0, 1, 2])
    with pytest.raises(ValueError, match=r"has labels .* not in classes"):
        model.partial_fit(X[:5], np.full(5, 3))


def test_far_values_may_come_later():
    far = put(X[:100], 0, np.where(np.arange(100) < 2, 1e9, X[:100, 0]))
    model = KANRegressor((), random_state=0).partial_fit(X[:100], law(X[:100]))
    passes(model, np.concatenate([far, X]), np.concatenate([law(X[:100]), law(X)]))
    assert model.score(X, law(X)) > 0.7
    assert np.abs(model.predict(far)).max() < 10.0


def test_rows_may_come_one_by_one():
    model = KANRegressor((), random_state=0)
    assert passes(model, X, law(X), number=1, size=1).score(X, law(X)) > 0.7


def test_each_stage_can_be_pickled_and_repeated():
    one, other = (KANRegressor((2,), random_state=0) for _ in range(2))
    for rows in (X[:1], put(X[:50], 1, 0.5), 0.1 * X[:50], X[:50], 1e4 * X[:50]):
        one.partial_fit(rows, law(rows))
        other = pickle.loads(pickle.dumps(other.partial_fit(rows, law(rows))))
        assert_same_bits(one.network_, other.network_)
        assert_array_equal(one.predict(X), other.predict(X))


def test_what_does_not_go_with_the_rows_before_is_refused_and_nothing_changes():
    model = KANRegressor((), random_state=0).partial_fit(X[:1], law(X[:1]))
    before = vars(model).copy()
    with pytest.raises(ValueError, match="y has 2 outputs, 1 are expected"):
        model.partial_fit(X, np.stack([law(X), law(X)], axis=1))
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is before[name] for name in before)


@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson", "gamma"])
def test_a_translated_network_predicts_what_it_did(loss):
    """Under the encoding of other rows, whose scales are others in X and y."""
    y = np.exp(law(X) / 3.0)
    model = KANRegressor((2,), loss=loss, random_state=0).partial_fit(X, y)
    old, rows = model._encoding_, 30.0 * X[:, ::-1] + 5.0
    new = encoding_of(model._target_kind(), Data(rows, 1e3 * y + 7.0, ONES), y)
    network = translated(model.network_, old, new, new.target.loss)
    raw = predict(network, new.x_scaling.apply(X))
    found = new.target.decode(new.target.loss.inverse_link(raw))
    assert_allclose(found, model.predict(X), rtol=1e-8)


def test_scales_that_rows_have_set_stay_unless_y_outgrows_them():
    estimator = KANRegressor(())
    data = Data(put(X, 1, 0.5), law(X), ONES)
    old = encoding_of(estimator._target_kind(), data, data.y)
    later = Data(X, 2.0 * law(X), ONES)
    new = widened(old, encoding_of(estimator._target_kind(), later, later.y), later, 400.0)
    assert new.target is old.target
    assert_array_equal(is_new(old, new), [False, True])
    assert new.x_scaling.center[0] == old.x_scaling.center[0]
    assert new.x_scaling.scale[0] == old.x_scaling.scale[0]
    much = Data(X, 20.0 * law(X), ONES)
    new = widened(old, encoding_of(estimator._target_kind(), much, much.y), much, 400.0)
    assert_allclose(new.target.scaling.scale, np.concatenate([law(X), much.y]).std(), rtol=1e-9)


def wave(x):
    return np.sin(x[:, 0])


def warm(first, then, hidden, y_first=wave, y_then=wave, **parameters):
    """Return the score of a warm start on other rows, of a cold one, and the warnings."""
    model = KANRegressor(hidden, warm_start=True, random_state=0, **parameters)
    model.fit(first, y_first(first))
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        model.fit(then, y_then(then))
    cold = clone(model).set_params(warm_start=False).fit(then, y_then(then))
    said = [str(one.message) for one in found if "starts anew" in str(one.message)]
    scores = [one.score(then, y_then(then)) for one in (model, cold)]
    return *scores, said


ROWS = RNG.uniform(0.0, 1.0, (120, 1))


# Under the evidence, and by L-BFGS.
FITS = [((), {}), ((), {"alpha": 0.1}), ((2,), {"alpha": 0.1, "max_iter": 100})]


@pytest.mark.parametrize(("hidden", "parameters"), FITS)
@pytest.mark.parametrize("high", [0.3, 1.4, 3.0, 10.0])
def test_a_warm_start_on_another_range_is_as_good_as_a_cold_one(hidden, parameters, high):
    found, cold, said = warm(ROWS, high * ROWS, hidden, **parameters)
    assert found > cold - 0.01
    assert bool(said) == (high > 2.0)


@pytest.mark.parametrize(("hidden", "parameters"), FITS)
@pytest.mark.parametrize(("x_unit", "y_unit"), [(1.0, 1e3), (1e3, 1.0), (1e-6, 1e9)])
def test_a_warm_start_in_other_units_goes_on(hidden, parameters, x_unit, y_unit):
    def scaled(x):
        return y_unit * wave(4.0 * x / x_unit)

    first = ROWS, lambda x: wave(4.0 * x)
    found, cold, said = warm(first[0], x_unit * ROWS, hidden, first[1], scaled, **parameters)
    assert found > cold - 0.01
    assert not said


def test_a_warm_start_after_rows_that_said_nothing_is_a_cold_one():
    for first, y in ((ROWS, lambda x: np.ones(len(x))), (np.ones((50, 1)), wave)):
        found, cold, said = warm(first, 3.0 * ROWS, (), y_first=y)
        assert found == cold
        assert not said


def test_a_warm_start_on_the_same_rows_says_nothing_and_moves_no_grid():
    model = KANRegressor((2,), alpha=0.1, warm_start=True, random_state=0)
    before = model.fit(ROWS, wave(ROWS)).network_
    model.fit(ROWS, wave(ROWS))
    assert_array_equal(model.network_.layers[0].basis.knots, before.layers[0].basis.knots)


def test_one_far_row_does_not_end_a_warm_start():
    far = np.append(ROWS, [[1e9]], axis=0)
    found, _, said = warm(
        4.0 * ROWS, 4.0 * far, (), y_then=lambda x: np.sin(np.minimum(x[:, 0], 4.0))
    )
    assert not said
    assert found > 0.99


def test_an_encoding_keeps_the_classes_it_knows():
    model = KANClassifier((), warm_start=True, random_state=0)
    y = np.digitize(X[:, 0], [-0.3, 0.3])
    for kept in (y > 0, y > 1):
        model.fit(X, y).fit(X[kept], y[kept])
        assert_array_equal(model.classes_, [0, 1, 2])
    assert isinstance(model._encoding_, Encoding)
