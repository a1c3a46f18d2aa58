"""Wide networks without evidence: a few dozen steps of L-BFGS, one strength for all penalties.

A wide hidden layer of curved edges is too dear for Gauss-Newton where columns are many, or outputs
are coupled, as the logits of classes are. Gradients are cheap. Which strength is best is left to
the rows that judge the candidates; each has a start of its own, since fits that are mixed should
differ.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Network
from ..coordinates.placing import place
from ..coordinates.strengths import Strengths, count_groups, groups_of
from ..descent.restarts import Fit, Task, fit_once
from ..descent.schedule import Plan
from ..evidence.gauss_newton import State
from ..given.fit import cover_hidden_layers
from ..objective.objective import Rows
from .context import Context, rises
from .part import Kind, Part, Variant
from .settings import Settings

_NODES, _GRID = 16, 3
# Few iterations: more lower the objective, but not the loss on other rows.
_ITER = 50
# With fewer rows, those left out say too little about so wide a network. Where classes are many,
# there is little else.
_FEWEST_ROWS, _FEWEST_ROWS_IF_MANY, _MANY_CLASSES = 250, 100, 5
# The logits of several classes need weak ones.
_STRONG, _WEAK = (10.0, 1.0), (1.0, 0.1, 0.01)


@dataclass(frozen=True)
class Penalised:
    """A wide fit of one strength.

    Parameters
    ----------
    strength : float
    seed : int
    """

    strength: float
    seed: int

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The fit."""
        return (Variant(Kind.PENALISED, self.strength),)

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether rows are enough, and it is a strength for them.

        Where outputs are coupled it is made in any case, as little else is affordable there; else
        where anything rises above the additive fit.
        """
        rows, settings = context.rows, context.settings
        coupled = settings.loss.couples_outputs
        are_many = coupled and rows.y.shape[1] >= _MANY_CLASSES
        if rows.total_weight < (_FEWEST_ROWS_IF_MANY if are_many else _FEWEST_ROWS):
            return False
        if self.strength not in (_WEAK if coupled else _STRONG):
            return False
        return coupled or rises(context.found, settings)

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fit."""
        rows, settings = context.rows, context.settings
        fit = _fit(rows, settings, self.strength, np.random.SeedSequence(self.seed), None)
        return [Part(self.variants[0], _state(fit, rows, settings, self.strength))]


PENALISED = tuple(Penalised(strength, k) for k, strength in enumerate((*_STRONG, *_WEAK[1:])))


def continued_on(part: Part, rows: Rows, settings: Settings) -> Part:
    """Return one of these fits after as many steps on other rows."""
    strength = part.variant.number
    fit = _fit(rows, settings, strength, np.random.SeedSequence(0), part.state.network)
    return replace(part, state=_state(fit, rows, settings, strength))


def _fit(
    rows: Rows,
    settings: Settings,
    strength: float,
    seed: np.random.SeedSequence,
    start: Network | None,
) -> Fit:
    grid_size = min(settings.architecture.grid_size, _GRID)
    architecture = replace(
        settings.architecture, hidden=((_NODES, 0),), direct=True, grid_size=grid_size
    )
    plan = Plan(
        settings.loss, (grid_size,), settings.architecture.grid_eps, strength, max_iter=_ITER
    )
    return fit_once(Task(rows, None, architecture, plan, start=start), seed)


def _state(fit: Fit, rows: Rows, settings: Settings, strength: float) -> State:
    """Return the network in coordinates, where it can be mixed with others.

    Hidden values may have left their grids in the last steps.
    """
    network = cover_hidden_layers(fit.network, rows, settings.architecture.grid_eps)
    placed = place(network, rows)
    chart = replace(placed.chart, shares_outputs=settings.loss.couples_outputs)
    each = np.full(count_groups(chart), strength)
    strengths = Strengths(each, each.copy(), groups_of(chart))
    return State(chart, placed.beta, strengths, history=tuple(fit.loss_curve))
