"""Strengths of a likelihood without dispersion, corrected by rows left out.

The Laplace approximation that the evidence rests on is poor where rows say much about few
parameters and have a likelihood far from normal: classes that are almost separable get
logits shrunk too much. Leaving out each row in turn shows it, and costs one more linearisation
only: with J the Jacobian at a row, g and W gradient and Hessian of its loss by the raw
predictions, and V the inverse penalised Hessian of all rows, the raw predictions of the fit
without the row are to first order

    raw + (I - H W)^-1 H g,    H = J V J'

(approximate leave-one-out, Rad and Maleki 2020, equation 7, for several outputs). The ratios
between the strengths stay those of the evidence.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...network import forward
from ..objective.folds import is_gain
from ..objective.losses import Loss
from .budget import steps_are_affordable
from .gauss_newton import EvidenceProblem, State, fit_evidence, posterior_of
from .predictive import spreads_at

# Factors on the strengths are powers of this, up to so many.
_FACTOR, _MOST_FACTORS = 0.5, 6
_ITER, _TOL = 8, 1e-2
# What a factor gains, in standard errors over the rows, to be taken.
_FEWEST_ERRORS = 1.0
# Below so many effective degrees of freedom a row the correction does not matter.
_FEWEST_DEGREES_A_ROW = 0.02
# Fits that a correction of coupled outputs is about as dear as.
_N_FITS = 10


def predictions_left_out(problem: EvidenceProblem, state: State) -> np.ndarray:
    """Return raw predictions (n, q) of each row by the fit without it, approximately.

    A row of a weight above one counts as so many rows, one of which is left out.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        At the optimum for its strengths.
    """
    root = posterior_of(problem, state).root
    rows, network = problem.blocks.rows, state.network
    left_out = np.empty(rows.y.shape)
    for inputs, block in problem.blocks:
        part = rows.take(block)
        raw, tape = forward(network, inputs)
        spread = np.stack(list(spreads_at(state.chart, network, inputs, tape, root)), axis=1)
        if problem.loss.couples_outputs:
            # What all logits have in common is undetermined, and does not matter.
            spread -= spread.mean(axis=1, keepdims=True)
        leverage = _portion(part.weights)[:, None, None] * (spread @ spread.transpose(0, 2, 1))
        gradient = problem.loss.loss_gradient(part.y, raw)[1]
        held = np.eye(raw.shape[1]) - leverage @ _hessians(problem.loss, part.y, raw)
        left_out[block] = raw + np.linalg.solve(held, leverage @ gradient[:, :, None])[:, :, 0]
    return left_out


def _portion(weights: np.ndarray) -> np.ndarray:
    """Return how much of each row is left out: almost all, or nothing would hold a lone row."""
    return (1.0 - 1e-9) * np.minimum(weights, 1.0)


def _hessians(loss: Loss, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
    """Return the Hessian of each row's loss, (n, q, q)."""
    hessian = loss.hessian(y, raw)
    return hessian if hessian.ndim == 3 else hessian[:, :, None] * np.eye(raw.shape[1])


def correct_strengths(problem: EvidenceProblem, state: State) -> State:
    """Return the fit under all strengths times one factor, the best for rows left out.

    Weaker strengths are tried first, each half the last, then stronger ones; a factor must
    gain more than the standard error of the gain over the rows.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        A fit by evidence.

    Returns
    -------
    State
        The state itself where it needs no correction, where that would be too dear, or the loss
        has a dispersion.
    """
    if not problem.loss.is_likelihood or state.posterior is None:
        return state
    rows, loss = problem.blocks.rows, problem.loss
    if state.posterior.edf < _FEWEST_DEGREES_A_ROW * rows.total_weight:
        return state
    if loss.couples_outputs and not steps_are_affordable(rows, loss, state.beta.size, 0, _N_FITS):
        return state
    losses = _losses_left_out(problem, state)
    for factor in (_FACTOR, 1.0 / _FACTOR):
        corrected = _descend(problem, state, losses, factor)
        if corrected is not state:
            return replace(corrected, posterior=posterior_of(problem, corrected))
    return state


def _descend(problem: EvidenceProblem, state: State, losses: np.ndarray, factor: float) -> State:
    """Multiply the strengths by a factor as long as that lowers the losses on rows left out."""
    for _ in range(_MOST_FACTORS):
        strengths = replace(
            state.strengths,
            roughness=state.strengths.roughness * factor,
            ridge=state.strengths.ridge * factor,
        )
        trial = fit_evidence(
            problem,
            replace(state, strengths=strengths),
            max_iter=_ITER,
            tol=_TOL,
            evidence=False,
        )
        trial_losses = _losses_left_out(problem, trial)
        if not is_gain(losses - trial_losses, problem.blocks.rows.weights, _FEWEST_ERRORS):
            break
        state, losses = trial, trial_losses
    return state


def _losses_left_out(problem: EvidenceProblem, state: State) -> np.ndarray:
    return problem.loss.value(problem.blocks.rows.y, predictions_left_out(problem, state))
