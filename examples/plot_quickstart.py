"""
==========
Quickstart
==========

Fit a Kolmogorov-Arnold network to two tables that come with scikit-learn, compare it with
a linear model and a multi-layer perceptron by cross-validation, and look at the curves that
it found.
"""

# %%
# Scores
# ------
# A KAN takes the columns as they are. The perceptron needs its inputs scaled, its target
# scaled and early stopping to do its best; to be fair, it gets all that.

from time import perf_counter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import EdgeDisplay, KANClassifier, KANRegressor

TASKS = {
    "diabetes (R2)": (
        load_diabetes(return_X_y=True),
        KFold(5, shuffle=True, random_state=0),
        {
            "KAN": KANRegressor(random_state=0),
            "linear": make_pipeline(StandardScaler(), RidgeCV(np.logspace(-2, 4, 13))),
            "MLP": TransformedTargetRegressor(
                make_pipeline(StandardScaler(), MLPRegressor(early_stopping=True, random_state=0)),
                transformer=StandardScaler(),
            ),
        },
    ),
    "breast cancer (accuracy)": (
        load_breast_cancer(return_X_y=True),
        StratifiedKFold(5, shuffle=True, random_state=0),
        {
            "KAN": KANClassifier(random_state=0),
            "linear": make_pipeline(StandardScaler(), LogisticRegression()),
            "MLP": make_pipeline(StandardScaler(), MLPClassifier(max_iter=500, random_state=0)),
        },
    ),
}


def rows():
    """Yield table, model, mean score over the folds, its deviation, seconds a fit."""
    for task, ((X, y), folds, models) in TASKS.items():
        for name, model in models.items():
            start = perf_counter()
            scores = cross_val_score(model, X, y, cv=folds)
            seconds = (perf_counter() - start) / len(scores)
            yield task, name, scores.mean(), scores.std(), seconds


columns = ["table", "model", "score", "+-", "seconds"]
print(pd.DataFrame(rows(), columns=columns).round(3).to_string(index=False))

# %%
# The curves
# ----------
# Without hidden layers a KAN is a sum of one curve a column. Here are those that matter most
# for the progression of diabetes: what each adds to the prediction, with a band of two standard
# deviations, and below where the rows are.

X, y = load_diabetes(return_X_y=True, as_frame=True, scaled=False)
model = KANRegressor(random_state=0).fit(X, y)
most = X.columns[np.argsort(model.feature_importances_)[::-1][:4]]

figure, axes = plt.subplots(1, 4, figsize=(12, 3), sharey=True, layout="constrained")
EdgeDisplay.from_estimator(model, list(most), ax=axes)
for axis in axes[1:]:
    axis.set_ylabel("")
axes[0].set_ylabel("effect on progression")
plt.show()
