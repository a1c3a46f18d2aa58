"""How curves go on beyond their grids: level, or along a flatter line than at their end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis
from .conversion import insertion_matrix
from .features import evaluate
from .layer import Layer
from .network import Network
from .surgery import on_basis

# The cell in which a curve bends, as a share of the mean interval.
_BEND = 0.01


def level_off(network: Network, index: int, reach: np.ndarray | None = None) -> Network:
    """Let the curves of one layer level off beyond their grids, instead of going on as lines.

    They come to a slope of zero in a narrow cell more at either end, with as many continuous
    derivatives as before; within the old grid they stay as they are.

    Parameters
    ----------
    network : Network
    index : int
        A layer whose edges are all splines, 1 or more.
    reach : ndarray of shape (h,) or None
        How far the curves that leave each node go on before, as a share of the grid's length: they
        come back to the slope they have at its end in a cell of that width.

    Returns
    -------
    Network
        Unchanged for piecewise constants, which are level anyway.
    """
    layer = network.layers[index]
    if not layer.basis.degree:
        return network
    if reach is not None and reach.any():
        slopes = np.stack([_at_end(layer, end, 1) for end in (0, -1)])
        layer = _bent(layer, 0.0, slopes * (reach > 0)[:, None], reach)
    level = _bent(layer, 0.0, np.zeros((2, layer.n_inputs, layer.n_outputs)))
    return network.replace_layer(index, basis=level.basis, weights=level.weights)


def flatten_beyond(network: Network, index: int, margin: float) -> Network:
    """Let the curves of one layer go on along the flatter of two lines, far from their grids.

    The slope of a curve at the end of its grid rests on a few rows. Beyond, its mean slope over
    the whole grid is taken where that is flatter, and zero where the two have unlike signs: a
    straight curve goes on as it is. Up to the margin the last piece goes on unchanged, then the
    curve bends in a narrow cell, with as many continuous derivatives as before. At an end that the
    bulk of the rows reaches to, the whole grid is the part that the bulk is on.

    Parameters
    ----------
    network : Network
    index : int
        A layer whose edges are all splines. Direct edges go with the first.
    margin : float
        As a share of the length of the grid on the bulk of the rows.

    Returns
    -------
    Network
        Unchanged for piecewise constants.
    """
    layer = network.layers[index]
    if not layer.basis.degree:
        return network
    flat = _flattened(layer, margin)
    direct = network.direct
    if direct is not None and index == 0:
        direct = replace(_flattened(direct, margin), basis=flat.basis)
    return Network((*network.layers[:index], flat, *network.layers[index + 1 :]), direct)


def without_bends(network: Network) -> Network:
    """Return the network with the cells taken off that curves bend in: lines go on as at the ends.

    Within what is left of the grids curves stay as they are.
    """
    if not any(layer.basis.n_bends for layer in network.layers):
        return network
    layers = []
    for layer in network.all_layers:
        old = layer.basis
        if old.n_bends:
            breaks = old.breaks[:, old.n_bends : -old.n_bends]
            basis = old.with_breaks(breaks)
            layer = on_basis(layer, basis, insertion_matrix(old, basis))
        layers.append(layer)
    if network.direct is not None:
        layers[-1] = replace(layers[-1], basis=layers[0].basis)
    return network.with_layers(layers)


def _flattened(layer: Layer, margin: float) -> Layer:
    slopes = [
        _flatter(_at_end(layer, end, 1), _mean_slopes(layer, up_to))
        for end, up_to in zip((0, -1), _seen_from_ends(layer.basis), strict=True)
    ]
    return _bent(layer, margin, np.stack(slopes))


def _mean_slopes(layer: Layer, ends: np.ndarray) -> np.ndarray:
    """Return the mean slope of each curve (p, q) between two points (2, p)."""
    dense = evaluate(layer.basis, ends).by_row().toarray()
    features = dense.reshape(2, layer.n_inputs, layer.basis.n_features)
    rise = np.einsum("pm,pmq->pq", features[1] - features[0], layer.weights)
    mean: np.ndarray = rise / (ends[1] - ends[0])[:, None]
    return mean


def _seen_from_ends(basis: Basis) -> np.ndarray:
    """Return which part of the grid (ends, 2, p) is the whole of it as seen from either end.

    That on the bulk of the rows, for ends that the bulk reaches to.
    """
    whole = basis.breaks[:, [0, -1]]
    if basis.outer is None:
        return np.stack([whole.T, whole.T])
    bulk = np.where(basis.outer.any(axis=1, keepdims=True), basis.bulk, whole)
    return np.stack([np.where(far[:, None], whole, bulk).T for far in basis.outer.T > 0])


# Rows at the end may be so much denser than elsewhere before curves go on for less.
_LONGEST = 4.0


def _bent(
    layer: Layer, margin: float, slopes: np.ndarray, width: np.ndarray | float = 0.0
) -> Layer:
    """Return a layer with a cell at either end where curves come to slopes (2, p, q).

    The outermost pieces go on up to it, by the margin beyond the old grid. It is narrow, or has
    the width (p,) as a share of the grid's length. Lengths are those as seen from the end, and no
    more than some times what they were if all intervals were like the outermost one.
    """
    old = layer.basis
    breaks = old.breaks
    length = np.diff(_seen_from_ends(old), axis=1).transpose(0, 2, 1)
    outermost = np.diff(breaks)[:, [0, -1]].T[..., None]
    local = np.minimum(length, _LONGEST * old.grid_size * outermost)
    low, high = breaks[:, :1] - margin * local[0], breaks[:, -1:] + margin * local[1]
    bend = np.maximum(np.reshape(width, (-1, 1)), _BEND / old.grid_size) * local
    ends = [[low - bend[0], low], [high, high + bend[1]]]
    wider = np.concatenate([*ends[0], breaks[:, 1:-1], *ends[1]], axis=1)
    new = old.with_breaks(wider, old.n_bends + 1)
    return _with_end_slopes(on_basis(layer, new, insertion_matrix(old, new)), slopes)


def _flatter(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Return what is nearer to zero, and zero where the signs are unlike."""
    return np.where(one * other > 0, np.sign(one) * np.minimum(np.abs(one), np.abs(other)), 0.0)


def _features_at_end(basis: Basis, end: int, order: int) -> np.ndarray:
    """Return a derivative of all features (p, m) at the first or last break."""
    dense = evaluate(basis, basis.breaks[:, end][None], order=1).by_row(order).toarray()
    return dense.reshape(basis.n_nodes, basis.n_features)


def _at_end(layer: Layer, end: int, order: int) -> np.ndarray:
    """Return a derivative of all curves (p, q) at the first or last break."""
    return np.einsum("pm,pmq->pq", _features_at_end(layer.basis, end, order), layer.weights)


def _with_end_slopes(layer: Layer, slopes: np.ndarray) -> Layer:
    """Return the layer with slopes (2, p, q) at the ends, its outermost coefficients replaced."""
    basis, weights = layer.basis, layer.weights.copy()
    for slope, end, place in zip(slopes, (0, -1), (0, basis.n_splines - 1), strict=True):
        weights[:, place] = 0.0
        features = _features_at_end(basis, end, 1)
        rest = np.einsum("pm,pmq->pq", features, weights)
        weights[:, place] = (slope - rest) / features[:, place, None]
    return replace(layer, weights=weights)
