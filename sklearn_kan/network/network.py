"""A network: layers in a row, with direct edges from the inputs to the outputs beside them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ._value import Value, freeze
from .layer import Layer


@dataclass(frozen=True, eq=False)
class Network(Value):
    """A Kolmogorov-Arnold network as an immutable value.

    Parameters
    ----------
    layers : tuple of Layer
        At least one; the last one gives the raw predictions.
    direct : Layer or None
        Edges from the inputs straight to the outputs. Its basis is that of ``layers[0]``, its
        bias is zero and no parameter: the last layer has it.
    """

    layers: tuple[Layer, ...]
    direct: Layer | None = None

    def __repr__(self) -> str:
        """Return one line."""
        sizes = [str(self.n_inputs), *(layer.nodes for layer in self.layers)]
        direct = "" if self.direct is None else f", {int(self.direct.present.sum())} direct"
        return (
            f"Network({' -> '.join(sizes)} nodes, {self.n_edges} edges{direct}, "
            f"{self.n_parameters} parameters)"
        )

    @property
    def n_inputs(self) -> int:
        """Number of inputs."""
        return self.layers[0].n_inputs

    @property
    def n_outputs(self) -> int:
        """Number of raw predictions."""
        return self.layers[-1].n_nodes

    @property
    def grid_size(self) -> int:
        """Number of intervals of the first layer, those that curves bend in not counted."""
        return self.layers[0].basis.n_intervals

    @property
    def all_layers(self) -> tuple[Layer, ...]:
        """The layers in the order of `theta`: those in a row, then the direct one."""
        return self.layers if self.direct is None else (*self.layers, self.direct)

    def leaves_inputs(self, index: int) -> bool:
        """Tell whether the edges of ``all_layers[index]`` leave the inputs."""
        return index == 0 or index == len(self.layers)

    @property
    def has_curves(self) -> bool:
        """Whether any edge is a curve, not a spline."""
        return any(layer.curves for layer in self.all_layers)

    @property
    def n_edges(self) -> int:
        """Number of edges that are there, curves included."""
        return int(sum(layer.edges.sum() + len(layer.curves) for layer in self.all_layers))

    @property
    def n_parameters(self) -> int:
        """Length of `theta`."""
        return sum(size for size, _ in self._sizes())

    def _sizes(self) -> list[tuple[int, int]]:
        """Return (parameters, biases) of each layer."""
        sizes = []
        for layer in self.all_layers:
            n_bias = 0 if layer is self.direct else layer.n_outputs
            sizes.append((int(layer.edges.sum()) * layer.basis.n_features + n_bias, n_bias))
        return sizes

    @property
    def theta(self) -> np.ndarray:
        """All parameters in one vector, removed edges absent.

        Layer by layer: edge by edge (by input, then output) its m weights, then the biases;
        the direct layer last and without biases. Curves are not in it.
        """
        return pack(self, [(layer.edge_weights, layer.bias) for layer in self.all_layers])

    def with_theta(self, theta: np.ndarray) -> Network:
        """Return the network with other parameters; the inverse of `theta`."""
        layers, start = [], 0
        for layer, (size, n_bias) in zip(self.all_layers, self._sizes(), strict=True):
            part = theta[start : start + size]
            edge_weights = part[: size - n_bias].reshape(-1, layer.basis.n_features)
            bias = freeze(part[size - n_bias :].copy()) if n_bias else layer.bias
            layers.append(layer.with_edge_weights(edge_weights, bias))
            start += size
        return self.with_layers(layers)

    def with_layers(self, layers: list[Layer]) -> Network:
        """Return a network of these layers, in the order of `all_layers`."""
        if self.direct is None:
            return Network(tuple(layers))
        return Network(tuple(layers[:-1]), layers[-1])

    def replace_layer(self, index: int, **changes: object) -> Network:
        """Return the network with some fields of ``layers[index]`` replaced."""
        layers = list(self.all_layers)
        layers[index] = replace(layers[index], **changes)  # type: ignore[arg-type]
        return self.with_layers(layers)


def pack(network: Network, parts: list[tuple[np.ndarray, np.ndarray]]) -> np.ndarray:
    """Lay out (edge weights, bias) of each layer as `Network.theta` does."""
    pieces = []
    for layer, (edge_weights, bias) in zip(network.all_layers, parts, strict=True):
        pieces.append(edge_weights.reshape(-1))
        if layer is not network.direct:
            pieces.append(bias)
    return np.concatenate(pieces)
