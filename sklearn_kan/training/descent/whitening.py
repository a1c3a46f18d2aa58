"""Coordinates in which the objective is round: the preconditioner of L-BFGS.

B-spline coefficients are badly scaled: those of cells with few rows hardly matter, smooth
combinations matter most. For each input node, with C the second moment of its features plus
its penalty, C = U'U, the coordinates ``phi = U w`` make an additive model's Hessian block of
every edge the identity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular

from ...network import Network
from ...network.network import pack
from ..objective.penalties import LayerPenalty
from ..summaries.moments import Moments

# A direction that the rows determine this much less than the best one is left as it is.
_RELATIVE_FLOOR = 1e-8


@dataclass(frozen=True, eq=False)
class Whitening:
    """The linear map ``theta = T phi``, edge by edge; biases stay as they are.

    Parameters
    ----------
    network : Network
        Gives the layout of theta.
    blocks : tuple of ndarray of shape (p, m, m), one a layer
        The triangular factors U.
    inverses : tuple of ndarray, likewise
        Their inverses, the blocks of T.
    """

    network: Network
    blocks: tuple[np.ndarray, ...]
    inverses: tuple[np.ndarray, ...]

    def to_theta(self, phi: np.ndarray) -> np.ndarray:
        """Return T phi."""
        return self._apply(phi, self.inverses, "nab,nb->na")

    def to_phi(self, theta: np.ndarray) -> np.ndarray:
        """Return the phi with ``T phi = theta``."""
        return self._apply(theta, self.blocks, "nab,nb->na")

    def gradient(self, gradient: np.ndarray) -> np.ndarray:
        """Return T' g: a gradient by theta as one by phi."""
        return self._apply(gradient, self.inverses, "nba,nb->na")

    def _apply(self, vector: np.ndarray, maps: tuple[np.ndarray, ...], rule: str) -> np.ndarray:
        holder = self.network.with_theta(vector)
        parts = []
        for layer, matrices in zip(holder.all_layers, maps, strict=True):
            inputs = np.nonzero(layer.edges)[0]
            parts.append((np.einsum(rule, matrices[inputs], layer.edge_weights), layer.bias))
        return pack(holder, parts)


def whiten(
    network: Network,
    moments: tuple[Moments, ...],
    penalties: tuple[LayerPenalty, ...],
    total_weight: float,
) -> Whitening:
    """Return the whitening for a network at hand, see the module's docstring."""
    blocks, inverses = [], []
    for moment, penalty in zip(moments, penalties, strict=True):
        second = moment.covariance + moment.mean[:, :, None] * moment.mean[:, None, :]
        identity = np.eye(second.shape[1])
        roughness = penalty.roughness.mean(axis=1)[:, None, None]
        ridge = penalty.ridge.mean(axis=1)[:, None, None]
        second = second + (roughness * penalty.matrices + ridge * identity) / total_weight
        scale = np.trace(second, axis1=1, axis2=2)[:, None, None]
        second += _RELATIVE_FLOOR * np.maximum(scale, 1e-300) * identity
        upper = np.linalg.cholesky(second).transpose(0, 2, 1)
        blocks.append(upper)
        inverses.append(np.stack([solve_triangular(u, identity) for u in upper]))
    return Whitening(network, tuple(blocks), tuple(inverses))
