"""Hyperparameters in the form that the core takes, checked beyond what a type can say."""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

_ENTRY = (
    "hidden_layer_sizes must hold one entry a layer: a number of nodes, or a pair (sum nodes, "
    "product nodes), of at least one node in all; got {!r}."
)


def hidden_layers(hidden_layer_sizes: Any) -> tuple[tuple[int, int], ...]:
    """Return (sum nodes, product nodes) of each hidden layer.

    Raises
    ------
    ValueError
        If an entry is not a positive number of nodes, or a pair of such.
    """
    if isinstance(hidden_layer_sizes, Integral):
        hidden_layer_sizes = (hidden_layer_sizes,) if hidden_layer_sizes else ()
    return tuple(_hidden_layer(entry, hidden_layer_sizes) for entry in hidden_layer_sizes)


def _hidden_layer(entry: Any, given: Any) -> tuple[int, int]:
    pair = tuple(entry) if isinstance(entry, Iterable) and not isinstance(entry, str) else (entry, 0)
    whole = len(pair) == 2 and all(isinstance(size, Integral) for size in pair)
    if not whole or min(pair) < 0 or sum(pair) == 0:
        raise ValueError(_ENTRY.format(given))
    return int(pair[0]), int(pair[1])


def refinement_schedule(grid_size: Any) -> tuple[int, ...]:
    """Return the numbers of intervals to train with, one after the other.

    Raises
    ------
    ValueError
        If `grid_size` is not a positive whole number or an increasing sequence of such.
    """
    sizes = tuple(grid_size) if isinstance(grid_size, Iterable) else (grid_size,)
    whole = all(isinstance(size, Real) and size == int(size) and size >= 1 for size in sizes)
    increasing = all(a < b for a, b in zip(sizes, sizes[1:], strict=False))
    if not sizes or isinstance(grid_size, str) or not whole or not increasing:
        raise ValueError(
            "grid_size must be a positive whole number of intervals, or an increasing "
            f"sequence of such, a refinement schedule; got {grid_size!r}."
        )
    return tuple(int(size) for size in sizes)
