"""What all candidates of a default fit share: settings, and what is told of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..initial.network import Architecture
from ..objective.losses import Loss
from ..report.progress import SILENT, Progress


@dataclass(frozen=True)
class Settings:
    """How to fit with evidence.

    Parameters
    ----------
    loss : Loss
    architecture : Architecture
        Its hidden layers do not matter here.
    tol : float
        See `fit_evidence`.
    n_folds : int
    n_jobs : int or None
        How many folds are fitted at a time; the result does not depend on it.
    reach : ndarray of shape (2, p) or None
        See `additive_state`.
    grows : bool
        False for the additive model and no more.
    finest : int
        Intervals, at the most, that inputs may get whose curves need more than the
        architecture says.
    is_solved : callable or None
        Asked before the additive model would grow: True if something else, a formula, computes
        the target already.
    progress : Progress
        Told of each fit as soon as it is made; `MOST_PARTS` are all. It may ask to grow no
        further.
    """

    loss: Loss
    architecture: Architecture
    tol: float = 1e-2
    n_folds: int = 4
    n_jobs: int | None = None
    reach: np.ndarray | None = None
    grows: bool = True
    finest: int = 0
    is_solved: Callable[[], bool] | None = None
    progress: Progress = SILENT
