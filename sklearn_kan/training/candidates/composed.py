"""A curve of a sum of curves: one hidden node, no direct edges."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from ...network import Network, predict
from ..coordinates.beside import bare_layer
from ..coordinates.demmler_reinsch import identity_weights
from ..evidence.gauss_newton import State, fit_evidence, problem_of
from ..evidence.hidden_grids import hidden_basis
from ..evidence.resume import placed_state
from ..given.fit import levels_to
from ..initial.grids import follow
from ..objective.objective import Rows
from .additive import with_and_without_idle
from .context import Context
from .part import Kind, Part, Variant
from .random_starts import FEW_STEPS, fit_given
from .settings import Settings

_STEPS, _STARTS = 30, 2


@dataclass(frozen=True)
class Composed:
    """An additive model under a link of its own, as in transformation models.

    Where that is the truth it has a fraction of the parameters that hidden nodes beside an
    additive part need.
    """

    variants: ClassVar[tuple[Variant, Variant]] = (
        Variant(Kind.COMPOSED),
        Variant(Kind.COMPOSED_ALL_EDGES),
    )

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether hidden nodes are affordable."""
        return context.may_grow

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fit without idle edges, and with them if there are some."""
        rows, settings, additive = context.rows, context.settings, context.additive
        state = composed(rows, settings)
        is_finer = additive.chart.network.grid_size > settings.architecture.grid_size
        if is_finer and rows.y.shape[1] == 1:
            begun_finer = composed_from(additive, rows, settings)
            state = max(state, begun_finer, key=lambda one: one.log_evidence)
        problem = problem_of(state, rows, settings.loss)
        return with_and_without_idle(problem, state, settings, self.variants, asked)


def composed(rows: Rows, settings: Settings) -> State:
    """Return the fit that begins at random."""
    architecture = replace(settings.architecture, hidden=((1, 0),), direct=False)
    levels = levels_to(settings.architecture.grid_size)
    return fit_given(architecture, levels, rows, settings, np.random.SeedSequence(0).spawn(_STARTS))


def composed_from(additive: State, rows: Rows, settings: Settings) -> State:
    """Return the fit that begins with the sum of the additive fit.

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
    line = identity_weights(basis, 0)[None, :, None]
    network = Network((first, replace(bare_layer(basis, 1), weights=line)))
    for steps in (FEW_STEPS[0], FEW_STEPS[0], _STEPS):
        network = follow(network, rows, settings.architecture.grid_eps)
        state = placed_state(network, rows, settings.loss)
        problem = problem_of(state, rows, settings.loss)
        state = fit_evidence(problem, state, max_iter=steps, tol=settings.tol)
        network = state.network
    return state
