"""The estimators inside of what scikit-learn builds around estimators, used as users do."""

import copy
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor, make_column_transformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_linnerud
from sklearn.dummy import DummyRegressor
from sklearn.ensemble import BaggingRegressor, StackingRegressor, VotingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.inspection import partial_dependence, permutation_importance
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import brier_score_loss, mean_squared_error
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    train_test_split,
)
from sklearn.multioutput import ClassifierChain, MultiOutputClassifier, MultiOutputRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from sklearn_kan import KANClassifier, KANRegressor

DIABETES = load_diabetes(return_X_y=True, as_frame=True)
CANCER = load_breast_cancer(return_X_y=True)


def bendy():
    """Return a regressor for the curves here, which bend more than its default alpha likes."""
    return KANRegressor(alpha=0.03, random_state=0)


def curve(n=200, seed=0):
    """Return rows of y = sin(2 x0) + x1^2 + noise; x2 does nothing."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-2, 2, (n, 3))
    return X, np.sin(2 * X[:, 0]) + X[:, 1] ** 2 + 0.1 * rng.standard_normal(n)


@pytest.fixture(scope="module")
def fitted():
    X, y = curve()
    return bendy().fit(X, y)


def test_pipeline_with_a_scaler_changes_next_to_nothing():
    X, y = curve()
    raw = bendy().fit(X, y)
    scaled = make_pipeline(StandardScaler(), bendy()).fit(X, y)
    # The optimiser stops within `tol` of the optimum.
    np.testing.assert_allclose(scaled.predict(X), raw.predict(X), atol=1e-3)


def test_column_transformer_with_text_columns():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {"size": rng.uniform(0, 3, 200), "color": rng.choice(["red", "blue"], 200)}
    )
    y = np.sin(2 * frame["size"]) + 2.0 * (frame["color"] == "red")
    columns = make_column_transformer(
        (OneHotEncoder(drop="first"), ["color"]), remainder="passthrough"
    )
    model = make_pipeline(columns, KANRegressor(alpha=1e-3)).fit(frame, y)
    assert model.score(frame, y) > 0.99
    assert isinstance(columns, ColumnTransformer)


def test_grid_search_over_hyperparameters():
    X, y = curve(100)
    grid = {
        "kan__grid_size": [1, (3, 6)],
        "kan__hidden_layer_sizes": [(), (1,)],
        "kan__alpha": [1e-2, 1e4],
    }
    pipeline = Pipeline([("scale", StandardScaler()), ("kan", KANRegressor(random_state=0))])
    search = GridSearchCV(pipeline, grid, cv=3, error_score="raise").fit(X, y)
    assert search.best_params_["kan__alpha"] == 1e-2
    assert search.best_score_ > 0.95


def test_halving_grid_search():
    X, y = CANCER
    search = HalvingGridSearchCV(
        KANClassifier(), {"alpha": [0.1, 1.0, 1e6]}, cv=3, random_state=0, min_resources=120
    ).fit(X, y)
    assert search.best_params_["alpha"] < 1e6
    assert search.best_score_ > 0.93


def test_cross_val_score_is_above_ridge_where_curves_bend():
    X, y = curve()
    ours = cross_val_score(bendy(), X, y, cv=5)
    assert ours.mean() > 0.97
    assert cross_val_score(Ridge(), X, y, cv=5).mean() < 0.5


def test_cross_validate_with_several_scorers_and_processes():
    X, y = CANCER
    scoring = ["accuracy", "roc_auc", "neg_log_loss"]
    scores = cross_validate(KANClassifier(), X, y, cv=3, scoring=scoring, n_jobs=2)
    assert scores["test_accuracy"].mean() > 0.95
    assert scores["test_roc_auc"].mean() > 0.98
    assert scores["test_neg_log_loss"].mean() > -0.15


def test_calibration():
    X, y = CANCER
    X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)
    model = CalibratedClassifierCV(KANClassifier(), cv=3).fit(X_train, y_train)
    assert brier_score_loss(y_test, model.predict_proba(X_test)[:, 1]) < 0.05


def test_bagging_gives_a_spread():
    X, y = curve(100)
    model = BaggingRegressor(bendy(), n_estimators=5, random_state=0).fit(X, y)
    single = np.array([m.predict(X) for m in model.estimators_])
    assert model.score(X, y) > 0.95
    assert (single.std(axis=0) > 0).all()


def test_voting_and_stacking():
    X, y = curve(100)
    members = [("kan", bendy()), ("ridge", Ridge())]
    stack = StackingRegressor(members, final_estimator=Ridge(), cv=3).fit(X, y)
    assert stack.final_estimator_.coef_[0] > 0.8
    X, y = load_iris(return_X_y=True)
    vote = VotingClassifier(
        [("kan", KANClassifier()), ("linear", LogisticRegression(max_iter=1000))], voting="soft"
    )
    assert vote.fit(X, y).score(X, y) > 0.95


def test_permutation_importance_finds_the_idle_column(fitted):
    X, y = curve(seed=1)
    importance = permutation_importance(fitted, X, y, n_repeats=3, random_state=0)
    assert importance.importances_mean[0] > 0.2
    assert importance.importances_mean[1] > 0.2
    assert abs(importance.importances_mean[2]) < 0.01


def test_partial_dependence_shows_the_curve(fitted):
    X, _ = curve()
    shown = partial_dependence(fitted, X, [0], grid_resolution=30)
    average, x = shown["average"][0], shown["grid_values"][0]
    truth = np.sin(2 * x)
    np.testing.assert_allclose(average - average.mean(), truth - truth.mean(), atol=0.25)


def test_learning_curve_rises():
    X, y = curve(400)
    _, _, scores = learning_curve(bendy(), X, y, train_sizes=[20, 60, 240], cv=3)
    assert np.diff(scores.mean(axis=1)).min() > 0


@pytest.mark.parametrize(
    "copied",
    [
        pytest.param(lambda m, _: pickle.loads(pickle.dumps(m)), id="pickle"),
        pytest.param(lambda m, _: copy.deepcopy(m), id="deepcopy"),
        pytest.param(lambda m, _: copy.copy(m), id="copy"),
        pytest.param(
            lambda m, folder: joblib.load(joblib.dump(m, folder / "model")[0]), id="joblib"
        ),
        pytest.param(
            lambda m, folder: joblib.load(joblib.dump(m, folder / "zip.gz")[0]), id="joblib-gz"
        ),
    ],
)
def test_copies_predict_the_same_bits_and_go_on(fitted, copied, tmp_path):
    X, y = curve(seed=2)
    again = copied(fitted, tmp_path)
    np.testing.assert_array_equal(again.predict(X), fitted.predict(X))
    assert again.get_params() == fitted.get_params()
    again.partial_fit(X, y)
    assert not np.array_equal(again.predict(X), fitted.predict(X))


def test_clone_keeps_parameters_and_forgets_the_fit(fitted):
    parameters = {"hidden_layer_sizes": ((2, 1), 3), "grid_size": (3, 6), "alpha": 0.5}
    original = KANRegressor(**parameters)
    assert clone(original).get_params() == original.get_params()
    assert not hasattr(clone(fitted), "network_")


def test_transformed_target():
    X, y = curve()
    model = TransformedTargetRegressor(bendy(), func=np.log, inverse_func=np.exp)
    assert model.fit(X, np.exp(y)).score(X, np.exp(y)) > 0.95


def test_multi_output_wrappers_agree_with_several_outputs():
    X, y = load_linnerud(return_X_y=True)
    # One by one or together: without hidden layers the outputs share nothing.
    apart = MultiOutputRegressor(KANRegressor(alpha=1.0, tol=1e-8)).fit(X, y)
    together = KANRegressor(alpha=1.0, tol=1e-8).fit(X, y)
    np.testing.assert_allclose(apart.predict(X), together.predict(X), rtol=1e-5)


def test_multi_output_classifiers():
    X, y = load_iris(return_X_y=True)
    targets = np.column_stack([y == 0, y == 2]).astype(int)
    for wrapper in (MultiOutputClassifier, ClassifierChain):
        model = wrapper(KANClassifier()).fit(X, targets)
        assert (model.predict(X) == targets).mean() > 0.97


def test_frames_in_and_names_out():
    X, y = DIABETES
    model = KANRegressor().fit(X, y)
    assert model.feature_names_in_.tolist() == list(X.columns)
    with pytest.raises(ValueError, match="feature names"):
        model.predict(X.rename(columns={"bmi": "BMI"}))
    with pytest.warns(UserWarning, match="does not have valid feature names"):
        np.testing.assert_array_equal(model.predict(X.to_numpy()), model.predict(X))
    model.fit(X.to_numpy(), y)
    assert not hasattr(model, "feature_names_in_")


def test_after_a_transformer_that_gives_frames():
    X, y = DIABETES
    scale = StandardScaler().set_output(transform="pandas")
    model = make_pipeline(scale, KANRegressor()).fit(X, y)
    assert model[-1].feature_names_in_.tolist() == list(X.columns)
    assert isinstance(model.predict(X), np.ndarray)


def test_metadata_routing_carries_weights_through_a_pipeline():
    X, y = curve()
    weights = np.where(np.arange(len(y)) < 100, 1.0, 0.0)
    with sklearn.config_context(enable_metadata_routing=True):
        model = make_pipeline(
            StandardScaler().set_fit_request(sample_weight=True),
            bendy().set_fit_request(sample_weight=True).set_score_request(sample_weight=True),
        )
        model.fit(X, y, sample_weight=weights)
        scores = cross_validate(model, X, y, cv=2, params={"sample_weight": np.ones(len(y))})
    plain = make_pipeline(StandardScaler(), bendy()).fit(X[:100], y[:100])
    np.testing.assert_allclose(model.predict(X), plain.predict(X), atol=1e-3)
    assert scores["test_score"].min() > 0.9


def test_weights_through_a_pipeline_without_routing():
    X, y = curve()
    model = make_pipeline(StandardScaler(), DummyRegressor())
    model.set_params(dummyregressor=bendy())
    model.fit(X, y, dummyregressor__sample_weight=np.arange(len(y)) % 2)
    assert model.score(X, y) > 0.95


def test_cross_val_predict_with_probabilities():
    X, y = load_iris(return_X_y=True)
    probability = cross_val_predict(KANClassifier(), X, y, cv=5, method="predict_proba")
    assert (probability.argmax(axis=1) == y).mean() > 0.9


def test_html_and_text_representation(fitted):
    html = KANClassifier(grid_size=(3, 6))._repr_html_()
    assert "KANClassifier" in html
    assert "(3, 6)" in html
    assert repr(KANRegressor(alpha=2)) == "KANRegressor(alpha=2)"
    assert "fitted" in fitted._repr_html_()


def test_score_is_the_share_of_variance(fitted):
    X, y = curve()
    model = fitted
    residual = mean_squared_error(y, model.predict(X))
    assert model.score(X, y) == pytest.approx(1 - residual / y.var())
