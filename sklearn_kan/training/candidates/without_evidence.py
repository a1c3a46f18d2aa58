"""Wide networks without evidence: a few dozen steps of L-BFGS, one strength for all penalties.

A wide hidden layer of curved edges is too dear for Gauss-Newton where columns are many, or outputs
are coupled, as the logits of classes are. Gradients are cheap. Which strength is best is left to
the rows that judge the candidates; each has a start of its own, since fits that are mixed should
differ.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from ...network import Network
from ..coordinates.placing import place
from ..coordinates.strengths import Strengths, count_groups, groups_of
from ..descent.restarts import Fit, Task, fit_once
from ..descent.schedule import Plan
from ..evidence.gauss_newton import State
from ..given.fit import cover_hidden_layers
from ..objective.objective import Rows
from ..report.history import Record
from .part import Part
from .settings import Settings

_NODES, _GRID = 16, 3
# Few iterations: more lower the objective, but not the loss on other rows.
_ITER = 50
# With fewer rows, those left out say too little about so wide a network. Where classes are many,
# there is little else.
_FEWEST_ROWS, _FEWEST_ROWS_IF_MANY, _MANY_CLASSES = 250, 100, 5
# The logits of several classes need weak ones.
_STRONG, _WEAK = (10.0, 1.0), (1.0, 0.1, 0.01)
_STRENGTHS = {f"{_NODES} nodes, penalty {value:g}": value for value in (*_STRONG, *_WEAK[1:])}
N_PENALISED = len(_WEAK)


def penalised_names(rows: Rows, settings: Settings) -> list[str]:
    """Return which of these fits are worth a try."""
    coupled = settings.loss.couples_outputs
    are_many = coupled and rows.y.shape[1] >= _MANY_CLASSES
    if rows.total_weight < (_FEWEST_ROWS_IF_MANY if are_many else _FEWEST_ROWS):
        return []
    wanted = _WEAK if coupled else _STRONG
    return [name for name, strength in _STRENGTHS.items() if strength in wanted]


def is_penalised(part: Part) -> bool:
    """Tell whether a candidate is one of these: it has no evidence."""
    return part.name in _STRENGTHS


def penalised_fits(rows: Rows, settings: Settings, names: Collection[str]) -> list[Part]:
    """Return the fits of these names."""
    found: list[Part] = []
    for number, (name, strength) in enumerate(_STRENGTHS.items()):
        if name not in names:
            continue
        part = settings.progress.begin(name)
        fit = _fit(rows, settings, strength, np.random.SeedSequence(number), None)
        found.append(Part(name, _state(fit, rows, settings, strength)))
        if part.end(Record(name, fit.outcome.n_iter, fit.outcome.value), fit.network):
            break
    return found


def gone_on(part: Part, rows: Rows, settings: Settings) -> Part:
    """Return one of these fits after as many steps on other rows."""
    strength = _STRENGTHS[part.name]
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
