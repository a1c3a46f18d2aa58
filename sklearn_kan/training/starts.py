"""Starts that are unlike: which optimum a fit ends in is decided by the first steps.

Beside the KAN paper's weights: near-lines, random cubics, and cubics that all edges into a node
share up to a sign. The last two have the even functions that sums of squares are made of.
"""

from __future__ import annotations

import numpy as np

from ..network import Basis
from .initialise import DrawWeights, paper_weights

_NOISE = 0.1


def _abscissae(basis: Basis) -> np.ndarray:
    """Return the Greville abscissae (p, G + k), from -1 to 1 over each node's grid."""
    if basis.degree == 0:
        greville = 0.5 * (basis.breaks[:, 1:] + basis.breaks[:, :-1])
    else:
        windows = np.lib.stride_tricks.sliding_window_view(basis.knots[:, 1:-1], basis.degree, 1)
        greville = windows.mean(axis=2)
    low, high = basis.breaks[:, :1], basis.breaks[:, -1:]
    return (2.0 * greville - low - high) / (high - low)


def _polynomials(basis: Basis, coefficients: np.ndarray) -> np.ndarray:
    """Return the weights (p, m, q) of sums of Legendre polynomials 1, 2, ..., about.

    B-spline coefficients are a polynomial's values at the Greville abscissae.

    Parameters
    ----------
    basis : Basis
    coefficients : ndarray of shape (d, p, q)
    """
    x = _abscissae(basis)
    p, q = coefficients.shape[1:]
    weights = np.zeros((p, basis.n_features, q))
    for order, coefficient in enumerate(coefficients, start=1):
        curve = np.polynomial.legendre.Legendre.basis(order)(x)
        weights[:, : basis.n_splines] += curve[:, :, None] * coefficient[:, None, :]
    return weights


def line_weights(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw lines of random slopes, and a little noise: a random direction for each output."""
    slopes = rng.standard_normal((1, basis.n_nodes, q))
    return _polynomials(basis, slopes) + _NOISE * paper_weights(basis, q, rng)


def cubic_weights(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw random cubics for each edge."""
    return _polynomials(basis, rng.standard_normal((3, basis.n_nodes, q)))


def alike_weights(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw for each output one random cubic, which all its edges have up to a sign."""
    shared = rng.standard_normal((3, 1, q))
    signs = rng.choice([-1.0, 1.0], (basis.n_nodes, q))
    noise = rng.standard_normal((3, basis.n_nodes, q))
    return _polynomials(basis, shared * signs + _NOISE * noise)


DRAWS: tuple[DrawWeights, ...] = (paper_weights, cubic_weights, alike_weights, line_weights)
