"""Formulas of fitted estimators: exact, editable, exported, and found."""

import copy
import functools
import pickle
import warnings

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from sklearn_kan import KANClassifier, KANRegressor

X0, X1 = sympy.symbols("x0 x1")


def toy(n=300, noise=0.0, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.uniform(-1, 1, (n, 2))
    y = np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)
    return X, y + noise * y.std() * rng.normal(size=n)


def fitted(**options):
    options = {"hidden_layer_sizes": (1,), "direct_edges": False, "random_state": 0} | options
    return KANRegressor(**options).fit(*toy())


@pytest.fixture(scope="module")
def model():
    return fitted()


def blobs(n_classes):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(100, 2))
    score = X[:, 0] + np.sin(X[:, 1])
    return X, np.digitize(score, np.linspace(-0.5, 0.5, n_classes - 1))


def counts():
    rng = np.random.default_rng(0)
    X = rng.uniform(0.5, 2.0, (100, 2))
    return X, rng.poisson(np.exp(X[:, 0] - 0.3 * X[:, 1]))


def two_targets():
    X, y = toy(200)
    return X, np.stack([y, 1e3 * X[:, 0] * X[:, 1] + 5.0], axis=1)


def raw_units():
    X, y = toy(200)
    return X * [1e-3, 1e4] + [1.0, -5e5], 1e6 * y - 3e6


ESTIMATORS = [
    pytest.param(KANRegressor(random_state=0), toy(200), id="default"),
    pytest.param(KANRegressor(()), toy(100), id="additive"),
    pytest.param(KANRegressor((1,), loss="huber", random_state=0), toy(100), id="huber"),
    pytest.param(KANRegressor((), loss="poisson"), counts(), id="poisson"),
    pytest.param(KANRegressor((), loss="gamma"), toy(100), id="gamma"),
    pytest.param(KANRegressor(((1, 1),), random_state=0, alpha=0.1), two_targets(), id="outputs"),
    pytest.param(KANRegressor((2,), alpha=0.1, random_state=0), raw_units(), id="raw-units"),
    pytest.param(KANRegressor((), extrapolation="constant"), toy(100), id="held"),
    pytest.param(KANRegressor(2, solver="adam", max_iter=5, random_state=0), toy(99), id="adam"),
    pytest.param(KANClassifier(()), blobs(2), id="two-classes"),
    pytest.param(KANClassifier((), alpha=1.0), blobs(3), id="three-classes"),
]  # fmt: skip


# Few functions, so that it does not take long.
LIBRARY = ["x", "x^2", "sin", "exp"]


@functools.cache
def fitted_case(index):
    estimator, rows = ESTIMATORS[index].values
    return clone(estimator).set_params(symbolic_library=LIBRARY).fit(*rows), rows


@pytest.fixture(params=[pytest.param(k, id=case.id) for k, case in enumerate(ESTIMATORS)])
def case(request):
    """Return a fitted estimator to edit, and its rows."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one of them does not converge
        model, rows = fitted_case(request.param)
    return copy.deepcopy(model), rows


def assert_formula_is_the_prediction(model, X):
    """Compare the formula with `predict` (the decision function) also 50 % outside the range."""
    center = X.mean(axis=0)
    for rows in (X, center + 1.5 * (X - center)):
        assert_array_equal(np.isfinite(model.predict(rows)), True)
        predicted = model.predict(rows)
        assert_array_equal(predicted.shape, model.predict_symbolic(rows).shape)
        if hasattr(model, "decision_function"):
            assert_array_equal(model.predict_symbolic(rows), predicted)
            predicted = model.decision_function(rows)
        if model.extrapolation != "linear":
            continue
        values = model.to_callable()(rows)
        defined = np.isfinite(values)
        scale = np.abs(predicted).max()
        assert_allclose(values[defined], predicted[defined], rtol=1e-8, atol=1e-10 * scale)
        assert defined.mean() > 0.5


def test_the_formula_is_always_there_and_exact(case):
    model, rows = case
    assert_formula_is_the_prediction(model, rows[0])
    expressions = model.symbolic_formula_
    several = expressions if isinstance(expressions, list) else [expressions]
    used = {name for e in several for name in model.symbolic_functions_ if name in str(e)}
    assert used == set(model.symbolic_functions_)
    assert_formula_is_the_prediction(pickle.loads(pickle.dumps(model)), rows[0])
    tables = model.formulas_ if isinstance(expressions, list) else [model.formulas_]
    assert [table[0]["expression"] for table in tables] == several
    assert model.symbolic_report_ is None


def test_without_rows_each_edge_is_made_a_function_if_it_is_one(case):
    model, rows = case
    before = model.predict(rows[0])
    assert model.symbolify() is model
    assert_formula_is_the_prediction(model, rows[0])
    report = model.symbolic_report_
    assert len(report) == model.network_.n_edges
    n_splines = sum(layer.edges.sum() for layer in model.network_.all_layers)
    assert n_splines == sum(not record["fixed"] for record in report)
    if isinstance(model, KANRegressor):
        close = np.abs(model.predict(rows[0]) - before).max() / np.std(before)
        assert close < 0.5
    model.symbolify()  # a second time there is less to do
    assert_formula_is_the_prediction(model, rows[0])


def test_an_unfitted_model_has_no_formula():
    model = KANRegressor()
    for name in ("symbolic_formula_", "formulas_", "symbolic_functions_", "symbolic_report_"):
        assert not hasattr(model, name)
        with pytest.raises(NotFittedError):
            getattr(model, name)
    for call in (model.symbolify, model.to_callable, model.formula, model.to_latex):
        with pytest.raises(NotFittedError):
            call()


def test_columns_keep_their_names():
    pd = pytest.importorskip("pandas")
    X, y = toy(100)
    frame = pd.DataFrame(X, columns=["sepal length (cm)", "b%c"])
    model = KANRegressor(()).fit(frame, y)
    names = {symbol.name for symbol in model.symbolic_formula_.free_symbols}
    assert names == {"sepal length (cm)", "b%c"}
    assert_formula_is_the_prediction_of_frames(model, frame)
    assert r"\text{sepal length (cm)}" in model.to_latex()
    assert r"\text{b\%c}" in model.to_latex()
    model.symbolify()
    source = model.fix_symbolic(0, "b%c", 0, "x^2").fix_symbolic(0, 0, 0, "sin").to_python("math")
    assert "def predict(sepal_length_cm, b_c):" in source


def assert_formula_is_the_prediction_of_frames(model, frame):
    values = model.to_callable()(frame.to_numpy())
    assert_allclose(values, model.predict(frame), rtol=1e-10)
    assert_allclose(model.predict_symbolic(frame), model.predict(frame), rtol=1e-10)


def test_suggestions_name_the_functions(model):
    table = model.suggest_symbolic(0, 0, 0)
    best = table[0]
    assert best["function"] in ("sin", "cos")
    assert best["r2"] > 0.999999
    assert_allclose(abs(best["a"]), np.pi, rtol=1e-3)
    assert len(table) == 5
    assert len(model.suggest_symbolic(0, "x1", 0, top=2)) == 2
    assert model.suggest_symbolic(0, 1, 0)[0]["function"] == "x^2"
    assert model.suggest_symbolic(1, 0, 0)[0]["function"] == "exp"
    lines = repr(table).splitlines()
    assert lines[0].split() == ["function", "r2", "complexity", "a", "b", "c", "d"]
    assert len(lines) == 6
    assert "<th>function</th>" in table._repr_html_()
    frame = pytest.importorskip("pandas") and table.to_frame()
    assert list(frame.columns) == table.columns
    assert frame.shape == (5, 7)


def test_own_libraries_are_what_is_suggested(model):
    other = copy.deepcopy(model).set_params(
        symbolic_library=["x", (sympy.Symbol("u") ** 6, 9), (np.cos, lambda u: -np.sin(u))]
    )
    found = other.suggest_symbolic(0, 0, 0)
    assert found[0]["function"] == "cos"
    assert {name for name in found.column("function")} <= {"x", "u**6", "cos"}


FIXES = [(0, 0, 0, "sin"), (0, 1, 0, "x^2"), (1, 0, 0, "exp")]


def test_fixed_by_hand_it_is_a_formula(model):
    X, y = toy()
    other = copy.deepcopy(model)
    for layer, i, j, function in FIXES:
        assert other.fix_symbolic(layer, i, j, function) is other
        assert_formula_is_the_prediction(other, X)
    assert not other.symbolic_functions_
    assert other.symbolic_formula_.atoms(sympy.Function) != set()
    assert other.score(X, y) > 0.999999
    assert other.n_parameters_ == other.network_.n_parameters
    assert_array_equal(model.predict(X), fitted().predict(X))  # the copy was edited, not this
    for layer, i, j, _ in FIXES:
        other.unfix_symbolic(layer, i, j)
    assert_array_equal(other.predict(X), model.predict(X))


def test_a_record_of_the_suggestions_can_be_fixed(model):
    other = copy.deepcopy(model)
    other.fix_symbolic(0, 0, 0, other.suggest_symbolic(0, 0, 0)[1])
    assert_formula_is_the_prediction(other, toy()[0])


def test_edges_set_by_hand_are_what_they_were_set_to():
    X, y = toy(100)
    model = KANRegressor((), alpha=1.0, random_state=0).fit(X, y)
    model.set_edge(0, "x0", 0, "sin", a=2.0, b=0.3, c=0.7, d=-0.1)
    model.set_edge(0, 1, 0, X0**2 + 1, c=0.5)
    target = model._encoding_.target.scaling
    bias = model.network_.layers[0].bias[0]
    raw = bias + 0.7 * np.sin(2 * X[:, 0] + 0.3) - 0.1 + 0.5 * (X[:, 1] ** 2 + 1)
    assert_allclose(model.predict(X), raw * target.scale + target.center, rtol=1e-12)
    model.set_edge(0, 1, 0, (np.cos, lambda u: -np.sin(u)), c=2.0)
    assert "cos(x1)" in str(model.symbolic_formula_)
    assert_formula_is_the_prediction(model, X)
    model.unfix_symbolic(0, 1, 0).unfix_symbolic(0, 0, 0)
    assert_array_equal(
        model.predict(X), KANRegressor((), alpha=1.0, random_state=0).fit(X, y).predict(X)
    )


def test_edges_between_are_set_too():
    X, y = toy(150)
    model = KANRegressor((2,), alpha=0.1, random_state=0).fit(X, y)
    for place in [(0, 0, 1), (1, 1, 0), ("direct", "x1", 0), (2, 0, 0)]:
        model.set_edge(*place, "tanh", a=0.5)
        assert_formula_is_the_prediction(model, X)
        assert len(model._profiles_) == len(model.network_.all_layers)
        assert model._predictive_ is None
    model.fit(X, y)
    assert not any(layer.curves for layer in model.network_.all_layers)


BAD_CALLS = [
    (lambda m: m.suggest_symbolic(7, 0, 0), "layer must be 0 to 1; got 7"),
    (lambda m: m.suggest_symbolic("direct", 0, 0), "layer must be 0 to 1"),
    (lambda m: m.suggest_symbolic(0, 2, 0), "input must be a whole number from 0 to 1; got 2"),
    (lambda m: m.suggest_symbolic(0, "a", 0), r"input must be one of \['x0', 'x1'\]; got 'a'"),
    (lambda m: m.suggest_symbolic(0, 0, -1), "output must be a whole number from 0 to 0"),
    (lambda m: m.suggest_symbolic(0, 0, 0, top=0), "top must be a whole number of at least 1"),
    (lambda m: m.fix_symbolic(0, 0, 0, "sine"), "No function 'sine' in the library"),
    (lambda m: m.fix_symbolic(0, 0, 0, X0 * X1), "one symbol"),
    (lambda m: m.unfix_symbolic(0, 0, 0), "is not symbolic"),
    (lambda m: m.set_edge(0, 0, 0, "sin", a=np.nan), "a must be a finite number"),
    (lambda m: m.symbolify(np.zeros((3, 2))), "X and y must be given together"),
    (lambda m: m.symbolify(sample_weight=np.ones(3)), "sample_weight with them"),
    (lambda m: m.symbolify(np.zeros((3, 3)), np.zeros(3)), "3 features"),
    (lambda m: m.choose_formula(0), "call symbolify"),
    (lambda m: m.formula(1), "i must be 0 to 0"),
    (lambda m: m.formula(output=1), "output must be 0 to 0"),
    (lambda m: m.formula(ndigits=0), "ndigits must be"),
    (lambda m: m.to_python(module="torch"), "module must be"),
    (lambda m: m.to_python(name="a b"), "name must be"),
    (lambda m: m.to_python(), "phi_0_0_0, phi_0_1_0, phi_1_0_0"),
    (lambda m: m.to_callable()(np.zeros(3)), r"shape \(n_samples, 2\)"),
]


@pytest.mark.parametrize(("call", "message"), BAD_CALLS)
def test_bad_arguments_are_named_and_change_nothing(model, call, message):
    X = toy(20)[0]
    before = model.predict(X)
    with pytest.raises(ValueError, match=message):
        call(model)
    assert_array_equal(model.predict(X), before)


def test_a_removed_edge_is_no_edge_to_fix():
    X, y = toy(100)
    model = KANRegressor((), alpha=1.0, random_state=0).fit(X, y)
    layer = model.network_.layers[0]
    edges, weights = layer.edges.copy(), layer.weights.copy()
    edges[1], weights[1] = False, 0.0
    model.network_ = model.network_.replace_layer(0, edges=edges, weights=weights)
    with pytest.raises(ValueError, match="was removed"):
        model.fix_symbolic(0, 1, 0, "sin")
    model.set_edge(0, 1, 0, "sin")
    assert_formula_is_the_prediction(model, X)


def test_exports_compute_the_formula(model):
    X = toy(20)[0]
    other = copy.deepcopy(model)
    for fix in FIXES:
        other.fix_symbolic(*fix)
    wanted = other.predict(X)
    for module in ("numpy", "math"):
        scope = {}
        exec(other.to_python(module, "law"), scope)
        found = scope["law"](*X.T) if module == "numpy" else [scope["law"](*row) for row in X]
        assert_allclose(found, wanted, rtol=1e-10)
    function = pickle.loads(pickle.dumps(other.to_callable()))
    assert_allclose(function(X), wanted, rtol=1e-10)
    assert "exp" in repr(function)
    assert other.to_latex().startswith("e^{")
    short = other.formula(ndigits=3)
    assert len(str(short)) < len(str(other.symbolic_formula_))
    own = sympy.lambdify([X0, X1], other.symbolic_formula_)
    assert_allclose(own(*X.T), wanted, rtol=1e-8)


def test_rounding_leaves_whole_numbers_whole():
    model = KANRegressor.from_formula("1.00000001*x0**2 + 0.123456789*x0 + 1e-15")
    assert str(model.formula(ndigits=4)) == "x0**2 + 0.1235*x0"


# Searches for whole formulas.


def test_symbolify_finds_the_law():
    X, y = toy(500)
    model = fitted().symbolify(X, y)
    assert (
        sympy.simplify(model.symbolic_formula_ - sympy.exp(sympy.sin(sympy.pi * X0) + X1**2)) == 0
    )
    assert 1.0 - model.score(X, y) < 1e-28
    assert_formula_is_the_prediction(model, X)
    assert [layer.n_nodes for layer in model.network_.layers] == [1, 1]
    table = model.formulas_
    assert [record["chosen"] for record in table].count(True) == 1
    assert table.column("complexity") == sorted(table.column("complexity"))
    assert all(record["fixed"] for record in model.symbolic_report_)
    with pytest.raises(ValueError, match="i must be 0 to"):
        model.choose_formula(len(table))
    model.choose_formula(0)
    assert model.formulas_[0]["chosen"]
    assert model.symbolic_formula_ == table[0]["expression"]
    assert_formula_is_the_prediction(model, X)
    model.choose_formula(len(table) - 1)
    assert model.score(X, y) == pytest.approx(1.0)
    model.set_edge(0, 0, 0, "x")
    assert [record["chosen"] for record in model.formulas_] == [False] * len(table) + [True]
    assert model.formulas_[-1]["expression"] == model.symbolic_formula_
    assert_formula_is_the_prediction(model, X)


def test_symbolic_as_a_hyperparameter():
    X, y = toy(300)
    model = KANRegressor((1,), direct_edges=False, random_state=0, symbolic=True).fit(X, y)
    assert 1.0 - model.score(X, y) < 1e-28
    other = clone(model)
    assert not hasattr(other, "network_")
    assert_array_equal(other.fit(X, y).predict(X), model.predict(X))
    assert_formula_is_the_prediction(model, X)
    refitted = model.set_params(symbolic=False).fit(X, y)
    assert refitted.symbolic_report_ is None
    assert refitted.symbolic_functions_


def test_where_there_is_no_formula_the_fit_is_no_worse():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    y = np.interp(X[:, 0], np.linspace(-1, 1, 9), rng.normal(size=9)) + 0.1 * rng.normal(size=300)
    model = KANRegressor((), random_state=0, symbolic_library=LIBRARY).fit(X, y)
    before = model.score(X, y)
    model.symbolify(X, y)
    assert model.score(X, y) > 1.0 - 1.4 * (1.0 - before)
    assert_formula_is_the_prediction(model, X)
    report = model.symbolic_report_
    assert all(record["why"] for record in report)


def test_symbolify_on_rows_leaves_a_sound_model(case):
    model, rows = case
    before = model.score(*rows)
    model.symbolify(*rows)
    assert model.score(*rows) > before - 0.1
    assert_formula_is_the_prediction(model, rows[0])
    assert_formula_is_the_prediction(pickle.loads(pickle.dumps(model)), rows[0])
    assert_formula_is_the_prediction(copy.deepcopy(model), rows[0])


def test_weights_are_numbers_of_rows():
    X, y = toy(40, noise=0.05)
    times = np.random.default_rng(0).integers(0, 3, 40)
    model = KANRegressor((), alpha=1.0, random_state=0, symbolic_library=["x^2", "sin"])
    model.fit(X, y)
    weighted = copy.deepcopy(model).symbolify(X, y, times)
    kept = times > 0
    again = copy.deepcopy(model).symbolify(X[kept], y[kept], times[kept])
    assert_allclose(weighted.predict(X), again.predict(X), rtol=1e-7)


@pytest.mark.parametrize("noise", [0.0, 0.1])
def test_formulas_are_searched_for_once_and_before_hidden_nodes(monkeypatch, noise):
    from sklearn_kan.symbolic import search

    searches = []
    whole = search.search

    def counted(*arguments, **options):
        searches.append(1)
        return whole(*arguments, **options)

    monkeypatch.setattr(search, "search", counted)
    rng = np.random.default_rng(0)
    X = rng.uniform(1, 2, (120, 2))
    y = X[:, 0] * X[:, 1]
    model = KANRegressor(symbolic=True, random_state=0).fit(X, y + noise * rng.normal(size=120))
    assert len(searches) == 1
    # Neither rounding nor noise is anything for hidden nodes.
    assert [record["stage"] for record in model.history_] == ["additive", "chosen: additive"]
    np.testing.assert_allclose(model.predict(X), y, rtol=1e-12 if noise == 0 else 0.05)
