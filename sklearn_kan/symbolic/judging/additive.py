"""Additive fits: g(y) as a sum of a spline of each column, all outer functions at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg
from scipy.interpolate import BSpline

from ...network.basis import extend_breaks
from ...network.grids import fit_breaks
from ..language.primitive import Array


@dataclass(frozen=True, eq=False)
class AdditiveFit:
    """Curves of the columns.

    Parameters
    ----------
    components : ndarray of shape (n, p)
        Centred curves at the rows.
    constant : float
    r2 : float
        Of leaving each row out in turn, floored at -1.
    effects : ndarray of shape (p,)
        Standard deviations of the components as shares of that of the target.
    """

    components: Array
    constant: float
    r2: float
    effects: Array


@dataclass(frozen=True, eq=False)
class SplineDesign:
    """Cubic B-splines of every column, each centred over the rows."""

    blocks: tuple[Array, ...]

    @classmethod
    def of(cls, X: Array, weights: Array, n_coefficients: int) -> SplineDesign:
        """Build splines with about `n_coefficients` in all, on quantile grids."""
        return cls(tuple(_splines(x, weights, n_coefficients // X.shape[1]) for x in X.T))

    @property
    def matrix(self) -> Array:
        """All columns (n, m), and one of ones first."""
        ones = np.ones((len(self.blocks[0]), 1))
        return np.concatenate([ones, *self.blocks], axis=1)


def _splines(x: Array, weights: Array, n_coefficients: int) -> Array:
    distinct = len(np.unique(x))
    if distinct < 5:
        powers = np.stack([x**j for j in range(1, max(distinct, 2))], axis=1)
        return powers - np.average(powers, axis=0, weights=weights)
    grid_size = int(np.clip(n_coefficients - 3, 1, min(40, distinct - 4)))
    breaks = fit_breaks(x[:, None], weights, grid_size, 0.5)
    knots = extend_breaks(breaks, 3)[0]
    inside = np.clip(x, breaks[0, 0], breaks[0, -1])
    basis = BSpline.design_matrix(inside, knots, 3).toarray()
    return (basis - np.average(basis, axis=0, weights=weights))[:, 1:]


def fit_additive(design: SplineDesign, z: Array, weights: Array) -> AdditiveFit:
    """Return the least-squares additive fit of z (n,)."""
    root = np.sqrt(weights)
    matrix = design.matrix
    rows = root[:, None] * matrix
    scale = np.linalg.norm(rows, axis=0) + 1e-300
    gram = (rows / scale).T @ (rows / scale)
    gram[np.diag_indices_from(gram)] += 1e-11
    factor = linalg.cholesky(gram, lower=True)
    target = (rows / scale).T @ (root * z)
    theta = linalg.cho_solve((factor, True), target)
    # One step of refinement takes back most of what the ridge and the normal equations cost.
    rest = root * z - rows / scale @ theta
    theta = (theta + linalg.cho_solve((factor, True), (rows / scale).T @ rest)) / scale
    fitted = matrix @ theta
    leverage = np.sum(linalg.solve_triangular(factor, (rows / scale).T, lower=True) ** 2, axis=0)
    left_out = (z - fitted) / np.maximum(1.0 - leverage, 1e-3)
    centre = np.average(z, weights=weights)
    variance = weights @ (z - centre) ** 2
    r2 = 1.0 - float(weights @ left_out**2) / max(float(variance), 1e-300)
    components, start = [], 1
    for block in design.blocks:
        width = block.shape[1]
        components.append(block @ theta[start : start + width])
        start += width
    stacked = np.stack(components, axis=1)
    spread = np.sqrt(weights @ stacked**2 / weights.sum())
    return AdditiveFit(
        stacked,
        float(theta[0]),
        max(r2, -1.0),
        spread / max(np.sqrt(variance / weights.sum()), 1e-300),
    )
