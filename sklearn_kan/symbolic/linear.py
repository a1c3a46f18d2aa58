"""Linear least squares for whatever numbers a search comes up with."""

from __future__ import annotations

import numpy as np

from .primitive import Array


def least_squares(A: Array, b: Array, rcond: float | None = None) -> Array:
    """Return x (k,) of least norm that minimises the norm of A x - b; A is (m, k), b (m,).

    Zeros where A or b has values that are not finite, or so large that squares are not: what
    is fitted is then no formula for the rows.
    """
    largest = max(float(np.abs(A).max(initial=0.0)), float(np.abs(b).max(initial=0.0)))
    if not largest < 1e150:
        return np.zeros(A.shape[1])
    try:
        return np.linalg.lstsq(A, b, rcond=rcond)[0]
    except np.linalg.LinAlgError:
        return np.zeros(A.shape[1])
