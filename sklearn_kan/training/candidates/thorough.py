"""A network fitted with patience, where there is little noise and the table is small.

Fits that are mixed take few steps, as more do not help where rows are noisy. Where they explain
nearly all, what is left is what they have not learnt yet: more steps on finer grids, from the best
of several starts, then lower the error by orders of magnitude.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from ..given.fit import levels_to
from ..objective.objective import Rows, constant_loss, mean_loss
from .part import Part
from .settings import Settings, told
from .wide import MANY_ROWS, fit_given, is_affordable

_NODES, _STARTS, _COARSEST = 8, 2, 5
_STEPS = (5, 5, 20)
# The least share of the loss that fits must explain before there is one of these.
_EXPLAINED = 0.85
THOROUGH = f"{_NODES} nodes, many steps"
N_THOROUGH = 1


def thorough_names(
    found: Sequence[Part], rows: Rows, settings: Settings, n_fits: int, *, in_order: bool = False
) -> list[str]:
    """Return the fit's name if it is worth a try after others, and affordable so many times.

    It is where they explain nearly all, or what the best of them leaves is in order.
    """
    if settings.loss.couples_outputs or rows.total_weight < MANY_ROWS:
        return []
    if not is_affordable(rows, settings, _NODES, settings.architecture.grid_size, n_fits):
        return []
    if in_order:
        return [THOROUGH]
    losses = [mean_loss(part.state.network, rows, settings.loss) for part in found]
    left = min(losses) / max(constant_loss(rows, settings.loss), 1e-300)
    return [THOROUGH] if left < 1.0 - _EXPLAINED else []


def thorough_fits(rows: Rows, settings: Settings, names: Collection[str]) -> list[Part]:
    """Return the fit, if it is named."""
    if THOROUGH not in names:
        return []
    part = settings.progress.begin(THOROUGH)
    architecture = replace(settings.architecture, hidden=((_NODES, 0),), direct=True)
    levels = levels_to(architecture.grid_size, _COARSEST)
    seeds = np.random.SeedSequence(0).spawn(_STARTS)
    state = fit_given(architecture, levels, rows, settings, seeds, _STEPS)
    found = Part(THOROUGH, state)
    told(part, found, rows)
    return [found]
