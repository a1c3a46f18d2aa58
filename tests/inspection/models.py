"""Fitted models of all kinds that can be looked at, fitted once."""

import warnings
from functools import cache

import numpy as np
import pandas as pd
from sklearn.datasets import load_diabetes, load_iris
from sklearn.exceptions import ConvergenceWarning

from sklearn_kan import KANClassifier, KANRegressor


@cache
def diabetes():
    return load_diabetes(return_X_y=True, as_frame=True, scaled=False)


@cache
def additive():
    X, y = diabetes()
    return KANRegressor((), random_state=0).fit(X, y)


@cache
def one_hidden():
    X = _rows(2)
    y = np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)
    return _roughly_fitted(KANRegressor((3,), random_state=0, solver="lbfgs", max_iter=60), X, y)


@cache
def products():
    X = _rows(3)
    y = X[:, 0] * X[:, 1] + X[:, 2]
    return _roughly_fitted(
        KANRegressor(((1, 2),), random_state=0, solver="lbfgs", max_iter=60), X, y
    )


@cache
def deep():
    X = _rows(4)
    y = np.exp(np.sin(X[:, 0] ** 2 + X[:, 1] ** 2) + X[:, 2] * X[:, 3])
    return _roughly_fitted(KANRegressor((2, 1), random_state=0, solver="lbfgs", max_iter=40), X, y)


@cache
def several_outputs():
    X = _rows(3)
    y = np.stack([X[:, 0] ** 2, 1e3 * X[:, 1] + X[:, 2]], axis=1)
    return _roughly_fitted(KANRegressor((2,), random_state=0, solver="lbfgs", max_iter=40), X, y)


@cache
def three_classes():
    X, y = load_iris(return_X_y=True, as_frame=True)
    labels = load_iris().target_names[y]
    return _roughly_fitted(
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
    return _roughly_fitted(
        KANRegressor((10,), random_state=0, solver="lbfgs", max_iter=10, tol=1.0), X, y
    )


MODELS = [
    additive, one_hidden, products, deep, several_outputs, three_classes, two_classes, counts, wide,
]  # fmt: skip


def _roughly_fitted(model, X, y):
    """A good fit is not needed to look at it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(X, y)


def _rows(p):
    return np.random.default_rng(0).uniform(-1.0, 1.0, (300, p))
