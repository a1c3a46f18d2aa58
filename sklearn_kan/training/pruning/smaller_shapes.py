"""Which smaller architectures may do what a network does."""

from __future__ import annotations

from itertools import pairwise, product
from typing import NamedTuple

from ...network import Network
from ..initial.network import Hidden

# Nodes of a kind in a layer that is tried instead, and in a second one.
_MOST_NODES, _MOST_DEEP = 4, 2


class Shape(NamedTuple):
    """An architecture: nodes of the hidden layers, and whether there are direct edges."""

    hidden: Hidden
    direct: bool


def shape_of(network: Network) -> Shape:
    """Return the shape of a network."""
    hidden = tuple((layer.n_sums, layer.n_products) for layer in network.layers[:-1])
    return Shape(hidden, network.direct is not None and bool(network.direct.edges.any()))


def full_edges(shape: Shape, n_inputs: int, n_outputs: int) -> int:
    """Return the number of edges with none removed."""
    widths = [n_inputs, *(sums + products for sums, products in shape.hidden)]
    targets = [*(sums + 2 * products for sums, products in shape.hidden), n_outputs]
    in_a_row = sum(a * b for a, b in zip(widths, targets, strict=True))
    return in_a_row + (n_inputs * n_outputs if shape.direct and shape.hidden else 0)


def smaller_shapes(network: Network) -> list[Shape]:
    """Return simpler shapes, smallest first: fewer layers, nodes, no direct edges.

    Product nodes and direct edges are tried where the network has such. A second hidden layer of
    one node on one node would be no more than a curve of a curve.
    """
    own = shape_of(network)
    hidden, direct = own
    if not hidden:
        return []
    most_sums = min(max(sums for sums, _ in hidden), _MOST_NODES)
    most_products = min(max(products for _, products in hidden), _MOST_NODES)
    layers = [pair for pair in product(range(most_sums + 1), range(most_products + 1)) if any(pair)]
    options: list[Hidden] = [(), *((layer,) for layer in layers)]
    if len(hidden) > 1:
        options += [pair for pair in product(layers, layers) if _narrows(pair)]
    shapes = [
        Shape(option, straight)
        for option in options
        for straight in ((False, True) if direct and option else (not option,))
    ]
    n_inputs, n_outputs = network.n_inputs, network.n_outputs
    most = full_edges(own, n_inputs, n_outputs)
    fewer = [s for s in shapes if full_edges(s, n_inputs, n_outputs) < most]

    def order(shape: Shape) -> tuple[int, int, bool, int]:
        n_products = sum(products for _, products in shape.hidden)
        n_edges = full_edges(shape, n_inputs, n_outputs)
        return n_edges, len(shape.hidden), shape.direct, -n_products

    return sorted(fewer, key=order)


def _narrows(hidden: Hidden) -> bool:
    sizes = [sums + products for sums, products in hidden]
    if sizes[-1] > _MOST_DEEP or hidden[0] == (1, 0):
        return False
    return all(a >= b for a, b in pairwise(sizes))
