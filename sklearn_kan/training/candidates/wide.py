"""Candidates of a given shape, beside the path: a curve of a sum of curves, and wide networks."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np

from ...network import Network, predict
from ..coordinates.beside import bare_layer
from ..coordinates.demmler_reinsch import line_weights
from ..evidence.gauss_newton import State, fit_evidence, problem_of
from ..evidence.hidden_grids import hidden_basis
from ..evidence.resume import resumed
from ..given.fit import FixedPlan, fit_fixed, levels_to
from ..initial.grids import follow
from ..initial.network import Architecture
from ..objective.objective import Rows
from .part import Part
from .settings import Settings, steps_are_affordable, told


@dataclass(frozen=True)
class Wide:
    """A wide fit: its hidden nodes, its seed, and how many rows it needs at the least."""

    nodes: int
    seed: int
    fewest_rows: int

    @property
    def name(self) -> str:
        """What the fit is called."""
        return f"{self.nodes} nodes, start {self.seed + 1}"


# With fewer rows there is less to choose from: no wide fits, and no composed one in a mixture.
MANY_ROWS = 250
# The first that the rows support and that is affordable is made.
WIDE = (Wide(16, 0, 2400), Wide(8, 1, 1200), Wide(4, 0, MANY_ROWS))
N_WIDE = 1
# The intervals of their grids.
_WIDE_GRID = 5
# Steps of a fit, see `FixedPlan`: exploring, at each level, at the end. Few, as fits that are mixed
# need not be at their optimum, and are no better for it.
_STEPS = (4, 2, 6)
_COMPOSED_STEPS = 30
# Starts of the composed fit.
_STARTS = 2


def composed(rows: Rows, settings: Settings) -> State:
    """Return the fit of a curve of a sum of curves: one hidden node, no direct edges.

    An additive model under a link of its own, as in transformation models: where that is the
    truth it has a fraction of the parameters that hidden nodes beside an additive part need.
    """
    architecture = replace(settings.architecture, hidden=((1, 0),), direct=False)
    levels = levels_to(settings.architecture.grid_size)
    return fit_given(architecture, levels, rows, settings, np.random.SeedSequence(0).spawn(_STARTS))


def composed_from(additive: State, rows: Rows, settings: Settings) -> State:
    """Return the fit of a curve of a sum of curves that begins with the sum of the additive fit.

    Random starts do not find curves that need fine grids.

    Parameters
    ----------
    additive : State
        Of one output.
    rows : Rows
    settings : Settings
    """
    first = additive.network.layers[0]
    basis = hidden_basis(predict(additive.network, rows.x), rows.weights, first.basis)
    line = line_weights(basis, 0)[None, :, None]
    network = Network((first, replace(bare_layer(basis, 1), weights=line)))
    for steps in (_STEPS[0], _STEPS[0], _COMPOSED_STEPS):
        network = follow(network, rows, settings.architecture.grid_eps)
        state = resumed(network, rows, settings.loss)
        problem = problem_of(state, rows, settings.loss)
        state = fit_evidence(problem, state, max_iter=steps, tol=settings.tol)
        network = state.network
    return state


def wide_names(rows: Rows, settings: Settings, n_fits: int) -> list[str]:
    """Return which wide fits are worth a try, and affordable if each is made so many times."""
    affordable = [
        wide.name
        for wide in WIDE
        if rows.total_weight >= wide.fewest_rows
        and is_affordable(rows, settings, wide.nodes, _WIDE_GRID, n_fits)
    ]
    return affordable[:N_WIDE]


def wide_fits(rows: Rows, settings: Settings, names: Collection[str]) -> list[Part]:
    """Return the wide fits of these names."""
    return [_wide_fit(wide, rows, settings) for wide in WIDE if wide.name in names]


def _wide_fit(wide: Wide, rows: Rows, settings: Settings) -> Part:
    """Fit a few hidden nodes with curved edges, beside direct ones, from one random start.

    Fits from several starts differ where the rows do not say much, and are mixed for that.
    """
    grid_size = min(settings.architecture.grid_size, _WIDE_GRID)
    architecture = replace(
        settings.architecture, hidden=((wide.nodes, 0),), direct=True, grid_size=grid_size
    )
    part = settings.progress.begin(wide.name)
    seeds = [np.random.SeedSequence(wide.seed)]
    found = Part(wide.name, fit_given(architecture, (grid_size,), rows, settings, seeds))
    told(part, found, rows)
    return found


def fit_given(
    architecture: Architecture,
    grid_sizes: tuple[int, ...],
    rows: Rows,
    settings: Settings,
    seeds: list[np.random.SeedSequence],
    steps: tuple[int, int, int] = _STEPS,
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


def is_affordable(rows: Rows, settings: Settings, nodes: int, grid_size: int, n_fits: int) -> bool:
    """Tell whether hidden nodes with curved edges, on grids of at most this size, are affordable.

    A column of few distinct values has fewer coordinates than its grid.
    """
    architecture = settings.architecture
    most = min(architecture.grid_size, grid_size) + architecture.degree
    inputs = sum(min(len(np.unique(column)) - 1, most) for column in rows.x.T)
    return steps_are_affordable(rows, settings, nodes * inputs, nodes * most + inputs, n_fits)
