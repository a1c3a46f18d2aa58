"""Structure of known functions is found in fitted models, and of nothing else."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.datasets import make_friedman1
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.inspection import separability, separable_groups, symmetries
from sklearn_kan.inspection.derivatives import derivatives_of
from sklearn_kan.inspection.subject import subject_of
from tests.networks import five_point


def fitted(function, p, low=-1.0, high=1.0, n=300, noise=0.0, **options):
    rng = np.random.default_rng(0)
    X = rng.uniform(low, high, (n, p))
    y = function(*X.T)
    y = y + noise * y.std() * rng.standard_normal(n)
    return KANRegressor(random_state=0, **options).fit(X, y), X


CASES = {
    "x*y": (lambda x, y: x * y, -1, 1, "multiplicative", "x * y"),
    "exp(x+y)": (lambda x, y: np.exp(x + y), -1, 1, "multiplicative", "x + y"),
    "sin(x-y)": (lambda x, y: np.sin(2 * (x - y)), -1, 1, "none", "x - y"),
    "f(x/y)": (lambda x, y: np.log(1 + x / y), 1, 3, "none", "x / y"),
    "additive": (lambda x, y: np.sin(3 * x) + y**2, -1, 1, "additive", "none"),
    "none": (lambda x, y: np.exp(x) / (2 + x * y**2), -1, 1, "none", "none"),
}


@pytest.mark.parametrize("noise", [0.0, 0.03])
@pytest.mark.parametrize("case", CASES)
def test_known_pairs(case, noise):
    function, low, high, how, combination = CASES[case]
    model, X = fitted(function, 2, low, high, noise=noise, hidden_layer_sizes=(3,))
    for points in (None, X):
        (found,) = separability(model, points)
        assert found["columns"] == ("x0", "x1")
        assert found["verdict"] == how
        (found,) = symmetries(model, points)
        assert found["verdict"] == combination
        assert found["g(x, y)"] is None


def test_friedmans_function():
    X, y = make_friedman1(400, n_features=6, noise=0.2, random_state=0)
    model = KANRegressor(random_state=0).fit(X, y).prune_(X, y)
    verdicts = {r["columns"]: r["verdict"] for r in separability(model)}
    assert verdicts.pop(("x0", "x1")) == "none"
    assert all(v == ("no effect" if "x5" in pair else "additive") for pair, v in verdicts.items())
    groups = separable_groups(model)
    assert groups.column("columns") == [("x0", "x1"), ("x2",), ("x3",), ("x4",)]
    assert max(groups.column("score")) < 0.1
    verdicts = {r["columns"]: r["verdict"] for r in symmetries(model)}
    assert verdicts["x0", "x1"] == "x * y"
    assert verdicts["x0", "x2"] == "none"
    assert verdicts["x3", "x4"] == "g(x, y)"


def test_a_function_of_two_columns_inside_of_another():
    model, _ = fitted(lambda x, y, z: np.exp(-z * (x**2 + y**2)), 3, 0.2, 1.0)
    verdicts = {r["columns"]: r["verdict"] for r in symmetries(model)}
    assert verdicts["x0", "x1"] == "g(x, y)"
    assert verdicts["x0", "x2"] == "none"


def test_groups_of_factors():
    model, X = fitted(lambda x, y, z: np.exp(x * y) * (2 + np.sin(3 * z)), 3, n=600)
    found = separable_groups(model, X, kind="multiplicative")
    assert found.column("columns") == [("x0", "x1"), ("x2",)]
    (whole,) = separable_groups(model, X)
    assert whole["columns"] == ("x0", "x1", "x2")
    assert whole["score"] is None


@pytest.mark.parametrize("loss", ["squared_error", "poisson"])
def test_derivatives_are_those_of_the_effect_in_the_users_units(loss):
    rng = np.random.default_rng(0)
    X = rng.uniform(0, 1, (200, 3)) * [1.0, 100.0, 1e-3] + [5.0, 0.0, 0.0]
    y = 1e3 * (1 + (X[:, 0] - 5) * X[:, 1] / 100)
    model = KANRegressor((2,), loss=loss, max_iter=5, random_state=0).fit(X, y)
    at = derivatives_of(subject_of(model), X, 0)

    def effect(points):
        predicted = model.predict(points)
        if loss == "squared_error":
            return predicted
        return np.log(predicted) - np.log(model._encoding_.target.scaling.scale[0])

    assert_allclose(effect(at.x), at.value, rtol=1e-9, atol=1e-9)
    for k in range(3):
        step = 1e-4 * at.spread[k]
        unit = np.eye(3)[k]
        slope = five_point(lambda t, u=unit: effect(at.x + t * u), step)
        size = np.abs(at.gradient[:, k]).max() + np.ptp(at.value) / at.spread[k]
        assert_allclose(at.gradient[:, k], slope, rtol=1e-5, atol=1e-7 * size)


def test_outputs_and_classes_and_pipelines():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    Y = np.column_stack([X[:, 0] + X[:, 1] ** 2, X[:, 0] * X[:, 1]])
    model = make_pipeline(StandardScaler(), KANRegressor((2,), max_iter=20, random_state=0))
    model.fit(X, Y)
    assert separability(model)[0]["verdict"] == "additive"
    assert separability(model, output=1)[0]["additive"] > 0.3
    classes = KANClassifier((), random_state=0).fit(X, X[:, 0] + X[:, 1] ** 2 > 0.2)
    assert separability(classes)[0]["verdict"] == "additive"


@pytest.mark.parametrize("output", [-1, 1, 0.5, "y"])
def test_outputs_that_are_not_there_are_refused(output):
    model, _ = fitted(lambda x, y: x + y, 2, n=60, hidden_layer_sizes=())
    with pytest.raises(ValueError, match="output"):
        separability(model, output=output)


def test_bad_arguments_are_named():
    model, _ = fitted(lambda x, y: x + y, 2, n=60, hidden_layer_sizes=())
    with pytest.raises(ValueError, match="kind"):
        separable_groups(model, kind="other")
    with pytest.raises(ValueError, match="features"):
        symmetries(model, np.zeros((5, 3)))
    with pytest.raises(TypeError, match="structure tests"):
        separability(StandardScaler())


def test_constant_models_and_columns_have_no_structure():
    X = np.random.default_rng(0).uniform(-1, 1, (60, 3))
    X[:, 2] = 4.0
    constant = KANRegressor((), random_state=0).fit(X, np.ones(60))
    assert set(separability(constant).column("verdict")) == {"no effect"}
    assert len(separable_groups(constant)) == 0
    model = KANRegressor((), random_state=0).fit(X, X[:, 0])
    assert set(symmetries(model).column("verdict")) == {"no effect"}
    assert separable_groups(model).column("columns") == [("x0",)]


def test_names_of_columns_and_a_table():
    import pandas as pd

    X = np.random.default_rng(0).uniform(1, 2, (100, 2))
    frame = pd.DataFrame(X, columns=["mass", "speed"])
    model = KANRegressor((), random_state=0).fit(frame, X[:, 0] + X[:, 1])
    found = separability(model, frame)
    assert found[0]["columns"] == ("mass", "speed")
    assert "mass" in repr(found)
    assert found.to_frame().shape == (1, 4)
