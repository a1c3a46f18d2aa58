"""The front of accuracy against complexity, on which one formula is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ..judging.criteria import Criterion
from ..judging.description import Description, describe
from ..judging.probes import Probes
from ..judging.problem import EXACT, LawProblem
from ..judging.refine import Refined, left_out
from ..language.expression import Constant, Node, size, values
from ..language.primitive import Array, count_nodes
from ..language.tidy import tidy
from .choice import Standing, choose
from .one_scale import without_gauge
from .simplest import simplest
from .snap import snap


@dataclass(frozen=True)
class Formula:
    """A formula for the target.

    Parameters
    ----------
    expression : SymPy expression
        In the symbols of the columns.
    complexity : int
        Nodes of its expression tree.
    r2 : float
        Share of the loss of the best constant that it saves, on all rows: of the variance, where
        the loss is squared error.
    r2_held_out : float
        The same on rows held out while its constants were fitted.
    chosen : bool
        Whether it is the one to use.
    """

    expression: Any
    complexity: int
    r2: float
    r2_held_out: float
    chosen: bool = False


@dataclass(frozen=True, eq=False)
class Judge:
    """Rows, as they were given, and the criterion that formulas are judged by on them."""

    rows: LawProblem
    criterion: Criterion

    @cached_property
    def constant(self) -> Refined:
        """The best formula without columns."""
        start = self.criterion.constant(self.rows.y, self.rows.weights)
        return self.fit(Constant(start))

    @cached_property
    def worst(self) -> float:
        """The mean loss of that formula, or what rounding makes of it."""
        size = max(1e-15 * float(np.abs(self.rows.y).max()), 1e-300)
        return max(self.mean(self.losses(self.constant.node)), size**2)

    def take(self, rows: Array | slice) -> Judge:
        """Return the judge on some of the rows."""
        return Judge(self.rows.take(rows), self.criterion.take(rows))

    def fit(self, node: Node) -> Refined:
        """Return a formula at its best constants."""
        rows = self.rows
        return self.criterion.fit(node, rows.X, rows.y, rows.weights)

    def snapped(self, fitted: Refined) -> Refined:
        """Return a fitted formula whose constants are exact where they are recognised."""
        X, weights = self.rows.X, self.rows.weights
        z, w = self.criterion.working(self.rows.y, values(fitted.node, X))
        return self.fit(tidy(snap(fitted, X, z, weights * w).node))

    def losses(self, node: Node) -> Array:
        """Return the loss of each row."""
        return self.criterion.losses(self.rows.y, values(node, self.rows.X))

    def left_out(self, node: Node) -> Array:
        """Return the loss of each row when constants are fitted to the others."""
        rows = self.rows
        z, w = self.criterion.working(rows.y, values(node, rows.X))
        moved = left_out(node, rows.X, z, rows.weights * w)
        return self.criterion.losses(rows.y, z - moved)

    def mean(self, losses: Array) -> float:
        """Return the mean loss of the rows."""
        return float(np.average(losses, weights=self.rows.weights))

    def left(self, share: float) -> float:
        """Return the nats of what a formula leaves that has a share of the worst loss."""
        if self.criterion.is_likelihood:
            return 0.5 * self.rows.mass * self.worst * share
        return 0.5 * self.rows.mass * float(np.log(max(share, EXACT**2)))

    def describe(self, fitted: Refined, probes: Probes) -> Description:
        """Return what a fitted formula takes to write down."""
        residual = 1.0
        if not self.criterion.is_likelihood:
            residual = float(np.sqrt(max(fitted.rss, EXACT**2 * self.constant.rss) / self.rows.n))
        oddity = probes.oddity(fitted.node)
        shape = (self.rows.mass, self.rows.p)
        return describe(fitted.node, fitted.effects, residual, shape, oddity)


@dataclass(frozen=True, eq=False)
class _Row:
    """A formula at its best constants, with its share of the loss of the best constant."""

    node: Node
    share: float
    share_held_out: float
    standing: Standing

    @property
    def size(self) -> int:
        return size(self.node)

    @property
    def pays(self) -> float:
        """How long all but its tree is to write down."""
        description = self.standing.description
        return self.standing.left + description.numbers + description.oddity


def make_front(
    found: Sequence[Node], whole: Judge, held_out: Judge | None, symbols: Sequence[Any]
) -> list[Formula]:
    """Return the formulas that no simpler one beats, simplest first.

    Constants are fitted anew on all rows and snapped; `r2_held_out` is that of the constants
    of the rows of the search. Without rows held out from that each one is left out in turn.
    """
    probes = Probes.of(whole.rows.X, whole.rows.y)
    rows = [row for node in found if (row := _row(node, whole, held_out, probes)) is not None]
    front = _unbeaten(rows)
    if not front:
        return []
    judge = held_out or whole
    weights = judge.rows.weights * judge.rows.copies
    best = choose([row.standing for row in front], whole.rows.mass, weights)
    return [
        _formula(row, simplest(row.node, whole.rows, symbols), chosen=k == best)
        for k, row in enumerate(front)
    ]


def _row(node: Node, whole: Judge, held_out: Judge | None, probes: Probes) -> _Row | None:
    """Return a formula at its best constants on all rows; None if it has no value on some.

    Few rows may hang on one or two, which are then met by two constants: what is left of them
    when they are left out counts, beyond what k constants make of it on average.
    """
    fitted = whole.fit(without_gauge(node))
    if not np.isfinite(fitted.rss):
        return None
    fitted = whole.snapped(fitted)
    judge = held_out or whole
    errors = whole.left_out(fitted.node) if held_out is None else held_out.losses(node)
    share = whole.mean(whole.losses(fitted.node)) / whole.worst
    if not np.isfinite(share) or not np.isfinite(errors).all():
        return None
    share_held_out = judge.mean(errors) / judge.worst
    left = share
    if held_out is None:
        free = max(1.0 - len(fitted.deviations) / whole.rows.mass, 0.0)
        left = max(share, free**2 * share_held_out)
    standing = Standing(whole.left(left), whole.describe(fitted, probes), errors)
    return _Row(fitted.node, share, share_held_out, standing)


def _unbeaten(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows that are more accurate than simpler ones by what their numbers cost."""
    front: list[_Row] = []
    for row in sorted(rows, key=lambda row: (row.size, row.pays)):
        if not front or (row.share < front[-1].share * 0.998 and row.pays < front[-1].pays):
            front.append(row)
    return front


def _formula(row: _Row, expression: Any, *, chosen: bool) -> Formula:
    return Formula(
        expression, count_nodes(expression), 1.0 - row.share, 1.0 - row.share_held_out, chosen
    )
