"""Hyperparameters in the form that training takes, checked beyond what a type can say.

The only place that turns an estimator's hyperparameters into a training call.
"""

from __future__ import annotations

from collections.abc import Iterable
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
# All is flat long before.
_LARGEST_STRENGTH = 1e15


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
    if isinstance(hidden_layer_sizes, Integral):
        hidden_layer_sizes = (hidden_layer_sizes,) if hidden_layer_sizes else ()
    return tuple(_hidden_layer(entry, hidden_layer_sizes) for entry in hidden_layer_sizes)


def _hidden_layer(entry: Any, given: Any) -> tuple[int, int]:
    pair = (
        tuple(entry) if isinstance(entry, Iterable) and not isinstance(entry, str) else (entry, 0)
    )
    whole = len(pair) == 2 and all(isinstance(size, Integral) for size in pair)
    if not whole or min(pair) < 0 or sum(pair) == 0:
        raise ValueError(
            "hidden_layer_sizes must hold one entry a layer: a number of nodes, or a pair (sum "
            f"nodes, product nodes), of at least one node in all; got {given!r}."
        )
    return int(pair[0]), int(pair[1])


def refinement_schedule(grid_size: Any) -> tuple[int, ...]:
    """Return the numbers of intervals to train with, one after the other.

    Raises
    ------
    ValueError
        If `grid_size` is not a positive whole number or an increasing sequence of such.
    """
    if is_auto(grid_size):
        return (_AUTO_GRID,)
    sizes = tuple(grid_size) if isinstance(grid_size, Iterable) else (grid_size,)
    whole = all(isinstance(size, Real) and float(size).is_integer() for size in sizes)
    schedule = tuple(int(size) for size in sizes) if whole else ()
    if not schedule or schedule[0] < 1 or any(a >= b for a, b in pairwise(schedule)):
        raise ValueError(
            "grid_size must be 'auto', a positive whole number of intervals, or an increasing "
            f"sequence of such, a refinement schedule; got {grid_size!r}."
        )
    return schedule


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
    """Return how to train on the grids of a schedule.

    Raises
    ------
    ValueError
        If a strength is so large that penalties could overflow.
    """
    alpha = _FIXED_ALPHA if estimator.alpha == "evidence" else float(estimator.alpha)
    for name, value in (("alpha", alpha), ("sparsity", float(estimator.sparsity))):
        if value > _LARGEST_STRENGTH:
            raise ValueError(f"{name} must be at most {_LARGEST_STRENGTH:g}; got {value!r}.")
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
