"""Null vectors of a matrix with errors, their entries simple numbers."""

from __future__ import annotations

import numpy as np

from ..language.primitive import Array

# Multiples of this share of 1 are the exponents and coefficients that count as simple.
_DENOMINATORS = (1, 2)
_LARGEST = 6.0
# Singular values below this share of the largest may be zero.
_SMALL = 0.15


def null_vectors(M: Array, count: int, forbidden: Array) -> tuple[Array, Array] | None:
    """Return pivots (k,) and null vectors (k, p + 1) of M (n, p + 1), 1 at their own pivot.

    Those of the `count` smallest singular values, their entries rounded to whole or half
    numbers; None if they are not near such numbers, or the singular values not small.
    Columns of `forbidden` are pivots only where all others are worse.
    """
    norms = np.linalg.norm(M, axis=0)
    size = norms.max()
    if not np.isfinite(size) or size == 0:
        return None
    scale = np.where(norms > 1e-4 * size, norms, size)
    _, singular, right = np.linalg.svd(M / scale, full_matrices=False)
    if count >= len(singular) or singular[-count] > _SMALL * singular[0]:
        return None
    return _echelon(right[len(singular) - count :] / scale, forbidden)


def _echelon(N: Array, forbidden: Array) -> tuple[Array, Array] | None:
    """Return the reduced echelon form of null vectors, with simple entries, or None."""
    p = N.shape[1] - 1
    found = reduced_echelon(N, forbidden, p)
    if found is None:
        return None
    pivots, N = found
    simple = _simplified(N)
    return None if simple is None else (pivots, simple)


def reduced_echelon(N: Array, forbidden: Array, p: int | None = None) -> tuple[Array, Array] | None:
    """Return pivots, among the first p columns, and the reduced echelon form."""
    N = N / np.abs(N).max(axis=1, keepdims=True)
    p = N.shape[1] if p is None else p
    pivots: list[int] = []
    for row in range(len(N)):
        size = np.abs(N[row:, :p]).max(axis=0)
        size[pivots] = 0.0
        size = np.where(forbidden, 1e-3 * size, size)
        pivot = int(np.argmax(size))
        best = row + int(np.argmax(np.abs(N[row:, pivot])))
        if abs(N[best, pivot]) < 1e-6:
            return None
        N[[row, best]] = N[[best, row]]
        N[row] /= N[row, pivot]
        others = np.arange(len(N)) != row
        N[others] -= np.outer(N[others, pivot], N[row])
        pivots.append(pivot)
    return np.array(pivots), N


def _simplified(N: Array) -> Array | None:
    """Round entries to whole numbers, or halves, if all are near."""
    for denominator, width in zip(_DENOMINATORS, (0.12, 0.06), strict=True):
        rounded = np.round(N * denominator) / denominator
        if np.abs(N - rounded).max() < width and np.abs(rounded).max() <= _LARGEST:
            return rounded
    return None
