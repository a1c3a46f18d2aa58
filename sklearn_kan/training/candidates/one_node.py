"""One hidden node of all inputs beside the additive part, its edges straight or curved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ..evidence.hidden_grids import fit_with_moving_grids
from .context import RISE, Context
from .directions import interaction_directions
from .growth import curved, grow, working_residual
from .part import Kind, Part, Variant

# Few steps: fits that are mixed need not be at their optimum, and are no better for it. In between
# the grids of hidden nodes follow.
_STEPS = (4, 4, 6)


@dataclass(frozen=True)
class OneNode:
    """A node along the direction in which the residual of the additive fit is most curved."""

    variants: ClassVar[tuple[Variant, ...]] = (Variant(Kind.ONE_NODE), Variant(Kind.CURVED_NODE))

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether hidden nodes are affordable."""
        return context.may_grow

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return both fits; none where the rows decide and neither raises the evidence."""
        problem, state, tol = context.problem, context.additive, context.settings.tol
        residual = working_residual(problem, state.network)
        directions = interaction_directions(context.rows, residual, 1)
        straight = fit_with_moving_grids(problem, grow(problem, state, directions), _STEPS, tol)
        bent = fit_with_moving_grids(problem, curved(straight), _STEPS, tol)
        best = max(straight.log_evidence, bent.log_evidence)
        if asked is None and best <= state.log_evidence + RISE:
            return []
        return [Part(v, fit) for v, fit in zip(self.variants, (straight, bent), strict=True)]
