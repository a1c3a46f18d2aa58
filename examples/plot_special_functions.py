"""
=================
Special functions
=================

Functions of two variables from ``scipy.special``, learnt from 1,000 rows by a KAN with two hidden
nodes and by perceptrons. ``benchmarks/toys.py --group special fair`` has all those of the KAN
paper, with its figures beside ours.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from scipy import special
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from sklearn_kan import KANDisplay, KANRegressor

# %%
# The functions
# -------------
# The perceptrons have two layers of 20 tanh units and L-BFGS until it settles; their inputs and
# targets are standardised. The KANs get them as they are.

FUNCTIONS = {
    "ellipkinc(φ, m)": (special.ellipkinc, (0.0, 1.0), (0.0, 0.9)),
    "ellipeinc(φ, m)": (special.ellipeinc, (0.0, 1.0), (0.0, 0.9)),
    "jv(n, x)": (special.jv, (0.5, 3.0), (1.0, 5.0)),
    "kv(n, x)": (special.kv, (0.0, 2.0), (1.0, 3.0)),
    "P₂¹(x)·cos(m)": (lambda x, a: special.lpmv(1, 2, x) * np.cos(a), (-0.9, 0.9), (0.0, 3.0)),
}


def relative_error(model, X, y):
    """Return the RMSE as a share of the target's standard deviation."""
    return np.sqrt(np.mean((model.predict(X) - y) ** 2)) / y.std()


errors = {"KAN": [], "MLP": []}
fitted = {}
for name, (function, first, second) in FUNCTIONS.items():
    rng = np.random.default_rng(0)
    low, high = np.transpose([first, second])
    X, X_test = rng.uniform(low, high, (1000, 2)), rng.uniform(low, high, (1000, 2))
    y, y_test = function(*X.T), function(*X_test.T)
    center, scale = X.mean(axis=0), X.std(axis=0)
    kan = KANRegressor((2,), random_state=0).fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        mlp = MLPRegressor(
            hidden_layer_sizes=(20, 20),
            activation="tanh",
            solver="lbfgs",
            alpha=0,
            max_iter=3000,
            max_fun=3500,
            tol=1e-9,
            random_state=0,
        ).fit((X - center) / scale, (y - y.mean()) / y.std())
    errors["KAN"].append(relative_error(kan, X_test, y_test))
    errors["MLP"].append(
        relative_error(mlp, (X_test - center) / scale, (y_test - y.mean()) / y.std())
    )
    fitted[name] = kan
    print(f"{name:18} KAN {errors['KAN'][-1]:.1e}   MLP {errors['MLP'][-1]:.1e}")

# %%
# The picture
# -----------
# Left: errors as a share of the target's standard deviation. Right: the network that
# computes the Bessel function.

figure, (left, right) = plt.subplots(
    1, 2, figsize=(11, 4.2), width_ratios=(1.4, 1), layout="constrained"
)
places = np.arange(len(FUNCTIONS))
for shift, (name, color) in zip(
    (-0.2, 0.2), (("KAN", "tab:blue"), ("MLP", "tab:red")), strict=True
):
    left.bar(places + shift, errors[name], 0.38, color=color, label=name)
left.set_xticks(places, list(FUNCTIONS), fontsize="small")
left.set(yscale="log", ylabel="test RMSE / standard deviation", ylim=(1e-7, 1e-1))
left.legend(frameon=False, ncols=2)
left.spines[["top", "right"]].set_visible(False)
KANDisplay.from_estimator(
    fitted["jv(n, x)"], ax=right, feature_names=["n", "x"], output_names=["jv"]
)
plt.show()
