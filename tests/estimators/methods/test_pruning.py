"""Pruning and refining of fitted estimators: what is left, what is said of it, what still works."""

import copy
import pickle
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.feature_selection import SelectFromModel
from sklearn.model_selection import GridSearchCV

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training.summaries.moments import node_moments
from sklearn_kan.training.summaries.profiles import node_profiles

IGNORE_CONVERGENCE = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def rows_of(function, n=1000, p=2, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, p))
    truth = function(*X.T)
    return X, truth + noise * truth.std() * rng.standard_normal(n)


def toy(x, y, *_):
    """The KAN paper's exp(sin(pi x) + y^2)."""
    return np.exp(np.sin(np.pi * x) + y**2)


def additive(x, y, *_):
    return np.sin(3 * x) + y**2


def product(x, y):
    return x * y


def shape_of(model):
    """Return (sum nodes, product nodes) of each hidden layer, and the number of edges."""
    network = model.network_
    hidden = [(layer.n_sums, layer.n_products) for layer in network.layers[:-1]]
    return hidden, int(sum(layer.present.sum() for layer in network.all_layers))


def error(model, function, p=2):
    X, y = rows_of(function, p=p, seed=1)
    return np.sqrt(np.mean((model.predict(X) - y) ** 2))


def assert_described(model):
    """Check that all fitted attributes are of the network at hand."""
    network = model.network_
    assert model.n_parameters_ == network.n_parameters
    for layer, moment, profile, spread in zip(
        network.all_layers,
        model._moments_,
        model._profiles_,
        model._fitted_.edge_spreads,
        strict=True,
    ):
        assert moment.mean.shape == (layer.n_inputs, layer.basis.n_features)
        assert profile.shape == (layer.n_inputs, 201)
        assert spread.deviation.shape == layer.edges.shape
        assert np.isfinite(moment.covariance).all()
        assert np.isfinite(profile).all()
    assert model.feature_importances_.shape == (model.n_features_in_,)
    assert np.isfinite(model.feature_importances_).all()


# With rows: the truth's own shape


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("alpha", ["evidence", 1e-3])
@IGNORE_CONVERGENCE
def test_the_papers_example_ends_as_it_is_written(direct, alpha):
    X, y = rows_of(toy, n=500)
    model = KANRegressor((5,), direct_edges=direct, alpha=alpha, max_iter=20, random_state=0)
    model.fit(X, y)
    before = error(model, toy)
    assert model.prune_(X, y) is model
    assert shape_of(model) == ([(1, 0)], 3)
    assert error(model, toy) <= before
    assert_described(model)


@pytest.mark.parametrize("direct", [False, True])
def test_a_product_ends_as_one_product_node(direct):
    X, y = rows_of(product, n=300)
    options = {"direct_edges": direct, "max_iter": 10, "random_state": 0}
    model = KANRegressor(((2, 2),), **options).fit(X, y)
    assert shape_of(model.prune_(X, y)) == ([(0, 1)], 3)
    assert error(model, product) < 1e-10


@pytest.mark.parametrize("hidden", [(5,), ((2, 1),), "auto"])
def test_an_additive_truth_ends_as_additive_without_irrelevant_columns(hidden):
    X, y = rows_of(additive, n=400, p=5, noise=0.2)
    model = KANRegressor(hidden, random_state=0).fit(X, y)
    before = error(model, additive, p=5)
    model.prune_(X, y)
    assert shape_of(model) == ([], 2)
    assert error(model, additive, p=5) <= 1.05 * before
    assert_array_equal(model.feature_importances_ > 0, [True, True, False, False, False])


def test_one_input_ends_as_one_spline():
    X, y = rows_of(lambda x: np.sin(5 * x) * np.exp(-x), n=300, p=1)
    model = KANRegressor((3,), max_iter=10, random_state=0).fit(X, y).prune_(X, y)
    assert shape_of(model) == ([], 1)


def test_noise_ends_as_a_constant():
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((200, 4)), rng.standard_normal(200)
    model = KANRegressor((2,), random_state=0).fit(X, y).prune_(X, y)
    assert shape_of(model) == ([], 0)
    assert_allclose(model.predict(X), y.mean(), atol=1e-6)
    assert not model.feature_importances_.any()


def test_classes_keep_the_columns_that_tell_them_apart():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (400, 4))
    y = np.digitize(X[:, 0] + X[:, 1] ** 2 + 0.1 * rng.standard_normal(400), [-0.2, 0.6])
    model = KANClassifier((2,), random_state=0).fit(X, y)
    before = model.score(X, y)
    model.prune_(X, y)
    assert model.score(X, y) > before - 0.03
    assert_array_equal(model.feature_importances_ > 0, [True, True, False, False])
    assert_allclose(model.predict_proba(X).sum(axis=1), 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("direct", [False, True])
def test_two_wide_layers_end_as_one_node(direct):
    X, y = rows_of(toy, n=500)
    # Fitted to the end it is no harder to prune, but takes a minute.
    model = KANRegressor((10, 10), direct_edges=direct, max_iter=5, random_state=0).fit(X, y)
    before = error(model, toy)
    assert shape_of(model.prune_(X, y)) == ([(1, 0)], 3)
    assert error(model, toy) <= before


@pytest.mark.parametrize("noise", [0.0, 0.1])
@IGNORE_CONVERGENCE
def test_networks_too_large_for_the_evidence_give_way_to_small_ones(noise):
    X, y = rows_of(toy, n=600, noise=noise)
    model = KANRegressor((10, 10), alpha=1.0, max_iter=40, random_state=0).fit(X, y)
    assert model.n_parameters_ > 1500
    before = error(model, toy)
    assert shape_of(model.prune_(X, y)) == ([(1, 0)], 3)
    assert error(model, toy) < before


def test_what_the_rows_need_stays_as_it_is():
    X, y = rows_of(toy, n=300, noise=0.05)
    model = KANRegressor((1,), direct_edges=False, random_state=0).fit(X, y)
    before = model.predict(X)
    model.prune_(X, y)
    assert len(model.pruning_report_) == 0
    assert_array_equal(model.predict(X), before)
    assert model.log_evidence_ is not None


def test_networks_too_large_for_the_evidence_are_trained_again():
    X, y = rows_of(additive, n=300, p=8, noise=0.1)
    model = KANRegressor((12,), alpha=1.0, grid_size=12, max_iter=20, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, y)
    assert model.n_parameters_ > 1500
    before, edges = model.score(X, y), shape_of(model)[1]
    model.prune_(X, y, threshold=0.02)
    assert shape_of(model)[1] < edges
    assert model.score(X, y) > before - 0.05
    assert_described(model)


# Without rows


FITTED = {
    "evidence": KANRegressor((4,), random_state=0),
    "products": KANRegressor(((2, 2),), grid_size=4, random_state=0),
    "deep": KANRegressor((3, 2), alpha=1.0, max_iter=20, grid_size=4, random_state=0),
    "automatic": KANRegressor(random_state=0),
    "several": KANRegressor((2,), grid_size=4, random_state=0),
    "classifier": KANClassifier((2,), grid_size=4, random_state=0),
}


@pytest.fixture(scope="module", params=FITTED)
def fitted(request):
    X, y = rows_of(toy, n=120, p=3)
    model = clone(FITTED[request.param])
    if request.param == "several":
        y = np.column_stack([y, X[:, 2]])
    if request.param == "classifier":
        y = np.digitize(y, [0.8, 1.5])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    return model, X, y


def output(model, X):
    return model._raw_prediction(X)


@pytest.mark.parametrize("threshold", [0.0, 0.05, 0.5, 1e9])
def test_pruned_by_threshold_every_attribute_is_of_the_network_and_all_goes_on(fitted, threshold):
    original, X, y = fitted
    model = copy.deepcopy(original).prune_(threshold=threshold)
    assert_described(model)
    raw = output(model, X)
    assert np.isfinite(raw).all()
    varied = np.ptp(output(original, X), axis=0) > 1e-9
    assert_array_equal(np.ptp(raw, axis=0) > 1e-9, varied)
    again = pickle.loads(pickle.dumps(model))
    assert output(again, X).tobytes() == output(model, X).tobytes()
    again.partial_fit(X, y)
    assert_described(again)
    again.prune_(threshold=threshold)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.set_params(warm_start=True, max_iter=3).fit(X, y)
    assert_described(model)
    assert model.pruning_report_ is None


def test_nothing_goes_below_no_importance(fitted):
    original, X, _ = fitted
    model = copy.deepcopy(original).prune_(threshold=0.0)
    assert len(model.pruning_report_) == 0
    assert output(model, X).tobytes() == output(original, X).tobytes()


def test_what_went_is_reported(fitted):
    original, _, _ = fitted
    model = copy.deepcopy(original)
    importances = model.edge_importances_
    edges = shape_of(model)[1]
    model.prune_(threshold=0.2)
    for record in model.pruning_report_:
        score = importances[record["layer"]][record["input"], record["output"]]
        assert record["importance"] == score < 0.2
    if len(model.pruning_report_):
        assert model.pruning_report_[-1]["n_edges"] <= edges - len(model.pruning_report_)
        assert len(model.pruning_report_.to_frame()) == len(model.pruning_report_)
    assert "importance" in repr(model.pruning_report_)


def test_importances_stay_the_same_bits_in_a_copy_and_are_of_the_network_at_hand(fitted):
    original, _, _ = fitted
    for copied in (pickle.loads(pickle.dumps(original)), copy.deepcopy(original)):
        assert copied._spreads_.network is copied.network_
        assert_array_equal(copied.feature_importances_, original.feature_importances_)
        layer = copied.network_.layers[0]
        gone = layer.edges & (np.arange(layer.n_inputs) == 0)[:, None]
        copied.network_ = copied.network_.replace_layer(
            0, edges=layer.edges & ~gone, weights=layer.weights * ~gone[:, None, :]
        )
        assert not copied.edge_importances_[0][0].any()


def test_shares_sum_to_one_and_importances_to_one(fitted):
    model, X, _ = fitted
    assert_allclose(model.feature_importances_.sum(), 1.0)
    assert (model.feature_importances_ >= 0).all()
    shares = model.edge_variance_shares_
    last = len(model.network_.layers) - 1
    varied = np.ptp(output(model, X), axis=0) > 0
    assert_allclose(sum(s.sum(axis=0) for s in shares[last:]), varied, atol=1e-6)
    assert [len(scores) for scores in model.node_importances_] == [
        layer.n_inputs for layer in model.network_.layers
    ]


# Refining


@pytest.mark.parametrize("parts", [1, 2, 3])
def test_refining_without_rows_is_exact(fitted, parts):
    original, X, _ = fitted
    model = copy.deepcopy(original)
    old = [layer.basis.n_intervals for layer in model.network_.all_layers]
    assert model.refine_(parts * model.network_.grid_size) is model
    new = [layer.basis.n_intervals for layer in model.network_.all_layers]
    assert new == [parts * size for size in old]
    assert_allclose(output(model, X), output(original, X), rtol=1e-9, atol=1e-9)
    assert_allclose(model.feature_importances_, original.feature_importances_)
    assert_described(model)
    assert output(copy.deepcopy(model), X).tobytes() == output(model, X).tobytes()


def test_refining_with_rows_is_better():
    X, y = rows_of(toy)
    model = KANRegressor((1,), direct_edges=False, random_state=0).fit(X, y)
    before = error(model, toy)
    exact = copy.deepcopy(model).refine_(40)
    assert_allclose(error(exact, toy), before, rtol=1e-6)
    model.refine_(40, X, y)
    assert error(model, toy) < 0.05 * before
    assert model.network_.grid_size == 40
    assert_described(model)
    mean, std = model.predict(X, return_std=True)
    assert np.isfinite(mean).all()
    assert (std > 0).all()


@pytest.mark.parametrize("grid_size", [7, 0, -10, 10.5, "20", None, np.nan])
def test_grids_that_do_not_nest_are_refused(grid_size):
    X, y = rows_of(additive, n=60)
    model = KANRegressor((), random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="grid_size must be a multiple of 10"):
        model.refine_(grid_size)
    with pytest.raises(ValueError, match="X and y must be given together"):
        model.refine_(20, X)


# At the door


@pytest.mark.parametrize("method", ["prune_", "refine_"])
def test_an_unfitted_estimator_says_so(method):
    with pytest.raises(NotFittedError):
        getattr(KANRegressor(), method)(10)
    assert not hasattr(KANRegressor(), "feature_importances_")


@pytest.mark.parametrize("threshold", [-1.0, np.nan, "much", [0.1]])
def test_thresholds_that_are_none_are_refused(threshold):
    X, y = rows_of(additive, n=60)
    model = KANRegressor((), random_state=0).fit(X, y)
    with pytest.raises(ValueError, match="threshold"):
        model.prune_(threshold=threshold)
    with pytest.raises(ValueError, match="prune_threshold"):
        KANRegressor(prune_threshold=threshold).fit(X, y)


def test_rows_that_are_unusable_change_nothing():
    X, y = rows_of(additive, n=60)
    model = KANRegressor((), random_state=0).fit(X, y)
    before = pickle.dumps(model)
    for arguments, match in [
        ((X, None), "together"),
        ((None, y), "together"),
        ((X[:, :1], y), "features"),
        ((X, y[:5]), "inconsistent"),
        ((np.full_like(X, np.nan), y), "NaN"),
        ((X, y, -np.ones(60)), "sample_weight"),
    ]:
        with pytest.raises(ValueError, match=match):
            model.prune_(*arguments)
    assert pickle.dumps(model) == before


@pytest.mark.parametrize("value", [0.0, 1e9, np.inf])
def test_a_constant_target_prunes_to_a_constant(value):
    X, _ = rows_of(additive, n=60)
    model = KANRegressor((2,), max_iter=5, random_state=0).fit(X, np.full(60, 3.0))
    model.prune_(threshold=value)
    model.prune_(X, np.full(60, 3.0))
    assert_allclose(model.predict(X), 3.0)
    assert not model.feature_importances_.any()


# In fit, and with scikit-learn


def test_fit_prunes_where_asked_to():
    X, y = rows_of(additive, n=300, p=4, noise=0.1)
    model = KANRegressor((2,), prune_threshold=0.0, random_state=0).fit(X, y)
    assert shape_of(model) == ([], 2)
    assert len(model.pruning_report_) > 0
    assert model.log_evidence_ is not None
    model.set_params(prune_threshold=None).fit(X, y)
    assert model.pruning_report_ is None


def test_a_search_sees_the_threshold():
    X, y = rows_of(additive, n=80, p=3, noise=0.1)
    search = GridSearchCV(
        KANRegressor((), random_state=0), {"prune_threshold": [None, 0.01, 0.3]}, cv=2
    ).fit(X, y)
    assert search.best_score_ > 0.8


def test_columns_are_selected_by_importance():
    X, y = rows_of(additive, n=300, p=5, noise=0.1)
    selector = SelectFromModel(KANRegressor((), random_state=0), threshold=1e-3).fit(X, y)
    assert_array_equal(selector.get_support(), [True, True, False, False, False])


def test_weights_are_numbers_of_rows():
    X, y = rows_of(additive, n=150, p=3, noise=0.2)
    times = np.random.default_rng(0).integers(0, 3, 150)
    X2, y2 = np.repeat(X, times, axis=0), np.repeat(y, times)
    weighted = KANRegressor((), prune_threshold=0.0, random_state=0).fit(X, y, times)
    repeated = KANRegressor((), prune_threshold=0.0, random_state=0).fit(X2, y2)
    assert shape_of(weighted) == shape_of(repeated)
    assert_allclose(weighted.predict(X), repeated.predict(X), rtol=1e-5, atol=1e-6)


def test_moments_and_profiles_after_pruning_on_rows_are_exact():
    X, y = rows_of(toy, n=300, p=3, noise=0.05)
    model = KANRegressor((3,), random_state=0).fit(X, y).prune_(X, y)
    rows = model._encoding_.rows(_data(X, y))
    for found, wanted in zip(model._moments_, node_moments(model.network_, rows), strict=True):
        assert_allclose(found.mean, wanted.mean, rtol=1e-12, atol=1e-15)
    for found, wanted in zip(model._profiles_, node_profiles(model.network_, rows), strict=True):
        assert_allclose(found, wanted, rtol=1e-12, atol=1e-15)


def _data(X, y):
    from sklearn_kan.estimators.encoding.data import Data

    return Data(X, y, np.ones(len(X)))
