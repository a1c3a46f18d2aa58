"""How many hidden nodes: the evidence proposes, cross-validation on the rows decides.

What the evidence proposes beyond the additive model is fitted again without each of a few
folds: the evidence of a network takes the directions of its hidden nodes as given, though they
were searched for, and heavy tails mislead it. The rows left out say how to mix the proposals.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from joblib import delayed

from ...network import predict
from ..candidates.context import rises
from ..candidates.part import Kind, Part, Variant
from ..candidates.proposals import MOST_CANDIDATES, candidates, folds_are_affordable
from ..candidates.random_starts import MANY_ROWS
from ..candidates.settings import Settings
from ..evidence.beyond_rows import Beyond, finished
from ..evidence.gauss_newton import problem_of
from ..evidence.leave_one_out import correct_strengths, predictions_left_out
from ..objective.folds import row_folds
from ..objective.objective import Rows
from ..report.history import Record
from ..report.progress import SILENT, in_turn
from .mixing import Mixture, mixed
from .shares import best_shares

# Parts of a choice: candidates, then all folds together, then the last fit.
MOST_PARTS = MOST_CANDIDATES + 1 + 1
# Curves go on farther than the rows only where that lowers the loss to this share.
_FARTHER_IF = 0.5


@dataclass(frozen=True, eq=False)
class Chosen:
    """The chosen fits, and what was seen on the way.

    Parameters
    ----------
    additive : Part
        The additive fit; its share is zero where it is no part of the choice.
    others : tuple of Part
        What it is mixed with.
    risk : float
        The mean loss on rows left out; NaN where there was no need to leave out any.
    log_evidence : dict of str to float
        Of each candidate.
    """

    additive: Part
    others: tuple[Part, ...]
    risk: float
    log_evidence: dict[str, float]

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts that have a share."""
        return tuple(part for part in (self.additive, *self.others) if part.share > 0)

    def mixture(self, rows: Rows) -> Mixture:
        """Return the mixture; `rows` are those that the parts were fitted to."""
        return mixed(self.additive, self.others, rows)


def choose(
    rows: Rows,
    settings: Settings,
    seed: np.random.SeedSequence,
    others: Rows | None = None,
) -> Chosen:
    """Return the fit with as many hidden nodes, and as much of them, as the rows support.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    seed : SeedSequence
        For the folds.
    others : Rows or None
        Rows to judge the candidates by; None for folds of `rows`.
    """
    found = candidates(rows, settings, judged_by_folds=others is None)
    evidence = {candidate.name: candidate.state.log_evidence for candidate in found}
    flat = [part for part in found if not part.is_deep]
    if not rises(found, settings):
        found = flat + [part for part in found if part.kind is Kind.PENALISED]
        if len(found) == 1 or not settings.loss.is_likelihood:
            return Chosen(_final(found[0], rows, settings), (), np.nan, evidence)
    variants = tuple(part.variant for part in found)
    found = [_corrected(part, rows, settings) for part in found]
    if others is not None:
        predictions = _predictions_at(found, rows, others.near(rows).x)
    elif len(found) == len(flat) and not folds_are_affordable(rows, settings):
        predictions = _approximately_left_out(found, rows, settings)
    else:
        predictions = _predictions_left_out(rows, settings, seed, variants)
    ways = [replace(one, beyond=beyond) for beyond in Beyond for one in found]
    shares, risk = _shares(ways, predictions, others or rows, settings, rows.total_weight)
    parts = [replace(part, share=share) for part, share in zip(ways, shares, strict=True) if share]
    share = float(sum(part.share for part in parts if part.kind is Kind.ADDITIVE))
    parts = [part for part in parts if part.kind is not Kind.ADDITIVE]
    return Chosen(replace(found[0], share=share), tuple(parts), risk, evidence)


def _shares(
    ways: Sequence[Part],
    predictions: np.ndarray,
    rows: Rows,
    settings: Settings,
    n_fitted: float,
) -> tuple[np.ndarray, float]:
    """Return the share of each way, and the loss of the mixture on the rows that judge it.

    Each fit is there in one of its ways to go on beyond the rows, see `_best_ways`. A curve of a
    sum of curves is taken alone, without idle edges and going on as a line; or it is part of a
    mixture, with all edges and level. That of few rows is no part of a mixture.
    """
    kinds = [part.kind for part in ways]
    all_edges = Kind.COMPOSED_ALL_EDGES
    in_mixtures = all_edges if all_edges in kinds else Kind.COMPOSED
    beyond = np.array([part.beyond for part in ways])
    is_composed = np.array([kind in (Kind.COMPOSED, all_edges) for kind in kinds])
    is_alone = np.array([kind is Kind.COMPOSED for kind in kinds]) & (
        beyond == Beyond.AFTER_LAST_ROW
    )
    is_mixed = np.array([kind is in_mixtures for kind in kinds]) & (
        beyond == Beyond.INSIDE_FIVE_ROWS
    )
    is_mixed &= n_fitted >= MANY_ROWS
    losses = [np.average(settings.loss.value(rows.y, p), weights=rows.weights) for p in predictions]
    is_best = _best_ways(np.reshape(losses, (len(Beyond), -1))).ravel()
    usable = np.flatnonzero((~is_composed & is_best) | is_alone | is_mixed)
    whole = np.flatnonzero(is_alone[usable])
    shares = np.zeros(len(ways))
    shares[usable], risk = best_shares(predictions[usable], rows, settings.loss, whole)
    return shares, risk


def _best_ways(losses: np.ndarray) -> np.ndarray:
    """Return in which way (ways, fits) each fit goes on: that of least loss (ways, fits).

    On farther than the rows only where that lowers the loss to a half: a row far out may then be
    far off.
    """
    farther = np.array(Beyond)[:, None] == Beyond.A_THIRD_FARTHER
    losses = np.where(farther, losses / _FARTHER_IF, losses)
    best: np.ndarray = np.arange(len(Beyond))[:, None] == losses.argmin(axis=0)
    return best


def _approximately_left_out(found: Sequence[Part], rows: Rows, settings: Settings) -> np.ndarray:
    """Return what `_predictions_left_out` does for additive fits, without making others."""
    states = [part.state for part in found]
    left_out = [predictions_left_out(problem_of(one, rows, settings.loss), one) for one in states]
    return np.stack(left_out * len(Beyond))


def _predictions_left_out(
    rows: Rows, settings: Settings, seed: np.random.SeedSequence, variants: tuple[Variant, ...]
) -> np.ndarray:
    """Return raw predictions (ways, n, q) of each row by fits that left it out.

    Candidates go on beyond the rows in each of the ways of `Beyond`, all of them in the first,
    then all of them in the next.
    """
    n = settings.n_folds
    folds = row_folds(rows, n, np.random.default_rng(seed))
    judging = settings.progress.begin("folds", n)
    quiet = replace(settings, progress=SILENT, is_solved=None)
    parts = in_turn(
        (delayed(_predictions_without)(rows, folds == fold, quiet, variants) for fold in range(n)),
        settings.n_jobs,
    )
    table = np.empty((len(Beyond) * len(variants), *rows.y.shape))
    for fold, part in enumerate(parts):
        table[:, folds == fold] = part
        judging.begin("fold").end(Record(f"fold {fold + 1} of {n} left out"))
    judging.end()
    return table


def _predictions_without(
    rows: Rows, left_out: np.ndarray, settings: Settings, variants: tuple[Variant, ...]
) -> np.ndarray:
    """Return the raw predictions (ways, n_left_out, q) of fits to the other rows."""
    others = rows.take(~left_out)
    parts = candidates(others, settings, frozenset(variants))
    additive, *more = (_corrected(part, others, settings) for part in parts)
    made = {candidate.variant: candidate for candidate in more}
    # What the other rows are too few for is judged by the last that they were enough for.
    last = more[-1] if more else additive
    found = [additive, *(made.get(variant, last) for variant in variants[1:])]
    return _predictions_at(found, others, rows.take(left_out).near(others).x)


def _predictions_at(found: Sequence[Part], fitted_to: Rows, x: np.ndarray) -> np.ndarray:
    return np.stack(
        [
            predict(finished(candidate.state, fitted_to, beyond), x)
            for beyond in Beyond
            for candidate in found
        ]
    )


def _final(part: Part, rows: Rows, settings: Settings) -> Part:
    """Return the additive fit, taken alone."""
    part_progress = settings.progress.begin("fewer edges")
    part = _corrected(part, rows, settings)
    part_progress.end(network=lambda: finished(part.state, rows))
    return replace(part, share=1.0)


def _corrected(part: Part, rows: Rows, settings: Settings) -> Part:
    """Return a fit, strengths corrected by rows left out if it is additive."""
    if part.is_deep:
        return part
    problem = problem_of(part.state, rows, settings.loss)
    return replace(part, state=correct_strengths(problem, part.state))
