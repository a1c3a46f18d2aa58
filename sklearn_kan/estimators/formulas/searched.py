"""The search for whole formulas on the rows of a fit, made once and when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import logsumexp

from ...network import predict
from ...training.objective.losses import BinaryLogLoss, Gamma, Huber, Loss, Poisson
from ..encoding.data import Data
from ..encoding.table_order import in_one_order
from ..encoding.target import NumericTarget
from ..fitting.hyperparameters import seed_sequence
from .formula import column_symbols

if TYPE_CHECKING:
    from ...symbolic.judging.criteria import Criterion
    from ...symbolic.search import Found

# This share of the target's variance is rounding.
ROUNDING = 1e-20


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


class FormulaSearch:
    """Fronts of formulas, and whether one of them leaves nothing to be fitted.

    Parameters
    ----------
    library : sequence of Primitive
    """

    def __init__(self, library: Sequence[Any]) -> None:
        self.library = library
        self._sought: list[Sought] | None = None

    def sought(self, estimator: Any, data: Data) -> list[Sought]:
        """Return the formulas of each output.

        They are of the mean of the target, or of the decision function. Behind a link the fitted
        network's predictions say how much the rows weigh; the formulas are of the rows.
        """
        if self._sought is None:
            columns = in_one_order(data).columns
            ordered = data.in_order(columns)
            names = column_symbols(estimator)
            symbols = [names[k] for k in columns]
            self._sought = [
                self._search(estimator, ordered, symbols, y, criterion)
                for y, criterion in _criteria(estimator, data, ordered)
            ]
        return self._sought

    def _search(
        self,
        estimator: Any,
        data: Data,
        symbols: Sequence[Any],
        y: np.ndarray,
        criterion: Criterion,
    ) -> Sought:
        from ...symbolic.search import search

        found = search(
            data.X,
            y,
            data.weights,
            library=self.library,
            seed=int(seed_sequence(estimator.random_state).generate_state(1)[0]),
            symbols=symbols,
            criterion=criterion,
        )
        return Sought(y, criterion, found)


def _criteria(estimator: Any, data: Data, ordered: Data) -> list[tuple[np.ndarray, Criterion]]:
    """Return the target of each output and what formulas of it are judged by.

    The network knows the columns as the user has them, the search in an order of its own.
    """
    target = estimator._encoding_.target
    loss: Loss = estimator._loss(target)
    if not isinstance(target, NumericTarget):
        return _of_classes(estimator, data)
    columns = data.y.reshape(len(data.y), -1).T
    if isinstance(loss, Poisson | Gamma):
        return _of_means(estimator, data, columns, loss)
    if isinstance(loss, Huber):
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
    estimator: Any, data: Data, columns: np.ndarray, loss: Loss
) -> list[tuple[np.ndarray, Criterion]]:
    from ...symbolic.judging.criteria import OfMean

    units = estimator._encoding_.target.scaling.unit
    raw = _raw(estimator, data)
    power = 1 if isinstance(loss, Poisson) else 2
    return [
        (y, OfMean(loss, power, pilot + np.log(unit)))
        for y, pilot, unit in zip(columns, raw.T, units, strict=True)
    ]


def _of_classes(estimator: Any, data: Data) -> list[tuple[np.ndarray, Criterion]]:
    from ...symbolic.judging.criteria import OfClass

    raw = _raw(estimator, data)
    columns = estimator._encoding_.target.encode(data.y).T
    found: list[tuple[np.ndarray, Criterion]] = []
    for k, y in enumerate(columns):
        others = np.zeros(len(y))
        if len(columns) > 1:
            others = logsumexp(np.delete(raw, k, axis=1), axis=1)
        found.append((y, OfClass(BinaryLogLoss(), raw[:, k], others)))
    return found


def _raw(estimator: Any, data: Data) -> np.ndarray:
    return predict(estimator.network_, estimator._encoding_.x_scaling.apply(data.X))
