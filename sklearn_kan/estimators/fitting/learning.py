"""How a network learns from rows: what hyperparameters say of it, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.utils import check_random_state

from ...training.descent.schedule import Plan
from ...training.objective.losses import Loss

# What alpha="evidence" means where neither the evidence nor rows held out find a strength.
_FIXED_ALPHA = 1.0


@dataclass(frozen=True)
class Learning:
    """How a network learns from rows, whatever its shape: also after `fit`.

    Parameters
    ----------
    grid_eps : float
    alpha : float or None
        None where strengths are learnt.
    sparsity : float
    max_iter : int
    tol : float
    n_jobs : int or None
    random_state : int, RandomState or None
    verbose : bool
    """

    grid_eps: float
    alpha: float | None
    sparsity: float
    max_iter: int
    tol: float
    n_jobs: int | None
    random_state: Any
    verbose: bool

    @classmethod
    def of(cls, estimator: Any) -> Learning:
        """Read an estimator's hyperparameters, whose types are checked."""
        return Learning(
            grid_eps=float(estimator.grid_eps),
            alpha=None if estimator.alpha == "evidence" else float(estimator.alpha),
            sparsity=float(estimator.sparsity),
            max_iter=int(estimator.max_iter),
            tol=float(estimator.tol),
            n_jobs=estimator.n_jobs,
            random_state=estimator.random_state,
            verbose=bool(estimator.verbose),
        )

    def plan(self, loss: Loss, grid_sizes: tuple[int, ...]) -> Plan:
        """Return how to train on the grids of a schedule."""
        return Plan(
            loss=loss,
            grid_sizes=grid_sizes,
            grid_eps=self.grid_eps,
            alpha=_FIXED_ALPHA if self.alpha is None else self.alpha,
            sparsity=self.sparsity,
            max_iter=self.max_iter,
            tol=self.tol,
        )

    def seeds(self) -> np.random.SeedSequence:
        """Return the root of all randomness of one call."""
        return seed_sequence(self.random_state)


def seed_sequence(random_state: Any) -> np.random.SeedSequence:
    """Return the root of all randomness of one call; the global generator is not touched."""
    if random_state is None:
        return np.random.SeedSequence()
    if isinstance(random_state, Integral):
        return np.random.SeedSequence(int(random_state))
    return np.random.SeedSequence(check_random_state(random_state).randint(2**31 - 1))
