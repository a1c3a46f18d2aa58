"""Sums of exponentials and damped waves, by Prony's method: c + sum_k c_k exp(s_k x), s_k complex.

On a uniform grid such a curve obeys a linear recurrence, whose roots are exp(s_k h): they are
eigenvalues of a matrix pencil made from its samples (Hua and Sarkar 1990).
"""

from __future__ import annotations

import numpy as np
from scipy import linalg
from scipy.interpolate import BSpline

from ...network.basis import extend_breaks
from ..judging.description import describe
from ..judging.linear import least_squares
from ..judging.refine import Refined, refine
from ..language.expression import Apply, Column, Constant, Node, Product, Sum
from ..language.library import LIBRARY
from ..language.primitive import Array
from ..language.tidy import tidy

_SAMPLES = 160
_HIGHEST_ORDER = 6
# Rates that change a term by less than this over the range are zero.
_STILL = 1e-2
X = Column(0)


def exponential_sums(x: Array, f: Array, weights: Array, noise: float) -> list[Refined]:
    """Return sums of damped waves and exponentials of a column near a curve, best first.

    Parameters
    ----------
    x, f, weights : ndarray of shape (m,)
    noise : float
        How exact f is, as a share of its standard deviation.
    """
    sampled = _sampled(x, f, weights)
    if sampled is None:
        return []
    low, step, values = sampled
    spread = max(float(np.std(f)), 1e-300)
    found: list[tuple[float, Refined]] = []
    for order in range(2, _HIGHEST_ORDER + 1):
        node = _sum_of(_rates(values, order) / step, x, f, weights, low)
        if node is None:
            continue
        fitted = refine(node, x[:, None], f, weights, max_iter=30)
        if not np.isfinite(fitted.rss):
            continue
        left = float(np.sqrt(fitted.rss / len(f))) / spread
        left = max(left, noise)
        length = describe(fitted.node, fitted.effects, left * spread, (len(f), 1))
        found.append((length.with_rows(left, len(f)), fitted))
        if left <= noise:
            break
    return [fitted for _, fitted in sorted(found, key=lambda pair: pair[0])]


def _sampled(x: Array, f: Array, weights: Array) -> tuple[float, float, Array] | None:
    """Return the first point, the step and the values of a spline on a uniform grid."""
    low, high = float(x.min()), float(x.max())
    distinct = len(np.unique(x))
    if distinct < 30 or not high > low:
        return None
    breaks = np.linspace(low, high, min(60, distinct // 4) + 1)[None]
    knots = extend_breaks(breaks, 3)[0]
    basis = BSpline.design_matrix(np.clip(x, low, high), knots, 3).toarray()
    root = np.sqrt(weights)[:, None]
    gram = (root * basis).T @ (root * basis)
    # Cells without points stay smooth.
    bend = np.diff(np.eye(len(gram)), 2, axis=0)
    gram += 1e-7 * np.trace(gram) / len(gram) * bend.T @ bend
    coef = linalg.solve(gram, basis.T @ (weights * f), assume_a="pos")
    grid = np.linspace(low, high, _SAMPLES)
    return low, float(grid[1] - grid[0]), BSpline.design_matrix(grid, knots, 3) @ coef


def _rates(values: Array, order: int) -> Array:
    """Return the logarithms of the roots of the best recurrence of an order, (order,)."""
    half = len(values) // 3
    hankel = linalg.hankel(values[: len(values) - half], values[len(values) - half - 1 :])
    _, _, right = np.linalg.svd(hankel, full_matrices=False)
    kept = right[:order].T
    roots = np.linalg.eigvals(least_squares(kept[:-1], kept[1:]))
    return np.log(np.where(roots == 0, 1e-300, roots).astype(complex))


def _sum_of(rates: Array, x: Array, f: Array, weights: Array, low: float) -> Node | None:
    """Return the sum of terms of these rates, coefficients by least squares, and a constant."""
    span = float(x.max()) - low
    terms: list[tuple[float, float]] = []
    for rate in rates[np.imag(rates) >= -1e-12]:
        damping, frequency = float(rate.real), float(abs(rate.imag))
        if not np.isfinite(damping) or abs(damping) * span > 60 or frequency * span > 400:
            return None
        if frequency * span > _STILL or abs(damping) * span > _STILL:
            terms.append((damping, frequency if frequency * span > _STILL else 0.0))
    if not terms or (not any(frequency for _, frequency in terms) and len(terms) > 3):
        return None
    columns = [np.ones_like(x)]
    for damping, frequency in terms:
        envelope = np.exp(damping * x)
        waves = (np.cos(frequency * x), np.sin(frequency * x)) if frequency else (1.0,)
        columns += [envelope * wave for wave in waves]
    design = np.stack(columns, axis=1)
    if not np.isfinite(design).all():
        return None
    root = np.sqrt(weights)
    scale = np.linalg.norm(design, axis=0) + 1e-300
    coef = least_squares(root[:, None] * (design / scale), root * f, 1e-12) / scale
    parts: list[Node] = [Constant(float(coef[0]))]
    place = 1
    for damping, frequency in terms:
        if frequency:
            parts.append(_wave(damping, frequency, coef[place : place + 2], span))
        else:
            parts.append(Product((Constant(float(coef[place])), _envelope(damping))))
        place += 2 if frequency else 1
    return tidy(Sum(tuple(parts)))


def _envelope(damping: float) -> Node:
    return Apply(LIBRARY["exp"], Product((Constant(damping), X)))


def _wave(damping: float, frequency: float, coef: Array, span: float) -> Node:
    """Return exp(damping x) times a sine of an amplitude and phase for (cos, sin)."""
    amplitude, phase = float(np.hypot(*coef)), float(np.arctan2(*coef))
    if abs(phase) > np.pi / 2:
        amplitude, phase = -amplitude, phase - np.copysign(np.pi, phase)
    sine = Apply(LIBRARY["sin"], Sum((Product((Constant(frequency), X)), Constant(phase))))
    if abs(damping) * span < _STILL:
        return Product((Constant(amplitude), sine))
    return Product((Constant(amplitude), _envelope(damping), sine))
