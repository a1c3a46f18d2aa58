"""Hyperparameters in the form that training takes, checked beyond what a type can say.

The only place that turns an estimator's hyperparameters into a training call.
"""

from __future__ import annotations

import warnings
from collections.abc import Container, Iterable, Mapping, Set
from itertools import pairwise
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_random_state

from .network import Network
from .training import Architecture, Loss, MiniBatches, Plan, Rows, Task

if TYPE_CHECKING:
    from ._base import BaseKAN

_AUTO_GRID, _AUTO_BATCH = 10, 200
# "adam" takes over from "lbfgs" in solver="auto" for more rows than this.
_LBFGS_ROWS = 1_000_000
# What alpha="evidence" means where neither the evidence nor rows held out find a strength.
_FIXED_ALPHA = 1.0
# More would not fit into memory: a grid has a matrix of intervals times intervals a node, and
# L-BFGS takes twenty times the weights.
MOST_INTERVALS, _MOST_WEIGHTS, _MOST_IN_GRIDS = 2000, 2**25, 2**27


def is_auto(value: Any) -> bool:
    """Tell whether a hyperparameter that may be an array is "auto"."""
    return isinstance(value, str) and value == "auto"


def is_automatic(estimator: BaseKAN) -> bool:
    """Tell whether the rows choose the architecture."""
    sizes = estimator.hidden_layer_sizes
    return is_auto(sizes)


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


def check_size(estimator: BaseKAN, n_columns: int, n_outputs: int) -> None:
    """Check that a network fits into memory.

    Raises
    ------
    ValueError
        If it has too many weights.
    """
    nodes = [
        (sums + 2 * products) for sums, products in hidden_layers(estimator.hidden_layer_sizes)
    ]
    sizes = [n_columns, *nodes, n_outputs]
    edges = sum(a * b for a, b in pairwise(sizes))
    most = refinement_schedule(estimator.grid_size)[-1] + int(estimator.spline_order)
    if edges * (most + 1) > _MOST_WEIGHTS or sum(sizes[:-1]) * most**2 > _MOST_IN_GRIDS:
        raise ValueError(
            f"hidden_layer_sizes={estimator.hidden_layer_sizes!r} and grid_size="
            f"{estimator.grid_size!r} ask for {edges * (most + 1):.1e} weights on {n_columns} "
            f"columns: at most {_MOST_WEIGHTS:.1e} fit into memory. Ask for fewer nodes, or a "
            "coarser grid."
        )


def warn_of_pykan_shape(estimator: BaseKAN, n_columns: int, outputs: Container[int]) -> None:
    """Warn where `hidden_layer_sizes` looks as if inputs and outputs were in it.

    That is where it has three entries or more, the first as many sum nodes as there are columns
    and the last as many as there are outputs. Two entries are a shape that people mean.
    """
    sizes = hidden_layers(estimator.hidden_layer_sizes)
    if len(sizes) < 3 or sizes[0] != (n_columns, 0):
        return
    if sizes[-1][1] or sizes[-1][0] not in outputs:
        return
    inner = tuple(sums if not products else (sums, products) for sums, products in sizes[1:-1])
    warnings.warn(
        f"hidden_layer_sizes={estimator.hidden_layer_sizes!r} was taken as {len(sizes)} hidden "
        f"layers, beside the {n_columns} columns and the outputs, which are not in it. If you "
        f"meant the width of pykan, with inputs and outputs, write hidden_layer_sizes={inner!r}.",
        UserWarning,
        stacklevel=6,
    )


def seed_sequence(random_state: Any) -> np.random.SeedSequence:
    """Return the root of all randomness of one call; the global generator is not touched."""
    if random_state is None:
        return np.random.SeedSequence()
    if isinstance(random_state, Integral):
        return np.random.SeedSequence(int(random_state))
    return np.random.SeedSequence(check_random_state(random_state).randint(2**31 - 1))


def architecture_of(estimator: BaseKAN, grid_size: int) -> Architecture:
    """Return the shape of a fresh network."""
    return Architecture(
        hidden=hidden_layers(estimator.hidden_layer_sizes),
        grid_size=grid_size,
        degree=int(estimator.spline_order),
        base=estimator.base_function,
        grid_eps=float(estimator.grid_eps),
        direct=bool(estimator.direct_edges),
    )


def plan_of(estimator: BaseKAN, loss: Loss, schedule: tuple[int, ...]) -> Plan:
    """Return how to train on the grids of a schedule."""
    alpha = _FIXED_ALPHA if estimator.alpha == "evidence" else float(estimator.alpha)
    return Plan(
        loss=loss,
        grid_sizes=schedule,
        grid_eps=float(estimator.grid_eps),
        alpha=alpha,
        sparsity=float(estimator.sparsity),
        max_iter=int(estimator.max_iter),
        tol=float(estimator.tol),
    )


def mini_batches_of(estimator: BaseKAN, n_rows: int) -> MiniBatches:
    """Return how Adam runs over so many rows."""
    size = _AUTO_BATCH if estimator.batch_size == "auto" else int(estimator.batch_size)
    return MiniBatches(min(size, n_rows), float(estimator.learning_rate_init))


def task_of(
    estimator: BaseKAN,
    loss: Loss,
    rows: Rows,
    validation: Rows | None,
    start: Network | None,
) -> Task:
    """Return what `fit` asks of training.

    Parameters
    ----------
    estimator : BaseKAN
    loss : Loss
    rows, validation : Rows, Rows or None
        Scaled and encoded.
    start : Network or None
        Where to go on from; grids that it has outgrown already are not gone back to.
    """
    schedule = refinement_schedule(estimator.grid_size)
    architecture = architecture_of(estimator, schedule[0])
    if start is not None:
        schedule = tuple(g for g in schedule if g > start.grid_size) or (start.grid_size,)
    solver = estimator.solver
    if solver == "auto":
        solver = "lbfgs" if len(rows.x) <= _LBFGS_ROWS else "adam"
    return Task(
        rows=rows,
        validation=validation,
        architecture=architecture,
        plan=plan_of(estimator, loss, schedule),
        batches=mini_batches_of(estimator, len(rows.x)) if solver == "adam" else None,
        patience=int(estimator.n_iter_no_change),
        start=start,
    )
