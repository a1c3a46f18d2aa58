"""
==================
Continual learning
==================

Five peaks arrive one after the other: first the rows of the leftmost, last those of the rightmost.
A perceptron that learns the new peak forgets the old ones. B-splines have local support: what a KAN
has learnt elsewhere stays. This is figure 3.4 of the KAN paper, with `partial_fit`.
"""

# %%
# Five batches
# ------------

import matplotlib.pyplot as plt
import numpy as np
from sklearn.neural_network import MLPRegressor

from sklearn_kan import KANRegressor

CENTERS = np.array([-0.8, -0.4, 0.0, 0.4, 0.8])
EPOCHS = 200


def peaks(x):
    """Return the sum of five narrow Gaussians."""
    return np.exp(-300 * (x[:, None] - CENTERS) ** 2).sum(axis=1)


mesh = np.linspace(-1, 1, 1000)
batches = [np.linspace(center - 0.2, center + 0.2, 100) for center in CENTERS]

# %%
# One after the other
# -------------------
# `partial_fit` takes scales and grids from its first batch, so that batch has to span the columns
# and the target: here a signal at rest with one reading of 1 at its end, which tells nothing of the
# peaks. After that a stage sees nothing but its own peak, 200 times.

kan = KANRegressor(
    (),
    grid_size=100,
    grid_eps=1.0,
    base_function="none",
    alpha=0.0,
    learning_rate_init=0.05,
    random_state=0,
)
mlp = MLPRegressor(hidden_layer_sizes=(100, 100), learning_rate_init=2e-3, random_state=0)
models = {"KAN": kan, "MLP": mlp}

first = np.linspace(-1, 1, 50)[:, None]
at_rest = np.eye(50)[-1]
for model in models.values():
    model.partial_fit(first, at_rest)

curves = {name: [] for name in models}
for stage, x in enumerate(batches):
    known = mesh <= x.max()
    for name, model in models.items():
        for _ in range(EPOCHS):
            model.partial_fit(x[:, None], peaks(x))
        curves[name].append(model.predict(mesh[:, None]))
        error = np.sqrt(np.mean((curves[name][-1] - peaks(mesh))[known] ** 2))
        print(f"after peak {stage + 1}: {name} RMSE on all peaks so far {error:.3f}")

# %%
# The picture
# -----------
# Left to right: after the first peak, the second... The bar marks the rows of the stage. Where
# there have been none yet the KAN says one constant, the bias: the only weight that all stages
# share.

figure, axes = plt.subplots(
    2, len(CENTERS), figsize=(12, 4), sharex=True, sharey=True, layout="constrained"
)
for row, (name, color) in enumerate((("KAN", "tab:blue"), ("MLP", "tab:red"))):
    for stage, curve in enumerate(curves[name]):
        ax = axes[row, stage]
        ax.plot(mesh, peaks(mesh), color="lightgrey", linewidth=3)
        ax.plot(mesh, curve, color=color, linewidth=1.2)
        ax.plot(batches[stage][[0, -1]], [-0.35, -0.35], color="black", linewidth=3)
        ax.set_ylim(-0.5, 1.3)
        ax.spines[["top", "right"]].set_visible(False)
    axes[row, 0].set_ylabel(name)
for stage, ax in enumerate(axes[0]):
    ax.set_title(f"after peak {stage + 1}")
plt.show()
