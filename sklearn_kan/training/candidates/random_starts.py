"""Wide fits beside a direct part, from random starts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..evidence.budget import steps_are_affordable
from ..evidence.gauss_newton import State
from ..given.fit import FixedPlan, fit_fixed, levels_to
from ..initial.network import Architecture
from ..objective.objective import Rows, constant_loss, mean_loss
from .context import Context
from .part import Kind, Part, Variant
from .settings import Settings

# With fewer rows there is less to choose from: no wide fits, and no composed one in a mixture.
MANY_ROWS = 250
# The intervals of a quick fit's grids.
_QUICK_GRID = 5
# Steps of a fit, see `FixedPlan`: exploring, at each level, at the end. Few, as fits that are mixed
# need not be at their optimum, and are no better for it.
FEW_STEPS, _MANY_STEPS = (4, 2, 6), (5, 5, 20)
# Of a fit with patience: starts, the coarsest grid, and the least share of the loss that fits must
# explain before there is one.
_STARTS, _COARSEST, _EXPLAINED = 2, 5, 0.85


@dataclass(frozen=True)
class Wide:
    """Some hidden nodes with curved edges, beside direct ones, from one random start.

    Fits from several starts differ where the rows do not say much, and are mixed for that. One is
    made where others rise above the additive fit, the widest that the rows support.

    Parameters
    ----------
    nodes, seed : int
    fewest_rows : int
        How many rows it needs at the least.
    """

    nodes: int
    seed: int
    fewest_rows: int

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The fit."""
        return (Variant(Kind.WIDE, self.nodes),)

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether there are rows enough, and none is there yet."""
        rows, settings = context.rows, context.settings
        if context.has(Kind.WIDE) or rows.total_weight < self.fewest_rows or not context.may_grow:
            return False
        is_affordable = wide_is_affordable(rows, settings, self.nodes, _QUICK_GRID, context.n_fits)
        return is_affordable and context.asks_for_more

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fit."""
        settings = context.settings
        grid_size = min(settings.architecture.grid_size, _QUICK_GRID)
        architecture = replace(
            settings.architecture, hidden=((self.nodes, 0),), direct=True, grid_size=grid_size
        )
        seeds = [np.random.SeedSequence(self.seed)]
        state = fit_given(architecture, (grid_size,), context.rows, settings, seeds)
        return [Part(self.variants[0], state)]


@dataclass(frozen=True)
class Patient:
    """The best of several starts, after many steps on finer grids.

    Fits that are mixed take few steps, as more do not help where rows are noisy. Where they
    explain nearly all, what is left is what they have not learnt yet: more steps then lower the
    error by orders of magnitude.
    """

    nodes: int

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The fit."""
        return (Variant(Kind.PATIENT, self.nodes),)

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether others explain nearly all, or what the best of them leaves is in order."""
        rows, settings = context.rows, context.settings
        if settings.loss.couples_outputs or rows.total_weight < MANY_ROWS or not context.may_grow:
            return False
        grid_size = settings.architecture.grid_size
        if not wide_is_affordable(rows, settings, self.nodes, grid_size, context.n_fits):
            return False
        return context.asks_for_more and (context.leaves_order or _explain_nearly_all(context))

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fit."""
        settings = context.settings
        architecture = replace(settings.architecture, hidden=((self.nodes, 0),), direct=True)
        levels = levels_to(architecture.grid_size, _COARSEST)
        seeds = np.random.SeedSequence(0).spawn(_STARTS)
        state = fit_given(architecture, levels, context.rows, settings, seeds, _MANY_STEPS)
        return [Part(self.variants[0], state)]


def _explain_nearly_all(context: Context) -> bool:
    """Tell whether little of the loss is left by the best fit so far."""
    rows, loss = context.rows, context.settings.loss
    losses = [mean_loss(part.state.network, rows, loss) for part in context.deep]
    left = min(losses, default=np.inf) / max(constant_loss(rows, loss), 1e-300)
    return left < 1.0 - _EXPLAINED


def fit_given(
    architecture: Architecture,
    grid_sizes: tuple[int, ...],
    rows: Rows,
    settings: Settings,
    seeds: list[np.random.SeedSequence],
    steps: tuple[int, int, int] = FEW_STEPS,
) -> State:
    """Fit an architecture in so many steps: exploring, at each level, at the end."""
    plan = FixedPlan(
        settings.loss,
        architecture,
        grid_sizes,
        exploring=steps[0],
        level_steps=steps[1],
        max_iter=steps[2],
        narrower=False,
    )
    state = fit_fixed(plan, rows, seeds).state
    assert state is not None
    return state


def wide_is_affordable(
    rows: Rows, settings: Settings, nodes: int, grid_size: int, n_fits: int
) -> bool:
    """Tell whether hidden nodes with curved edges, on grids of at most this size, are affordable.

    A column of few distinct values has fewer coordinates than its grid.
    """
    architecture = settings.architecture
    most = min(architecture.grid_size, grid_size) + architecture.degree
    inputs = sum(min(len(np.unique(column)) - 1, most) for column in rows.x.T)
    return steps_are_affordable(rows, settings.loss, nodes * inputs, nodes * most + inputs, n_fits)
