"""Real tables at defaults, beside scikit-learn's models: five folds, pooled predictions.

Tables come from packages that ship data, see `_tables.py` and `requirements.txt`. Run by hand:
``python benchmarks/tables.py --task regression --most-rows 1300``.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from _tables import load_tables
from sklearn.compose import TransformedTargetRegressor
from sklearn.ensemble import (
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.gaussian_process import GaussianProcessClassifier, GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, SVR

from sklearn_kan import KANClassifier, KANRegressor

# Gaussian processes only up to so many rows.
GP_ROWS = 1000


def scaled(model):
    return make_pipeline(StandardScaler(), model)


def target_scaled(model):
    return TransformedTargetRegressor(scaled(model), transformer=StandardScaler())


def regressors(n):
    models = {
        "KAN": KANRegressor(random_state=0),
        "Ridge": scaled(RidgeCV(np.logspace(-3, 3, 13))),
        "MLP": target_scaled(MLPRegressor(max_iter=1000, random_state=0)),
        "RF": RandomForestRegressor(random_state=0),
        "HistGB": HistGradientBoostingRegressor(random_state=0),
        "SVM": target_scaled(SVR()),
    }
    if n <= GP_ROWS:
        kernel = ConstantKernel() * RBF() + WhiteKernel()
        models["GP"] = scaled(GaussianProcessRegressor(kernel, normalize_y=True))
    return models


def classifiers(n):
    models = {
        "KAN": KANClassifier(random_state=0),
        "Logistic": scaled(LogisticRegression(max_iter=1000)),
        "MLP": scaled(MLPClassifier(max_iter=1000, random_state=0)),
        "RF": RandomForestClassifier(random_state=0),
        "HistGB": HistGradientBoostingClassifier(random_state=0),
        "SVM": scaled(SVC(probability=True, random_state=0)),
    }
    if n <= GP_ROWS:
        models["GP"] = scaled(GaussianProcessClassifier())
    return models


def evaluate(model, X, y, folds, method):
    """Return pooled predictions of rows left out, and process seconds a fit."""
    pooled, seconds = None, 0.0
    for train, test in folds.split(X, y):
        start = time.process_time()
        model.fit(X[train], y[train])
        seconds += time.process_time() - start
        part = getattr(model, method)(X[test])
        pooled = np.zeros((len(X), *part.shape[1:])) if pooled is None else pooled
        pooled[test] = part
    return pooled, seconds / folds.get_n_splits()


def regression_scores(X, y):
    folds = KFold(5, shuffle=True, random_state=0)
    for name, model in regressors(len(X)).items():
        predicted, seconds = evaluate(model, X, y, folds, "predict")
        yield name, {"R2": r2_score(y, predicted), "seconds": seconds}


def classification_scores(X, y):
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    classes = np.unique(y)
    for name, model in classifiers(len(X)).items():
        probability, seconds = evaluate(model, X, y, folds, "predict_proba")
        yield (
            name,
            {
                "log-loss": log_loss(y, probability),
                "accuracy": accuracy_score(y, classes[probability.argmax(axis=1)]),
                "seconds": seconds,
            },
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--task", choices=["regression", "classification"], default="regression")
    parser.add_argument("--most-rows", type=int, default=8000)
    parser.add_argument("--names", nargs="*", default=None)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    scores = regression_scores if options.task == "regression" else classification_scores
    records = []
    for table, X, y in load_tables(options.task, options.names):
        if len(X) > options.most_rows:
            continue
        for model, figures in scores(X, y):
            records.append(
                {"table": table, "n": len(X), "p": X.shape[1], "model": model, **figures}
            )
        last = [r for r in records if r["table"] == table]
        print(
            table,
            {r["model"]: round(next(iter(list(r.values())[4:])), 3) for r in last},
            flush=True,
        )
    frame = pd.DataFrame(records)
    metric = "R2" if options.task == "regression" else "log-loss"
    wide = frame.pivot_table(index=["table", "n", "p"], columns="model", values=metric)
    print(wide.round(3).to_string())
    ranks = wide.rank(axis=1, ascending=metric == "log-loss")
    summary = pd.DataFrame({f"mean {metric}": wide.mean(), "mean rank": ranks.mean()})
    summary["seconds a fit"] = frame.groupby("model")["seconds"].mean()
    print(summary.sort_values("mean rank").round(3).to_string())


if __name__ == "__main__":
    main()
