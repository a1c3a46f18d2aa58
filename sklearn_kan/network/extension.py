"""Grids that reach farther than before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis
from .conversion import fitted, insertion_matrix, mesh_on, spline_values
from .features import evaluate
from .input_grids import cut_on_bulk
from .layer import Layer
from .network import Network


def extend_inputs(network: Network, nodes: np.ndarray, basis: Basis) -> Network:
    """Move the grids of some inputs to others, which reach farther.

    Curves are projected: what they are within their old grids, and level beyond. There no row
    has said yet how they go on, and lines would lead far off.

    Parameters
    ----------
    network : Network
        Without bends, see `without_bends`.
    nodes : ndarray of shape (p,), bool
        The inputs to move.
    basis : Basis
        Has the grids of these, those of other inputs do not matter. If it has more intervals, other
        grids are cut into as many, which is exact.

    Returns
    -------
    Network
    """
    old = network.layers[0].basis
    number = max(old.grid_size, basis.grid_size)
    breaks = [
        cut_on_bulk(basis if moved else old, node, number) for node, moved in enumerate(nodes)
    ]
    outer = np.where(nodes[:, None], basis.n_beyond, old.n_beyond)
    wider = replace(
        old.with_breaks(np.stack(breaks)),
        base_map=np.where(nodes[:, None], basis.base_map, old.base_map),
        outer=outer if outer.any() else None,
    )
    matrix = np.zeros((len(nodes), wider.n_features, old.n_features))
    kept = ~nodes
    matrix[kept, : wider.n_splines, : old.n_splines] = insertion_matrix(
        old.take(kept), wider.take(kept)
    )
    if old.has_base:
        matrix[kept, -1, -1] = 1.0
    matrix[nodes, : wider.n_splines] = _level_beyond(old.take(nodes), wider.take(nodes))
    first, *others = network.layers
    direct = network.direct
    return Network(
        (_mapped(first, wider, matrix), *others),
        None if direct is None else _mapped(direct, wider, matrix),
    )


def _level_beyond(old: Basis, new: Basis) -> np.ndarray:
    """Return the matrices (p, G' + k, m) from all features to splines, base functions included."""
    mesh = mesh_on(new)
    held = np.clip(mesh, old.breaks[:, :1], old.breaks[:, -1:])
    features = evaluate(old, held.T).by_row().toarray()
    features = features.reshape(mesh.shape[1], old.n_nodes, -1).transpose(1, 0, 2)
    return fitted(spline_values(new, mesh), features)


def _mapped(layer: Layer, basis: Basis, matrix: np.ndarray) -> Layer:
    curves = tuple(
        edge
        if edge.replaced is None
        else replace(edge, replaced=matrix[edge.input] @ edge.replaced)
        for edge in layer.curves
    )
    return replace(layer, basis=basis, weights=matrix @ layer.weights, curves=curves)
