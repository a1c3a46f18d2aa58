"""The fits that a default fit is chosen from: a list of proposals, and the loop over it.

First the additive model. Hidden nodes are added to it where its residual asks for them: one of
all inputs, or many of two inputs each. Beside these stand a curve of a sum of curves and a
network of nodes with curved edges from a random start, with patience where there is little noise.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from math import isfinite

from ..evidence.beyond_rows import finished
from ..evidence.budget import FEWEST_ROWS, steps_are_affordable
from ..objective.objective import Rows
from ..report.history import Record
from ..report.progress import Progress
from .additive import ADDITIVE, MOST_STEPS, additive_fits
from .composed import Composed
from .context import Context, Proposal
from .growth import columns_a_node
from .one_node import OneNode
from .pairs import Pairs
from .part import Part, Variant
from .planes import Planes
from .random_starts import MANY_ROWS, Patient, Wide
from .settings import Settings
from .without_evidence import PENALISED

# In this order: what comes later may look at what is there.
PROPOSALS: tuple[Proposal, ...] = (
    Composed(),
    OneNode(),
    Pairs(16),
    Pairs(32, more_than=16),
    Planes(),
    Wide(16, seed=0, fewest_rows=2400),
    Wide(8, seed=1, fewest_rows=1200),
    Wide(4, seed=0, fewest_rows=MANY_ROWS),
    Patient(8),
    *PENALISED,
)
# Fits that are told of: the additive ones too.
MOST_CANDIDATES = 2 + sum(len(proposal.variants) for proposal in PROPOSALS)


def candidates(
    rows: Rows,
    settings: Settings,
    asked: frozenset[Variant] | None = None,
    *,
    judged_by_folds: bool = True,
) -> list[Part]:
    """Return the fits to choose from, the additive one first.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    asked : frozenset of Variant or None
        What other rows have, the same is to be made; None makes what is worth it.
    judged_by_folds : bool
        Whether as many fits as there are folds are still to come.
    """
    part = settings.progress.begin(ADDITIVE.name, MOST_STEPS)
    problem, flat = additive_fits(rows, settings, asked, part)
    if tell(part, flat, rows, settings) or not settings.grows:
        return flat[:1]
    if rows.total_weight < FEWEST_ROWS or rows.x.shape[1] < 2:
        return flat
    if settings.is_solved is not None and settings.is_solved():
        return flat
    n_fits = 1 + settings.n_folds * judged_by_folds
    context = Context(problem, settings, tuple(flat), n_fits)
    for proposal in PROPOSALS:
        if not _is_wanted(proposal, context, asked):
            continue
        part = settings.progress.begin(proposal.variants[0].name)
        found = proposal.fits(context, asked)
        if found:  # else what is known of the context stays
            context = replace(context, found=(*context.found, *found))
        if tell(part, found, rows, settings):
            break
    return list(context.found)


def _is_wanted(proposal: Proposal, context: Context, asked: frozenset[Variant] | None) -> bool:
    if asked is None:
        return proposal.is_worth_it(context)
    return not asked.isdisjoint(proposal.variants)


def tell(part: Progress, found: list[Part], rows: Rows, settings: Settings) -> bool:
    """Tell of fits that were made together; return whether no more are to be made."""
    asked_to_stop = False
    for fit in found:
        part = settings.progress.begin(fit.name) if fit is not found[0] else part
        evidence = float(fit.state.log_evidence)
        record = Record(fit.name, log_evidence=evidence if isfinite(evidence) else None)
        asked_to_stop |= part.end(record, partial(finished, fit.state, rows))
    return asked_to_stop if found else part.end()


def folds_are_affordable(rows: Rows, settings: Settings) -> bool:
    """Tell whether candidates with hidden nodes can be judged by folds of the rows."""
    own = rows.x.shape[1] * columns_a_node(rows, settings.architecture, settings.loss)
    return steps_are_affordable(rows, settings.loss, 0, own, 1 + settings.n_folds)
