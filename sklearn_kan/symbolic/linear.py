"""Linear least squares for numbers of any size."""

from __future__ import annotations

import numpy as np

from .primitive import Array


def least_squares(A: Array, b: Array, rcond: float | None = None) -> Array:
    """Return x (k,) of least norm that minimises the norm of A x - b; A is (m, k), b (m,).

    Raises
    ------
    ValueError
        If A or b has values that are not finite: a search leaves out what overflows on the rows,
        or is not defined there, before it fits anything.
    """
    # In units of their largest values: squares of 1e200 overflow.
    units = [float(np.abs(values).max(initial=0.0)) or 1.0 for values in (A, b)]
    if not np.isfinite(units).all():
        raise ValueError("Least squares of values that are not finite.")
    x: Array = np.linalg.lstsq(A / units[0], b / units[1], rcond=rcond)[0]
    return x * (units[1] / units[0])
