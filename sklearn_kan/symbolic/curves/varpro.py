"""Variable projection: one function of an affine argument beside a linear part, many starts.

The residual of ``y ~ Q beta + c f(a x + b)`` depends on (a, b) alone once beta and c are
eliminated. All starts are improved side by side, as rows of the same arrays.

References
----------
Golub and Pereyra (1973); the Jacobian in the short form of Kaufman (1975).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..language.primitive import Array, Primitive


@dataclass(frozen=True, eq=False)
class Points:
    """What a curve is fitted to.

    Parameters
    ----------
    x, y : ndarray of shape (m,)
    root : ndarray of shape (m,)
        Square roots of the weights, which sum to one.
    linear : ndarray of shape (m, q)
        Orthonormal columns, the linear part times `root`.
    target : ndarray of shape (m,)
        `root` times y, less what the linear part explains.
    """

    x: Array
    y: Array
    root: Array
    linear: Array
    target: Array


def make_points(x: Array, y: Array, weights: Array, linear: Array) -> Points:
    """Return points beside a linear part (m, q); weights (m,) are positive."""
    root = np.sqrt(weights / weights.sum())
    basis, _ = np.linalg.qr(root[:, None] * linear)
    target = root * y
    return Points(x, y, root, basis, target - basis @ (basis.T @ target))


def _project(points: Points, F: Array) -> Array:
    """Return functions (s, m) weighted, less their linear part."""
    weighted = points.root * F
    return weighted - (weighted @ points.linear) @ points.linear.T


@dataclass(frozen=True, eq=False)
class _State:
    """Scales and shifts (s,), the projected functions (s, m), coefficients (s,), errors (s,)."""

    scale: Array
    shift: Array
    projected: Array
    coef: Array
    rss: Array

    def take(self, chosen: Array) -> _State:
        return _State(*(part[chosen] for part in vars(self).values()))

    def where(self, better: Array, other: _State) -> _State:
        pairs = zip(vars(other).values(), vars(self).values(), strict=True)
        return _State(*(np.where(better.reshape(-1, *[1] * (new.ndim - 1)), new, old)
                        for new, old in pairs))  # fmt: skip


def _state(function: Primitive, points: Points, scale: Array, shift: Array) -> _State:
    with np.errstate(all="ignore"):
        u = scale[:, None] * points.x + shift[:, None]
        moved = function.guard(u)
        F = function.derivatives[0](moved)
        inside = (moved == u).all(axis=1) & np.isfinite(F).all(axis=1)
        projected = _project(points, np.where(inside[:, None], F, 0.0))
        norm = np.einsum("sm,sm->s", projected, projected)
        size = np.einsum("sm,sm->s", points.root * F, points.root * F)
        usable = inside & (norm > 1e-20 * size) & np.isfinite(size)
        coef = np.where(usable, projected @ points.target / norm, 0.0)
        residual = points.target - coef[:, None] * projected
        rss = np.where(usable, np.einsum("sm,sm->s", residual, residual), np.inf)
    return _State(scale, shift, projected, coef, rss)


def _steps(
    function: Primitive, points: Points, state: _State, damping: Array, free: tuple[bool, bool]
) -> tuple[Array, Array]:
    """Return the Levenberg-Marquardt steps of scale and shift, each (s,)."""
    slope = function.slope(state.scale[:, None] * points.x + state.shift[:, None])
    slope = state.coef[:, None] * slope
    unit = state.projected / np.maximum(np.linalg.norm(state.projected, axis=1), 1e-300)[:, None]

    def off(G: Array) -> Array:
        G = _project(points, G)
        return G - np.einsum("sm,sm->s", G, unit)[:, None] * unit

    by_scale = off(slope * points.x) if free[0] else np.zeros_like(slope)
    by_shift = off(slope) if free[1] else np.zeros_like(slope)
    residual = points.target - state.coef[:, None] * state.projected
    aa, bb, ab, ra, rb = (
        np.einsum("sm,sm->s", left, right)
        for left, right in (
            (by_scale, by_scale),
            (by_shift, by_shift),
            (by_scale, by_shift),
            (by_scale, residual),
            (by_shift, residual),
        )
    )
    aa, bb = aa * (1 + damping) + 1e-28, bb * (1 + damping) + 1e-28
    determinant = np.maximum(aa * bb - ab**2, 1e-14 * aa * bb)
    return (bb * ra - ab * rb) / determinant, (aa * rb - ab * ra) / determinant


def project(
    function: Primitive,
    points: Points,
    starts: Array,
    *,
    free: tuple[bool, bool] = (True, True),
    keep: int = 6,
    n_steps: tuple[int, ...] = (5, 25),
) -> Array:
    """Return the best fits found from all starts, best first.

    Parameters
    ----------
    function : Primitive
    points : Points
    starts : ndarray of shape (s, 2)
        Scales and shifts.
    free : pair of bool
        Whether scale and shift are free; one that is not stays as it starts.
    keep : int
        How many starts go on after the first steps.
    n_steps : tuple of int
        Steps of all starts, and of those kept.

    Returns
    -------
    ndarray of shape (at most keep, 4)
        Scale, shift, coefficient, and the residual's share of the weighted variance of y.
    """
    state = _state(function, points, starts[:, 0], starts[:, 1])
    state = state.take(np.isfinite(state.rss))
    for phase, steps in enumerate(n_steps):
        state = state.take(np.argsort(state.rss, kind="stable")[: keep if phase else None])
        state = _improve(function, points, state, steps, free)
    order = np.argsort(state.rss, kind="stable")
    found = np.stack([state.scale, state.shift, state.coef, state.rss], axis=1)[order]
    return found[np.isfinite(found).all(axis=1)]


def _improve(
    function: Primitive, points: Points, state: _State, n_steps: int, free: tuple[bool, bool]
) -> _State:
    damping = np.full(len(state.rss), 1e-2)
    floor = 1e-28 * max(float(points.target @ points.target), 1e-300)
    idle = 0
    for _ in range(n_steps):
        if len(state.rss) == 0 or state.rss.min() < floor:
            break
        with np.errstate(all="ignore"):
            by_scale, by_shift = _steps(function, points, state, damping, free)
        # A step that overflows leads to no usable state, and is refused like one that is no gain.
        trial = _state(function, points, state.scale + by_scale, state.shift + by_shift)
        better = trial.rss < state.rss
        # Two steps in which nothing gains a thousandth are the end.
        idle = 0 if (trial.rss < 0.999 * state.rss).any() else idle + 1
        if idle > 2 or (not better.any() and (damping > 1e3).all()):
            break
        state = state.where(better, trial)
        damping = np.clip(np.where(better, damping * 0.15, damping * 5.0), 1e-12, 1e6)
    return state
