"""
==========================
Probabilities, calibration
==========================

A classifier that says 0.8 should be right four times out of five. The evidence decides how far
`KANClassifier` lets its curves go, so its probabilities can be taken as they are.
"""

# %%
# Rows whose probabilities are known
# ----------------------------------
# Whether a machine fails depends on its temperature, on its load (a little or a lot is bad), and
# on how old it is where it is hot.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.special import expit
from sklearn.calibration import CalibrationDisplay
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import KANClassifier

rng = np.random.default_rng(0)


def rows(n):
    """Return columns, classes, and the probability of failure."""
    X = pd.DataFrame(
        {
            "temperature": rng.normal(60.0, 10.0, n),
            "load": rng.uniform(0.0, 1.0, n),
            "age": rng.exponential(5.0, n),
            "serial": rng.uniform(0.0, 1e6, n),
        }
    )
    heat = (X["temperature"] - 60) / 10
    odds = -2.0 + 1.2 * heat + 12 * (X["load"] - 0.5) ** 2 + 0.25 * X["age"] * (heat > 0.5)
    probability = expit(odds.to_numpy())
    return X, np.where(rng.random(n) < probability, "fails", "runs"), probability


X, y, _ = rows(800)
X_test, y_test, probability = rows(20_000)

# %%
# Scores
# ------
# The log-loss counts probabilities, not decisions. "Truth" is what remains if they are known.

models = {
    "KAN": KANClassifier(random_state=0),
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "random forest": RandomForestClassifier(random_state=0),
    "boosted trees": HistGradientBoostingClassifier(random_state=0),
}
given = {name: model.fit(X, y).predict_proba(X_test)[:, 0] for name, model in models.items()}
is_failure = y_test == "fails"
for name, p in {**given, "truth": probability}.items():
    off = np.sqrt(np.mean((p - probability) ** 2))
    print(f"{name:20} log-loss {log_loss(is_failure, p):.3f}   off by {off:.3f}")

# %%
# Calibration
# -----------
# Left: among the rows that were given a probability, the share that failed; on the diagonal they
# agree. Right: given probability against the true one, row by row, for the KAN.

figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.6), layout="constrained")
for name, p in given.items():
    CalibrationDisplay.from_predictions(
        is_failure, p, n_bins=12, strategy="quantile", name=name, ax=left
    )
left.set(xlabel="probability given", ylabel="share that failed", aspect="equal")
left.legend(frameon=False, loc="upper left", fontsize="small")
shown = slice(0, 3000)
for name, color in (("boosted trees", "tab:red"), ("KAN", "tab:blue")):
    right.plot(
        probability[shown],
        given[name][shown],
        ".",
        markersize=2,
        alpha=0.5,
        color=color,
        label=name,
    )
right.plot([0, 1], [0, 1], color="black", linewidth=0.8)
right.set(xlabel="true probability", ylabel="probability given", aspect="equal")
right.legend(frameon=False, loc="upper left", markerscale=6)
plt.show()
