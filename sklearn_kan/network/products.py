"""Layers of many outputs: one product with the feature matrix forward, two back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from .features import Design, Features, evaluate
from .layer import Layer


@dataclass(frozen=True, eq=False)
class Products:
    """A layer of p nodes and q outputs at n rows.

    Parameters
    ----------
    layer : Layer
    design : ndarray or csr_array of shape (n, p * m)
        The feature matrix.
    features : Features or None
        With first derivatives; None where nobody asks for the `input_sensitivity`.
    """

    layer: Layer
    design: Design
    features: Features | None = None

    def dense(self) -> np.ndarray:
        """Return the feature matrix (n, p * m) as an ndarray."""
        return self.design.toarray() if isinstance(self.design, csr_array) else self.design

    def outputs(self) -> np.ndarray:
        """Return the layer's outputs without their biases, of shape (n, q)."""
        return self.design @ self.layer.matrix

    def weight_gradient(self, delta: np.ndarray) -> np.ndarray:
        """Return the gradient (p, m, q) by the weights, given that by the outputs (n, q)."""
        return (self.design.T @ delta).reshape(self.layer.weights.shape)

    def input_sensitivity(self, delta: np.ndarray) -> np.ndarray:
        """Carry a sensitivity of the outputs (n, q) back to the nodes (n, p).

        One product with the weights, of which the few entries under each row's features are
        picked.
        """
        assert self.features is not None
        n, _, lanes = self.features.columns.shape
        spread = delta @ self.layer.matrix.T
        picked = self.features.columns + (np.arange(n) * spread.shape[1])[:, None, None]
        local = spread.reshape(-1).take(picked)
        local *= self.features.derivatives[1]
        return local @ np.ones(lanes)


def products_at(layer: Layer, nodes: np.ndarray) -> Products:
    """Evaluate the features of a layer at nodes of shape (n, p)."""
    features = evaluate(layer.basis, nodes, order=1)
    return Products(layer, features.design(layer.n_outputs), features)
