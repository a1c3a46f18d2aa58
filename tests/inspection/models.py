"""Fitted models of all kinds that can be looked at, fitted once."""

import copy
import warnings
from functools import cache

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.network import Curve, CurveEdge, Term
from sklearn_kan.symbolic.library import LIBRARY
from sklearn_kan.training import Rows, node_moments, node_profiles


@cache
def diabetes():
    return load_diabetes(return_X_y=True, as_frame=True, scaled=False)


@cache
def additive():
    X, y = diabetes()
    return KANRegressor((), random_state=0).fit(X, y)


@cache
def automatic():
    X, y = diabetes()
    return KANRegressor(random_state=0).fit(X, y)


@cache
def one_hidden():
    X = _rows(2)
    y = np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)
    return roughly_fitted(KANRegressor((3,), random_state=0, solver="lbfgs", max_iter=60), X, y)


@cache
def products():
    X = _rows(3)
    y = X[:, 0] * X[:, 1] + X[:, 2]
    return roughly_fitted(
        KANRegressor(((1, 2),), random_state=0, solver="lbfgs", max_iter=60), X, y
    )


@cache
def deep():
    X = _rows(4)
    y = np.exp(np.sin(X[:, 0] ** 2 + X[:, 1] ** 2) + X[:, 2] * X[:, 3])
    return roughly_fitted(KANRegressor((2, 1), random_state=0, solver="lbfgs", max_iter=40), X, y)


@cache
def several_outputs():
    X = _rows(3)
    y = np.stack([X[:, 0] ** 2, 1e3 * X[:, 1] + X[:, 2]], axis=1)
    return roughly_fitted(KANRegressor((2,), random_state=0, solver="lbfgs", max_iter=40), X, y)


@cache
def three_classes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    labels = load_iris().target_names[y]
    return roughly_fitted(
        KANClassifier((1,), random_state=0, solver="lbfgs", max_iter=40), X, labels
    )


@cache
def two_classes():
    X = _rows(2)
    return KANClassifier((), random_state=0).fit(X, X[:, 0] ** 2 > 0.3)


@cache
def counts():
    X = _rows(2)
    y = np.random.default_rng(1).poisson(np.exp(X[:, 0]))
    return KANRegressor((), loss="poisson", random_state=0).fit(X, y)


@cache
def wide():
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        rng.normal(size=(200, 30)), columns=[f"sensor {i}: {'long ' * (i % 5)}" for i in range(30)]
    )
    y = np.sin(X.iloc[:, 0]) + X.iloc[:, 1] ** 2
    return roughly_fitted(
        KANRegressor((10,), random_state=0, solver="lbfgs", max_iter=10, tol=1.0), X, y
    )


@cache
def long_names():
    rng = np.random.default_rng(0)
    what = ("oxygen", "nitrate", "phosphate", "chloride", "sulphate", "carbonate")
    names = [f"average concentration of dissolved {w} at the lower station in mg/l" for w in what]
    X = pd.DataFrame(rng.normal(size=(200, 6)), columns=names)
    y = (X.iloc[:, 0] * X.iloc[:, 1] + X.sum(axis=1)).rename(f"yearly mean of the {names[0]}")
    return roughly_fitted(KANRegressor((1,), random_state=0, max_iter=3), X, y)


MODELS = [
    additive, one_hidden, products, deep, several_outputs, three_classes, two_classes, counts, wide,
]  # fmt: skip


def with_curves(functions):
    """Return a model with one column a function, that function on its only edge."""
    X = np.random.default_rng(0).normal(size=(300, len(functions)))
    model = KANRegressor((), random_state=0).fit(X, X.sum(axis=1))
    layer = model.network_.layers[0]
    curves = tuple(
        CurveEdge(i, 0, Curve((Term(function, 0.7, 1.3, 0.4), Term(LIBRARY["x"], 0.1)), 0.2))
        for i, function in enumerate(functions)
    )
    network = model.network_.replace_layer(
        0,
        weights=np.zeros_like(layer.weights),
        edges=np.zeros_like(layer.edges),
        curves=curves,
    )
    model = copy.copy(model)
    x = model._encoding_.x_scaling.apply(X)
    rows = Rows(x, np.zeros((len(x), 1)), np.ones(len(x)))
    model.network_ = network
    model._moments_, model._profiles_ = node_moments(network, rows), node_profiles(network, rows)
    model._predictive_ = None
    return model


def roughly_fitted(model, X, y):
    """A good fit is not needed to look at it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y)


def _rows(p):
    return np.random.default_rng(0).uniform(-1.0, 1.0, (300, p))
