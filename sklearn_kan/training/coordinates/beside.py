"""Networks side by side as one, with the nodes of both."""

from __future__ import annotations

import numpy as np

from ...network import Basis, Layer
from .demmler_reinsch import Coordinates


def bare_layer(basis: Basis, q: int) -> Layer:
    """Return a layer with q outputs, all edges there and all weights zero."""
    weights = np.zeros((basis.n_nodes, basis.n_features, q))
    return Layer(basis, weights, np.zeros(q), np.ones((basis.n_nodes, q), bool))


def basis_beside(old: Basis, new: Basis) -> Basis:
    """Return the basis of the nodes of both, which have as many intervals each."""
    return Basis(
        np.concatenate([old.knots, new.knots]),
        old.degree,
        old.base,
        np.concatenate([old.base_map, new.base_map]),
    )


def coordinates_beside(old: Coordinates, new: Coordinates) -> Coordinates:
    """Return the coordinates of the nodes of both."""
    maps = np.zeros((len(old.maps) + len(new.maps), len(old.node) + len(new.node)))
    maps[: len(old.maps), : len(old.node)] = old.maps
    maps[len(old.maps) :, len(old.node) :] = new.maps
    n_old = old.node.max(initial=-1) + 1
    return Coordinates(
        maps,
        np.concatenate([old.node, new.node + n_old]),
        np.concatenate([old.roughness, new.roughness]),
        np.concatenate([old.center, new.center]),
    )
