"""A network fitted with patience, where there is little noise and the table is small.

Fits that are mixed take few steps, as more do not help where rows are noisy. Where they explain
nearly all, what is left is what they have not learnt yet: more steps on finer grids, from the best
of several starts, then lower the error by orders of magnitude.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from .fixed import FixedPlan, fit_fixed, levels_to
from .gauss_newton import problem_of
from .linearise import total_loss
from .mixing import Part
from .objective import Rows, constant_loss
from .settings import Settings, steps_are_affordable, told
from .wide import MANY_ROWS

_NODES, _STARTS, _COARSEST = 8, 2, 5
_EXPLORING, _LEVEL_STEPS, _LAST_STEPS = 5, 5, 20
# The least share of the loss that fits must explain before there is one of these.
_EXPLAINED = 0.85
THOROUGH = f"{_NODES} nodes, many steps"
N_THOROUGH = 1


def thorough_names(found: Sequence[Part], rows: Rows, settings: Settings, n_fits: int) -> list[str]:
    """Return the fit's name if it is worth a try after others, and affordable so many times."""
    if settings.loss.couples_outputs or rows.total_weight < MANY_ROWS:
        return []
    architecture = settings.architecture
    most = architecture.grid_size + architecture.degree
    inputs = sum(min(len(np.unique(column)) - 1, most) for column in rows.x.T)
    shared, own = _NODES * inputs, _NODES * most + inputs
    if not steps_are_affordable(rows, settings, shared, own, n_fits):
        return []
    losses = [_mean_loss(part, rows, settings) for part in found]
    left = min(losses) / max(constant_loss(rows, settings.loss), 1e-300)
    return [THOROUGH] if left < 1.0 - _EXPLAINED else []


def _mean_loss(part: Part, rows: Rows, settings: Settings) -> float:
    blocks = problem_of(part.state, rows, settings.loss).blocks
    return total_loss(part.state.network, blocks, settings.loss) / rows.total_weight


def thorough_fits(rows: Rows, settings: Settings, names: Collection[str]) -> list[Part]:
    """Return the fit, if it is named."""
    if THOROUGH not in names:
        return []
    part = settings.progress.begin(THOROUGH)
    levels = levels_to(settings.architecture.grid_size, _COARSEST)
    plan = FixedPlan(
        settings.loss,
        replace(settings.architecture, hidden=((_NODES, 0),), direct=True),
        levels,
        exploring=_EXPLORING,
        level_steps=_LEVEL_STEPS,
        max_iter=_LAST_STEPS,
        narrower=False,
    )
    state = fit_fixed(plan, rows, np.random.SeedSequence(0).spawn(_STARTS)).state
    assert state is not None
    found = Part(THOROUGH, state)
    told(part, found, rows)
    return [found]
