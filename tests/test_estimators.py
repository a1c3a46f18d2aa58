"""What the estimators promise, beyond what scikit-learn checks."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import cross_val_score

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.training import Record

IGNORE_CONVERGENCE = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
# Searches that are cut short all the same way: what is compared is not the optimum.
SHORT = {"max_iter": 10, "random_state": 0}
CONFIGURATIONS = {
    "automatic": {"random_state": 0},
    "additive": {"alpha": 0.1, "random_state": 0},
    "hidden": {"hidden_layer_sizes": (3,), "alpha": 1.0, **SHORT},
    "products": {"hidden_layer_sizes": ((2, 1),), "grid_size": (3, 6), "alpha": 1.0, **SHORT},
    "adam": {"hidden_layer_sizes": (2,), "solver": "adam", **SHORT},
    "early stopping": {"hidden_layer_sizes": (2,), "early_stopping": True, **SHORT},
}


def over_configurations_but(*names):
    kept = {name: value for name, value in CONFIGURATIONS.items() if name not in names}
    return pytest.mark.parametrize("parameters", list(kept.values()), ids=list(kept))


over_configurations = over_configurations_but()
# Mini-batches are drawn by a row's place, rows held out by its values.
independent_of_place = over_configurations_but("adam")
independent_of_values = over_configurations_but("early stopping")


def table(n=150, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 3)) * [1.0, 100.0, 0.01] + [0.0, 1e4, 0.0]
    z = (X - [0.0, 1e4, 0.0]) / [1.0, 100.0, 0.01]
    return X, 50 + 10 * (np.sin(3 * z[:, 0]) + z[:, 1] ** 2 + 0.05 * rng.standard_normal(n))


def toy(n=1000, seed=0):
    """The KAN paper's exp(sin(pi x) + y^2)."""
    X = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return X, np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)


def bits(model, X):
    method = getattr(model, "predict_proba", model.predict)
    return method(X).tobytes()


# Determinism and side effects


@IGNORE_CONVERGENCE
@over_configurations
def test_same_seed_same_bits(parameters):
    X, y = table()
    first, second = (KANRegressor(**parameters).fit(X, y) for _ in range(2))
    assert bits(first, X) == bits(second, X)
    assert first.loss_curve_ == second.loss_curve_


@IGNORE_CONVERGENCE
@pytest.mark.parametrize("n_jobs", [2, -1])
def test_number_of_jobs_does_not_matter(n_jobs):
    X, y = table(60)
    model = KANRegressor((2,), n_init=3, max_iter=5, random_state=1)
    alone = clone(model).fit(X, y)
    together = clone(model).set_params(n_jobs=n_jobs).fit(X, y)
    assert bits(alone, X) == bits(together, X)


@IGNORE_CONVERGENCE
def test_seeds_differ_and_a_generator_moves_on():
    X, y = table()
    model = KANRegressor((2,), max_iter=3)
    seeded = {bits(clone(model).set_params(random_state=seed).fit(X, y), X) for seed in range(3)}
    assert len(seeded) == 3
    generator = np.random.RandomState(0)
    moved = {bits(clone(model).set_params(random_state=generator).fit(X, y), X) for _ in range(2)}
    assert len(moved) == 2


@IGNORE_CONVERGENCE
@over_configurations
@pytest.mark.parametrize("random_state", [0, None])
def test_global_generator_is_left_alone(parameters, random_state):
    X, y = table(60)
    before = np.random.get_state()[1].copy(), np.random.get_state()[2]  # noqa: NPY002
    KANRegressor(**{**parameters, "random_state": random_state}).fit(X, y).predict(X)
    KANClassifier(random_state=random_state).partial_fit(X, y > 50).predict_proba(X)
    after = np.random.get_state()[1], np.random.get_state()[2]  # noqa: NPY002
    np.testing.assert_array_equal(before[0], after[0])
    assert before[1] == after[1]


@IGNORE_CONVERGENCE
@over_configurations
def test_nothing_is_printed_or_written(parameters, capfd, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    X, y = table(60)
    KANRegressor(**parameters).fit(X, y).predict(X)
    KANClassifier(**parameters).fit(X, y > 50).predict(X)
    assert capfd.readouterr() == ("", "")
    assert list(tmp_path.iterdir()) == []


def test_fit_leaves_slow_packages_alone():
    script = (
        "import sys, numpy as np; from sklearn_kan import KANRegressor; "
        "X = np.arange(20.0)[:, None]; KANRegressor().fit(X, X[:, 0] ** 2).predict(X); "
        "print({'sympy', 'matplotlib', 'torch'} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "set()"


@IGNORE_CONVERGENCE
@over_configurations
def test_arguments_are_not_written_to(parameters):
    X, y = table(60)
    weights = np.linspace(0, 2, 60)
    copies = X.copy(), y.copy(), weights.copy()
    KANRegressor(**parameters).fit(X, y, weights).predict(X)
    for array, copied in zip((X, y, weights), copies, strict=True):
        np.testing.assert_array_equal(array, copied)


def test_predict_from_many_threads():
    X, y = table(2000)
    model = KANClassifier((3,), solver="lbfgs", max_iter=5, random_state=0)
    with pytest.warns(ConvergenceWarning):
        model.fit(X, y > 50)
    expected, before = bits(model, X), dict(vars(model))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: bits(model, X), range(40)))
    assert set(results) == {expected}
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is before[name] for name in before)


# Symmetries


@IGNORE_CONVERGENCE
@independent_of_place
def test_order_of_rows_does_not_matter(parameters):
    X, y = table()
    order = np.random.default_rng(1).permutation(len(X))
    one = KANRegressor(**parameters).fit(X, y)
    other = KANRegressor(**parameters).fit(X[order], y[order])
    # Sums in another order differ in the last bits; the search makes more of them.
    np.testing.assert_allclose(other.predict(X), one.predict(X), rtol=1e-4)


@IGNORE_CONVERGENCE
@independent_of_place
@pytest.mark.parametrize("kind", [KANRegressor, KANClassifier])
def test_weights_count_rows(parameters, kind):
    """A weight of 2 is the row twice, a weight of 0 no row; grids and splits included."""
    X, y = table(80)
    y = np.digitize(y, [48, 55]) if kind is KANClassifier else y
    weights = np.arange(80) % 3
    weighted = kind(**parameters).fit(X, y, weights)
    repeated = kind(**parameters).fit(X.repeat(weights, axis=0), y.repeat(weights))
    method = "predict_proba" if kind is KANClassifier else "predict"
    np.testing.assert_allclose(
        getattr(weighted, method)(X), getattr(repeated, method)(X), rtol=1e-4, atol=1e-6
    )


def test_order_of_columns_does_not_matter():
    X, y = table()
    one = KANRegressor(()).fit(X, y)
    other = KANRegressor(()).fit(X[:, [2, 0, 1]], y)
    np.testing.assert_allclose(other.predict(X[:, [2, 0, 1]]), one.predict(X), rtol=1e-4)


@IGNORE_CONVERGENCE
@independent_of_values
@pytest.mark.parametrize(("factor", "offset"), [(1e-9, 0.0), (2.0**70, 0.0), (4.0, -1e3)])
def test_predictions_scale_with_the_target(parameters, factor, offset):
    X, y = table()
    one = KANRegressor(**parameters).fit(X, y)
    other = KANRegressor(**parameters).fit(X, factor * y + offset)
    expected = factor * one.predict(X) + offset
    np.testing.assert_allclose(other.predict(X), expected, atol=1e-3 * factor * y.std())


@IGNORE_CONVERGENCE
@independent_of_values
def test_units_of_the_columns_do_not_matter(parameters):
    X, y = table()
    factors, offsets = np.array([1e-6, 3.0, 1e8]), np.array([5.0, 0.0, -1e3])
    one = KANRegressor(**parameters).fit(X, y)
    other = KANRegressor(**parameters).fit(X * factors + offsets, y)
    np.testing.assert_allclose(
        other.predict(X * factors + offsets), one.predict(X), atol=1e-3 * y.std()
    )


@pytest.mark.parametrize("loss", ["poisson", "gamma"])
def test_predictions_of_log_links_scale(loss):
    X, y = table()
    one = KANRegressor(loss=loss, random_state=0).fit(X, y)
    other = KANRegressor(loss=loss, random_state=0).fit(X, 1e6 * y)
    np.testing.assert_allclose(other.predict(X), 1e6 * one.predict(X), rtol=1e-3)


# Targets and losses


def test_several_outputs():
    X, y = table()
    both = np.column_stack([y, 1e-6 * y**2])
    model = KANRegressor(alpha=0.01).fit(X, both)
    assert model.predict(X).shape == both.shape
    assert model.n_outputs_ == 2
    assert model.score(X, both) > 0.98


def test_huber_bears_outliers():
    X, y = table()
    spoilt = y.copy()
    spoilt[::15] += 1e4
    robust = KANRegressor(loss="huber", alpha=0.1).fit(X, spoilt)
    plain = KANRegressor(alpha=0.1).fit(X, spoilt)
    assert robust.score(X, y) > 0.9
    assert plain.score(X, y) < 0


@pytest.mark.parametrize("loss", ["poisson", "gamma"])
def test_log_links_recover_the_mean(loss):
    rng = np.random.default_rng(0)
    X = rng.uniform(-2, 2, (2000, 2))
    mean = np.exp(np.sin(2 * X[:, 0]) + 1)
    y = rng.poisson(mean) if loss == "poisson" else rng.gamma(2.0, mean / 2.0)
    model = KANRegressor(loss=loss, alpha=0.1).fit(X, y)
    predicted = model.predict(X)
    assert (predicted > 0).all()
    assert np.average(predicted) == pytest.approx(y.mean(), rel=0.01)
    assert np.corrcoef(predicted, mean)[0, 1] > 0.98


@pytest.mark.parametrize("n_classes", [2, 3])
def test_probabilities_and_decisions_agree(n_classes):
    X, y = load_iris(return_X_y=True)
    X, y = X[y < n_classes], np.array(["a", "b", "c"])[y[y < n_classes]]
    model = KANClassifier().fit(X, y)
    probability, decision = model.predict_proba(X), model.decision_function(X)
    np.testing.assert_allclose(probability.sum(axis=1), 1.0, rtol=1e-14)
    np.testing.assert_allclose(np.exp(model.predict_log_proba(X)), probability)
    if n_classes == 2:
        assert decision.shape == (len(X),)
        np.testing.assert_array_equal(model.predict(X) == "b", decision > 0)
        np.testing.assert_array_equal(probability[:, 1] > 0.5, decision > 0)
    else:
        assert decision.shape == (len(X), 3)
        np.testing.assert_array_equal(decision.argmax(axis=1), probability.argmax(axis=1))
    assert model.score(X, y) > 0.95


def test_balanced_class_weight_is_the_weight_of_rows():
    X, y = table(200)
    y = (y > np.quantile(y, 0.9)).astype(int)
    share = np.bincount(y) / len(y)
    given = partial(KANClassifier, random_state=0)
    balanced = given(class_weight="balanced").fit(X, y)
    by_row = given().fit(X, y, 0.5 / share[y])
    by_class = given(class_weight=dict(enumerate(0.5 / share))).fit(X, y)
    np.testing.assert_allclose(balanced.predict_proba(X), by_row.predict_proba(X), atol=1e-3)
    np.testing.assert_allclose(by_class.predict_proba(X), by_row.predict_proba(X), atol=1e-3)
    assert balanced.predict_proba(X)[:, 1].mean() > given().fit(X, y).predict_proba(X)[:, 1].mean()


# Training


@pytest.mark.parametrize("kind", [KANRegressor, KANClassifier])
@pytest.mark.parametrize("hidden", [(), (2,)], ids=str)
def test_defaults_converge_on_ordinary_tables(kind, hidden):
    X, y = (load_diabetes if kind is KANRegressor else load_wine)(return_X_y=True)
    model = kind(hidden, random_state=0).fit(X, y)  # a warning would be an error
    assert model.n_iter_ < model.max_iter
    assert len(model.loss_curve_) == model.n_iter_


def test_convergence_warning_says_what_to_do():
    X, y = table()
    with pytest.warns(
        ConvergenceWarning, match=r"max_iter=2 iterations were not.*max_iter.*alpha"
    ) as w:
        KANRegressor(solver="lbfgs", max_iter=2).fit(X, y)
    assert w[0].filename == __file__


@pytest.mark.parametrize(("hidden", "early_stopping"), [((), False), ((2,), True)])
def test_verbose_prints_a_line_an_iteration(hidden, early_stopping, capsys):
    X, y = table()
    model = KANRegressor(
        hidden, solver="lbfgs", verbose=1, early_stopping=early_stopping, random_state=0
    )
    model.fit(X, y)
    printed = capsys.readouterr().out.splitlines()
    lines = [line for line in printed if line.startswith("iteration ")]
    assert len(lines) == model.n_iter_
    assert lines[0].startswith("iteration 1: objective ")
    stages = [line for line in printed if not line.startswith(("iteration ", "strength "))]
    assert stages == [str(Record(**stage)) for stage in model.history_]
    assert all(("validation loss" in line) == early_stopping for line in lines)


def test_refinement_by_warm_start_goes_on_from_the_fit():
    X, y = toy(300)
    model = KANRegressor((2,), grid_size=3, alpha=1e-4, warm_start=True, random_state=0)
    coarse = model.fit(X, y).score(X, y)
    refined = model.set_params(grid_size=6).fit(X, y)
    assert refined.network_.grid_size == 6
    assert refined.loss_curve_[0] < 0.01
    assert refined.score(X, y) > coarse
    with pytest.raises(ValueError, match="not coarsened"):
        model.set_params(grid_size=3).fit(X, y)


@pytest.mark.parametrize("hidden", ["auto", (2,)])
def test_a_warm_start_under_evidence_goes_on_from_the_fit(hidden):
    X, y = table(300)
    y = y + X[:, 0] * X[:, 1]
    model = KANRegressor(hidden, grid_size=5, warm_start=True, random_state=0)
    first = model.fit(X, y).score(X, y)
    nodes = [layer.n_outputs for layer in model.network_.layers]
    assert model.fit(X, y).score(X, y) > first - 0.01
    sizes = [layer.basis.n_intervals for layer in model.network_.layers]
    finer = model.set_params(grid_size=20).fit(X, y)
    assert finer.score(X, y) > first - 0.01
    assert [layer.n_outputs for layer in finer.network_.layers] == nodes
    assert [layer.basis.n_intervals for layer in finer.network_.layers] != sizes
    assert finer.network_.grid_size == 20
    assert finer.log_evidence_ is not None


@pytest.mark.parametrize(
    "change",
    [
        {"hidden_layer_sizes": (3,)},
        {"spline_order": 2},
        {"base_function": "none"},
        {"direct_edges": False},
    ],
    ids=str,
)
def test_warm_start_needs_the_same_architecture(change):
    X, y = toy(100)
    model = KANRegressor((2,), warm_start=True, random_state=0).fit(X, y)
    expected = bits(model, X)
    with pytest.raises(ValueError, match=next(iter(change))):
        model.set_params(**change).fit(X, y)
    assert bits(model, X) == expected


def test_schedule_ends_at_its_last_grid():
    X, y = toy(300)
    model = KANRegressor((2,), grid_size=(3, 6, 12), alpha=1e-4, random_state=0).fit(X, y)
    assert model.network_.grid_size == 12


def test_more_starts_are_never_worse():
    X, y = toy(100)
    model = KANRegressor((1,), alpha=0.01, direct_edges=False, random_state=3)
    best = clone(model).set_params(n_init=5).fit(X, y).loss_curve_[-1]
    singles = [
        clone(model).set_params(random_state=seed).fit(X, y).loss_curve_[-1] for seed in range(3)
    ]
    assert best <= min(singles) * 1.05


def test_partial_fit_learns():
    X, y = table(600)
    model = KANRegressor(alpha=1e-3, learning_rate_init=0.02, batch_size=50, random_state=0)
    scores = []
    for _ in range(30):
        for part in range(3):
            model.partial_fit(X[part::3], y[part::3])
        scores.append(model.score(X, y))
    assert scores[-1] > 0.95
    assert scores[-1] > scores[0]
    assert model.n_iter_ == len(model.loss_curve_) == 90


def test_partial_fit_knows_classes_to_come():
    X, y = load_iris(return_X_y=True)
    model = KANClassifier(random_state=0)
    model.partial_fit(X[:60], y[:60], classes=[0, 1, 2])
    assert model.predict_proba(X).shape == (150, 3)
    model.partial_fit(X, y)
    with pytest.raises(ValueError, match="classes"):
        model.partial_fit(X, y, classes=[0, 1])
    with pytest.raises(ValueError, match="not in classes"):
        model.partial_fit(X, y + 1)


def test_partial_fit_goes_on_from_fit():
    X, y = table()
    model = KANRegressor(alpha=0.1, random_state=0).fit(X, y)
    score = model.score(X, y)
    model.partial_fit(X[:20], y[:20])
    assert model.score(X, y) == pytest.approx(score, abs=0.05)


@pytest.mark.parametrize("solver", ["lbfgs", "adam"])
def test_early_stopping_on_rows_given(solver):
    rng = np.random.default_rng(0)
    X = rng.standard_normal((60, 8))
    y = X[:, 0] + rng.standard_normal(60)
    X_val = rng.standard_normal((500, 8))
    y_val = X_val[:, 0] + rng.standard_normal(500)
    model = KANRegressor(
        (5,), solver=solver, alpha=1e-4, max_iter=300, early_stopping=True, random_state=0
    ).fit(X, y, X_val=X_val, y_val=y_val)
    curve = model.validation_loss_curve_
    assert len(curve) == len(model.loss_curve_) < 300
    residual = (y_val - model.predict(X_val)) / y.std()
    assert 0.5 * np.mean(residual**2) == pytest.approx(min(curve), rel=1e-6)
    assert curve[-1] > min(curve)


@IGNORE_CONVERGENCE
def test_early_stopping_holds_copies_of_a_row_out_together():
    X, y = table(50)
    once = KANRegressor((2,), early_stopping=True, random_state=0, max_iter=30).fit(X, y)
    twice = KANRegressor((2,), early_stopping=True, random_state=0, max_iter=30, alpha=2.0)
    twice.fit(np.repeat(X, 2, axis=0), np.repeat(y, 2))
    np.testing.assert_allclose(
        twice.validation_loss_curve_[:5], once.validation_loss_curve_[:5], rtol=1e-6
    )


@pytest.mark.parametrize("fraction", [0.1, 0.5])
def test_early_stopping_holds_out_the_share_asked_for(fraction):
    from sklearn_kan._data import Data
    from sklearn_kan._holdout import split_for_validation

    X, y = table(400)
    classes = (y > np.quantile(y, 0.9)).astype(int)
    fitted, held_out = split_for_validation(
        Data(X, y, np.ones(400)), fraction, np.random.default_rng(0), classes
    )
    assert len(fitted.X) + len(held_out.X) == 400
    assert len(held_out.X) == pytest.approx(fraction * 400, abs=2)
    held_classes = held_out.y > np.quantile(y, 0.9)
    assert held_classes.sum() == pytest.approx(fraction * 40, abs=1)


# Beyond the data


@pytest.mark.parametrize(("hidden_layer_sizes", "unit"), [((), 1.0), ("auto", 1000.0)])
def test_linear_extrapolation_is_straight(hidden_layer_sizes, unit):
    """Curves at once; sums of columns that cancel have to leave the range of the rows first."""
    X, y = table()
    far = X[:1] + unit * np.array([[5.0], [15.0], [25.0]]) * X.std(axis=0)
    for target in (y, y + 10.0 * X[:, 0], y + 0.1 * X[:, 1]):
        a, b, c = KANRegressor(hidden_layer_sizes).fit(X, target).predict(far)
        assert b - a == pytest.approx(c - b, rel=1e-6, abs=1e-6 * np.std(target))


def test_linear_extrapolation_of_hidden_nodes_is_straight():
    X, y = table()
    far = X[:1] + np.array([[5.0], [15.0], [25.0]]) * X.std(axis=0)
    a, b, c = KANRegressor((2,), max_iter=30, random_state=0).fit(X, y).predict(far)
    assert b - a == pytest.approx(c - b, rel=1e-6)
    assert a != b


def test_trends_go_on_beyond_the_data():
    X, _ = table()
    slopes = np.arange(1.0, X.shape[1] + 1.0)
    model = KANRegressor().fit(X, X @ slopes)
    far = X + 50.0 * X.std(axis=0)
    np.testing.assert_allclose(model.predict(far), far @ slopes, rtol=1e-6)


def test_one_number_far_out_does_not_run_away():
    """A curve's steep end, which rests on a few rows, is no guide for what is far beyond."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2))
    y = np.sin(2.0 * X[:, 0]) + X[:, 1] ** 2 + 0.1 * rng.normal(size=300)
    model = KANRegressor().fit(X, y)
    for far in (np.diag([30.0, 30.0]), np.diag([-30.0, -30.0])):
        assert np.all(np.abs(model.predict(far)) < 3.0 * np.abs(y).max())


def test_constant_extrapolation_stays_at_the_end():
    X, y = table()
    model = KANRegressor(extrapolation="constant").fit(X, y)
    ends = np.clip(3 * (X - X.mean(axis=0)) + X.mean(axis=0), X.min(axis=0), X.max(axis=0))
    beyond = 3 * (X - X.mean(axis=0)) + X.mean(axis=0)
    np.testing.assert_allclose(model.predict(beyond), model.predict(ends))


def test_refusing_to_extrapolate_names_the_columns():
    X, y = table()
    model = KANRegressor(extrapolation="error").fit(X, y)
    model.predict(X)
    X[0, 1] = X[:, 1].max() + 1
    with pytest.raises(ValueError, match=r"columns \[1\]"):
        model.predict(X)


# Quality


@pytest.mark.parametrize(
    ("load", "kind", "least"),
    [
        pytest.param(load_diabetes, KANRegressor, 0.45, id="diabetes"),
        pytest.param(load_breast_cancer, KANClassifier, 0.96, id="breast cancer"),
        pytest.param(load_wine, KANClassifier, 0.96, id="wine"),
        pytest.param(load_iris, KANClassifier, 0.94, id="iris"),
    ],
)
def test_defaults_are_good_on_small_tables(load, kind, least):
    X, y = load(return_X_y=True)
    assert cross_val_score(kind(random_state=0), X, y, cv=5).mean() >= least


@pytest.mark.slow
def test_the_papers_toy_is_fitted_closely():
    X, y = toy()
    X_test, y_test = toy(seed=1)
    model = KANRegressor((5,), grid_size=(3, 6, 12, 24), alpha=1e-7, random_state=0).fit(X, y)
    assert np.sqrt(np.mean((model.predict(X_test) - y_test) ** 2)) < 1e-3
