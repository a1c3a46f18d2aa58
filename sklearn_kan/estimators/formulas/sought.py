"""What formulas of each output are sought for, and judged by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import logsumexp

from ...network import Network, predict
from ...training.objective.losses import BinaryLogLoss, Huber, Poisson
from ..encoding.data import Data
from ..encoding.target import NumericTarget
from ..fitting.fitted import Setup
from .formula import has_link

if TYPE_CHECKING:
    from ...symbolic.judging.criteria import Criterion
    from ...symbolic.search import Found


@dataclass(frozen=True, eq=False)
class Sought:
    """What formulas of one output are of, what they are judged by, and those that were found.

    Parameters
    ----------
    y : ndarray of shape (n,)
        The target in the user's units; 0 and 1 for a class.
    criterion : Criterion
    found : Found
    """

    y: np.ndarray
    criterion: Criterion
    found: Found

    @property
    def chosen(self) -> int | None:
        """Which row of the front is chosen."""
        return next((k for k, row in enumerate(self.found.front) if row.chosen), None)


def criteria_of(
    setup: Setup, data: Data, ordered: Data, network: Network | None
) -> list[tuple[np.ndarray, Criterion]]:
    """Return the target of each output and what formulas of it are judged by.

    The network knows the columns as the user has them, the search in an order of its own.
    """
    target = setup.encoding.target
    if has_link(setup):
        assert network is not None
        raw = predict(network, setup.encoding.x_scaling.apply(data.X))
    if not isinstance(target, NumericTarget):
        return _of_classes(target.encode(data.y).T, raw)
    columns = data.y.reshape(len(data.y), -1).T
    if has_link(setup):
        return _of_means(target, columns, raw)
    if isinstance(target.loss, Huber):
        return [(y, _robust(ordered, y)) for y in columns]
    from ...symbolic.judging.criteria import LeastSquares

    return [(y, LeastSquares()) for y in columns]


def _robust(data: Data, y: np.ndarray) -> Criterion:
    from ...symbolic.judging.criteria import Robust
    from ...symbolic.judging.interpolant import interpolate_robustly
    from ...symbolic.judging.problem import LawProblem

    weights = data.weights / data.weights.mean()
    return Robust(interpolate_robustly(LawProblem(data.X, y, weights)))


def _of_means(
    target: NumericTarget, columns: np.ndarray, raw: np.ndarray
) -> list[tuple[np.ndarray, Criterion]]:
    from ...symbolic.judging.criteria import OfMean

    power = 1 if isinstance(target.loss, Poisson) else 2
    return [
        (y, OfMean(target.loss, power, pilot + np.log(unit)))
        for y, pilot, unit in zip(columns, raw.T, target.scaling.unit, strict=True)
    ]


def _of_classes(columns: np.ndarray, raw: np.ndarray) -> list[tuple[np.ndarray, Criterion]]:
    from ...symbolic.judging.criteria import OfClass

    found: list[tuple[np.ndarray, Criterion]] = []
    for k, y in enumerate(columns):
        others = np.zeros(len(y))
        if len(columns) > 1:
            others = logsumexp(np.delete(raw, k, axis=1), axis=1)
        found.append((y, OfClass(BinaryLogLoss(), raw[:, k], others)))
    return found
