"""What proposals are made from: what is known when a fit is proposed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Protocol

from ..evidence.budget import steps_are_affordable
from ..evidence.gauss_newton import EvidenceProblem, State, problem_of
from ..objective.objective import Rows
from .growth import working_residual
from .part import Kind, Part, Variant
from .residual_order import is_in_order
from .settings import Settings

# A fit with hidden nodes must raise the log-evidence by this much to count.
RISE = 2.0


@dataclass(frozen=True, eq=False)
class Context:
    """What is known when a fit is proposed.

    Parameters
    ----------
    problem : EvidenceProblem
        The rows, under the additive model.
    settings : Settings
    found : tuple of Part
        What has been made, the additive fit first.
    n_fits : int
        How many times each fit will be made: on these rows, and on those of each fold.
    """

    problem: EvidenceProblem
    settings: Settings
    found: tuple[Part, ...]
    n_fits: int

    @property
    def rows(self) -> Rows:
        """The rows to fit."""
        return self.problem.blocks.rows

    @property
    def additive(self) -> State:
        """The additive fit that hidden nodes are added to."""
        return begun_with(self.found, self.settings)

    @property
    def deep(self) -> list[Part]:
        """The fits with hidden nodes."""
        return [part for part in self.found if part.is_deep]

    @property
    def best(self) -> State:
        """The fit of the highest evidence."""
        states = [self.additive, *(part.state for part in self.deep)]
        return max(states, key=lambda one: one.log_evidence)

    def has(self, kind: Kind) -> bool:
        """Tell whether there is a fit of a kind."""
        return any(part.kind is kind for part in self.found)

    @cached_property
    def may_grow(self) -> bool:
        """Whether Gauss-Newton can have hidden nodes beside the additive part."""
        p, q = self.rows.x.shape[1], self.rows.y.shape[1]
        own = self.additive.beta.size // q + self.additive.chart.network.grid_size
        return steps_are_affordable(self.rows, self.settings.loss, p, own, self.n_fits)

    @cached_property
    def leaves_order(self) -> bool:
        """Whether what the best fit leaves is alike for rows that are close to each other."""
        problem = problem_of(self.best, self.rows, self.settings.loss)
        residual = working_residual(problem, self.best.network)
        return is_in_order(self.rows.x, residual, self.rows.weights)

    @cached_property
    def asks_for_more(self) -> bool:
        """Whether hidden nodes raise the evidence, or the best fit so far leaves an order."""
        return rises(self.found, self.settings) or self.leaves_order


class Proposal(Protocol):
    """A fit, or fits that are made together, from which a default fit is chosen."""

    @property
    def variants(self) -> tuple[Variant, ...]:
        """Which fits it may make; people are told of the first."""
        ...

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether rows that have not been fitted yet may want it, and it is affordable."""
        ...

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fits, none if there turns out to be nothing to fit.

        Parameters
        ----------
        context : Context
        asked : frozenset of Variant or None
            What other rows have; None where these rows decide.
        """
        ...


def begun_with(found: Sequence[Part], settings: Settings) -> State:
    """Return which of the additive fits others grow from.

    It has all edges for squared error and robust losses, and is without the idle ones for
    likelihoods: that is what tables show to be better.
    """
    flat = [part for part in found if part.kind in (Kind.ADDITIVE, Kind.ADDITIVE_ALL_EDGES)]
    return flat[0 if settings.loss.is_likelihood else -1].state


def rises(found: Sequence[Part], settings: Settings) -> bool:
    """Tell whether the evidence of any fit is above that of the additive one that others grow from.

    Of two composed fits the one with all edges counts, like that of what grows.
    """
    deep = [part for part in found if part.is_deep]
    if any(part.kind is Kind.COMPOSED_ALL_EDGES for part in deep):
        deep = [part for part in deep if part.kind is not Kind.COMPOSED]
    best = max((part.state.log_evidence for part in deep), default=-inf)
    return best > begun_with(found, settings).log_evidence + RISE
