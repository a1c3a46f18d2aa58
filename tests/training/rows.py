"""Tables to train on."""

import numpy as np

from sklearn_kan.training.objective.objective import Rows


def smooth_rows(n=200, p=2, q=1, noise=0.1, seed=0, weighted=False):
    """Return rows of a smooth function with an interaction, standardised."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, p))
    truth = np.sin(1.5 * x[:, :1]) + 0.5 * x[:, -1:] ** 2 + 0.5 * x[:, :1] * x[:, -1:]
    y = truth * np.linspace(1.0, -0.5, q) + noise * rng.normal(size=(n, q))
    weights = rng.uniform(0.2, 3.0, n) if weighted else np.ones(n)
    return Rows(x, (y - y.mean(axis=0)) / y.std(axis=0), weights)


def repeated(rows, times):
    """Return the rows, each as often as `times`, of shape (n,), says, all with weight one."""
    x, y = (np.repeat(a, times, axis=0) for a in (rows.x, rows.y))
    return Rows(x, y, np.ones(len(x)))
