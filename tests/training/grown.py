"""Additive fits, and networks grown from them."""

import numpy as np

from sklearn_kan.training.candidates.growth import additive_state, grow
from sklearn_kan.training.evidence.gauss_newton import EvidenceProblem, fit_evidence
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks, Rows


def product_rows(n=200, p=3, noise=0.1, seed=0, weighted=False):
    """Return rows of sin(x0) + x0 x1, and the truth (n, 1) on the same scale."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(-1.7, 1.7, (n, p))
    truth = np.sin(1.5 * x[:, :1]) + x[:, :1] * x[:, 1:2]
    truth = truth / truth.std()
    weights = rng.uniform(0.2, 3.0, n) if weighted else np.ones(n)
    return Rows(x, truth + noise * rng.normal(size=(n, 1)), weights), truth


def additive_fit(rows, loss=None, max_iter=40, **options):
    """Return the additive model's fit with strengths by the evidence, and its problem."""
    loss = loss or SquaredError()
    state = additive_state(Architecture(**options), rows, loss)
    problem = EvidenceProblem(Blocks(state.chart.network, rows), loss)
    return fit_evidence(problem, state, max_iter=max_iter, tol=1e-4, damping=0.0), problem


def hidden_fit(rows, directions=None, max_iter=10, **options):
    """Return an additive fit, one with two hidden nodes grown from it, and the problem."""
    additive, problem = additive_fit(rows, **options)
    if directions is None:
        directions = np.zeros((rows.x.shape[1], 2))
        directions[:2] = np.sqrt(0.5) * np.array([[1.0, 1.0], [1.0, -1.0]])
    state = grow(problem, additive, directions)
    return additive, fit_evidence(problem, state, max_iter=max_iter, tol=1e-2), problem
