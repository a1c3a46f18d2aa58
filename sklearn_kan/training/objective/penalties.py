"""Penalties on the edge functions: roughness, ridge, and the KAN paper's sparsity.

Arrays of weights are (p, m, q), as in `Layer.weights`; strengths are (p, q), one an edge.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...network import Basis, Network, evaluate


def roughness_matrices(basis: Basis) -> np.ndarray:
    """Return R (p, m, m): ``w' R w`` is the integral of the spline's squared second derivative.

    Over the grid, by Gauss-Legendre quadrature, which is exact for the polynomial pieces.
    Splines of degree 0 and 1 have none: see `_jump_matrices`. The base function is not
    penalised.
    """
    if basis.degree < 2:
        return _jump_matrices(basis)
    p, m, grid_size = basis.n_nodes, basis.n_features, basis.grid_size
    nodes, mass = np.polynomial.legendre.leggauss(basis.degree - 1)
    left, width = basis.breaks[:, :-1, None], np.diff(basis.breaks, axis=1)[..., None]
    points = (left + width * (0.5 + 0.5 * nodes)).reshape(p, -1)
    splines = Basis(basis.knots, basis.degree, "none", basis.base_map)
    curvature = evaluate(splines, points.T, order=2).by_row(2).toarray()
    curvature = curvature.reshape(-1, p, basis.n_splines)
    weights = (0.5 * width * mass).reshape(p, grid_size * len(nodes))
    matrices = np.zeros((p, m, m))
    matrices[:, : basis.n_splines, : basis.n_splines] = np.einsum(
        "spa,ps,spb->pab", curvature, weights, curvature, optimize=True
    )
    return matrices


def _jump_matrices(basis: Basis) -> np.ndarray:
    """Return the roughness of splines of degree 0 or 1, of shape (p, m, m).

    The sum over the inner breaks of the squared jump of the value (degree 0) or the slope
    (degree 1), each over the mean width of the two intervals that meet there. On ever finer
    grids it tends to the integral of the squared first or second derivative.
    """
    width = np.diff(basis.breaks, axis=1)
    pieces = np.broadcast_to(np.eye(basis.n_splines), (basis.n_nodes, *2 * (basis.n_splines,)))
    if basis.degree == 1:
        pieces = np.diff(pieces, axis=1) / width[:, :, None]
    jumps = np.diff(pieces, axis=1)
    distance = 0.5 * (width[:, :-1] + width[:, 1:])
    matrices = np.zeros((basis.n_nodes, basis.n_features, basis.n_features))
    matrices[:, : basis.n_splines, : basis.n_splines] = (
        jumps.transpose(0, 2, 1) / distance[:, None, :] @ jumps
    )
    return matrices


@dataclass(frozen=True, eq=False)
class LayerPenalty:
    """``sum_ij (roughness_ij w_ij' R_i w_ij + ridge_ij w_ij' w_ij) / 2`` over a layer's edges."""

    matrices: np.ndarray
    roughness: np.ndarray
    ridge: np.ndarray

    def value_gradient(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the penalty of weights (p, m, q) and its gradient, of the same shape."""
        gradient = self.matrices @ weights
        gradient *= self.roughness[:, None, :]
        gradient += self.ridge[:, None, :] * weights
        return 0.5 * float(np.vdot(weights, gradient)), gradient


def uniform_penalty(network: Network, strength: float) -> tuple[LayerPenalty, ...]:
    """Return penalties of one strength for all edges of a network."""
    penalties = []
    for layer in network.all_layers:
        strengths = np.full(layer.edges.shape, strength)
        penalties.append(LayerPenalty(roughness_matrices(layer.basis), strengths, strengths))
    return tuple(penalties)


@dataclass(frozen=True, eq=False)
class LayerSparsity:
    """The KAN paper's L1 norm and entropy of a layer's edges, made smooth.

    The size of an edge is v = sqrt(w' M w + eps^2) with M the covariance of its node's
    features, so v is the standard deviation of the edge function over the rows. The penalty is
    ``strength * (sum v + S)``, S = -sum s log s, s = v / sum v: equations 2.17 to 2.20 of
    Liu et al. (2024), with standard deviations in place of mean magnitudes.

    Parameters
    ----------
    moments : ndarray of shape (p, m, m)
    edges : ndarray of shape (p, q), bool
    strength : float
    """

    moments: np.ndarray
    edges: np.ndarray
    strength: float

    def value_gradient(self, weights: np.ndarray) -> tuple[float, np.ndarray]:
        """Return the penalty of weights (p, m, q) and its gradient, of the same shape."""
        pulled = self.moments @ weights
        square = np.einsum("pmq,pmq->pq", weights, pulled)
        size = np.sqrt(np.maximum(square, 0.0) + _SMOOTHING**2)
        share = np.where(self.edges, size, 0.0)
        total = float(share.sum())
        if total == 0.0:  # no edge at all
            return 0.0, np.zeros_like(weights)
        share = share / total
        log_share = np.log(np.where(self.edges, share, 1.0))
        entropy = -float((share * log_share).sum())
        slope = self.strength * (1.0 - (log_share + entropy) / total)
        factor = np.where(self.edges, slope / size, 0.0)
        return self.strength * (total + entropy), factor[:, None, :] * pulled


_SMOOTHING = 1e-3
