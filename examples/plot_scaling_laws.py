"""
============
Scaling laws
============

With finer grids the error of a KAN with cubic splines falls with the fourth power of the number of
its parameters, as long as its shape fits the function. A perceptron has no such law. This is figure
3.1 of the KAN paper for two of its functions; ``benchmarks/scaling.py`` has all five.
"""

# %%
# One fit a size
# --------------
# 1,000 rows without noise. The perceptrons have two layers of tanh units, and L-BFGS until it
# settles. SciPy's L-BFGS settles early where a loss is small; driven on, the best came to 1e-3.

import warnings
from time import process_time

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import j0
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor

from sklearn_kan import KANRegressor

FUNCTIONS = {
    "J₀(20x)": (1, (), lambda x: j0(20 * x)),
    "exp(sin(πx) + y²)": (2, (1,), lambda x, y: np.exp(np.sin(np.pi * x) + y**2)),
}
GRIDS = (6, 12, 24, 48, 96)
WIDTHS = (5, 10, 20, 40)


def root_mean_square(error):
    """Return the root of the mean square."""
    return np.sqrt(np.mean(error**2))


def kan(hidden, grid_size):
    """Return a KAN of a shape and a grid."""
    return KANRegressor(hidden, grid_size=grid_size, direct_edges=False, n_init=4, random_state=0)


def mlp(width):
    """Return a perceptron of two layers of a width."""
    return MLPRegressor(
        hidden_layer_sizes=(width, width),
        activation="tanh",
        solver="lbfgs",
        alpha=0,
        tol=1e-9,
        max_iter=2000,
        max_fun=2500,
        random_state=0,
    )


curves = {}
for name, (p, hidden, function) in FUNCTIONS.items():
    rng = np.random.default_rng(0)
    X, X_test = rng.uniform(-1, 1, (1000, p)), rng.uniform(-1, 1, (1000, p))
    y, y_test = function(*X.T), function(*X_test.T)
    for kind, models in (
        ("KAN", [kan(hidden, size) for size in GRIDS]),
        ("MLP", [mlp(width) for width in WIDTHS]),
    ):
        points = []
        for model in models:
            start = process_time()
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ConvergenceWarning)
                model.fit(X, y)
            seconds = process_time() - start
            n_parameters = (
                model.n_parameters_
                if kind == "KAN"
                else sum(c.size for c in model.coefs_ + model.intercepts_)
            )
            points.append((n_parameters, root_mean_square(model.predict(X_test) - y_test), seconds))
        curves[name, kind] = np.array(points).T
        for n_parameters, error, seconds in points:
            print(f"{name:18} {kind} {n_parameters:5d} parameters  {error:.1e}  {seconds:.1f} s")

# %%
# The picture
# -----------

figure, axes = plt.subplots(1, len(FUNCTIONS), figsize=(10, 4), layout="constrained")
for ax, name in zip(axes, FUNCTIONS, strict=True):
    for kind, color in (("KAN", "tab:blue"), ("MLP", "tab:red")):
        n_parameters, error, _ = curves[name, kind]
        ax.loglog(n_parameters, error, "o-", color=color, label=kind)
    n_parameters, error, _ = curves[name, "KAN"]
    law = error[0] * (n_parameters / n_parameters[0]) ** -4.0
    ax.loglog(n_parameters, law, ":", color="grey", label="fourth power")
    ax.set(title=name, xlabel="parameters", ylabel="test RMSE")
    ax.spines[["top", "right"]].set_visible(False)
axes[0].legend(frameon=False)
plt.show()
