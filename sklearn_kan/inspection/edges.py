"""The edges of a fitted network as there are to look at: which, how strong, what they do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Curve, Layer, evaluate
from ..network.curves import curve_derivatives
from ..training.summaries.importance import attribution
from .distinct import is_constant
from .subject import Subject


@dataclass(frozen=True, eq=False)
class Edge:
    """An edge.

    Parameters
    ----------
    layer, input, output : int
        Its place: a layer of ``network.all_layers`` (the direct one is last), an input node
        of it and an output (sub-nodes of products counted one by one).
    strength : float
        Its importance as a share of that of the strongest edge, 0 to 1.
    leads_out : bool
        Whether it adds to a raw prediction, not to a hidden node.
    curve : Curve or None
        The formula of a symbolic edge.
    """

    layer: int
    input: int
    output: int
    strength: float
    leads_out: bool
    curve: Curve | None = None

    @property
    def place(self) -> tuple[int, int, int]:
        """Layer, input and output."""
        return self.layer, self.input, self.output


def edges_of(subject: Subject) -> list[Edge]:
    """Return all edges of a model's network, strongest first."""
    network = subject.fitted.network
    importances = attribution(network, subject.fitted.edge_spreads).edges
    largest = max(importance.max(initial=0.0) for importance in importances)
    last = len(network.layers) - 1
    edges = []
    for index, (layer, importance) in enumerate(zip(network.all_layers, importances, strict=True)):
        curves = {(symbolic.input, symbolic.output): symbolic.curve for symbolic in layer.curves}
        for i, j in zip(*np.nonzero(layer.present), strict=True):
            strength = float(importance[i, j] / largest) if largest > 0 else 0.0
            curve = curves.get((i, j))
            edges.append(Edge(index, int(i), int(j), strength, index >= last, curve))
    return sorted(edges, key=lambda edge: (-edge.strength, edge.place))


def all_edge_values(layer: Layer, nodes: np.ndarray) -> np.ndarray:
    """Return the values (n, p, q) of all edges of a layer at its input nodes (n, p)."""
    n, p = nodes.shape
    values = evaluate(layer.basis, nodes).by_node() @ layer.matrix
    values = values.reshape(n, p, layer.n_outputs)
    return values + curve_derivatives(layer.curves, nodes, layer.n_outputs, 0)[0]


def node_ranges(subject: Subject, index: int) -> np.ndarray:
    """Return the range (p, 2) in which the input nodes of a layer were seen, in its units."""
    ranges = subject.fitted.profiles[index][:, [0, -1]]
    flat = np.array([is_constant(ends) for ends in ranges], bool)
    return ranges + np.where(flat[:, None], [-0.5, 0.5], 0.0)


def curves_on_ranges(subject: Subject, index: int, n_points: int) -> np.ndarray:
    """Return the values (n_points, p, q) of a layer's edges along the ranges of its nodes."""
    ranges = node_ranges(subject, index)
    share = np.linspace(0.0, 1.0, n_points)[:, None]
    nodes = ranges[:, 0] + share * (ranges[:, 1] - ranges[:, 0])
    return all_edge_values(subject.fitted.network.all_layers[index], nodes)
