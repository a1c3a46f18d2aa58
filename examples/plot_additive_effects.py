"""
============================
Effects of an additive model
============================

Without hidden layers a KAN is a generalised additive model: one curve a column, and their sum is
the prediction. How smooth each curve is, and whether its column is needed at all, the evidence
decides. Here the truth is known, so the curves can be laid beside it.
"""

# %%
# Rows
# ----
# Six columns act on the yield of a field, each in its own way; two do nothing. The noise is as
# large as the effect of the wind.

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_kan import EdgeDisplay, KANRegressor

rng = np.random.default_rng(0)
n = 600
X = pd.DataFrame(
    {
        "rain (mm)": rng.gamma(6.0, 80.0, n),
        "warmth (°C)": rng.normal(14.0, 4.0, n),
        "acidity (pH)": rng.uniform(4.5, 8.5, n),
        "irrigated": rng.integers(0, 2, n),
        "wind (m/s)": rng.weibull(2.0, n) * 5,
        "day sown": rng.integers(60, 150, n),
        "field number": rng.permutation(n),
        "phase of the moon": rng.uniform(0.0, 1.0, n),
    }
)
TRUTH = {
    "rain (mm)": lambda x: 30 * (1 - np.exp(-x / 250)),
    "warmth (°C)": lambda x: 8 * np.exp(-(((x - 16) / 5) ** 2)),
    "acidity (pH)": lambda x: -3 * np.maximum(np.abs(x - 6.5) - 0.5, 0) ** 1.5,
    "irrigated": lambda x: 2.5 * x,
    "wind (m/s)": lambda x: -0.4 * x,
    "day sown": lambda x: 2 * np.sin(x / 14),
    "field number": lambda x: 0.0 * x,
    "phase of the moon": lambda x: 0.0 * x,
}
y = 20 + sum(effect(X[name].to_numpy(float)) for name, effect in TRUTH.items())
y = y + rng.normal(0.0, 1.0, n)

# %%
# The fit
# -------
# ``()`` is no hidden layer. The default, "auto", would find by itself that none is needed.

model = KANRegressor((), random_state=0).fit(X, y)
shares = pd.Series(model.feature_importances_, X.columns)
print(shares.sort_values(ascending=False).round(3).to_string())

# %%
# The effects
# -----------
# :class:`~sklearn_kan.EdgeDisplay` draws curves in the units of the columns, with a band of two
# standard deviations and, below, where the rows are. The two columns that do nothing have no curve
# at all. The orange lines are the truth, moved to the same mean; bands widen where rows are few,
# and that is where curve and truth part.

display = EdgeDisplay.from_estimator(model)
for ax, curve in zip(display.axes_, display.curves, strict=True):
    name = X.columns[curve.edge.input]
    rows = np.sort(X[name].to_numpy(float))
    values = TRUTH[name](rows)
    ax.plot(rows, values - values.mean(), color="tab:orange", linestyle="--", linewidth=2, zorder=1)
plt.show()

# %%
# Is the sum all there is? Left to itself, the model says so: there is no hidden node.

automatic = KANRegressor(random_state=0).fit(X, y)
print("layers:", len(automatic.network_.layers))
