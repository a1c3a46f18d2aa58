"""The shape that a user asks for, checked beyond what a type can say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from itertools import pairwise
from numbers import Integral, Real
from typing import Any

_AUTO_GRID = 10
# More would not fit into memory: a grid has a matrix of intervals times intervals a node.
MOST_INTERVALS = 2000


def is_auto(value: Any) -> bool:
    """Tell whether a hyperparameter that may be an array is "auto"."""
    return isinstance(value, str) and value == "auto"


def hidden_layers(hidden_layer_sizes: Any) -> tuple[tuple[int, int], ...]:
    """Return (sum nodes, product nodes) of each hidden layer; none for "auto".

    Raises
    ------
    ValueError
        If an entry is not a positive number of nodes, or a pair of such.
    """
    if is_auto(hidden_layer_sizes):
        return ()
    entries = _entries(hidden_layer_sizes, "hidden_layer_sizes")
    if len(entries) == 1 and _is_whole(hidden_layer_sizes) and not hidden_layer_sizes:
        return ()
    return tuple(_hidden_layer(entry, hidden_layer_sizes) for entry in entries)


def _hidden_layer(entry: Any, given: Any) -> tuple[int, int]:
    is_pair = isinstance(entry, Iterable) and not isinstance(entry, str | Set | Mapping)
    pair = tuple(entry) if is_pair and getattr(entry, "ndim", 1) != 0 else (entry, 0)
    if len(pair) != 2 or not all(map(_is_whole, pair)) or min(pair) < 0 or sum(pair) == 0:
        raise ValueError(
            "hidden_layer_sizes must hold one entry a layer: a number of nodes, or a pair (sum "
            f"nodes, product nodes), of at least one node in all; got {given!r}."
        )
    return int(pair[0]), int(pair[1])


def _is_whole(value: Any) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool)


def _entries(given: Any, name: str) -> tuple[Any, ...]:
    """Return the entries of a sequence, or the value itself as the only one."""
    if isinstance(given, Set | Mapping):
        raise ValueError(f"{name} must be a number or a sequence, in order; got {given!r}.")
    is_one = not isinstance(given, Iterable) or getattr(given, "ndim", 1) == 0
    return (given,) if is_one else tuple(given)


def refinement_schedule(grid_size: Any) -> tuple[int, ...]:
    """Return the numbers of intervals to train with, one after the other.

    Raises
    ------
    ValueError
        If `grid_size` is not a positive whole number or an increasing sequence of such.
    """
    if is_auto(grid_size):
        return (_AUTO_GRID,)
    sizes = _entries(grid_size, "grid_size")
    whole = all(
        isinstance(size, Real) and not isinstance(size, bool) and float(size).is_integer()
        for size in sizes
    )
    schedule = tuple(int(size) for size in sizes) if whole else ()
    if not schedule or schedule[0] < 1 or any(a >= b for a, b in pairwise(schedule)):
        raise ValueError(
            "grid_size must be 'auto', a positive whole number of intervals, or an increasing "
            f"sequence of such, a refinement schedule; got {grid_size!r}."
        )
    if schedule[-1] > MOST_INTERVALS:
        raise ValueError(f"grid_size must be at most {MOST_INTERVALS}; got {grid_size!r}.")
    return schedule
