"""Directions in the space of the inputs along which a residual is curved."""

from __future__ import annotations

import numpy as np

from ..network import bulk_ends
from .objective import Rows

# Pairs of inputs that are looked at, those with the largest product moments.
_PAIRS = 40
_EIGENVECTORS = 4


def interaction_directions(rows: Rows, residual: np.ndarray, number: int) -> np.ndarray:
    """Return directions (p, number) where new hidden nodes begin.

    Candidates are principal Hessian directions of the residual (Li 1992) and sums and
    differences of two inputs; the main effects are taken to be dealt with. They are ranked by
    what a cubic along them would explain, and taken one by one, each on what the ones
    before leave. Values that are far out count as the ends of the bulk.

    Parameters
    ----------
    rows : Rows
    residual : ndarray of shape (n, q)
    number : int
    """
    weights = rows.weights / rows.total_weight
    left = residual - weights @ residual
    x = np.clip(rows.x, *bulk_ends(rows.x, weights))
    moments = np.einsum("ni,n,nq,nj->qij", x, weights, left, x, optimize=True)
    moments[:, np.arange(len(x.T)), np.arange(len(x.T))] = 0.0
    pool = np.concatenate([_eigenvectors(moments), _pairs(moments)], axis=1)
    curves = _curves(x @ pool, weights)
    chosen: list[int] = []
    for _ in range(min(number, pool.shape[1])):
        pulls = np.einsum("cnk,n,nq->ckq", curves, weights, left)
        scores = np.einsum("ckq,ckq->c", pulls, pulls)
        scores[chosen] = -1.0
        best = int(np.argmax(scores))
        chosen.append(best)
        left = left - curves[best] @ pulls[best]
    return pool[:, chosen]


def _eigenvectors(moments: np.ndarray) -> np.ndarray:
    """Return eigenvectors (p, .) of the moments (q, p, p) with the largest eigenvalues."""
    values, vectors = np.linalg.eigh(moments)
    vectors = vectors.transpose(1, 0, 2).reshape(len(vectors[0]), -1)
    order = np.argsort(-np.abs(values.reshape(-1)), kind="stable")[:_EIGENVECTORS]
    return vectors[:, order]


def _pairs(moments: np.ndarray) -> np.ndarray:
    """Return sums and differences (p, .) of the pairs of inputs with the largest moments."""
    p = moments.shape[1]
    first, second = np.triu_indices(p, 1)
    size = np.square(moments[:, first, second]).sum(axis=0)
    order = np.argsort(-size, kind="stable")[:_PAIRS]
    result = np.zeros((p, 2 * len(order)))
    column = np.arange(len(order))
    for sign, start in ((1.0, 0), (-1.0, len(order))):
        result[first[order], start + column] = 1.0
        result[second[order], start + column] = sign
    return result / np.sqrt(2.0)


def _curves(nodes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the square and cube (c, n, 2) of each node value (n, c), lines taken out.

    Orthonormal under the weights; zero where nothing is left.
    """
    basis = [np.ones_like(nodes)]
    for power in (1, 2, 3):
        curve = nodes * basis[-1] if power > 1 else nodes.copy()
        for other in basis:
            curve = curve - other * (weights @ (curve * other))
        length = np.sqrt(weights @ curve**2)
        basis.append(np.where(length > 1e-8, curve / np.maximum(length, 1e-8), 0.0))
    return np.stack(basis[2:], axis=-1).transpose(1, 0, 2)
