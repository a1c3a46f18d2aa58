"""The additive fit, with or without its idle edges."""

from __future__ import annotations

from ..evidence.elimination import without_idle_edges
from ..evidence.gauss_newton import EvidenceProblem, State, fit_evidence
from ..objective.objective import Blocks, Rows
from ..report.progress import Progress
from .finer_grids import refined
from .growth import additive_state
from .part import Kind, Part, Variant
from .settings import Settings

ADDITIVE, ALL_EDGES = Variant(Kind.ADDITIVE), Variant(Kind.ADDITIVE_ALL_EDGES)
# Steps of the fit and their tolerances: steps are slow and dear where outputs are coupled, and
# fits to the rows of a fold need not be at their optimum.
MOST_STEPS, _TOL, _COUPLED_TOL = 40, 1e-4, 5e-2
_REFIT_STEPS = 10


def additive_fits(
    rows: Rows, settings: Settings, asked: frozenset[Variant] | None, progress: Progress
) -> tuple[EvidenceProblem, list[Part]]:
    """Return the problem of the additive model and its fits, that without idle edges first.

    Parameters
    ----------
    rows : Rows
    settings : Settings
    asked : frozenset of Variant or None
        See `Proposal.fits`.
    progress : Progress
    """
    tol = _TOL if asked is None else settings.tol
    tol = _COUPLED_TOL if settings.loss.couples_outputs else tol
    state = additive_state(settings.architecture, rows, settings.loss, settings.reach)
    problem = EvidenceProblem(Blocks(state.chart.network, rows), settings.loss)
    state = fit_evidence(
        problem, state, max_iter=MOST_STEPS, tol=tol, damping=0.0, progress=progress
    )
    problem, state = refined(problem, state, settings, MOST_STEPS, tol)
    return problem, with_and_without_idle(problem, state, settings, (ADDITIVE, ALL_EDGES), asked)


def with_and_without_idle(
    problem: EvidenceProblem,
    state: State,
    settings: Settings,
    variants: tuple[Variant, Variant],
    asked: frozenset[Variant] | None,
) -> list[Part]:
    """Return a fit without the edges that the evidence is better without, and with all edges.

    With all edges only if there are some of these, or that is asked for.
    """
    sparse = without_idle_edges(problem, state, _REFIT_STEPS, settings.tol)
    found = [Part(variants[0], sparse)]
    if sparse is not state if asked is None else variants[1] in asked:
        found.append(Part(variants[1], state))
    return found
