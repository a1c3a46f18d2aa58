"""Hyperparameters that are changed after `fit`, and what fits are told before they begin."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_kan import KANClassifier, KANRegressor

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 1, (80, 2))
Y = np.sin(3 * X[:, 0]) + X[:, 1] ** 2
PARAMETERS = {"hidden_layer_sizes": (), "alpha": 1.0, "random_state": 0}
# Everything that says how to fit, as something else, and as something that there is not.
CHANGED = {
    "hidden_layer_sizes": [(2,), "wild"],
    "loss": ["poisson", "huber", "wild"],
    "grid_size": [3, "wild"],
    "spline_order": [1, 99],
    "grid_eps": [1.0, -1],
    "base_function": ["none", "wild"],
    "direct_edges": [False, "wild"],
    "solver": ["adam", "wild"],
    "alpha": [1e6, "wild"],
    "sparsity": [0.5, "wild"],
    "max_iter": [1, 0],
    "tol": [1.0, -1],
    "batch_size": [1, 0],
    "early_stopping": [True, "wild"],
    "n_init": [3, 0],
    "n_jobs": [2, "wild"],
    "warm_start": [True, "wild"],
    "prune_threshold": [0.5, "wild"],
    "symbolic": [True, "wild"],
    "symbolic_library": [["x"], ["wild"]],
    "random_state": [7, "wild"],
}
CASES = [(name, value) for name, values in CHANGED.items() for value in values]


def said_by(model):
    expected = [model.predict(X), model.predict_symbolic(X), model.score(X, Y)]
    return [*expected, str(model.symbolic_formula_), model.to_callable()(X)]


@pytest.fixture(scope="module")
def fitted():
    return KANRegressor(**PARAMETERS).fit(X, Y)


@pytest.mark.parametrize(("name", "value"), CASES, ids=str)
def test_predictions_are_of_what_was_fitted(fitted, name, value):
    before = said_by(fitted)
    changed = KANRegressor(**PARAMETERS).fit(X, Y).set_params(**{name: value})
    for now, was in zip(said_by(changed), before, strict=True):
        np.testing.assert_array_equal(now, was)


@pytest.mark.parametrize("loss", ["squared_error", "huber", "poisson", "gamma"])
def test_a_loss_stays_that_of_the_fit(loss):
    y = np.exp(Y)
    model = KANRegressor(**{**PARAMETERS, "alpha": "evidence"}, loss=loss).fit(X, y)
    before = said_by(model)
    page = model.to_html(max_suggestions=0)
    model.set_params(loss="gamma" if loss == "huber" else "huber")
    for now, was in zip(said_by(model), before, strict=True):
        np.testing.assert_array_equal(now, was)
    assert model.to_html(max_suggestions=0) == page
    if loss in ("squared_error", "huber"):
        assert np.isfinite(model.predict(X, return_std=True)[1]).all()
    else:
        with pytest.raises(ValueError, match="return_std needs"):
            model.predict(X, return_std=True)
        with pytest.raises(ValueError, match=f"loss='{loss}' needs y of at least"):
            model.prune_(X, -y)


@pytest.mark.parametrize("go_on", ["fit", "partial_fit"])
def test_a_fit_does_not_go_on_with_another_loss(go_on):
    model = KANRegressor(**PARAMETERS, warm_start=True).fit(X, Y)
    before = model.predict(X)
    with pytest.raises(ValueError, match=r"loss is 'huber', the network .* has 'squared_error'"):
        getattr(model.set_params(loss="huber"), go_on)(X, Y)
    np.testing.assert_array_equal(model.predict(X), before)
    model.set_params(warm_start=False).fit(X, Y)
    assert not np.array_equal(model.predict(X), before)


def test_extrapolation_may_be_changed_and_is_checked():
    model, far = KANRegressor(**PARAMETERS).fit(X, Y), np.array([[100.0, 0.0]])
    linear = model.predict(far)
    assert abs(model.set_params(extrapolation="constant").predict(far) - linear) > 1
    model.set_params(extrapolation="error")
    with pytest.raises(ValueError, match="outside the range seen in fit"):
        model.predict(far)
    model.set_params(extrapolation="wild")
    labels = KANClassifier(**PARAMETERS).fit(X, Y > 0).set_params(extrapolation="wild")
    for call in (
        lambda: model.predict(X),
        lambda: model.predict_symbolic(X),
        lambda: model.score(X, Y),
        lambda: model.to_html(max_suggestions=0),
        lambda: labels.predict_proba(X),
        lambda: labels.decision_function(X),
    ):
        with pytest.raises(ValueError, match=r"'extrapolation' parameter .*'wild'"):
            call()
    np.testing.assert_array_equal(model.set_params(extrapolation="linear").predict(far), linear)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("alpha", "wild"),
        ("sparsity", -1),
        ("max_iter", 0),
        ("tol", "wild"),
        ("grid_eps", 2),
        ("n_jobs", "wild"),
        ("random_state", -1),
        ("verbose", "wild"),
        ("prune_threshold", "wild"),
    ],
)
def test_what_edits_learn_by_is_checked(name, value):
    model = KANRegressor(**PARAMETERS).fit(X, Y).set_params(**{name: value})
    before = model._fitted_
    with pytest.raises(ValueError, match=f"'{name}' parameter"):
        model.prune_(X, Y)
    if name != "prune_threshold":
        with pytest.raises(ValueError, match=f"'{name}' parameter"):
            model.refine_(20, X, Y)
    assert model._fitted_ is before


def test_pruning_keeps_to_the_shape_that_was_fitted():
    plain, changed = (KANRegressor(()).fit(X, Y) for _ in range(2))
    changed.set_params(hidden_layer_sizes=(5, "wild"), spline_order=0, base_function="none")
    for model in (plain, changed):
        model.set_params(random_state=0).prune_(X, Y, threshold=0.2)
    np.testing.assert_array_equal(changed.predict(X), plain.predict(X))
    assert changed.network_.layers[0].basis.degree == 3


def test_a_formula_is_chosen_with_the_functions_that_it_was_found_with():
    def cosine(x):
        return np.cos(x)

    library = ["x", (cosine, lambda x: -np.sin(x))]
    rows = X[:, :1]
    model = KANRegressor(**PARAMETERS, symbolic_library=library)
    model.fit(rows, np.cos(3 * rows[:, 0]) + 2).symbolify(rows, np.cos(3 * rows[:, 0]) + 2)
    (best,) = [row for row, record in enumerate(model.formulas_) if record["chosen"]]
    before = model.predict(rows)
    model.set_params(symbolic_library=["x"]).choose_formula(0).choose_formula(best)
    np.testing.assert_allclose(model.predict(rows), before, atol=1e-6)


def test_a_library_is_checked_before_the_work():
    def never(*arguments, **options):
        raise AssertionError("work began")

    for library, said in [
        (["sine"], "'sine' may be 'sin'"),
        (["x**2"], r"'x\*\*2' may be 'x\^2'"),
        (["Sin", "cos"], "'Sin' may be 'sin'"),
        ([("tann", 3)], "'tann' may be 'tan'"),
        ([], "empty"),
        ([5], "got 5"),
        (["sin", "sin"], "more than once"),
        ([("sin", 0)], "complexity"),
    ]:
        for symbolic in (False, True):
            model = KANRegressor(**PARAMETERS, symbolic_library=library, symbolic=symbolic)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("sklearn_kan.estimators.base.fit", never)
                with pytest.raises(ValueError, match=f"symbolic_library.*{said}"):
                    model.fit(X, Y)
        fitted = KANRegressor(**PARAMETERS).fit(X, Y).set_params(symbolic_library=library)
        for call in (fitted.symbolify, lambda f=fitted: f.suggest_symbolic(0, 0, 0)):
            with pytest.raises(ValueError, match=f"symbolic_library.*{said}"):
                call()


def test_names_of_functions_are_hinted_at():
    model = KANRegressor(**PARAMETERS).fit(X, Y)
    for call in (model.set_edge, model.fix_symbolic):
        with pytest.raises(ValueError, match="function is not usable: 'sine' may be 'sin'"):
            call(0, 0, 0, "sine")


PYKAN = [
    ([2, 5, 1], "(5,)"),
    ((2, 5, 5, 1), "(5, 5)"),
    ([[2, 0], [5, 1], [1, 0]], "((5, 1),)"),
    (np.array([2, 3, 1]), "(3,)"),
]
MEANT = [(2, 1), (2,), (5,), (3, 5, 1), (2, 5, 2), (2, 5, 3), ((2, 1), 5, 1), "auto", ()]
QUICK = {"solver": "lbfgs", "max_iter": 1, "grid_size": 2}


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_width_of_pykan_gets_a_hint():
    for sizes, meant in PYKAN:
        with pytest.warns(UserWarning, match="width of pykan") as caught:
            KANRegressor(sizes, **QUICK).fit(X, Y)
        (hint,) = [str(w.message) for w in caught if w.category is UserWarning]
        assert f"write hidden_layer_sizes={meant}." in hint
    for sizes in MEANT:
        KANRegressor(sizes, **QUICK).fit(X, Y)
    model = KANRegressor([2, 5, 1], **QUICK)
    with pytest.warns(UserWarning, match="width of pykan"):
        model.partial_fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.partial_fit(X, Y)
    for n_outputs, labels in ((1, Y > 0), (2, Y > 0), (3, np.digitize(Y, [0, 1]))):
        with pytest.warns(UserWarning, match="width of pykan"):
            KANClassifier([2, 5, n_outputs], **QUICK).fit(X, labels)
    KANClassifier([2, 5, 3], **QUICK).fit(X, Y > 0)


def test_numbers_of_methods_are_checked():
    model = KANRegressor(**PARAMETERS).fit(X, Y)
    before = model._fitted_
    for call, said in [
        (lambda: model.refine_(10**9), "grid_size must be at most 2000"),
        (lambda: model.set_edge(0, 0, 0, "x", a=10**400), "a must be within the range of floats"),
        (lambda: model.set_edge(0, 0, 0, "x", b=np.nan), "b must be a finite number"),
        (lambda: model.prune_(threshold=np.nan), "threshold must be a number"),
        (lambda: model.predict(X, return_std=1), "return_std must be"),
    ]:
        with pytest.raises(ValueError, match=said):
            call()
    assert model._fitted_ is before
    np.testing.assert_array_equal(model.predict(X, return_std=np.False_), model.predict(X))


@pytest.fixture(scope="module")
def named():
    frame = pd.DataFrame(X, columns=["mass", "radius"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return KANRegressor((2,), **QUICK).fit(frame, Y)


@pytest.mark.parametrize(
    ("place", "said"),
    [
        ((0, "mas", 0), r"input must be one of .*'radius'.* Do you mean 'mass'\?"),
        ((7, "mass", 0), r"layer must be 0 to 1 or 'direct'.* edges \(0, 'mass', 0\), \(0, 'mass'"),
        ((0, "mass", 9), r"output must be .* 0 to 1.* \('direct', 'mass', 0\)"),
        (("direct", 1, 5), r"output must be .* 0 to 0.* \(0, 'radius', 0\)"),
        ((1, 0, 3), r"Node 0 of layer 1 has the edges \(1, 0, 0\)"),
    ],
)
def test_an_edge_that_is_not_there_says_where_edges_are(named, place, said):
    for method in ("suggest_symbolic", "unfix_symbolic"):
        with pytest.raises(ValueError, match=said):
            getattr(named, method)(*place)
    for method in ("fix_symbolic", "set_edge"):
        with pytest.raises(ValueError, match=said):
            getattr(named, method)(*place, "sin")


def test_an_edge_that_was_removed_says_where_edges_are():
    frame = pd.DataFrame({"mass": X[:, 0], "idle": RNG.uniform(size=80), "radius": X[:, 1]})
    model = KANRegressor(**PARAMETERS).fit(frame, Y).prune_(threshold=0.1)
    for method, rest in (("suggest_symbolic", ()), ("fix_symbolic", ("sin",))):
        with pytest.raises(ValueError, match=r"was removed\. Column 'idle' leads nowhere"):
            getattr(model, method)(0, "idle", 0, *rest)
    with pytest.raises(ValueError, match=r"not symbolic\. Column 'mass' has the edges"):
        model.unfix_symbolic(0, "mass", 0)
    model.set_edge(0, "idle", 0, "x")
    assert len(model.suggest_symbolic(0, "idle", 0)) > 0
