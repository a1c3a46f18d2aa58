"""What watches an optimiser: it may end the run, or remember a better network."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...network import Network
from ..objective.losses import Loss
from ..objective.objective import Rows, mean_loss
from ..report.history import Iteration, Record
from ..report.progress import SILENT, Progress


@dataclass
class Monitor:
    """Records every step and says when to stop.

    Parameters
    ----------
    loss : Loss
    validation : Rows or None
        Rows for early stopping; None for none.
    n_iter_no_change : int
        Stop after so many steps without a validation loss lower by at least `tol`.
    tol : float
    progress : Progress
        Told of each stage and each step.
    """

    loss: Loss
    validation: Rows | None = None
    n_iter_no_change: int = 10
    tol: float = 1e-4
    progress: Progress = SILENT
    loss_curve: list[float] = field(default_factory=list)
    validation_curve: list[float] = field(default_factory=list)
    best: Network | None = None
    best_validation: float = np.inf
    _waited: int = 0
    _stage: Progress | None = None
    _step: Progress | None = None

    def begin_stage(self, name: str = "", most: int | None = None) -> None:
        """Give a new grid, of at most so many steps, its full patience."""
        self._waited = 0
        self._stage = self.progress.begin(name, most)

    def end_stage(self, record: Record, network: Network) -> bool:
        """Note that all is done on a grid; return whether to leave out those that follow."""
        self._end_step()  # one that led nowhere
        stage, self._stage = self._stage, None
        return stage is not None and stage.end(record, network)

    def begin_step(self) -> None:
        """Note that a step begins, if none is under way."""
        if self._step is None:
            self._step = (self._stage or self.progress).begin("iteration")

    def record(self, network: Network, value: float) -> bool:
        """Note a step that has ended; return whether to stop early."""
        self.loss_curve.append(value)
        validation_loss = None
        stop = False
        if self.validation is not None:
            validation_loss = mean_loss(network, self.validation, self.loss)
            self.validation_curve.append(validation_loss)
            stop = self._judge(network, validation_loss)
        self.begin_step()
        note = Iteration(len(self.loss_curve), value, validation_loss)
        return self._end_step(note, network) or stop

    def _end_step(self, note: Iteration | None = None, network: Network | None = None) -> bool:
        step, self._step = self._step, None
        return step is not None and step.end(note, network)

    def _judge(self, network: Network, validation_loss: float) -> bool:
        gained = validation_loss < self.best_validation - self.tol
        self._waited = 0 if gained else self._waited + 1
        if validation_loss < self.best_validation:
            self.best, self.best_validation = network, validation_loss
        return self._waited >= self.n_iter_no_change
