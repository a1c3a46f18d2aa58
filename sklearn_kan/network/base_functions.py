"""Base functions b of an edge ``w * b(x) + spline(x)``, each with two derivatives.

To add one, write a function ``(z, order) -> [value, ..., derivative of that order]``, order 0
to 2, and list it in `BASE_FUNCTIONS`; the laws in the tests run over the whole table.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

BaseFunction = Callable[[np.ndarray, int], list[np.ndarray]]


def silu(z: np.ndarray, order: int) -> list[np.ndarray]:
    """Return z / (1 + exp(-z)), the KAN paper's base function, and its derivatives."""
    sigma = 0.5 + 0.5 * np.tanh(0.5 * z)  # cannot overflow, and is faster than expit
    derivatives = [z * sigma]
    if order >= 1:
        rise = sigma * (1.0 - sigma)
        derivatives.append(sigma + z * rise)
    if order >= 2:
        derivatives.append(rise * (2.0 + z * (1.0 - 2.0 * sigma)))
    return derivatives


def identity(z: np.ndarray, order: int) -> list[np.ndarray]:
    """Return z and its derivatives."""
    return [z, np.ones_like(z), np.zeros_like(z)][: order + 1]


BASE_FUNCTIONS: dict[str, BaseFunction | None] = {
    "silu": silu,
    "identity": identity,
    "none": None,
}
