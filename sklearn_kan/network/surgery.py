"""Operations on grids that keep the function: refine, cover."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis
from .conversion import insertion_matrix, nests, projection_matrix
from .curves import CurveEdge
from .grids import fit_breaks
from .input_grids import cut_on_bulk, input_basis
from .layer import Layer
from .network import Network


def refine(network: Network, grid_size: int) -> Network:
    """Cut every interval of every grid into equal parts.

    Parameters
    ----------
    network : Network
    grid_size : int
        The new number of intervals, a multiple of the old one in the first layer. A later layer
        of which it is no multiple is cut into as many parts as the first. Intervals beyond the
        bulk of the rows stay as they are, see `input_basis`.

    Returns
    -------
    Network
        The same function up to rounding.

    Raises
    ------
    ValueError
        If the grids of the first layer would not nest.
    """
    first, rest = divmod(grid_size, network.grid_size)
    if rest:
        raise ValueError(
            f"grid_size={grid_size} is no multiple of the {network.grid_size} intervals at "
            "hand: the grids would not nest."
        )
    layers = []
    for layer in network.layers:
        old = layer.basis
        parts, rest = divmod(grid_size, old.n_intervals)
        parts = first if rest else parts
        if old.outer is None:
            breaks = _cut(old.breaks, parts, old.n_bends)
        else:
            number = parts * old.n_intervals + old.n_outer + 2 * old.n_bends
            breaks = np.stack([cut_on_bulk(old, node, number) for node in range(old.n_nodes)])
        layers.append(regrid(layer, breaks, old.n_bends))
    direct = network.direct
    if direct is not None:
        direct = regrid(direct, layers[0].basis.breaks)
        direct = replace(direct, basis=layers[0].basis)
    return Network(tuple(layers), direct)


def _cut(breaks: np.ndarray, parts: int, n_bends: int) -> np.ndarray:
    """Cut intervals of breaks (p, G + 1) into equal parts, the old breaks kept exactly.

    All but the `n_bends` intervals at either end.
    """
    if n_bends:
        inner = _cut(breaks[:, n_bends:-n_bends], parts, 0)
        return np.concatenate([breaks[:, :n_bends], inner, breaks[:, -n_bends:]], axis=1)
    left, width = breaks[:, :-1, None], np.diff(breaks, axis=1)[..., None]
    inner = left + width * (np.arange(parts) / parts)
    return np.concatenate([inner.reshape(len(breaks), -1), breaks[:, -1:]], axis=1)


def regrid(layer: Layer, breaks: np.ndarray, n_bends: int = 0) -> Layer:
    """Return the layer on other grids (p, G' + 1): exactly where they nest, else projected."""
    old = layer.basis
    new = old.with_breaks(breaks, n_bends)
    matrix = insertion_matrix(old, new) if nests(old, new) else projection_matrix(old, new)
    return on_basis(layer, new, matrix)


def on_basis(layer: Layer, basis: Basis, matrix: np.ndarray) -> Layer:
    """Return the layer on another basis, whose splines come from the old ones by a matrix.

    Parameters
    ----------
    layer : Layer
    basis : Basis
    matrix : ndarray of shape (p, G' + k, G + k)
    """
    old = layer.basis
    weights = matrix @ layer.weights[:, : old.n_splines]
    if old.has_base:
        weights = np.concatenate([weights, layer.weights[:, -1:]], axis=1)
    curves = tuple(_regridded(edge, matrix[edge.input], old) for edge in layer.curves)
    return replace(layer, basis=basis, weights=weights, curves=curves)


def _regridded(edge: CurveEdge, matrix: np.ndarray, old: Basis) -> CurveEdge:
    """Return a curve edge on another grid: the spline that it replaced follows."""
    if edge.replaced is None:
        return edge
    spline = matrix @ edge.replaced[: old.n_splines]
    return replace(edge, replaced=np.concatenate([spline, edge.replaced[old.n_splines :]]))


def cover(
    network: Network,
    index: int,
    activations: np.ndarray,
    sample_weight: np.ndarray,
    *,
    grid_size: int | None = None,
    grid_eps: float = 1.0,
    margin: float = 0.0,
) -> Network:
    """Move the grids of one layer over new activations of its input nodes.

    Parameters
    ----------
    network : Network
    index : int
        Which of ``network.layers``. Direct edges move along with the first.
    activations : ndarray of shape (n, p)
    sample_weight : ndarray of shape (n,)
    grid_size : int or None
        The new number of intervals; None keeps it.
    grid_eps, margin : float
        See `fit_breaks`, and `input_basis` for the first layer.

    Returns
    -------
    Network
        Its curves projected onto the new grids, see `projection_matrix`.
    """
    layer = network.layers[index]
    number, degree = grid_size or layer.basis.n_intervals, layer.basis.degree
    outer = None
    if index == 0:
        basis = input_basis(
            activations, sample_weight, number, degree, grid_eps=grid_eps, margin=margin
        )
        breaks, outer = basis.breaks, basis.outer
    else:
        breaks = fit_breaks(activations, sample_weight, number, grid_eps, margin)
    layers = list(network.layers)
    moved = regrid(layer, breaks)
    layers[index] = replace(moved, basis=replace(moved.basis, outer=outer))
    direct = network.direct
    if direct is not None and index == 0:
        direct = replace(regrid(direct, breaks), basis=layers[0].basis)
    return Network(tuple(layers), direct)
