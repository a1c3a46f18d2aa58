"""A network beside formulas: what both lose on rows that are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...network import Network, predict
from ...training.objective.objective import Rows
from ..encoding.data import Data
from ..fitting.fitted import Fitted
from .formula import has_log_link, output_maps
from .left_out import raw_left_out
from .sought import Sought

# Of raw predictions behind a log link.
_LARGEST_EXPONENT = 500.0


class Contest:
    """The rows that a network and formulas are compared on, by what formulas are judged by.

    Parameters
    ----------
    fitted : Fitted
    data : Data
    rows : Rows
        The same, encoded.
    sought : sequence of Sought
        One an output.
    """

    def __init__(self, fitted: Fitted, data: Data, rows: Rows, sought: Sequence[Sought]) -> None:
        from ...symbolic.front.front import Judge
        from ...symbolic.judging.problem import LawProblem

        self._fitted, self._rows = fitted, rows
        self._loss = fitted.loss
        self._held_out = [one.found.held_out for one in sought]
        mean = float(data.weights.mean())
        self._judges = [
            Judge(LawProblem(data.X, one.y, data.weights / mean, copies=mean), one.criterion)
            for one in sought
        ]

    def is_won_by(self, network: Network, formula: Network) -> bool:
        """Tell whether a network is to be chosen and not the one that computes formulas."""
        from ...symbolic.front.choice import is_network_better
        from ...symbolic.networks.edge_by_edge import n_numbers

        raw = raw_left_out(formula, self._rows, self._loss, n_numbers=n_numbers(formula))
        constant = sum(judge.worst for judge in self._judges)
        losses = self._total(self._left_out(network))
        return is_network_better(losses, self._total(raw), self._rows.weights, constant)

    def r2(self, network: Network) -> list[tuple[float, float]]:
        """Return what a network saves of each output's loss, on all rows and on rows held out."""
        losses = self._losses(predict(network, self._rows.x))
        left_out = self._losses(self._left_out(network))
        found = []
        for k, (judge, held_out) in enumerate(zip(self._judges, self._held_out, strict=True)):
            part = judge.take(held_out)
            share = part.mean(left_out[held_out, k]) / part.worst
            found.append((1.0 - judge.mean(losses[:, k]) / judge.worst, 1.0 - share))
        return found

    def _left_out(self, network: Network) -> np.ndarray:
        """Return raw predictions (n, q) for rows left out; its splines are as sure as the fit."""
        from ...symbolic.networks.edge_by_edge import n_numbers

        predictive = self._fitted.predictive
        n = n_numbers(network) - (network.n_parameters if predictive is not None else 0)
        return raw_left_out(network, self._rows, self._loss, predictive, n)

    def _total(self, raw: np.ndarray) -> np.ndarray:
        """Return the loss (n,) of raw predictions of all outputs."""
        if self._loss.couples_outputs:
            return 2.0 * self._loss.value(self._rows.y, raw)
        return np.asarray(self._losses(raw).sum(axis=1))

    def _losses(self, raw: np.ndarray) -> np.ndarray:
        """Return the losses (n, q) of raw predictions (n, q)."""
        scale, center = output_maps(self._fitted).T
        if has_log_link(self._fitted):
            raw = np.exp(np.minimum(raw, _LARGEST_EXPONENT))
        values = raw * scale + center
        losses = [
            judge.criterion.losses(judge.rows.y, value)
            for judge, value in zip(self._judges, values.T, strict=True)
        ]
        return np.stack(losses, axis=1)
