"""What watches an optimiser: history, early stopping, and the best network so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..network import Network
from .losses import Loss
from .objective import Rows, mean_loss


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
    on_step : callable or None
        Told ``(n_iter, objective, validation_loss or None)`` after each step.
    """

    loss: Loss
    validation: Rows | None = None
    n_iter_no_change: int = 10
    tol: float = 1e-4
    on_step: Callable[[int, float, float | None], None] | None = None
    loss_curve: list[float] = field(default_factory=list)
    validation_curve: list[float] = field(default_factory=list)
    best: Network | None = None
    best_validation: float = np.inf
    _waited: int = 0

    def begin_stage(self) -> None:
        """Give a new grid its full patience."""
        self._waited = 0

    def record(self, network: Network, value: float) -> bool:
        """Note a step; return whether to stop early."""
        self.loss_curve.append(value)
        validation_loss = None
        stop = False
        if self.validation is not None:
            validation_loss = mean_loss(network, self.validation, self.loss)
            self.validation_curve.append(validation_loss)
            stop = self._judge(network, validation_loss)
        if self.on_step is not None:
            self.on_step(len(self.loss_curve), value, validation_loss)
        return stop

    def _judge(self, network: Network, validation_loss: float) -> bool:
        gained = validation_loss < self.best_validation - self.tol
        self._waited = 0 if gained else self._waited + 1
        if validation_loss < self.best_validation:
            self.best, self.best_validation = network, validation_loss
        return self._waited >= self.n_iter_no_change
