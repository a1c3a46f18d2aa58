"""The curvature of a softmax network: hidden parameters are shared by all raw predictions.

The Hessian of a row is ``diag(p) - p p'``. With J_k = [S_k, O_k], the derivatives of raw
prediction k by shared parameters and by its own ones, and S the mean of the S_k under p,

    J' W J = sum_k p_k (S_k - S)' (S_k - S)    for shared with shared,
             p_k (S_k - S)' O_k                for shared with own ones of k,
             [k = l] p_k O_k' O_k - p_k p_l O_k' O_l    for own ones of k with those of l.

S_k is a Khatri-Rao product of columns and sensitivities. So the first sum is taken before the
product: over sensitivities alone, which costs nothing, instead of over matrices of all
parameters, one a class.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Shared:
    """Derivatives of all raw predictions by the shared parameters, as a product.

    Parameters
    ----------
    columns : list of ndarray of shape (n, r)
        One for each hidden output whose parameters these are.
    sensitivities : ndarray of shape (q, T, n)
        Of each raw prediction to each of these hidden outputs.
    """

    columns: list[np.ndarray]
    sensitivities: np.ndarray

    def pieces(self, sensitivities: np.ndarray) -> list[np.ndarray]:
        """Return the derivatives for sensitivities (T, n), a matrix (n, r) for each output."""
        pairs = zip(self.columns, sensitivities, strict=True)
        return [values * delta[:, None] for values, delta in pairs]

    def pulled(self, pulls: np.ndarray) -> np.ndarray:
        """Return the gradient (s,) for derivatives (n, q) of the loss by the raw predictions."""
        summed = np.einsum("qtn,nq->tn", self.sensitivities, pulls)
        pairs = zip(self.columns, summed, strict=True)
        return np.concatenate([np.zeros(0), *(values.T @ pull for values, pull in pairs)])


def coupled_curvature(
    shared: Shared,
    own: list[np.ndarray],
    probabilities: np.ndarray,
    weights: np.ndarray,
) -> np.ndarray:
    """Return J' W J, shared parameters first, then those of each raw prediction in turn.

    Parameters
    ----------
    shared : Shared
    own : list of ndarray of shape (n, o)
        Derivatives of each raw prediction by its own parameters.
    probabilities : ndarray of shape (n, q)
    weights : ndarray of shape (n,)
    """
    shares = (weights[:, None] * probabilities).T
    mean = np.einsum("nq,qtn->tn", probabilities, shared.sensitivities)
    around = shared.sensitivities - mean
    s = sum(values.shape[1] for values in shared.columns)
    ends = s + np.cumsum([0, *(values.shape[1] for values in own)])
    curvature = np.zeros((ends[-1], ends[-1]))
    curvature[:s, :s] = _of_shared(shared.columns, around, shares)
    scaled = np.sqrt(weights)[:, None] * np.concatenate(
        [share[:, None] * values for share, values in zip(probabilities.T, own, strict=True)],
        axis=1,
    )
    curvature[s:, s:] = -(scaled.T @ scaled)
    for k, (values, share) in enumerate(zip(own, shares, strict=True)):
        part = slice(ends[k], ends[k + 1])
        weighted = share[:, None] * values
        curvature[part, part] += weighted.T @ values
        if s:
            curvature[:s, part] = np.concatenate(shared.pieces(around[k]), axis=1).T @ weighted
            curvature[part, :s] = curvature[:s, part].T
    return curvature


def _of_shared(columns: list[np.ndarray], around: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """Return the sum over raw predictions of the shares (q, n) of the squares of S_k - S."""
    ends = np.cumsum([0, *(values.shape[1] for values in columns)])
    result = np.empty((ends[-1], ends[-1]))
    for t, left in enumerate(columns):
        products = np.einsum("qn,qn,qun->un", shares, around[:, t], around[:, : t + 1])
        for u, (right, product) in enumerate(zip(columns, products, strict=False)):
            block = left.T @ (product[:, None] * right)
            result[ends[t] : ends[t + 1], ends[u] : ends[u + 1]] = block
            result[ends[u] : ends[u + 1], ends[t] : ends[t + 1]] = block.T
    return result
