"""The rows of a search: each once, in an order of their own; some held out; some of many."""

from __future__ import annotations

import numpy as np

from ..language.primitive import Array
from .problem import LawProblem

# The share of the rows that is held out from a search, and how many it takes.
_HELD_OUT, FEW_ROWS = 0.2, 50
_MOST_ROWS = 2000


def distinct_rows(X: Array, y: Array, weights: Array | None, seed: int) -> tuple[LawProblem, Array]:
    """Return rows, each once, in a random order of their own; and which of those given they are.

    So a weight of two is the row twice, and rows in another order are the same rows.

    Raises
    ------
    ValueError
        If no row has a positive weight.
    """
    weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    present = np.flatnonzero(weights > 0)
    if len(present) == 0:
        raise ValueError("No row has a positive weight.")
    rows = np.column_stack([X[present], y[present]])
    _, first, index = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    mass = np.bincount(index.ravel(), weights[present])
    order = np.random.default_rng(seed).permutation(len(first))[: _MOST_ROWS * 5 // 4]
    copies = max(float(mass.mean()), 1.0)
    used, origin = mass[order], present[first[order]]
    return LawProblem(X[origin], y[origin], used / used.mean(), copies=copies), origin


def evenly(n: int, most: int) -> Array:
    """Return some of n rows, evenly spaced, `most` of them at most."""
    return np.linspace(0, n - 1, min(n, most)).astype(int)


def split(n: int) -> tuple[Array, Array]:
    """Return the rows to search on, and those held out: none of few; they are in random order."""
    n_held_out = int(_HELD_OUT * n) if n >= FEW_ROWS else 0
    return np.arange(n_held_out, n), np.arange(n_held_out)
