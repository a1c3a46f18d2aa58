"""Least squares over all free constants of a formula, by Levenberg and Marquardt's method."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..language.expression import Node, linearise, parameters, values, with_parameters
from ..language.primitive import Array
from .description import effects_of


@dataclass(frozen=True, eq=False)
class Refined:
    """A formula at its best constants.

    Parameters
    ----------
    node : Node
    rss : float
        Weighted sum of squared residuals; infinite where a row has no value.
    deviations : ndarray of shape (k,)
        Standard deviations of the constants, as the residuals have them.
    effects : ndarray of shape (k,)
        See `effects_of`.
    """

    node: Node
    rss: float
    deviations: Array
    effects: Array

    @classmethod
    def failed(cls, node: Node) -> Refined:
        """Return a formula that has no value on some row."""
        unknown = np.full(len(parameters(node)), np.inf)
        return cls(node, np.inf, unknown, unknown)


def refine(
    node: Node, X: Array, y: Array, weights: Array | None = None, *, max_iter: int = 40
) -> Refined:
    """Return the formula with its free constants where the squared error is least.

    Parameters
    ----------
    node : Node
        Its constants are the start.
    X : ndarray of shape (n, p)
    y : ndarray of shape (n,)
    weights : ndarray of shape (n,), optional
    max_iter : int
        Steps at most.

    Notes
    -----
    Columns of the Jacobian are scaled (Marquardt 1963) and the step is solved by QR on the
    stacked system, not by normal equations: the last digits of exact formulas depend on it.
    """
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    theta = parameters(node)
    rss = _rss(node, X, y, root)
    if not np.isfinite(rss) or len(theta) == 0:
        return Refined(node, rss, np.zeros(len(theta)), np.zeros(len(theta)))
    floor = len(y) * (4e-16 * np.max(np.abs(root * y), initial=0.0)) ** 2
    damping, jacobian = 1e-3, np.empty((len(y), 0))
    for _ in range(max_iter):
        value, derivatives = linearise(node, X)
        jacobian = (root * derivatives).T
        if not np.isfinite(jacobian).all():
            return replace(Refined.failed(node), rss=rss)
        step, trial, trial_rss, damping = _step(
            node, theta, jacobian, root * (y - value), damping, (X, y, root, rss)
        )
        if trial is None or step is None:
            break
        gain = rss - trial_rss
        node, theta, rss = trial, theta + step, trial_rss
        if gain <= 1e-13 * rss or rss <= floor:
            break
    # Rounding leaves an error of its own, which the residuals of exact rows may not show.
    rounding = len(y) * (1e-15 * np.max(np.abs(root * y), initial=0.0)) ** 2
    deviations = _deviations(jacobian, max(rss, rounding), len(y))
    return Refined(node, rss, deviations, effects_of(node, X, jacobian))


def _step(
    node: Node,
    theta: Array,
    jacobian: Array,
    residual: Array,
    damping: float,
    problem: tuple[Array, Array, Array, float],
) -> tuple[Array | None, Node | None, float, float]:
    """Return a step that lowers the error, if damping it more and more finds one."""
    X, y, root, rss = problem
    scale = np.linalg.norm(jacobian, axis=0)
    scale[scale == 0] = 1.0
    # One factorisation serves every damping.
    left, singular, right = np.linalg.svd(jacobian / scale, full_matrices=False)
    projected = left.T @ residual
    for _ in range(12):
        shrunk = singular / (singular**2 + damping * 1e-3 + 1e-30)
        step = right.T @ (shrunk * projected) / scale
        trial = with_parameters(node, theta + step)
        trial_rss = _rss(trial, X, y, root)
        if trial_rss < rss:
            return step, trial, trial_rss, max(damping * 0.1, 1e-13)
        if np.all(np.abs(step) <= 1e-15 * np.abs(theta)):
            break
        damping = max(damping * 6.0, 1e-10)
    return None, None, rss, damping


def _rss(node: Node, X: Array, y: Array, root: Array) -> float:
    with np.errstate(all="ignore"):
        residual = root * (y - values(node, X))
        rss = float(residual @ residual)
    return rss if np.isfinite(rss) else np.inf


def _deviations(jacobian: Array, rss: float, n: int) -> Array:
    """Return the standard deviations of the constants by the Jacobian at the end."""
    k = jacobian.shape[1]
    if k == 0:
        return np.zeros(0)
    scale = np.linalg.norm(jacobian, axis=0)
    scale[scale == 0] = 1e-300
    _, singular, right = np.linalg.svd(jacobian / scale, full_matrices=False)
    inverse = right.T / np.maximum(singular, 1e-15)
    spread = np.sqrt(rss / max(n - k, 1))
    return spread * np.linalg.norm(inverse, axis=1) / scale


def left_out(node: Node, X: Array, y: Array, weights: Array) -> Array:
    """Return the residuals (n,) of each row when the constants are fitted to the others.

    To first order in the constants: residuals over one minus the leverage; infinite where a
    derivative has no value.
    """
    value, derivatives = linearise(node, X)
    residual = y - value
    if len(derivatives) == 0:
        return residual
    jacobian = (np.sqrt(weights) * derivatives).T
    if not np.isfinite(jacobian).all():
        return np.full(len(y), np.inf)
    scale = np.linalg.norm(jacobian, axis=0)
    left, singular, _ = np.linalg.svd(jacobian / np.maximum(scale, 1e-300), full_matrices=False)
    leverage = np.sum(left[:, singular > 1e-10 * singular[0]] ** 2, axis=1)
    return residual / np.maximum(1.0 - leverage, _LEAST_FREE)


# Rows that determine a constant alone have no residual; theirs are taken for this share of what
# they would be.
_LEAST_FREE = 1e-3
