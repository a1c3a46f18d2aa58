"""How sure a fitted network is of its predictions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ..network import Inputs, Network, forward, inputs_at, row_blocks
from ..network._value import Value
from ..network.passes import LayerTape
from .chart import Chart
from .evidence import Posterior
from .gauss_newton import State
from .linearise import jacobians_at


@dataclass(frozen=True, eq=False)
class Predictive(Value):
    """The normal approximation of the posterior, as far as predictions need it.

    Parameters
    ----------
    chart : Chart
    beta : ndarray of shape (P,)
    root : ndarray of shape (free, P)
        ``dispersion * root' root`` is the covariance of beta.
    dispersion : float
        The variance of the noise of a loss that has none of its own.
    """

    chart: Chart
    beta: np.ndarray
    root: np.ndarray
    dispersion: float

    def with_inputs_in_order(self, order: np.ndarray) -> Predictive:
        """Return the same of a network whose input i is input ``order[i]`` of this one's."""
        return replace(self, chart=self.chart.with_inputs_in_order(order))

    def variances(self, x: np.ndarray) -> np.ndarray:
        """Return the variances (n, q) of the raw predictions at rows x, without noise.

        Those of ``J beta`` with J the Jacobian at each row, block by block.
        """
        network = self.chart.to_network(self.beta)
        result = np.empty((len(x), network.n_outputs))
        for block in row_blocks(network, len(x)):
            inputs = inputs_at(network, x[block])
            tape = forward(network, inputs)[1]
            spreads = spreads_at(self.chart, network, inputs, tape, self.root)
            for output, spread in enumerate(spreads):
                result[block, output] = np.einsum("nf,nf->n", spread, spread)
        return self.dispersion * result


def spreads_at(
    chart: Chart, network: Network, inputs: Inputs, tape: list[LayerTape], root: np.ndarray
) -> Iterator[np.ndarray]:
    """Yield (n, free) for each raw prediction: J root', J its Jacobian at each row.

    Their products over the last axis are J V J' with V = root' root.
    """
    for jacobian in jacobians_at(chart, network, inputs, tape):
        yield jacobian.values @ root[:, jacobian.entries].T


def predictive_of(state: State, posterior: Posterior) -> Predictive:
    """Return what a fit says of its predictions."""
    return Predictive(state.chart, state.beta, posterior.root, float(posterior.dispersion))
