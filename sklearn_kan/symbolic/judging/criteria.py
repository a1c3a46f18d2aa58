"""What formulas are judged by: squared error, or another loss of the rows.

A search knows least squares only. Another loss is least squares of *working* rows: targets and
weights that depend on what a formula computes at present (McCullagh and Nelder 1989, chapter 2;
Huber 1981, chapter 7). So a criterion says what rows a search is made on, how working rows follow
from the values of a formula, and what its loss is.
"""

# ruff: noqa: D102  (`Criterion` describes the methods of all)

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...training.objective.losses import Loss
from ..language.expression import Node, parameters, values, with_parameters
from ..language.outer import exp_of
from ..language.primitive import Array
from .refine import Refined, refine

# Fits of working rows, steps of each, halvings of a step that raises the loss.
_ROUNDS, _STEPS, _HALVINGS = 25, 6, 6
_NO_GAIN = 1e-10
# Of logarithms of a mean; rows as sure as this hardly count: their working targets are far off.
_LARGEST, _LEAST_CURVATURE = 300.0, 1e-3
# Residuals that count in full, in robust standard deviations: 95 % efficient under normal noise.
_HUBER = 1.345
_MAD_TO_DEVIATION = 1.4826
# Rows that a pilot leaves more of, in the same unit, are no part of a search.
_OUTLYING = 8.0


@dataclass(frozen=True, eq=False)
class Search:
    """Rows for one search by least squares.

    Parameters
    ----------
    y, weights : ndarray of shape (n,)
        Weights multiply those of the rows; those of weight zero are left out.
    back : callable
        From a formula of y to one of what the criterion judges.
    error : float
        The error of y, as a share of its standard deviation, where that is known; else 0.
    """

    y: Array
    weights: Array
    back: Callable[[Node], Node]
    error: float = 0.0


class Criterion(ABC):
    """A loss of what formulas compute; `y` and `found` are (n,)."""

    #: Whether the loss is -log of a likelihood of known dispersion.
    is_likelihood = False

    @abstractmethod
    def searches(self, y: Array) -> list[Search]:
        """Return the searches to be made."""

    @abstractmethod
    def working(self, y: Array, found: Array) -> tuple[Array, Array]:
        """Return targets and weights (n,) whose weighted squares go as the loss near a formula."""

    @abstractmethod
    def losses(self, y: Array, found: Array) -> Array:
        """Return the loss of each row (n,): infinite, or NaN, where a formula has none."""

    def take(self, rows: Array | slice) -> Criterion:
        """Return the criterion for some of the rows."""
        return self

    def constant(self, y: Array, weights: Array) -> float:
        """Return where the fit of a constant starts."""
        return float(np.average(y, weights=weights))

    def fit(self, node: Node, X: Array, y: Array, weights: Array, max_iter: int = 40) -> Refined:
        """Return the formula with its constants where the weighted loss is least."""
        found = values(node, X)
        best = float(weights @ self.losses(y, found))
        if not np.isfinite(best):
            return Refined.failed(node)
        for _ in range(_ROUNDS):
            z, w = self.working(y, found)
            fitted = refine(node, X, z, weights * w, max_iter=_STEPS)
            nearer = self._lower(node, fitted.node, (X, y, weights), best)
            if nearer is None:
                break
            gain = best - nearer[1]
            node, best = nearer
            found = values(node, X)
            if gain <= _NO_GAIN * best:
                break
        z, w = self.working(y, found)
        return refine(node, X, z, weights * w, max_iter=1)

    def _lower(
        self, node: Node, other: Node, rows: tuple[Array, Array, Array], before: float
    ) -> tuple[Node, float] | None:
        """Return a formula on the way to another whose loss is lower, and the loss."""
        X, y, weights = rows
        start, step = parameters(node), parameters(other) - parameters(node)
        for k in range(_HALVINGS):
            trial = with_parameters(node, start + 0.5**k * step)
            value = float(weights @ self.losses(y, values(trial, X)))
            if value < before:
                return trial, value
        return None


class LeastSquares(Criterion):
    """Squared error."""

    def searches(self, y: Array) -> list[Search]:
        return [Search(y, np.ones_like(y), _as_it_is)]

    def working(self, y: Array, found: Array) -> tuple[Array, Array]:
        return y, np.ones_like(y)

    def losses(self, y: Array, found: Array) -> Array:
        return (y - found) ** 2

    def fit(self, node: Node, X: Array, y: Array, weights: Array, max_iter: int = 40) -> Refined:
        return refine(node, X, y, weights, max_iter=max_iter)


@dataclass(frozen=True, eq=False)
class Robust(Criterion):
    """Huber's loss, in units of the median deviation of the residuals.

    Parameters
    ----------
    pilot : ndarray of shape (n,)
        Estimates of y from which outliers are told before there is a formula.
    """

    pilot: Array

    def searches(self, y: Array) -> list[Search]:
        residual = np.abs(y - self.pilot)
        scale = _scale_of(residual)
        trust = np.minimum(1.0, _HUBER * scale / np.maximum(residual, 1e-300)) ** 2
        return [Search(y, np.where(residual > _OUTLYING * scale, 0.0, trust), _as_it_is)]

    def working(self, y: Array, found: Array) -> tuple[Array, Array]:
        residual = y - found
        limit = _HUBER * _scale_of(np.abs(residual))
        return found + np.clip(residual, -limit, limit), np.ones_like(y)

    def losses(self, y: Array, found: Array) -> Array:
        residual = np.abs(y - found)
        limit = _HUBER * _scale_of(residual)
        inside = np.minimum(residual, limit)
        return inside * (2.0 * residual - inside)

    def take(self, rows: Array | slice) -> Robust:
        return replace(self, pilot=self.pilot[rows])


def _scale_of(residual: Array) -> float:
    return _MAD_TO_DEVIATION * float(np.median(residual)) if np.isfinite(residual).all() else np.nan


@dataclass(frozen=True, eq=False)
class OfMean(Criterion):
    """A loss with a log link; formulas are of the mean.

    Parameters
    ----------
    loss : Loss
    power : int
        The variance goes as this power of the mean.
    pilot : ndarray of shape (n,)
        Estimates of the logarithm of the mean.
    """

    loss: Loss
    power: int
    pilot: Array

    def searches(self, y: Array) -> list[Search]:
        mean = np.exp(np.clip(self.pilot, -_LARGEST, _LARGEST))
        target = self.pilot + (y - mean) / mean
        weights = mean ** (2.0 - self.power)
        return [
            Search(y, mean ** (-float(self.power)), _as_it_is),
            Search(target, weights, exp_of),
        ]

    def working(self, y: Array, found: Array) -> tuple[Array, Array]:
        return y, np.maximum(found, 1e-300) ** -self.power

    def losses(self, y: Array, found: Array) -> Array:
        with np.errstate(all="ignore"):
            raw = np.log(np.where(found > 0, found, np.nan))
        return 2.0 * self.loss.value(y[:, None], raw[:, None])

    def take(self, rows: Array | slice) -> OfMean:
        return replace(self, pilot=self.pilot[rows])


@dataclass(frozen=True, eq=False)
class OfClass(Criterion):
    """Log-loss of a class; formulas are of its logit, those of other classes given.

    Parameters
    ----------
    loss : Loss
        Of two classes.
    pilot : ndarray of shape (n,)
        Estimates of the logit.
    others : ndarray of shape (n,)
        What is taken from it: log of the sum of exp of those of the other classes; 0 for two.
    """

    loss: Loss
    pilot: Array
    others: Array
    is_likelihood = True

    def searches(self, y: Array) -> list[Search]:
        target, weights = self.working(y, self.pilot)
        return [Search(target, weights, _as_it_is)]

    def working(self, y: Array, found: Array) -> tuple[Array, Array]:
        raw = (found - self.others)[:, None]
        _, gradient = self.loss.loss_gradient(y[:, None], raw)
        curvature = np.maximum(self.loss.hessian(y[:, None], raw)[:, 0], _LEAST_CURVATURE)
        return found - gradient[:, 0] / curvature, curvature

    def losses(self, y: Array, found: Array) -> Array:
        return 2.0 * self.loss.value(y[:, None], (found - self.others)[:, None])

    def constant(self, y: Array, weights: Array) -> float:
        return 0.0

    def take(self, rows: Array | slice) -> OfClass:
        return replace(self, pilot=self.pilot[rows], others=self.others[rows])


def _as_it_is(node: Node) -> Node:
    return node
