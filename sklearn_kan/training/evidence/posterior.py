"""The evidence of a network, by which strengths of penalties are learnt.

With the posterior approximated by a normal around the penalised optimum (Laplace),

    log evidence = -(loss + beta' S beta / 2) / phi - n log(2 pi phi) / 2
                   + log|S|_+ / 2 - log|A + S| / 2,

determinants taken where the gauge leaves freedom. Where the dispersion phi is estimated, the
evidence is taken at its maximum by phi, 2 (loss + beta' S beta / 2) / n; at the fixed point
below this is the estimate 2 loss / (n - edf), and far from it, in a fit that still improves by
orders of magnitude, the only one that makes sense; else phi is 1 and its term is left out. Its
derivative by a strength vanishes at the fixed point of

    strength <- strength * phi * (tr(S^- S_g) - tr(V S_g)) / (beta' S_g beta),  V = (A + S)^-1,

the generalised Fellner-Schall update (Wood and Fasiolo 2017, equation 6), which MacKay
(1992) has for one ridge.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import LinAlgError, cholesky
from scipy.linalg.lapack import dtrtri

from ..coordinates.strengths import Strengths
from .gauge import Gauge, plus_diagonal
from .system import System

_LOG_2PI = float(np.log(2.0 * np.pi))
# Strengths stay within these bounds: beyond, the penalty, or the coordinate, is gone anyway.
_WEAKEST, _STRONGEST = 1e-8, 1e8
# One update changes a strength at most by this factor.
_LARGEST_CHANGE = 1e2
# The dispersion of a fit without noise: rounding, in units of the target's variance.
_SMALLEST_DISPERSION = 1e-28


@dataclass(frozen=True, eq=False)
class Posterior:
    """The normal approximation at a point.

    Parameters
    ----------
    root : ndarray of shape (P, P)
        ``root' root`` is V: the covariance of beta over the dispersion. Rows that stand for
        constrained directions are zero.
    variances : ndarray of shape (P,)
        The diagonal of V.
    dispersion : float
    edf : float
        Effective degrees of freedom, tr(V A).
    log_evidence : float
    """

    root: np.ndarray
    variances: np.ndarray
    dispersion: float
    edf: float
    log_evidence: float


def posterior_at(
    beta: np.ndarray,
    system: System,
    penalty: np.ndarray,
    gauge: Gauge,
    n: float,
    *,
    estimate_dispersion: bool,
    least_dispersion: float = _SMALLEST_DISPERSION,
) -> Posterior:
    """Return the posterior at an (almost) penalised optimum.

    Parameters
    ----------
    beta : ndarray of shape (P,)
    system : System
        At beta.
    penalty : ndarray of shape (P,)
        The diagonal of S.
    gauge : Gauge
    n : float
        Total weight of the rows, times the number of outputs.
    estimate_dispersion : bool
        False for likelihoods whose dispersion is one.
    least_dispersion : float
        The estimate is no lower.
    """
    hessian = gauge.restrict(plus_diagonal(system.curvature, penalty))
    free_root, log_determinant = inverse_root(hessian)
    free_root[:, ~gauge.kept] = 0.0
    root = gauge.extend(free_root.T).T
    variances = np.einsum("ab,ab->b", root, root)
    edf = float(gauge.kept.sum()) - float(variances @ penalty)
    n_free = float((penalty == 0).sum())
    dispersion = 1.0
    if estimate_dispersion:
        dispersion = 2.0 * system.loss / max(n - edf, 1.0)
        dispersion = max(dispersion, least_dispersion)
    penalised = system.loss + 0.5 * float(beta @ (penalty * beta))
    log_prior = float(np.log(penalty[penalty > 0]).sum()) + _gauge_term(penalty, gauge)
    log_evidence = 0.5 * (log_prior - log_determinant)
    if estimate_dispersion:
        freedom = max(n - n_free, 1.0)
        best = max(2.0 * penalised / freedom, least_dispersion)
        log_evidence -= 0.5 * freedom * (1.0 + _LOG_2PI + np.log(best))
    else:
        log_evidence -= penalised
    return Posterior(root, variances, dispersion, edf, log_evidence)


def inverse_root(matrix: np.ndarray) -> tuple[np.ndarray, float]:
    """Return R with R' R the inverse of a positive matrix, and the matrix's log-determinant.

    Where rounding has made it indefinite: with as much jitter as it takes.
    """
    scale = float(np.abs(matrix.diagonal()).max(initial=0.0))
    for jitter in (1e-14, 1e-12, 1e-10):
        shifted = plus_diagonal(matrix, jitter * scale)
        try:
            lower = cholesky(shifted.T, lower=True, overwrite_a=True, check_finite=False)
        except LinAlgError:
            continue
        log_determinant = 2.0 * float(np.log(lower.diagonal()).sum())
        return dtrtri(lower, lower=1, overwrite_c=1)[0], log_determinant
    values, vectors = np.linalg.eigh(matrix)
    values = np.maximum(values, max(1e-10 * scale, 1e-300))
    return (vectors / np.sqrt(values)).T, float(np.log(values).sum())


def _gauge_term(penalty: np.ndarray, gauge: Gauge) -> float:
    """Return what log|S| on the constraints' null space has beyond the whole log|S|."""
    return sum(
        float(np.log(normal @ (normal / penalty[block])))
        for block, normal in zip(gauge.blocks, gauge.normals, strict=True)
    )


def _prior_variances(penalty: np.ndarray, gauge: Gauge) -> np.ndarray:
    """Return the diagonal of S^-, the prior's covariance under the gauge's constraints."""
    variances = np.divide(1.0, penalty, out=np.zeros_like(penalty), where=penalty > 0)
    for block, normal in zip(gauge.blocks, gauge.normals, strict=True):
        pulled = normal * variances[block]
        variances[block] -= pulled**2 / (normal @ pulled)
    return variances


def update_strengths(
    strengths: Strengths,
    beta: np.ndarray,
    rough: np.ndarray,
    posterior: Posterior,
    gauge: Gauge,
    damping: float,
) -> Strengths:
    """Return strengths nearer to the fixed point of the evidence.

    Parameters
    ----------
    strengths : Strengths
    beta : ndarray of shape (P,)
    rough : ndarray of shape (P,)
        The roughness of each coordinate.
    posterior : Posterior
    gauge : Gauge
    damping : float
        0 for the whole update, 0.5 for the geometric mean of old and new strengths.
    """
    penalty = strengths.diagonal(rough)
    surplus = np.maximum(_prior_variances(penalty, gauge) - posterior.variances, 0.0)

    def updated(old: np.ndarray, weight: np.ndarray) -> np.ndarray:
        determined = old * strengths.sums(surplus * weight)
        energy = strengths.sums(beta**2 * weight)
        ratio = posterior.dispersion * determined / np.maximum(energy, 1e-300) / old
        ratio = np.clip(ratio, 1.0 / _LARGEST_CHANGE, _LARGEST_CHANGE)
        low, high = _WEAKEST * min(posterior.dispersion, 1.0), _STRONGEST
        return np.clip(old * ratio ** (1.0 - damping), low, high)

    return replace(
        strengths,
        roughness=updated(strengths.roughness, rough),
        ridge=updated(strengths.ridge, np.ones_like(rough)),
    )
