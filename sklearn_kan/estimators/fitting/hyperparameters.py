"""What a fit is asked for, as a value in the form that training takes."""

from __future__ import annotations

import warnings
from collections.abc import Container
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ...network import Network
from ...training.descent.restarts import MiniBatches, Task
from ...training.initial.network import Architecture
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows
from .learning import Learning
from .shapes import hidden_layers, is_auto, refinement_schedule

_AUTO_BATCH = 200
# "adam" takes over from "lbfgs" in solver="auto" for more rows than this.
_LBFGS_ROWS = 1_000_000
# More would not fit into memory: L-BFGS takes twenty times the weights.
_MOST_WEIGHTS, _MOST_IN_GRIDS = 2**25, 2**27


@dataclass(frozen=True)
class Hyperparameters(Learning):
    """What a fit is asked for.

    Parameters
    ----------
    hidden : tuple of (int, int)
        Sum nodes and product nodes of each hidden layer; none where the rows choose them.
    is_automatic : bool
        Whether the rows choose the architecture.
    schedule : tuple of int
        The numbers of intervals to train with, one after the other.
    chooses_grid : bool
        Whether the rows choose the inputs' grids.
    degree : int
    base : str
    direct : bool
    solver : str
    batch_size : int or None
        None for as many rows as suit.
    learning_rate : float
    early_stopping : bool
    validation_fraction : float
    patience : int
    n_starts : int
    warm_start : bool
    shape_given, grid_given : object
        `hidden_layer_sizes` and `grid_size` as the user wrote them, for messages.
    """

    hidden: tuple[tuple[int, int], ...]
    is_automatic: bool
    schedule: tuple[int, ...]
    chooses_grid: bool
    degree: int
    base: str
    direct: bool
    solver: str
    batch_size: int | None
    learning_rate: float
    early_stopping: bool
    validation_fraction: float
    patience: int
    n_starts: int
    warm_start: bool
    shape_given: Any
    grid_given: Any

    @classmethod
    def of(cls, estimator: Any) -> Hyperparameters:
        """Read an estimator's hyperparameters, whose types are checked.

        Raises
        ------
        ValueError
            If `hidden_layer_sizes` or `grid_size` is not usable.
        """
        batch_size = estimator.batch_size
        return Hyperparameters(
            **vars(Learning.of(estimator)),
            hidden=hidden_layers(estimator.hidden_layer_sizes),
            is_automatic=is_auto(estimator.hidden_layer_sizes),
            schedule=refinement_schedule(estimator.grid_size),
            chooses_grid=is_auto(estimator.grid_size),
            degree=int(estimator.spline_order),
            base=estimator.base_function,
            direct=bool(estimator.direct_edges),
            solver=estimator.solver,
            batch_size=None if is_auto(batch_size) else int(batch_size),
            learning_rate=float(estimator.learning_rate_init),
            early_stopping=bool(estimator.early_stopping),
            validation_fraction=float(estimator.validation_fraction),
            patience=int(estimator.n_iter_no_change),
            n_starts=int(estimator.n_init),
            warm_start=bool(estimator.warm_start),
            shape_given=estimator.hidden_layer_sizes,
            grid_given=estimator.grid_size,
        )

    def architecture(self, grid_size: int | None = None) -> Architecture:
        """Return the shape of a fresh network, on the last grids of the schedule or others."""
        return Architecture(
            hidden=self.hidden,
            grid_size=self.schedule[-1] if grid_size is None else grid_size,
            degree=self.degree,
            base=self.base,
            grid_eps=self.grid_eps,
            direct=self.direct,
        )

    def batches(self, n_rows: int) -> MiniBatches:
        """Return how Adam runs over so many rows."""
        size = _AUTO_BATCH if self.batch_size is None else self.batch_size
        return MiniBatches(min(size, n_rows), self.learning_rate)

    def task(self, loss: Loss, rows: Rows, validation: Rows | None, start: Network | None) -> Task:
        """Return what `fit` asks of training.

        Parameters
        ----------
        loss : Loss
        rows, validation : Rows, Rows or None
            Scaled and encoded.
        start : Network or None
            Where to go on from; grids that it has outgrown already are not gone back to.
        """
        schedule = self.schedule
        if start is not None:
            schedule = tuple(g for g in schedule if g > start.grid_size) or (start.grid_size,)
        solver = self.solver
        if solver == "auto":
            solver = "lbfgs" if len(rows.x) <= _LBFGS_ROWS else "adam"
        return Task(
            rows=rows,
            validation=validation,
            architecture=self.architecture(self.schedule[0]),
            plan=self.plan(loss, schedule),
            batches=self.batches(len(rows.x)) if solver == "adam" else None,
            patience=self.patience,
            start=start,
        )

    def check_size(self, n_columns: int, n_outputs: int) -> None:
        """Check that a network fits into memory.

        Raises
        ------
        ValueError
            If it has too many weights.
        """
        nodes = [(sums + 2 * products) for sums, products in self.hidden]
        sizes = [n_columns, *nodes, n_outputs]
        edges = sum(a * b for a, b in pairwise(sizes))
        most = self.schedule[-1] + self.degree
        if edges * (most + 1) > _MOST_WEIGHTS or sum(sizes[:-1]) * most**2 > _MOST_IN_GRIDS:
            raise ValueError(
                f"hidden_layer_sizes={self.shape_given!r} and grid_size={self.grid_given!r} ask "
                f"for {edges * (most + 1):.1e} weights on {n_columns} columns: at most "
                f"{_MOST_WEIGHTS:.1e} fit into memory. Ask for fewer nodes, or a coarser grid."
            )

    def warn_of_pykan_shape(self, n_columns: int, outputs: Container[int]) -> None:
        """Warn where `hidden_layer_sizes` looks as if inputs and outputs were in it.

        That is where it has three entries or more, the first as many sum nodes as there are
        columns and the last as many as there are outputs. Two entries are a shape that people
        mean.
        """
        sizes = self.hidden
        if len(sizes) < 3 or sizes[0] != (n_columns, 0):
            return
        if sizes[-1][1] or sizes[-1][0] not in outputs:
            return
        inner = tuple(sums if not products else (sums, products) for sums, products in sizes[1:-1])
        warnings.warn(
            f"hidden_layer_sizes={self.shape_given!r} was taken as {len(sizes)} hidden layers, "
            f"beside the {n_columns} columns and the outputs, which are not in it. If you meant "
            f"the width of pykan, with inputs and outputs, write hidden_layer_sizes={inner!r}.",
            UserWarning,
            stacklevel=6,
        )
