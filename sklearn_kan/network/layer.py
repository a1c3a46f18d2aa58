"""A layer: each output is a sum of edge functions, one of every input node."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ._value import Value
from .basis import Basis
from .curves import Curves


@dataclass(frozen=True, eq=False)
class Layer(Value):
    """z_j = bias_j + sum_i phi_ij(x_i), then products of pairs of outputs.

    Edge ij is ``phi_ij(x) = sum_m weights[i, m, j] * feature_m(x)``: G + k B-splines and, last,
    the base function. The layer is linear in its weights. A few edges may be curves instead,
    which are no parameters.

    Parameters
    ----------
    basis : Basis
        The features of the p input nodes, shared by all edges that leave a node.
    weights : ndarray of shape (p, m, q)
        Zero on absent edges.
    bias : ndarray of shape (q,)
    edges : ndarray of shape (p, q), bool
        Which spline edges are there; the others are no parameters.
    n_products : int
        The last ``2 * n_products`` of the q outputs are sub-nodes, multiplied in pairs; the
        layer has ``q - n_products`` nodes, product nodes last.
    curves : tuple of CurveEdge
        The symbolic edges, at most one from an input to an output and none where there is a
        spline edge, by input and then output.
    """

    basis: Basis
    weights: np.ndarray
    bias: np.ndarray
    edges: np.ndarray
    n_products: int = 0
    curves: Curves = ()

    def __repr__(self) -> str:
        """Return one line."""
        return (
            f"Layer({self.n_inputs} -> {self.nodes} nodes, {int(self.edges.sum())} splines, "
            f"{len(self.curves)} curves, {self.basis!r})"
        )

    @property
    def nodes(self) -> str:
        """The nodes that the layer hands on, as text: "3", or "2+1" for sums and products."""
        return f"{self.n_sums}+{self.n_products}" if self.n_products else str(self.n_sums)

    @property
    def n_inputs(self) -> int:
        """Number of input nodes p."""
        return self.weights.shape[0]

    @property
    def n_outputs(self) -> int:
        """Number of outputs q, sub-nodes counted one by one."""
        return self.weights.shape[2]

    @property
    def n_nodes(self) -> int:
        """Number of nodes that the layer hands on."""
        return self.n_outputs - self.n_products

    @property
    def n_sums(self) -> int:
        """Number of sum nodes; they come first."""
        return self.n_outputs - 2 * self.n_products

    @property
    def present(self) -> np.ndarray:
        """Which edges (p, q) are there, be they splines or curves."""
        if not self.curves:
            return self.edges
        present = self.edges.copy()
        for edge in self.curves:
            present[edge.input, edge.output] = True
        return present

    @property
    def matrix(self) -> np.ndarray:
        """The weights as a (p * m, q) matrix, a view."""
        p, m, q = self.weights.shape
        return self.weights.reshape(p * m, q)

    @property
    def coef(self) -> np.ndarray:
        """The spline coefficients, of shape (p, q, G + k), a view."""
        return self.weights[:, : self.basis.n_splines].transpose(0, 2, 1)

    @property
    def base_weight(self) -> np.ndarray:
        """The weights of the base function, of shape (p, q); zeros where there is none."""
        if not self.basis.has_base:
            return np.zeros(self.edges.shape)
        return self.weights[:, -1]

    @property
    def edge_weights(self) -> np.ndarray:
        """The weights of the edges that are there, of shape (n_edges, m)."""
        if self.edges.all():
            return self.weights.transpose(0, 2, 1).reshape(-1, self.basis.n_features)
        return self.weights.transpose(0, 2, 1)[self.edges]

    def with_edge_weights(self, edge_weights: np.ndarray, bias: np.ndarray) -> Layer:
        """Return the layer with other weights, (n_edges, m), on the edges that are there."""
        p, q = self.edges.shape
        m = self.basis.n_features
        if self.edges.all():
            by_edge = edge_weights.reshape(p, q, m)
        else:
            by_edge = np.zeros((p, q, m))
            by_edge[self.edges] = edge_weights
        weights = np.ascontiguousarray(by_edge.transpose(0, 2, 1))
        return Layer(self.basis, weights, bias, self.edges, self.n_products, self.curves)


def combine(layer: Layer, outputs: np.ndarray) -> np.ndarray:
    """Return the values of the layer's nodes (n, n_nodes) from its outputs (n, q)."""
    if not layer.n_products:
        return outputs
    sums = layer.n_sums
    products = outputs[:, sums::2] * outputs[:, sums + 1 :: 2]
    return np.concatenate([outputs[:, :sums], products], axis=1)


def split_sensitivity(layer: Layer, outputs: np.ndarray, sensitivity: np.ndarray) -> np.ndarray:
    """Carry a sensitivity (n, n_nodes) back to the outputs (n, q), see `combine`."""
    if not layer.n_products:
        return sensitivity
    sums = layer.n_sums
    split = np.empty_like(outputs)
    split[:, :sums] = sensitivity[:, :sums]
    split[:, sums::2] = sensitivity[:, sums:] * outputs[:, sums + 1 :: 2]
    split[:, sums + 1 :: 2] = sensitivity[:, sums:] * outputs[:, sums::2]
    return split
