"""The default fit: strengths by the evidence, architecture by growth, whatever the table's size.

Strengths and architecture are learnt on a random part of a large table, where the other rows
judge them; the weights, and the strengths once more, then on all rows.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ..candidates.growth import recentred
from ..candidates.part import Kind, Part
from ..candidates.proposals import folds_are_affordable
from ..candidates.settings import Settings
from ..candidates.without_evidence import continued_on
from ..coordinates.strengths import groups_of
from ..evidence.beyond_rows import finished
from ..evidence.elimination import eliminate
from ..evidence.gauss_newton import EvidenceProblem, State, fit_evidence
from ..evidence.leave_one_out import correct_strengths
from ..objective.objective import Blocks, Rows, constant_loss, mean_loss
from ..report.history import Record
from .choose import MOST_PARTS, Chosen, choose
from .finer_at_the_end import polished
from .shares import MOST_IN_MIXTURE

# Rows that the architecture is chosen on.
_ROWS_TO_CHOOSE = 2500
# The candidates are judged by some of the other rows, if there are enough; else by folds.
_FEWEST_ROWS_TO_JUDGE, _MOST_ROWS_TO_JUDGE = 700, 20000
_ITER_ON_ALL = 8


def fit_automatic(rows: Rows, settings: Settings, seed: np.random.SeedSequence) -> Chosen:
    """Return the default fit.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    seed : SeedSequence
        For the folds and the part of a large table.
    """
    part_seed, fold_seed = seed.spawn(2)
    size = _rows_to_choose(rows, settings)
    if len(rows.x) <= size:
        return _polished(choose(rows, settings, fold_seed), rows, settings)
    rng = np.random.default_rng(part_seed)
    in_part = np.zeros(len(rows.x), bool)
    in_part[rng.choice(len(rows.x), size, replace=False)] = True
    reach = np.stack([rows.x.min(axis=0), rows.x.max(axis=0)])
    others = rows.take(np.flatnonzero(~in_part)[:_MOST_ROWS_TO_JUDGE])
    choice = choose(
        rows.take(in_part),
        replace(settings, reach=reach),
        fold_seed,
        others if len(others.x) >= _FEWEST_ROWS_TO_JUDGE else None,
    )
    additive, *parts = (_on_all(part, rows, settings) for part in (choice.additive, *choice.others))
    return _polished(replace(choice, additive=additive, others=tuple(parts)), rows, settings)


# Mixtures whose loss on rows left out is less than this share of a constant's have next to no
# noise: one fit on finer grids replaces them if it leaves less than a tenth of what they leave.
_NOISELESS, _MUCH_LESS = 1e-3, 0.1


def _polished(choice: Chosen, rows: Rows, settings: Settings) -> Chosen:
    """Return the choice on finer grids, if it is one network with hidden nodes.

    Of a mixture without noise the fit of the largest share is tried alone.
    """
    deep = [part for part in choice.others if part.is_deep]
    if not deep or settings.finest <= settings.architecture.grid_size:
        return choice
    part = max(deep, key=lambda one: one.share)
    if part.kind is Kind.PENALISED:  # it has no evidence that a finer grid could raise
        return choice
    is_alone = part.share == 1.0
    if not is_alone and not choice.risk < _NOISELESS * constant_loss(rows, settings.loss):
        return choice
    state = polished(part.state, rows, settings)
    if not is_alone:
        if mean_loss(state.network, rows, settings.loss) > _MUCH_LESS * choice.risk:
            return choice
    others = (replace(part, share=1.0, state=state),)
    return replace(choice, additive=replace(choice.additive, share=0.0), others=others)


def count_parts(settings: Settings) -> int:
    """Return of how many parts `fit_automatic` is made at the most.

    Those of a choice, and the fits that are mixed, on all rows.
    """
    return MOST_PARTS + 1 + MOST_IN_MIXTURE if settings.grows else 2 + 1 + 1


def _rows_to_choose(rows: Rows, settings: Settings) -> int:
    """Return how many rows the architecture is chosen on."""
    rest = len(rows.x) - _FEWEST_ROWS_TO_JUDGE
    if settings.grows and rest >= _FEWEST_ROWS_TO_JUDGE:
        if not folds_are_affordable(rows, settings):
            return min(rest, _ROWS_TO_CHOOSE)
    return _ROWS_TO_CHOOSE


def _on_all(part: Part, rows: Rows, settings: Settings) -> Part:
    """Go on with a fit of some rows on all of them."""
    part_progress = settings.progress.begin("all rows")
    if part.kind is Kind.PENALISED:
        part = continued_on(part, rows, settings)
        part_progress.end(
            Record("all rows", len(part.state.history)), lambda: finished(part.state, rows)
        )
        return part
    state = replace(_with_all_direct_edges(part.state), posterior=None, n_accepted=0)
    problem = EvidenceProblem(Blocks(state.network, rows), settings.loss)
    state = recentred(problem, state)
    state = fit_evidence(problem, state, max_iter=_ITER_ON_ALL, tol=settings.tol)
    if part.kind is Kind.ADDITIVE:
        smaller, removals = eliminate(state)
        if removals:
            smaller = replace(smaller, posterior=None)
            smaller = fit_evidence(problem, smaller, max_iter=_ITER_ON_ALL, tol=settings.tol)
            state = max(state, smaller, key=lambda one: one.log_evidence)
    if not state.chart.n_hidden:
        state = correct_strengths(problem, state)
    objective = state.history[-1] if state.history else None
    part_progress.end(
        Record("all rows", len(state.history), objective), lambda: finished(state, rows)
    )
    return replace(part, state=state)


def _with_all_direct_edges(state: State) -> State:
    """Return the state with the edges back that a part of the rows was too small to support."""
    chart = state.chart
    whole = replace(chart, active=(*chart.active[:-1], np.ones_like(chart.active[-1])))
    beta = whole.pack(chart.matrices(state.beta), state.beta[chart.bias_part])
    return replace(
        state, chart=whole, beta=beta, strengths=replace(state.strengths, group=groups_of(whole))
    )
