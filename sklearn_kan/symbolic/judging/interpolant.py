"""A smooth interpolant of the rows whose derivatives are closed form: a Gaussian process.

Squared-exponential kernel with a length scale per column, a linear trend, and noise, all by
the marginal likelihood (Rasmussen and Williams 2006, chapters 2 and 5). Columns are taken as
they are, or their logarithms; the target likewise, whatever leaves less when each row is left
out in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg, optimize

from ..language.primitive import Array
from .problem import LawProblem
from .rows import evenly

_SUBSET = 220
_TREND = 10.0
_MOST = 800
# Weights of rows, as multiples of the median, are held to this range.
_WEIGHTS = (1e-4, 1e2)


@dataclass(frozen=True, eq=False)
class Interpolant:
    """Values and gradients of a smooth function through the rows.

    Parameters
    ----------
    values : ndarray of shape (n,)
        Estimates of y without noise.
    gradient : ndarray of shape (n, p)
        By the columns in their own units.
    error : float
        Of leaving each row out in turn, as a share of the standard deviation of y.
    rows : ndarray of shape (n,)
        Which rows of the problem.
    noise : float
        What of the error is noise in y, by the marginal likelihood, in the same unit.
    at : callable
        From rows (m, p) to the function there (m,).
    left_out : ndarray of shape (n,)
        What is left of y at each row by the others.
    """

    values: Array
    gradient: Array
    error: float
    rows: Array
    noise: float
    at: Callable[[Array], Array]
    left_out: Array

    @property
    def blur(self) -> float:
        """How exact its values are, as a share of the standard deviation of y."""
        return float(np.sqrt(max(self.error**2 - self.noise**2, (0.3 * self.error) ** 2)))


@dataclass(frozen=True, eq=False)
class _Coordinates:
    """Standardised columns (n, p) and their slopes, standardised target; how to get there."""

    Z: Array
    Z_slope: Array
    t: Array
    centre: float
    scale: float
    logarithmic: bool
    transform: Callable[[Array], Array]
    spread: Array  # variance of the noise in each row, as a multiple of a typical one


def interpolate(problem: LawProblem) -> Interpolant:
    """Fit the process to at most 800 rows, in the better of two coordinates."""
    rows = evenly(problem.n, _MOST)
    part = problem.take(rows)
    fits = [_fit(part, coordinates, rows) for coordinates in _coordinates(part)]
    return min(fits, key=lambda fit: fit.error)


def _coordinates(part: LawProblem) -> list[_Coordinates]:
    positive = (part.X > 0).all(axis=0) & (part.X.max(axis=0) > 2.0 * part.X.min(axis=0))
    found = [_standardise(part, np.zeros(part.p, dtype=bool), logarithmic=False)]
    one_sign = part.y.min() > 0 or part.y.max() < 0
    if positive.any() or one_sign:
        found.append(_standardise(part, positive, logarithmic=one_sign))
    return found


def _standardise(part: LawProblem, logs: Array, *, logarithmic: bool) -> _Coordinates:
    slope = np.ones_like(part.X)
    slope[:, logs] = 1.0 / part.X[:, logs]
    X = _with_logs(part.X, logs)
    mean, sd = X.mean(axis=0), np.maximum(X.std(axis=0), 1e-300)
    t = np.log(np.abs(part.y)) if logarithmic else part.y
    centre, scale = float(t.mean()), max(float(t.std()), 1e-300)

    def transform(rows: Array) -> Array:
        return (_with_logs(rows, logs) - mean) / sd

    # Errors of y of equal size are errors of its logarithm of size 1 / y.
    weights = part.weights * part.y**2 if logarithmic else part.weights
    spread = 1.0 / np.clip(weights / max(float(np.median(weights)), 1e-300), *_WEIGHTS)
    return _Coordinates(
        transform(part.X),
        slope / sd,
        (t - centre) / scale,
        centre,
        scale,
        logarithmic,
        transform,
        spread,
    )


def _with_logs(X: Array, logs: Array) -> Array:
    X = X.copy()
    X[:, logs] = np.log(X[:, logs])
    return X


def _squares(Z: Array) -> Array:
    """Return squared differences (p, n, n)."""
    return (Z.T[:, :, None] - Z.T[:, None, :]) ** 2


def _negative_evidence(
    log_scales: Array, squares: Array, Z: Array, t: Array, spread: Array
) -> tuple[float, Array]:
    """Return the negative log marginal likelihood and its gradient; the variance is profiled.

    The last of `log_scales` is the logarithm of the noise variance.
    """
    n = len(t)
    inverse = np.exp(-2.0 * log_scales[:-1])
    noise = np.exp(log_scales[-1])
    kernel = np.exp(-0.5 * np.tensordot(inverse, squares, 1))
    K = kernel + _TREND * (1.0 + Z @ Z.T)
    K[np.diag_indices(n)] += noise * spread
    try:
        factor = linalg.cho_factor(K, lower=True)
    except linalg.LinAlgError:
        return 1e10, np.zeros_like(log_scales)
    inverse_K = linalg.cho_solve(factor, np.eye(n))
    alpha = inverse_K @ t
    variance = max(float(t @ alpha) / n, 1e-300)
    value = 0.5 * n * np.log(variance) + float(np.log(np.diag(factor[0])).sum())
    weight = 0.5 * (inverse_K - np.outer(alpha, alpha) / variance)
    weighted = weight * kernel
    gradient = [
        float(np.sum(weighted * part)) * s for part, s in zip(squares, inverse, strict=True)
    ]
    gradient.append(float(np.diag(weight) @ spread) * noise)
    return value, np.array(gradient)


def _fit(part: LawProblem, c: _Coordinates, rows: Array) -> Interpolant:
    subset = evenly(part.n, _SUBSET)
    squares = _squares(c.Z[subset])
    start = np.append(np.full(part.p, np.log(2.0 * np.sqrt(part.p))), np.log(1e-4))
    best = optimize.minimize(
        _negative_evidence,
        start,
        (squares, c.Z[subset], c.t[subset], c.spread[subset]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-3.0, 7.0)] * part.p + [(np.log(1e-9), 0.0)],
        options={"maxiter": 40},
    )
    return _condition(part, c, rows, np.exp(best.x[:-1]), float(np.exp(best.x[-1])))


def _condition(
    part: LawProblem, c: _Coordinates, rows: Array, lengths: Array, noise: float
) -> Interpolant:
    scaled = c.Z / lengths
    norms = np.sum(scaled**2, axis=1)
    kernel = np.exp(-0.5 * np.maximum(norms[:, None] + norms - 2.0 * scaled @ scaled.T, 0.0))
    K = kernel + _TREND * (1.0 + c.Z @ c.Z.T)
    K[np.diag_indices_from(K)] += noise * c.spread
    inverse = linalg.cho_solve(linalg.cho_factor(K, lower=True), np.eye(part.n))
    alpha = inverse @ c.t
    left_out = c.scale * alpha / np.diag(inverse)
    fitted = c.t - noise * c.spread * alpha
    slope = ((kernel * alpha) @ scaled - (kernel @ alpha)[:, None] * scaled) / lengths
    slope = slope + _TREND * (c.Z.T @ alpha)
    values = c.centre + c.scale * fitted
    gradient = c.scale * slope * c.Z_slope
    if c.logarithmic:
        values = np.exp(values) * np.sign(part.y)
        gradient = gradient * values[:, None]
        left_out = left_out * values
    error = float(np.sqrt(np.average(left_out**2, weights=part.weights))) / part.sd()
    noises = c.scale**2 * noise * c.spread * float(c.t @ alpha) / part.n
    if c.logarithmic:
        noises = noises * values**2
    share = np.sqrt(np.average(noises, weights=part.weights)) / part.sd()
    sign = np.sign(part.y[0])

    def at(X: Array) -> Array:
        moved = c.transform(X) / lengths
        squares = np.sum(moved**2, axis=1)[:, None] + norms - 2.0 * moved @ scaled.T
        K = np.exp(-0.5 * np.maximum(squares, 0.0)) + _TREND * (1.0 + (moved * lengths) @ c.Z.T)
        found = c.centre + c.scale * (K @ alpha)
        return np.exp(found) * sign if c.logarithmic else found

    return Interpolant(values, gradient, error, rows, float(share), at, left_out)


# Rounds in which outliers are told from the others, and how few robust deviations they are off.
_RUNS, _OUTLYING = 5, 3.0


def interpolate_robustly(problem: LawProblem) -> Array:
    """Return estimates of y (n,) that single rows, far off, hardly move.

    Each round rows count less that the last one leaves much of: by the inverse of how many
    robust deviations, squared.
    """
    estimates = np.full(problem.n, float(np.median(problem.y)))
    for _ in range(_RUNS):
        off = np.abs(problem.y - estimates)
        limit = max(_OUTLYING * 1.4826 * float(np.median(off)), 1e-300)
        trust = np.minimum(1.0, limit / np.maximum(off, 1e-300)) ** 2
        part = replace(problem, weights=problem.weights * trust)
        smooth = interpolate(part)
        estimates = smooth.at(problem.X)
        estimates[smooth.rows] = problem.y[smooth.rows] - smooth.left_out
    return estimates
