"""First networks: an architecture with the KAN paper's random weights, on grids from data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from ...network import (
    Basis,
    Layer,
    Network,
    combine,
    curve_outputs,
    evaluate,
    fit_breaks,
    input_basis,
    make_basis,
)
from ..objective.objective import Rows
from .grid_rules import DESCENT

# Sum nodes and product nodes of each hidden layer.
Hidden: TypeAlias = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Architecture:
    """The shape of a network.

    Parameters
    ----------
    hidden : tuple of (int, int)
        Sum nodes and product nodes of each hidden layer.
    grid_size, degree : int
    base : str
    grid_eps : float
    direct : bool
        Whether there are edges from the inputs straight to the outputs. Without a hidden
        layer all edges are.
    margin : float
        How far the grids of the inputs reach beyond the rows, as a share of their range.
    """

    hidden: Hidden = ()
    grid_size: int = 5
    degree: int = 3
    base: str = "silu"
    grid_eps: float = 0.5
    direct: bool = True
    margin: float = 0.0


# Returns random weights (p, m, q) for q outputs on a basis of p nodes with m features.
DrawWeights: TypeAlias = Callable[[Basis, int, np.random.Generator], np.ndarray]


def paper_weights(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw the KAN paper's weights: splines N(0, 0.1^2), base functions Xavier-normal."""
    p = basis.n_nodes
    weights = 0.1 * rng.standard_normal((p, basis.n_features, q))
    if basis.has_base:
        weights[:, -1] = rng.standard_normal((p, q)) * np.sqrt(2.0 / (p + q))
    return weights


def initial_network(
    architecture: Architecture,
    sample: Rows,
    bias: np.ndarray,
    rng: np.random.Generator,
    draw: DrawWeights = paper_weights,
    first_draw: DrawWeights | None = None,
) -> Network:
    """Return a network with random weights, by default the KAN paper's (section 2.2).

    Every hidden output is shifted and scaled to mean 0 and variance 1 over the rows.

    Parameters
    ----------
    architecture : Architecture
    sample : Rows
        Rows that the grids are fitted to.
    bias : ndarray of shape (q,)
        The raw prediction of the last layer's bias.
    rng : Generator
    draw : callable
        Draws the weights of a layer, see `DrawWeights`.
    first_draw : callable or None
        Draws those of the first layer; None for `draw`.
    """
    nodes = sample.x
    layers: list[Layer] = []
    for index, (sums, products) in enumerate(architecture.hidden):
        basis = _basis_over(nodes, sample.weights, architecture, hidden=index > 0)
        draw_here = first_draw if first_draw is not None and index == 0 else draw
        layer = _bare_layer(basis, draw_here(basis, sums + 2 * products, rng), products)
        layer, outputs = _standardised(layer, nodes, sample.weights)
        layers.append(layer)
        nodes = combine(layer, outputs)
    basis = _basis_over(nodes, sample.weights, architecture, hidden=bool(layers))
    last = _bare_layer(basis, draw(basis, len(bias), rng), 0)
    layers.append(_with_bias(last, nodes, sample.weights, bias))
    direct = None
    if architecture.hidden and architecture.direct:
        # Zero: the additive part is what the first steps find by themselves.
        first = layers[0].basis
        shape = (first.n_nodes, first.n_features, len(bias))
        edges = np.ones((first.n_nodes, len(bias)), bool)
        direct = Layer(first, np.zeros(shape), np.zeros(len(bias)), edges)
    return Network(tuple(layers), direct)


def _basis_over(
    nodes: np.ndarray, weights: np.ndarray, architecture: Architecture, *, hidden: bool
) -> Basis:
    shape = architecture
    if not hidden:
        return input_basis(
            nodes, weights, shape.grid_size, shape.degree, shape.base, shape.grid_eps, shape.margin
        )
    breaks = fit_breaks(nodes, weights, shape.grid_size, shape.grid_eps, DESCENT.margin)
    return make_basis(breaks, shape.degree, shape.base)


def _bare_layer(basis: Basis, weights: np.ndarray, n_products: int) -> Layer:
    p, _, q = weights.shape
    return Layer(basis, weights, np.zeros(q), np.ones((p, q), bool), n_products)


def layer_outputs(layer: Layer, nodes: np.ndarray) -> np.ndarray:
    """Return the outputs (n, q) of a layer whose input nodes have values (n, p)."""
    outputs = evaluate(layer.basis, nodes).design(layer.n_outputs) @ layer.matrix + layer.bias
    if layer.curves:
        outputs += curve_outputs(layer.curves, nodes, layer.n_outputs)
    return outputs


def _standardised(layer: Layer, nodes: np.ndarray, weights: np.ndarray) -> tuple[Layer, np.ndarray]:
    """Give every output mean 0 and variance 1; one that does not vary stays as it is."""
    outputs = layer_outputs(layer, nodes)
    mean = np.average(outputs, axis=0, weights=weights)
    deviation = np.sqrt(np.average((outputs - mean) ** 2, axis=0, weights=weights))
    scale = np.where(deviation > 1e-8, deviation, 1.0)
    layer = Layer(layer.basis, layer.weights / scale, -mean / scale, layer.edges, layer.n_products)
    return layer, (outputs - mean) / scale


# Raw predictions of a fresh network vary by this much around the constant fit.
_FIRST_DEVIATION = 0.1


def _with_bias(layer: Layer, nodes: np.ndarray, weights: np.ndarray, bias: np.ndarray) -> Layer:
    layer, _ = _standardised(layer, nodes, weights)
    shrunk = _FIRST_DEVIATION * layer.weights
    return Layer(layer.basis, shrunk, bias + _FIRST_DEVIATION * layer.bias, layer.edges)
