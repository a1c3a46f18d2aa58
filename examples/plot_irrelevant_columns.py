"""
============================
Noise and irrelevant columns
============================

Two columns matter, eighteen do not, and the noise is a third of the signal. What is not needed
is removed while the evidence rises, so that more columns cost little accuracy and the model says
which ones it uses.
"""

# %%
# More and more columns that do nothing
# -------------------------------------
# 300 rows of exp(sin(pi x0) + x1²) plus noise. Errors are against the truth, without the noise.

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, WhiteKernel

from sklearn_kan import KANRegressor

NOISE = 0.3


def truth(X):
    """Return the target without noise."""
    return np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)


def gaussian_process(p):
    """Return a Gaussian process with a length scale for each of p columns."""
    kernel = ConstantKernel() * RBF(np.ones(p)) + WhiteKernel(0.1)
    return GaussianProcessRegressor(kernel, normalize_y=True, random_state=0)


MODELS = {
    "KAN": lambda p: KANRegressor(random_state=0),
    "Gaussian process": gaussian_process,
    "random forest": lambda p: RandomForestRegressor(random_state=0),
}
rng = np.random.default_rng(0)
X, X_new = rng.uniform(-1, 1, (300, 20)), rng.uniform(-1, 1, (2000, 20))
y = truth(X) + rng.normal(0.0, NOISE, 300)

columns = (2, 10, 20)
errors = {name: [] for name in MODELS}
for p in columns:
    for name, make in MODELS.items():
        with warnings.catch_warnings():  # length scales of useless columns run to their bound
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = make(p).fit(X[:, :p], y)
        errors[name].append(np.sqrt(np.mean((model.predict(X_new[:, :p]) - truth(X_new)) ** 2)))
        if name == "KAN":
            kan = model
print("columns used of 20:", np.flatnonzero(kan.feature_importances_))
for name, found in errors.items():
    print(f"{name:17}", " ".join(f"{error:.3f}" for error in found))

# %%
# The picture
# -----------

figure, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4), layout="constrained")
for name, found in errors.items():
    left.plot(columns, found, "o-", label=name)
left.axhline(NOISE, color="grey", linewidth=0.8, linestyle=":")
left.annotate("the noise", (20, NOISE), ha="right", va="bottom", color="grey")
left.set(xlabel="columns, two of which matter", ylabel="RMSE to the truth", ylim=(0, None))
left.set_xticks(columns)
left.legend(frameon=False)
right.bar(range(20), kan.feature_importances_)
right.set(xlabel="column", ylabel="share of the importance, KAN")
right.set_xticks(range(0, 20, 2))
for ax in (left, right):
    ax.spines[["top", "right"]].set_visible(False)
plt.show()
