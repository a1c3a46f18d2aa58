"""What defaults are not good at: scores and seconds beside scikit-learn's models.

Three quarters of the rows to fit, a quarter to score (R2, accuracy), process time of a fit, one
thread. Run by hand: ``python benchmarks/limits.py``.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time

import numpy as np
from sklearn.datasets import load_digits
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import RidgeCV
from sklearn.model_selection import train_test_split
from sklearn.svm import SVC

from sklearn_kan import KANClassifier, KANRegressor


def steps(rng):
    """Return rows of a product of three steps."""
    X = rng.uniform(-1, 1, (2000, 6))
    y = np.sign(X[:, 0]) * np.sign(X[:, 1] - 0.3) * np.sign(X[:, 2] + 0.2)
    return X, y + rng.normal(0, 0.3, len(y))


def staircase(rng):
    """Return rows of steps in three columns, added up."""
    X = rng.uniform(-1, 1, (2000, 6))
    return X, np.floor(4 * X[:, :3]).sum(axis=1) + rng.normal(0, 0.3, 2000)


def many_pairs(rng):
    """Return rows of ten products, each of two columns of its own."""
    X = rng.standard_normal((1000, 20))
    return X, (X[:, ::2] * X[:, 1::2]).sum(axis=1) + rng.normal(0, 0.3, len(X))


def wave(rng):
    """Return rows of twenty periods of a sine, in one column of three."""
    X = rng.uniform(-1, 1, (2000, 3))
    return X, np.sin(20 * np.pi * X[:, 0]) + rng.normal(0, 0.3, len(X))


def smooth(n):
    """Return a function that makes n rows of a smooth function of ten columns."""

    def make(rng):
        X = rng.standard_normal((n, 10))
        y = np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + np.abs(X[:, 3])
        return X, y + rng.normal(0, 0.5, n)

    return make


REGRESSION = {
    "product of three steps": steps,
    "staircases, added up": staircase,
    "ten pairs of 20 columns": many_pairs,
    "20 periods of a sine": wave,
    "smooth, 1,000 rows": smooth(1_000),
    "smooth, 10,000 rows": smooth(10_000),
    "smooth, 100,000 rows": smooth(100_000),
}


def compare(name, X, y, models):
    """Print scores and seconds of models on a table."""
    X, X_test, y, y_test = train_test_split(X, y, random_state=0)
    for model in models:
        start = time.process_time()
        model.fit(X, y)
        seconds = time.process_time() - start
        score = model.score(X_test, y_test)
        print(f"{name:25} {type(model).__name__:30} {score:6.3f} {seconds:7.2f}", flush=True)


def main():
    for name, make in REGRESSION.items():
        X, y = make(np.random.default_rng(0))
        models = [KANRegressor(random_state=0), HistGradientBoostingRegressor(), RidgeCV()]
        compare(name, X, y, models)
    X, y = load_digits(return_X_y=True)
    compare(
        "digits, 64 pixels",
        X,
        y,
        [KANClassifier(random_state=0), HistGradientBoostingClassifier(), SVC()],
    )


if __name__ == "__main__":
    main()
