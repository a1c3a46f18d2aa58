"""The wild: each hostile input gives a finite, sensible model, or an error that names the fault."""

import copy
import functools
import warnings
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import scipy.special
from sklearn.base import is_classifier
from sklearn.exceptions import ConvergenceWarning, DataConversionWarning, NotFittedError

from sklearn_kan import KANClassifier, KANRegressor

N, P = 60, 3
RNG = np.random.default_rng(0)
X = RNG.standard_normal((N, P))
Y = np.sin(2 * X[:, 0]) + X[:, 1] ** 2 + 0.1 * RNG.standard_normal(N)
LABELS = np.digitize(Y, [0.3, 1.5])
ONES = np.ones(N)
UNKNOWN = "has labels .* not in classes"


@dataclass(frozen=True, eq=False)
class Case:
    """What is fitted, then predicted; and the error, if it is to be refused."""

    name: str
    X: Any = field(default_factory=X.copy)
    y: Any = field(default_factory=Y.copy)
    error: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    fit: dict[str, Any] = field(default_factory=dict)
    X_new: Any = None
    at_predict: bool = False
    classifies: bool = False

    def estimator(self, hidden=()):
        kind = KANClassifier if self.classifies else KANRegressor
        parameters = {"hidden_layer_sizes": hidden, "max_iter": 30, "random_state": 0}
        return kind(**{**parameters, **self.parameters})


def put(array, index, value):
    changed = np.array(array, copy=True)
    changed[index] = value
    return changed


def frozen(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def column(values):
    """X with another column beside."""
    return np.column_stack([X, values])


def regression(name, X=X, y=Y, error="", **rest):
    return Case(name, X, y, error, **rest)


def classification(name, X=X, y=LABELS, error="", **rest):
    return Case(name, X, y, error, classifies=True, **rest)


def prediction(name, X_new, error="", **rest):
    return Case(name, error=error, X_new=X_new, at_predict=True, **rest)


def hyperparameter(name, value, error="", **rest):
    return Case(f"{name}={value!r}", error=error or name, parameters={name: value, **rest})


NAMED = pd.DataFrame(X, columns=["длина", "宽度", "h (m)"])
FEW = slice(0, 10)
SIZES = np.array([1e-300, 1.0, 1e300])

CASES = [
    # X: values
    regression("X with NaN", put(X, (3, 1), np.nan), error="Input X contains NaN"),
    regression("X with inf", put(X, (3, 1), np.inf), error="Input X contains infinity"),
    regression("X with -inf", put(X, (3, 1), -np.inf), error="Input X contains infinity"),
    regression("X of 1e-300", X * 1e-300),
    regression("X of 1e300", X * 1e300),
    regression("X at the largest float", put(X, (0, 0), np.finfo(float).max)),
    regression("X over the whole range of floats", put(X, (slice(2), 0), [1.7e308, -1.7e308])),
    regression("X denormal", X * 1e-310),
    regression("X of very different columns", X * SIZES),
    regression("X far from zero", X + 1e9),
    regression("X spread less than rounding", 1e9 + X * 1e-9),
    regression("X with a constant column", column(np.full(N, 7.0))),
    regression("X with a constant column of 1e300", column(np.full(N, 1e300))),
    regression("X all constant", np.full((N, P), 2.5)),
    regression("X all zero", np.zeros((N, P))),
    regression("X with a duplicate column", column(X[:, 0])),
    regression("X with an outlier of 1e15", put(X, (5, 0), 1e15)),
    regression("X with heavy tails", np.random.default_rng(1).standard_cauchy((N, P))),
    regression("X with two distinct values", column(X[:, 0] > 0)),
    regression("X with integers as categories", column(np.arange(N) % 4)),
    regression("X with one row apart", column(np.arange(N) == 9)),
    regression("X duplicate rows", np.repeat(X[:6], 10, axis=0)),
    regression("X log-normal", np.exp(8 * X)),
    # X: shapes
    regression("one row", X[:1], Y[:1]),
    regression("two rows", X[:2], Y[:2]),
    regression("three rows", X[:3], Y[:3]),
    regression("two equal rows, two targets", X[[0, 0]], Y[:2]),
    regression("fewer rows than columns", np.random.default_rng(2).random((8, 20)), Y[:8]),
    regression("300 columns", np.random.default_rng(3).standard_normal((N, 300))),
    regression("one column", X[:, :1]),
    regression("no rows", X[:0], Y[:0], error="0 sample"),
    regression("no columns", X[:, :0], error="0 feature"),
    regression("X of one dimension", X[:, 0], error="Expected 2D array"),
    regression("X of three dimensions", X[:, :, None], error="Found array with dim 3"),
    regression("X a number", 1.0, error="Expected 2D array"),
    regression("X None", None, error="Expected 2D array"),
    regression("y of another length", X, Y[:-1], error="inconsistent numbers of samples"),
    regression("ragged lists", [[1.0, 2.0], [1.0]], Y[:2], error="inhomogeneous|sequence"),
    # X: types
    regression("X read-only", frozen(X), frozen(Y)),
    regression("X in Fortran order", np.asfortranarray(X)),
    regression("X a view with strides", np.repeat(X, 2, axis=1)[::-1, ::2]),
    regression("X float32", X.astype(np.float32), Y.astype(np.float32)),
    regression("X float16", X.astype(np.float16), Y.astype(np.float16)),
    regression("X int", np.rint(10 * X).astype(int)),
    regression("X uint8", np.rint(20 * np.abs(X)).astype(np.uint8)),
    regression("X bool", X > 0),
    regression("X of Python lists", X.tolist(), Y.tolist()),
    regression("X huge integers", (np.rint(X * 1e3).astype(int) * 10**14)),
    regression("X object of numbers", X.astype(object), Y.astype(object)),
    regression("X object beyond floats", put(X.astype(object), (0, 0), 10**400), error="X"),
    regression("X object of strings", put(X.astype(object), (0, 0), "red"), error="X .*red"),
    regression("X of strings", np.full((N, P), "red"), error="X must be numeric|numeric"),
    regression("X complex", X + 1j, error="Complex data not supported"),
    regression(
        "X of dates",
        np.datetime64("2020-01-01") + np.rint(100 * X).astype(int),
        error="columns 0, 1 and 2 have dates",
    ),
    regression("X sparse", scipy.sparse.csr_array(X)),
    regression("X sparse with NaN", scipy.sparse.csc_array(put(X, (3, 1), np.nan)), error="NaN"),
    regression("X a masked array, nothing masked", np.ma.masked_array(X)),
    regression("X a frame", NAMED),
    regression("X a frame of nullable types", NAMED.astype("Float64")),
    regression(
        "X a frame of categories", NAMED.assign(c=pd.Categorical(["a", "b"] * 30)), error="X .*'a'"
    ),
    regression(
        "X a frame of mixed names", NAMED.rename(columns={"h (m)": 3}), error="[Ff]eature names"
    ),
    # y
    regression("y with NaN", y=put(Y, 3, np.nan), error="y contains NaN"),
    regression("y with inf", y=put(Y, 3, np.inf), error="y contains infinity"),
    regression("y constant", y=np.full(N, 3.5)),
    regression("y zero", y=np.zeros(N)),
    regression("y of 1e-12", y=Y * 1e-12),
    regression("y of 1e12", y=Y * 1e12),
    regression("y of 1e300", y=Y * 1e300 / 10),
    regression("y of 1e-300", y=Y * 1e-300),
    regression("y over the whole range of floats", y=put(Y, slice(2), [1.7e308, -1.7e308])),
    regression("y far from zero", y=Y + 1e12),
    regression("y with heavy tails", y=np.random.default_rng(4).standard_cauchy(N)),
    regression(
        "y with heavy tails, huber",
        y=np.random.default_rng(4).standard_cauchy(N),
        parameters={"loss": "huber"},
    ),
    regression(
        "y mostly one value, huber", y=put(np.zeros(N), slice(5), 7.0), parameters={"loss": "huber"}
    ),
    regression("y int", y=np.rint(100 * Y).astype(int)),
    regression("y int32 whose squares overflow", y=np.rint(Y * 1e8).astype(np.int32)),
    regression("y huge integers", y=np.rint(Y * 1e3).astype(int) * 10**14),
    regression("y beyond floats", y=[10**400] * N, error="y"),
    regression("y bool", y=Y > 1),
    regression("y a column", y=Y[:, None]),
    regression("y a frame", y=pd.DataFrame({"y": Y})),
    regression("y two outputs", y=np.column_stack([Y, -1e6 * Y])),
    regression("y two outputs, one constant", y=np.column_stack([Y, ONES])),
    regression("y of three dimensions", y=Y[:, None, None], error="y .*dim 3|dim 3"),
    regression("y of strings", y=np.full(N, "a"), error="y must be numeric|numeric"),
    regression("y None", y=None, error="requires y to be passed"),
    regression("y sparse", y=scipy.sparse.csr_array(Y[:, None]), error="[Ss]parse"),
    regression("y negative, poisson", parameters={"loss": "poisson"}, error="poisson.* y "),
    regression(
        "y zero, gamma", y=np.abs(put(Y, 0, 0.0)), parameters={"loss": "gamma"}, error="gamma.* y "
    ),
    regression("y counts", y=np.rint(np.exp(Y)), parameters={"loss": "poisson"}),
    regression("y all zero, poisson", y=np.zeros(N), parameters={"loss": "poisson"}),
    regression("y of 1e12, poisson", y=np.exp(Y) * 1e12, parameters={"loss": "poisson"}),
    regression("y of 1e300, gamma", y=np.exp(Y) * 1e300, parameters={"loss": "gamma"}),
    regression("y of 1e-300, gamma", y=np.exp(Y) * 1e-300, parameters={"loss": "gamma"}),
    # Classes
    classification("labels"),
    classification("labels text", y=np.array(["no", "yes", "может"])[LABELS]),
    classification("labels text in an object array", y=np.array(["a", "b", "c"], object)[LABELS]),
    classification("labels bool", y=LABELS > 0),
    classification("labels float", y=LABELS.astype(float)),
    classification("labels a column", y=LABELS[:, None]),
    classification("labels -1 and 1", y=np.where(LABELS > 0, 1, -1)),
    classification("a class of one row", y=put(np.zeros(N, int), 0, 1)),
    classification("a class a row", X[FEW], np.arange(10)),
    classification("separable", y=(X[:, 0] > 0).astype(int)),
    classification(
        "separable, unpenalised", y=(X[:, 0] > 0).astype(int), parameters={"alpha": 0.0}
    ),
    classification("X all constant, classes", np.ones((N, P))),
    classification("two rows, two classes", X[:2], [0, 1]),
    classification("one class", y=np.zeros(N, int), error="one class"),
    classification("one row, one class", X[:1], [1], error="one class"),
    classification("continuous labels", y=Y, error="[Uu]nknown label type"),
    classification(
        "labels with NaN", y=put(LABELS.astype(float), 0, np.nan), error="y contains NaN"
    ),
    classification(
        "labels in two columns",
        y=np.column_stack([LABELS, LABELS]),
        error="y should be a 1d array|label type",
    ),
    classification("labels None", y=None, error="requires y to be passed"),
    classification("class_weight of a class", parameters={"class_weight": {0: 1e6}}),
    classification("class_weight balanced", parameters={"class_weight": "balanced"}),
    classification(
        "class_weight unknown", parameters={"class_weight": "fair"}, error="class_weight"
    ),
    classification(
        "class_weight negative", parameters={"class_weight": {0: -1.0}}, error="class_weight"
    ),
    classification(
        "class_weight text", parameters={"class_weight": {0: "x"}}, error="class_weight"
    ),
    classification(
        "class_weight beyond floats",
        parameters={"class_weight": {0: 10**400}},
        error="class_weight",
    ),
    classification(
        "class_weight NaN", parameters={"class_weight": {0: np.nan}}, error="class_weight"
    ),
    classification(
        "class_weight all zero",
        parameters={"class_weight": {0: 0, 1: 0, 2: 0}},
        error="class_weight",
    ),
    # Weights
    regression("weights with zeros", fit={"sample_weight": np.arange(N) % 2}),
    regression("weights, one not zero", fit={"sample_weight": put(0 * ONES, 0, 1.0)}),
    regression("weights tiny", fit={"sample_weight": 1e-12 * ONES}),
    regression("weights huge", fit={"sample_weight": 1e12 * ONES}),
    regression("weights too huge", fit={"sample_weight": 1e200 * ONES}, error="sample_weight"),
    regression("weights very different", fit={"sample_weight": np.logspace(-15, 15, N)}),
    regression("weights a number", fit={"sample_weight": 2.0}),
    regression(
        "weights negative",
        fit={"sample_weight": put(ONES, 0, -1.0)},
        error="Negative values in sample_weight",
    ),
    regression(
        "weights NaN",
        fit={"sample_weight": put(ONES, 0, np.nan)},
        error="sample_weight contains NaN",
    ),
    regression(
        "weights inf",
        fit={"sample_weight": put(ONES, 0, np.inf)},
        error="sample_weight contains infinity",
    ),
    regression("weights zero", fit={"sample_weight": 0 * ONES}, error="sample_weight .*zero"),
    regression("weights short", fit={"sample_weight": ONES[1:]}, error="sample_weight"),
    regression("weights of text", fit={"sample_weight": ["a"] * N}, error="sample_weight"),
    regression(
        "weights in two columns",
        fit={"sample_weight": X[:, :2]},
        error="sample_weight|[Ss]ample weights",
    ),
    classification("weight on one class only", fit={"sample_weight": LABELS == 1}),
    # Early stopping
    regression("early stopping", parameters={"early_stopping": True}),
    regression(
        "early stopping, one row",
        X[:1],
        Y[:1],
        parameters={"early_stopping": True},
        error="n_samples=1",
    ),
    regression("early stopping, two rows", X[:2], Y[:2], parameters={"early_stopping": True}),
    regression(
        "early stopping, equal rows",
        np.ones((9, 1)),
        np.ones(9),
        parameters={"early_stopping": True},
        error="early_stopping",
    ),
    classification(
        "early stopping, a class a row", X[FEW], np.arange(10), parameters={"early_stopping": True}
    ),
    regression(
        "X_val", parameters={"early_stopping": True}, fit={"X_val": X[FEW], "y_val": Y[FEW]}
    ),
    regression(
        "X_val of one row",
        parameters={"early_stopping": True},
        fit={"X_val": X[:1], "y_val": Y[:1]},
    ),
    regression(
        "X_val without y_val", parameters={"early_stopping": True}, fit={"X_val": X}, error="y_val"
    ),
    regression(
        "y_val without X_val", parameters={"early_stopping": True}, fit={"y_val": Y}, error="X_val"
    ),
    regression(
        "X_val without early_stopping", fit={"X_val": X, "y_val": Y}, error="early_stopping"
    ),
    regression(
        "X_val of another width",
        parameters={"early_stopping": True},
        fit={"X_val": X[:, :2], "y_val": Y},
        error="X_val has 2 features",
    ),
    regression(
        "X_val with NaN",
        parameters={"early_stopping": True},
        fit={"X_val": put(X, 0, np.nan), "y_val": Y},
        error="X_val contains NaN",
    ),
    regression(
        "X_val of another length",
        parameters={"early_stopping": True},
        fit={"X_val": X[1:], "y_val": Y},
        error="y_val has 60",
    ),
    regression(
        "y_val with NaN",
        parameters={"early_stopping": True},
        fit={"X_val": X, "y_val": put(Y, 0, np.nan)},
        error="y_val contains NaN",
    ),
    regression(
        "y_val of more outputs",
        parameters={"early_stopping": True},
        fit={"X_val": X, "y_val": X},
        error="y.* has 3 outputs",
    ),
    regression(
        "sample_weight_val zero",
        parameters={"early_stopping": True},
        fit={"X_val": X, "y_val": Y, "sample_weight_val": 0 * Y},
        error="sample_weight_val .*zero",
    ),
    regression(
        "sample_weight_val alone",
        parameters={"early_stopping": True},
        fit={"sample_weight_val": ONES},
        error="sample_weight_val",
    ),
    classification(
        "y_val of an unknown class",
        parameters={"early_stopping": True},
        fit={"X_val": X, "y_val": LABELS + 1},
        error="y.* " + UNKNOWN,
    ),
    # At predict
    prediction("predict at 1e300", X * 1e300),
    prediction("predict at the largest float", put(X, 0, np.finfo(float).max)),
    prediction("predict at 1e300, constant", X * 1e300, parameters={"extrapolation": "constant"}),
    prediction("predict at 1e300, huber", X * 1e300, parameters={"loss": "huber"}),
    prediction(
        "predict far out, error",
        10 * X,
        "X has values outside",
        parameters={"extrapolation": "error"},
    ),
    prediction("predict at 1e300, classes", X * 1e300, y=LABELS, classifies=True),
    prediction(
        "predict at 1e300, counts", X * 1e300, y=np.rint(np.exp(Y)), parameters={"loss": "poisson"}
    ),
    prediction("predict NaN", put(X, 0, np.nan), "Input X contains NaN"),
    prediction("predict inf", put(X, 0, np.inf), "Input X contains infinity"),
    prediction("predict narrower", X[:, :2], "X has 2 features"),
    prediction("predict wider", column(ONES), "X has 4 features"),
    prediction("predict no rows", X[:0], "0 sample"),
    prediction("predict one dimension", X[0], "Expected 2D array"),
    prediction("predict sparse", scipy.sparse.csr_array(X)),
    prediction(
        "predict with other names", NAMED.rename(columns={"длина": "l"}), "feature names", X=NAMED
    ),
    prediction(
        "predict with names in another order", NAMED.iloc[:, ::-1], "feature names", X=NAMED
    ),
    # Hyperparameters
    hyperparameter("hidden_layer_sizes", (0,)),
    hyperparameter("hidden_layer_sizes", (-1,)),
    hyperparameter("hidden_layer_sizes", -1),
    hyperparameter("hidden_layer_sizes", (2.5,)),
    hyperparameter("hidden_layer_sizes", 2.5),
    hyperparameter("hidden_layer_sizes", "4"),
    hyperparameter("hidden_layer_sizes", ("4",)),
    hyperparameter("hidden_layer_sizes", ((0, 0),)),
    hyperparameter("hidden_layer_sizes", ((1, 2, 3),)),
    hyperparameter("hidden_layer_sizes", (None,)),
    hyperparameter("hidden_layer_sizes", None),
    hyperparameter("hidden_layer_sizes", True),
    hyperparameter("hidden_layer_sizes", (True,)),
    hyperparameter("hidden_layer_sizes", {2}),
    hyperparameter("hidden_layer_sizes", 10**9),
    hyperparameter("hidden_layer_sizes", (2, 10**30)),
    hyperparameter("hidden_layer_sizes", ((1, 10**9),)),
    hyperparameter("grid_size", 0),
    hyperparameter("grid_size", 2.5),
    hyperparameter("grid_size", np.nan),
    hyperparameter("grid_size", np.inf),
    hyperparameter("grid_size", ()),
    hyperparameter("grid_size", (6, 3)),
    hyperparameter("grid_size", (3, 3)),
    hyperparameter("grid_size", (3, np.nan)),
    hyperparameter("grid_size", (3, np.inf)),
    hyperparameter("grid_size", ("3",)),
    hyperparameter("grid_size", True),
    hyperparameter("grid_size", 10**9),
    hyperparameter("grid_size", (3, 10**9)),
    hyperparameter("grid_size", {3, 6}),
    hyperparameter("grid_size", np.array("3")),
    hyperparameter("grid_size", "3"),
    hyperparameter("spline_order", -1),
    hyperparameter("spline_order", 6),
    hyperparameter("spline_order", 2.0),
    hyperparameter("grid_eps", 1.5),
    hyperparameter("grid_eps", np.nan),
    hyperparameter("base_function", "relu"),
    hyperparameter("direct_edges", "yes"),
    hyperparameter("loss", "absolute_error"),
    hyperparameter("solver", "sgd"),
    hyperparameter("alpha", -1.0),
    hyperparameter("alpha", np.nan),
    hyperparameter("alpha", np.inf),
    hyperparameter("alpha", 1e16),
    hyperparameter("sparsity", -1.0),
    hyperparameter("sparsity", np.inf),
    *(hyperparameter(name, 10**400) for name in ("alpha", "sparsity", "tol", "prune_threshold")),
    hyperparameter("max_iter", 0),
    hyperparameter("max_iter", 10.5),
    hyperparameter("tol", -1.0),
    hyperparameter("tol", np.nan),
    hyperparameter("tol", np.inf),
    hyperparameter("learning_rate_init", np.inf),
    hyperparameter("learning_rate_init", 1e300),
    hyperparameter("batch_size", 0),
    hyperparameter("batch_size", "all"),
    hyperparameter("learning_rate_init", 0.0),
    hyperparameter("early_stopping", "auto"),
    hyperparameter("validation_fraction", 0.0),
    hyperparameter("validation_fraction", 1.0),
    hyperparameter("n_iter_no_change", 0),
    hyperparameter("n_init", 0),
    hyperparameter("n_init", 10**9),
    hyperparameter("symbolic_library", []),
    hyperparameter("symbolic_library", "sin"),
    hyperparameter("symbolic_library", {"sin": 1}),
    hyperparameter("symbolic_library", ["sine"], error="symbolic_library .*'sin'"),
    hyperparameter("symbolic_library", ["sin", None]),
    hyperparameter("symbolic_library", [("sin", -1)]),
    hyperparameter("n_jobs", "all"),
    hyperparameter("warm_start", "yes"),
    hyperparameter("extrapolation", "zero"),
    hyperparameter("random_state", -1),
    hyperparameter("random_state", "seed"),
    hyperparameter("verbose", "loud"),
    # Hyperparameters at their limits
    regression("alpha zero", parameters={"alpha": 0.0}),
    regression("alpha huge", parameters={"alpha": 1e15}),
    regression("sparsity huge", parameters={"sparsity": 1e15}),
    regression(
        "alpha zero, more weights than rows",
        X[FEW],
        Y[FEW],
        parameters={"alpha": 0.0, "grid_size": 50},
    ),
    regression("grid of 400 intervals", parameters={"grid_size": 400, "max_iter": 3}),
    regression("degree 0", parameters={"spline_order": 0}),
    regression("degree 5", parameters={"spline_order": 5}),
    regression(
        "constant splines only",
        parameters={"spline_order": 0, "base_function": "none", "grid_size": 1},
    ),
    regression("step of 1e6", parameters={"solver": "adam", "learning_rate_init": 1e6}),
    regression("step of 1e-300", parameters={"solver": "adam", "learning_rate_init": 1e-300}),
    regression("adam on one row", X[:1], Y[:1], parameters={"solver": "adam"}),
    regression("adam on y of 1e300", y=Y * 1e300 / 10, parameters={"solver": "adam"}),
    regression("tol zero", parameters={"tol": 0.0}),
    regression(
        "endless", parameters={"max_iter": 10**30, "n_iter_no_change": 10**30, "batch_size": 10**30}
    ),
    regression(
        "integers of NumPy", parameters={"spline_order": np.int64(2), "n_init": np.int64(1)}
    ),
]
HIDDEN = [(), (2,)]
DOCUMENTED = (ConvergenceWarning, DataConversionWarning)


def run(case, model):
    """Fit and predict; return what predict says. Only documented warnings may come."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            model.fit(case.X, case.y, **case.fit)
            outcome = predictions(model, case.X if case.X_new is None else case.X_new)
        finally:
            undocumented = [w for w in caught if not issubclass(w.category, DOCUMENTED)]
            assert undocumented == []
    return outcome


def predictions(model, X):
    return model.predict_proba(X) if is_classifier(model) else model.predict(X)


def test_case_names_are_unique_and_many():
    assert len({case.name for case in CASES}) == len(CASES) >= 200


def losses(case, model, predicted):
    """Return the mean loss on the training rows of the model, and of the best constant."""
    y = np.asarray(case.y)
    weights = np.broadcast_to(case.fit.get("sample_weight", 1.0), len(y)).astype(float)
    if is_classifier(model):
        index = np.searchsorted(model.classes_, y.ravel())
        share = np.bincount(index, weights) / weights.sum()
        return (
            np.average(-np.log(predicted[np.arange(len(y)), index]), weights=weights),
            np.average(-np.log(np.maximum(share[index], 1e-300)), weights=weights),
        )
    y = y.astype(float).reshape(len(y), -1)
    size = np.where((y == 0).all(axis=0), 1.0, np.abs(y).max(axis=0))
    y, predicted = y / size, predicted.reshape(y.shape) / size
    loss = LOSSES[model.loss]
    middle = (
        np.median(y, axis=0) if model.loss == "huber" else np.average(y, axis=0, weights=weights)
    )
    constant = np.broadcast_to(middle, y.shape)
    return tuple(
        np.average(loss(y, z).mean(axis=1), weights=weights) for z in (predicted, constant)
    )


def squared_error(y, predicted):
    return (y - predicted) ** 2


def huber(y, predicted):
    distance = np.abs(y - np.median(y, axis=0))
    delta = 1.35 * 1.4826 * np.median(distance) or 1.35 * np.std(y)
    return scipy.special.huber(delta, y - predicted)


def poisson(y, predicted):
    return (
        predicted
        - y
        + scipy.special.xlogy(y, np.where(y > 0, y, 1) / np.maximum(predicted, 1e-300))
    )


def gamma(y, predicted):
    return y / predicted - 1 - np.log(y / predicted)


LOSSES = {"squared_error": squared_error, "huber": huber, "poisson": poisson, "gamma": gamma}


@pytest.mark.parametrize("hidden", HIDDEN, ids=str)
@pytest.mark.parametrize(
    "case", [case for case in CASES if not case.error], ids=lambda case: case.name
)
def test_gives_a_finite_sensible_model(case, hidden):
    model = case.estimator(hidden)
    predicted = run(case, model)
    assert np.isfinite(predicted).all()
    if is_classifier(model):
        np.testing.assert_allclose(predicted.sum(axis=1), 1.0)
    # Rows held out or weighted otherwise are not what the constant is the best of.
    if case.X_new is None and not {"early_stopping", "class_weight"} & case.parameters.keys():
        fitted, constant = losses(case, model, predicted)
        slack = 1e-5 if is_classifier(model) or model.loss == "poisson" else 1e-20
        assert fitted <= constant * (1 + 1e-5) + slack


@pytest.mark.parametrize("case", [case for case in CASES if case.error], ids=lambda case: case.name)
def test_is_refused_with_a_clear_error(case):
    with pytest.raises((TypeError, ValueError), match=f"(?s){case.error}") as caught:
        run(case, case.estimator())
    assert "unexpected keyword" not in str(caught.value)


@functools.cache
def fitted_once(kind):
    return kind().fit(X, LABELS if kind is KANClassifier else Y)


@pytest.mark.parametrize("case", [case for case in CASES if case.error], ids=lambda case: case.name)
def test_what_fails_leaves_a_fitted_model_as_it_was(case):
    model = copy.copy(fitted_once(KANClassifier if case.classifies else KANRegressor))
    before, expected, parameters = dict(vars(model)), predictions(model, X), model.get_params()
    model.set_params(**case.parameters)
    if not case.at_predict:
        with pytest.raises((TypeError, ValueError)):
            run(case, model)
    model.set_params(**parameters)
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is before[name] for name in before if name.endswith("_"))
    np.testing.assert_array_equal(predictions(model, X), expected)


@pytest.mark.parametrize("kind", [KANRegressor, KANClassifier])
@pytest.mark.parametrize("method", ["predict", "predict_proba", "decision_function", "score"])
def test_predict_before_fit(kind, method):
    if hasattr(kind, method):
        arguments = (X, LABELS) if method == "score" else (X,)
        with pytest.raises(NotFittedError, match="not fitted yet"):
            getattr(kind(), method)(*arguments)
