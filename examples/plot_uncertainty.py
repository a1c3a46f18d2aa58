"""
=====================
How sure the model is
=====================

``predict(X, return_std=True)`` gives a standard deviation with every prediction. It has two
parts: the noise of a new row, and what the rows leave open about the curve itself.
"""

# %%
# A curve with a gap
# ------------------
# Eighty noisy rows, none between 4 and 6.

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import norm

from sklearn_kan import KANRegressor

NOISE = 0.2


def truth(x):
    """Return what the rows scatter about."""
    return np.sin(1.5 * x) + 0.1 * x


def rows(rng, n):
    """Return n rows, none of them between 4 and 6."""
    x = rng.uniform(0.0, 8.0, n)
    x = np.where(x > 4, x + 2, x)
    return x[:, None], truth(x) + rng.normal(0.0, NOISE, n)


X, y = rows(np.random.default_rng(1), 80)
model = KANRegressor(random_state=0).fit(X, y)

mesh = np.linspace(-0.5, 10.5, 400)
mean, of_new_row = model.predict(mesh[:, None], return_std=True)
_, of_curve = model.predict(mesh[:, None], return_std="mean")

# %%
# Are they right?
# ---------------
# Fifty times: 80 rows to fit, 500 new ones to predict. How many of the new ones lie in the interval
# that should hold a given share of them?

levels = np.linspace(0.05, 0.99, 40)
half_widths = norm.ppf(0.5 + levels / 2)
held = []
for seed in range(50):
    rng = np.random.default_rng(seed)
    fitted = KANRegressor(random_state=0).fit(*rows(rng, 80))
    X_new, y_new = rows(rng, 500)
    prediction, std = fitted.predict(X_new, return_std=True)
    held.append((abs(y_new - prediction) / std)[:, None] < half_widths)
shares = np.concatenate(held).mean(axis=0)
print(f"in the 95 % intervals: {np.interp(0.95, levels, shares):.1%}")

# %%
# The picture
# -----------
# Dark: two standard deviations of the curve. Light: of a new row. Where there are no rows the curve
# might be anything, and the model says so.

figure, (left, right) = plt.subplots(
    1, 2, figsize=(11, 4.2), width_ratios=(2.2, 1), layout="constrained"
)
for std, alpha, label in ((of_new_row, 0.15, "a new row"), (of_curve, 0.35, "the curve")):
    left.fill_between(
        mesh,
        mean - 2 * std,
        mean + 2 * std,
        color="tab:blue",
        alpha=alpha,
        linewidth=0,
        label=label,
    )
left.plot(mesh, mean, color="tab:blue", label="prediction")
left.plot(mesh, truth(mesh), color="tab:orange", linestyle="--", label="truth")
left.plot(X, y, ".", color="black", markersize=4, label="rows")
left.set(xlabel="x", ylabel="y", ylim=(-2.5, 3.5))
left.legend(frameon=False, ncols=5, loc="upper center", fontsize="small")
right.plot(levels, shares, color="tab:blue")
right.plot([0, 1], [0, 1], color="black", linewidth=0.8)
right.set(
    xlabel="share that the interval should hold", ylabel="share that it holds", aspect="equal"
)
plt.show()
