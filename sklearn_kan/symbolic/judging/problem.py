"""What a search is given, beside what it has found."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from ..language.expression import Node, values
from ..language.permitted import is_permitted, names_of
from ..language.primitive import Array, Primitive
from ..language.tidy import tidy
from .description import describe
from .probes import Probes
from .refine import Refined, refine

# A formula is exact when it leaves this share of the target's standard deviation.
EXACT = 3e-11
# One of more free constants than this is so only when it leaves hardly more than rounding.
_FEW, _ROUNDING = 5, 1e-14


@dataclass(frozen=True, eq=False)
class LawProblem:
    """Rows: X (n, p), y (n,), positive weights (n,) whose mean is one.

    Parameters
    ----------
    X, y, weights : ndarray
    floor : float
        The error of y, as a share of its standard deviation, where that is known: formulas
        that leave less are one as good as another.
    library : tuple of Primitive or None
        The functions that formulas may have; None for all.
    copies : float
        Rows that each of them stands for, on average.
    """

    X: Array
    y: Array
    weights: Array
    floor: float = EXACT
    library: tuple[Primitive, ...] | None = None
    copies: float = 1.0

    @cached_property
    def permitted(self) -> frozenset[str] | None:
        """Names of the functions that formulas may have; None for all."""
        return names_of(self.library)

    @property
    def mass(self) -> float:
        """Number of rows that these stand for."""
        return self.copies * self.n

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.y)

    @property
    def p(self) -> int:
        """Number of columns."""
        return self.X.shape[1]

    def sd(self) -> float:
        """Return the standard deviation of y, or what rounding makes of it."""
        centre = np.average(self.y, weights=self.weights)
        spread = float(np.sqrt(np.average((self.y - centre) ** 2, weights=self.weights)))
        return max(spread, 1e-15 * float(np.abs(self.y).max()), 1e-300)

    def take(self, rows: Array | slice) -> LawProblem:
        """Return the problem on some of the rows."""
        return replace(self, X=self.X[rows], y=self.y[rows], weights=self.weights[rows])

    def over(self, factor: Array, X: Array) -> LawProblem:
        """Return the problem of y / factor (n,) in other columns X (n, p'); it may not be finite.

        Errors of y of equal size are errors of the quotient of size 1 / factor.
        """
        with np.errstate(all="ignore"):
            y = self.y / factor
            weights = self.weights * np.minimum(factor**2, 100 * np.median(factor**2))
            return replace(self, X=X, y=y, weights=weights / weights.mean())

    def loss(self, node: Node) -> float:
        """Return the share of the standard deviation that a formula leaves; inf: undefined."""
        residual = self.y - values(node, self.X)
        rss = float(self.weights @ residual**2)
        return float(np.sqrt(rss / self.n)) / self.sd() if np.isfinite(rss) else np.inf


@dataclass(frozen=True, eq=False)
class Candidate:
    """A formula with its loss on the rows of the search.

    Parameters
    ----------
    node : Node
    loss : float
        Share of the standard deviation of y that it leaves.
    score : float
        ``n log(loss)`` and what the formula takes to write down, in nats; smaller is better.
    refined : Refined
    """

    node: Node
    loss: float
    score: float
    refined: Refined


@dataclass(eq=False)
class Finds:
    """The candidates of one search, best first."""

    problem: LawProblem
    found: list[Candidate] = field(default_factory=list)
    settled: bool = False  # whether what the best formula leaves is noise

    def add(self, node: Node, max_iter: int = 40) -> Candidate | None:
        """Refine a formula on the rows and keep it, if it is permitted and has values there."""
        problem = self.problem
        if not is_permitted(node, problem.permitted):
            return None
        fitted = refine(tidy(node), problem.X, problem.y, problem.weights, max_iter=max_iter)
        if not np.isfinite(fitted.rss):
            return None
        loss = float(np.sqrt(fitted.rss / problem.n)) / problem.sd()
        left = max(loss, problem.floor)
        oddity = self.probes.oddity(fitted.node)
        shape = (problem.mass, problem.p)
        length = describe(fitted.node, fitted.effects, left * problem.sd(), shape, oddity)
        candidate = Candidate(fitted.node, loss, length.with_rows(left, problem.mass), fitted)
        self.found.append(candidate)
        self.found.sort(key=lambda each: each.score)
        return candidate

    @cached_property
    def probes(self) -> Probes:
        """Where formulas are looked at between the rows, and beyond."""
        return Probes.of(self.problem.X, self.problem.y)

    @property
    def best(self) -> Candidate | None:
        """The candidate of the best score."""
        return self.found[0] if self.found else None

    @property
    def exact(self) -> bool:
        """Whether a formula was found that leaves rounding errors only.

        Many constants may come as near as the law: where they are many the law leaves less, and
        where y has an error of its own they do not count. As many as there are rows say nothing.
        """
        floor, few = self.problem.floor, self.problem.p + 3
        for each in self.found:
            n_constants = len(each.refined.deviations)
            if floor <= EXACT:
                is_exact = each.loss < (EXACT if n_constants <= _FEW else _ROUNDING)
            else:
                is_exact = each.loss < 0.5 * floor and n_constants <= few
            if is_exact and each.score < 0.0:
                return True
        return False
