"""How sure a network of very many parameters is: those of hidden layers taken as given.

The raw predictions are linear in the parameters that lead to the outputs, so that V of these alone
is a small matrix. What the others could be otherwise is in the dispersion, which is that of rows
that were left out.
"""

from __future__ import annotations

import numpy as np

from ...network import forward
from .gauge import plus_diagonal
from .gauss_newton import EvidenceProblem, State
from .posterior import inverse_root
from .predictive import Predictive
from .system import jacobians_at, own_entries


def outgoing_predictive(problem: EvidenceProblem, state: State, dispersion: float) -> Predictive:
    """Return what a fit says of its predictions, hidden layers taken as given.

    Parameters
    ----------
    problem : EvidenceProblem
        Of a loss that does not couple outputs.
    state : State
    dispersion : float
    """
    chart, network, loss = state.chart, state.network, problem.loss
    entries = own_entries(chart)
    grams = [np.zeros((len(own), len(own))) for own in entries]
    for inputs, block in problem.blocks:
        rows = problem.blocks.rows.take(block)
        raw, tape = forward(network, inputs)
        weights = rows.weights[:, None] * loss.hessian(rows.y, raw)
        jacobians = jacobians_at(chart, network, inputs, tape)
        for gram, jacobian, weight in zip(grams, jacobians, weights.T, strict=True):
            own = jacobian.values[:, -len(gram) :]
            gram += own.T @ (weight[:, None] * own)
    penalty = state.strengths.diagonal(chart.roughness())
    roots = []
    for gram, own in zip(grams, entries, strict=True):
        root = np.zeros((len(own), chart.size))
        root[:, own] = inverse_root(plus_diagonal(gram, penalty[own]))[0]
        roots.append(root)
    return Predictive(chart, state.beta, np.concatenate(roots), dispersion)
