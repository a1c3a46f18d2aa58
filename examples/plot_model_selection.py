"""
==========================================
Model selection in a scikit-learn pipeline
==========================================

The estimators go into a ``Pipeline`` and a ``GridSearchCV`` like any other. Little has to be
searched for: smoothness, the number of hidden nodes and which columns matter are found in `fit`
itself. A search can show that.
"""

# %%
# A pipeline
# ----------
# Friedman's first function has an interaction of two columns in it, effects of three more, and five
# columns that do nothing. One entry in fifty is missing.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import make_friedman1
from sklearn.impute import SimpleImputer
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline

from sklearn_kan import KANDisplay, KANRegressor

X, y = make_friedman1(n_samples=400, noise=1.0, random_state=0)
X[np.random.default_rng(0).random(X.shape) < 0.02] = np.nan
X_train, X_test, y_train, y_test = train_test_split(X, y, random_state=0)

pipeline = make_pipeline(SimpleImputer(), KANRegressor(random_state=0))

# %%
# The search
# ----------
# Architecture: additive, two or four hidden nodes, or what `fit` finds ("auto"). Smoothness: the
# evidence, or a strength by hand.

grid = [
    {
        "kanregressor__hidden_layer_sizes": [(), (2,), (4,)],
        "kanregressor__alpha": [1.0, "evidence"],
    },
    {"kanregressor__hidden_layer_sizes": ["auto"]},
]
search = GridSearchCV(pipeline, grid, cv=3).fit(X_train, y_train)

results = pd.DataFrame(search.cv_results_)
results["hidden"] = results["param_kanregressor__hidden_layer_sizes"].astype(str)
results["alpha"] = results["param_kanregressor__alpha"].fillna("evidence").astype(str)
results["seconds"] = results["mean_fit_time"]
results = results.rename(columns={"mean_test_score": "R2", "std_test_score": "+-"})
print(results[["hidden", "alpha", "R2", "+-", "seconds"]].round(3).to_string(index=False))
print("the best one on new rows:", round(search.score(X_test, y_test), 3))

# %%
# The winner
# ----------
# A search and a pipeline are drawn like the estimator at their end.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
labels = results["hidden"] + ", " + results["alpha"]
order = np.argsort(results["R2"].to_numpy())
left.barh(labels.iloc[order], results["R2"].iloc[order], xerr=results["+-"].iloc[order])
left.set(xlabel="R², mean over the folds", ylabel="hidden layer sizes, alpha", xlim=(0.5, 1.0))
left.spines[["top", "right"]].set_visible(False)
KANDisplay.from_estimator(search, ax=right, feature_names=[f"x{i}" for i in range(10)])
plt.show()
