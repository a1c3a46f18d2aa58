"""A network's parameters in Demmler-Reinsch coordinates: what Gauss-Newton works on."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..network import Layer, Network, with_inputs_in_order
from .coordinates import Coordinates


@dataclass(frozen=True, eq=False)
class Chart:
    """The linear map between a flat vector beta and the weights of a network.

    Layer by layer (those in a row, then the direct one), output by output, beta has the
    coordinates of the edges that lead there, then the layer's free biases.

    Parameters
    ----------
    network : Network
        Gives bases and shape; its weights do not matter.
    coordinates : tuple of Coordinates
        One for each of ``network.all_layers``, R columns.
    active : tuple of ndarray of shape (R, q), bool
        Which coordinates are parameters; the others are zero.
    shares_outputs : bool
        Whether the edges from the inputs to all outputs have their strengths in common, as
        suits the logits of classes.
    """

    network: Network
    coordinates: tuple[Coordinates, ...]
    active: tuple[np.ndarray, ...]
    shares_outputs: bool = False

    @property
    def n_hidden(self) -> int:
        """Number of hidden layers."""
        return len(self.network.layers) - 1

    def free_biases(self, index: int) -> int:
        """Return how many biases of a layer are parameters: the last layer's, and sub-nodes'.

        Columns are centred and hidden sum nodes have mean zero; the factors of a product
        need means of their own, as a product of shifted factors is no shifted product.
        """
        if index == self.n_hidden:
            return self.network.n_outputs
        return 2 * self.network.layers[index].n_products if index < self.n_hidden else 0

    def entries(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Return column and output of each coordinate of a layer, in the order of beta."""
        return self._entries[index]

    def parts(self) -> list[slice]:
        """Return where each layer's coordinates stand in beta, biases not included."""
        return self._parts

    def bias_parts(self) -> list[slice]:
        """Return where each layer's free biases stand in beta, last outputs of the layer."""
        return self._bias_parts

    # Asked for many times in every step.
    @cached_property
    def _entries(self) -> list[tuple[np.ndarray, np.ndarray]]:
        found = (np.nonzero(active.T) for active in self.active)
        return [(columns, outputs) for outputs, columns in found]

    @cached_property
    def _parts(self) -> list[slice]:
        slices, start = [], 0
        for index, (columns, _) in enumerate(self._entries):
            slices.append(slice(start, start + len(columns)))
            start += len(columns) + self.free_biases(index)
        return slices

    @cached_property
    def _bias_parts(self) -> list[slice]:
        return [
            slice(part.stop, part.stop + self.free_biases(index))
            for index, part in enumerate(self._parts)
        ]

    @property
    def bias_part(self) -> slice:
        """Where the biases of the last layer stand in beta."""
        return self.bias_parts()[self.n_hidden]

    @property
    def size(self) -> int:
        """Length of beta."""
        return self.bias_parts()[-1].stop

    def matrices(self, beta: np.ndarray) -> list[np.ndarray]:
        """Return the coordinates of each layer as a matrix (R, q)."""
        result = []
        for index, part in enumerate(self.parts()):
            matrix = np.zeros(self.active[index].shape)
            columns, outputs = self.entries(index)
            matrix[columns, outputs] = beta[part]
            result.append(matrix)
        return result

    def pack(
        self,
        matrices: list[np.ndarray],
        bias: np.ndarray,
        sub_biases: list[np.ndarray] | None = None,
    ) -> np.ndarray:
        """Return beta.

        Parameters
        ----------
        matrices : list of ndarray of shape (R, q)
            The coordinates of each layer.
        bias : ndarray of shape (q,)
            Of the last layer.
        sub_biases : list of ndarray of shape (2 * n_products,) or None
            Means of each hidden layer's sub-nodes; None for zeros.
        """
        pieces = []
        for index, matrix in enumerate(matrices):
            columns, outputs = self.entries(index)
            pieces.append(matrix[columns, outputs])
            if index == self.n_hidden:
                pieces.append(bias)
            elif sub_biases is not None and index < self.n_hidden:
                pieces.append(sub_biases[index])
            else:
                pieces.append(np.zeros(self.free_biases(index)))
        return np.concatenate(pieces)

    def to_network(self, beta: np.ndarray) -> Network:
        """Return the network with these coordinates."""
        matrices = self.matrices(beta)
        biases = [beta[part] for part in self.bias_parts()]
        layers: list[Layer] = []
        shifts = [self.coordinates[i].center @ matrix for i, matrix in enumerate(matrices)]
        for index, (layer, matrix) in enumerate(
            zip(self.network.all_layers, matrices, strict=True)
        ):
            weights = (self.coordinates[index].maps @ matrix).reshape(layer.weights.shape)
            layer_bias = np.zeros(layer.n_outputs)
            if index < self.n_hidden:
                layer_bias = -shifts[index]
                layer_bias[layer.n_sums :] += biases[index]
            elif index == self.n_hidden:
                layer_bias = biases[index] - sum(shifts[self.n_hidden :])
            edges = self.edges(index)
            layers.append(replace(layer, weights=weights, bias=layer_bias, edges=edges))
        return self.network.with_layers(layers)

    def with_inputs_in_order(self, order: np.ndarray) -> Chart:
        """Return the chart, of the same beta, whose input i is input ``order[i]`` of this one's."""
        of_inputs = [0] if self.network.direct is None else [0, len(self.coordinates) - 1]
        coordinates = [
            c.of_nodes_in_order(order) if index in of_inputs else c
            for index, c in enumerate(self.coordinates)
        ]
        network = with_inputs_in_order(self.network, order)
        return replace(self, network=network, coordinates=tuple(coordinates))

    def edges(self, index: int) -> np.ndarray:
        """Return which edges (p, q) of a layer have an active coordinate."""
        p, q = self.network.all_layers[index].edges.shape
        count = np.zeros((p, q))
        np.add.at(count, self.coordinates[index].node, self.active[index])
        return count > 0

    def roughness(self) -> np.ndarray:
        """Return the roughness of each entry of beta; zero for the biases."""
        result = np.zeros(self.size)
        for index, part in enumerate(self.parts()):
            columns, _ = self.entries(index)
            result[part] = self.coordinates[index].roughness[columns]
        return result
