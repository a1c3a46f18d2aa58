"""How much edges, nodes and inputs matter: from moments, with no row at hand.

The attribution of KAN 2.0 (Liu et al. 2024, section 4.1) goes backwards from the outputs: with
E_ij the standard deviation of edge ij over the rows, N_j that of the output z_j it leads to, and
A_j the score of that output, 1 for a raw prediction,

    B_ij = A_j E_ij / N_j,      A_i = sum_j B_ij;

both factors of a product have the product's score. The other measure are shares of variance,
Cov(phi_ij, z_j) / Var(z_j): they sum to 1 over the edges that lead to an output, and are
negative for an edge that works against the others. Both look at edges one by one; what the
prediction as a whole owes to a column is in `effects`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Layer, Network, forward, inputs_at, row_blocks
from ..network._value import Value
from ..network.pieces import Pieces
from ..network.products import Products
from .moments import Moments, edge_deviations
from .objective import Rows

# A deviation below this share of the function's size is rounding, and one below that is none:
# nodes and targets are standardised.
_ROUNDING, _NOTHING = 1e-6, 1e-12


@dataclass(frozen=True, eq=False)
class EdgeSpread(Value):
    """How the edges of a layer vary over the rows.

    Parameters
    ----------
    deviation : ndarray of shape (p, q)
        The standard deviation of each edge function; exactly 0 for constant ones.
    covariance : ndarray of shape (p, q)
        Of each edge function with the output it leads to.
    output : ndarray of shape (q,)
        The standard deviation of each output; of the last layer, and of the direct one, that
        of the raw predictions.
    """

    deviation: np.ndarray
    covariance: np.ndarray
    output: np.ndarray


@dataclass(frozen=True, eq=False)
class Spreads(Value):
    """How a network varies over the rows.

    Parameters
    ----------
    network : Network
        The network that this is said of.
    layers : tuple of EdgeSpread
        One for each of ``network.all_layers``.
    effects : ndarray of shape (p,) or None
        The total effects of the columns, see `effects`; None where they were not worked out.
    """

    network: Network
    layers: tuple[EdgeSpread, ...]
    effects: np.ndarray | None = None


def edge_spreads(
    network: Network, rows: Rows, moments: tuple[Moments, ...]
) -> tuple[EdgeSpread, ...]:
    """Return the spread of each layer of ``network.all_layers``; `moments` are those of rows."""
    layers = network.all_layers
    sums = [_Sums(layer) for layer in layers]
    for block in row_blocks(network, len(rows.x)):
        inputs = inputs_at(network, rows.x[block])
        raw, tape = forward(network, inputs)
        at_rows = [(t.at_rows, t.nodes, t.outputs) for t in tape[:-1]]
        at_rows.append((tape[-1].at_rows, tape[-1].nodes, raw))
        if network.direct is not None:
            at_rows.append((Products(network.direct, inputs.design), inputs.x, raw))
        for total, (part, nodes, outputs) in zip(sums, at_rows, strict=True):
            total.add(part, nodes, outputs, rows.weights[block])
    return tuple(
        total.spread(moment, deviation, rows.total_weight)
        for total, moment, deviation in zip(
            sums, moments, _deviations(network, moments), strict=True
        )
    )


class _Sums:
    """Sums over the rows of a layer's outputs z: z, z^2, features * z, and curves * z."""

    def __init__(self, layer: Layer) -> None:
        self._layer = layer
        self._outputs = np.zeros((2, layer.n_outputs))
        self._features = np.zeros(layer.weights.shape)
        self._curves = np.zeros(layer.edges.shape)

    def add(
        self, at_rows: Products | Pieces, nodes: np.ndarray, z: np.ndarray, weights: np.ndarray
    ) -> None:
        """Add a block of rows."""
        weighted = weights[:, None] * z
        self._outputs += weighted.sum(axis=0), (weighted * z).sum(axis=0)
        self._features += at_rows.weight_gradient(weighted)
        for edge in self._layer.curves:
            values = edge.curve.values(nodes[:, edge.input])
            self._curves[edge.input, edge.output] += values @ weighted[:, edge.output]

    def spread(self, moment: Moments, deviation: np.ndarray, total: float) -> EdgeSpread:
        """Return the spread, given the moments over the same rows and their total weight."""
        mean, square = self._outputs / total
        output = _rounded(np.sqrt(np.maximum(square - mean**2, 0.0)), np.sqrt(square))
        pull = self._features / total - moment.mean[:, :, None] * mean
        covariance = np.einsum("pmq,pmq->pq", self._layer.weights, pull)
        if moment.curve_mean is not None:
            covariance += self._curves / total - moment.curve_mean * mean
        covariance[deviation == 0] = 0.0
        return EdgeSpread(deviation, covariance, output)


def _deviations(network: Network, moments: tuple[Moments, ...]) -> list[np.ndarray]:
    """Return `edge_deviations`, exactly 0 where nothing but rounding is left."""
    found = []
    deviations = edge_deviations(network, moments)
    for layer, moment, deviation in zip(network.all_layers, moments, deviations, strict=True):
        mean = np.einsum("pm,pmq->pq", moment.mean, layer.weights)
        if moment.curve_mean is not None:
            mean = mean + moment.curve_mean
        found.append(_rounded(deviation, np.hypot(mean, deviation)))
    return found


def _rounded(deviation: np.ndarray, size: np.ndarray) -> np.ndarray:
    return np.where(deviation > np.maximum(_ROUNDING * size, _NOTHING), deviation, 0.0)


@dataclass(frozen=True, eq=False)
class Attribution:
    """Scores of edges and nodes.

    Parameters
    ----------
    edges : list of ndarray of shape (p, q)
        B of each layer of ``network.all_layers``.
    nodes : list of ndarray of shape (p,)
        A of the input nodes of each layer in the row: the first has the network's inputs,
        direct edges counted in.
    """

    edges: list[np.ndarray]
    nodes: list[np.ndarray]


def attribution(network: Network, spreads: tuple[EdgeSpread, ...]) -> Attribution:
    """Return KAN 2.0's scores."""
    score = np.ones(network.n_outputs)
    edges, nodes = [], []
    in_a_row = list(zip(network.layers, spreads, strict=False))
    for layer, spread in in_a_row[::-1]:
        sums = layer.n_sums
        by_output = np.concatenate([score[:sums], np.repeat(score[sums:], 2)])
        edges.append(by_output * _relative(spread))
        score = edges[-1].sum(axis=1)
        nodes.append(score)
    edges, nodes = edges[::-1], nodes[::-1]
    if network.direct is not None:
        edges.append(_relative(spreads[-1]))
        nodes[0] = nodes[0] + edges[-1].sum(axis=1)
    return Attribution(edges, nodes)


def _relative(spread: EdgeSpread) -> np.ndarray:
    """Return E_ij / N_j; where edges cancel almost, N_j counts as a millionth of the largest."""
    least = _ROUNDING * spread.deviation.max(axis=0, initial=0.0)
    return _divided(spread.deviation, np.maximum(spread.output, least))


def variance_shares(spreads: tuple[EdgeSpread, ...]) -> list[np.ndarray]:
    """Return Cov(phi_ij, z_j) / Var(z_j), (p, q) a layer; zeros for outputs that do not vary.

    The direct edges share the outputs with the last layer: both together sum to 1.
    """
    return [_divided(spread.covariance, spread.output**2) for spread in spreads]


def _divided(values: np.ndarray, by: np.ndarray) -> np.ndarray:
    return np.divide(values, by, out=np.zeros_like(values), where=by > 0)
