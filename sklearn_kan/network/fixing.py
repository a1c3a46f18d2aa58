"""Curves in place of splines, or splines again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .basis import Basis
from .curves import Curve, CurveEdge, sorted_curves
from .features import evaluate
from .layer import Layer
from .network import Network

# Weights of a spline for a curve are held to this share of the largest singular value.
_RIDGE = 1e-10


def set_curve(network: Network, index: int, i: int, j: int, curve: Curve) -> Network:
    """Put a curve on an edge, be there a spline, a curve or nothing.

    Parameters
    ----------
    network : Network
    index : int
        Which of ``network.all_layers``.
    i, j : int
        Input and output.
    curve : Curve
        In the network's units.

    Returns
    -------
    Network
        The edge remembers the spline that was there first, see `restore_spline`.
    """
    layer = network.all_layers[index]
    before = curve_at(layer, i, j)
    replaced = before.replaced if before is not None else None
    if layer.edges[i, j]:
        replaced = layer.weights[i, :, j]
    edges, weights = layer.edges.copy(), layer.weights.copy()
    edges[i, j], weights[i, :, j] = False, 0.0
    others = [edge for edge in layer.curves if edge is not before]
    curves = sorted_curves([*others, CurveEdge(i, j, curve, replaced)])
    return network.replace_layer(index, edges=edges, weights=weights, curves=curves)


def restore_spline(network: Network, index: int, i: int, j: int, x: np.ndarray) -> Network:
    """Put the spline back that a curve replaced; where there was none, one fitted to the curve.

    Parameters
    ----------
    network : Network
    index, i, j : int
        An edge with a curve, see `set_curve`.
    x : ndarray of shape (s,)
        Where a spline is fitted to the curve, if it must be.
    """
    layer = network.all_layers[index]
    edge = curve_at(layer, i, j)
    assert edge is not None
    spline, constant = edge.replaced, 0.0
    if spline is None:
        spline, constant = _fitted_spline(layer.basis.take(np.array([i])), edge.curve, x)
    edges, weights = layer.edges.copy(), layer.weights.copy()
    edges[i, j], weights[i, :, j] = True, spline
    curves = tuple(other for other in layer.curves if other is not edge)
    network = network.replace_layer(index, edges=edges, weights=weights, curves=curves)
    receiver = min(index, len(network.layers) - 1)
    bias = network.layers[receiver].bias.copy()
    bias[j] += constant
    return network.replace_layer(receiver, bias=bias)


def curve_at(layer: Layer, i: int, j: int) -> CurveEdge | None:
    """Return the curve edge from input i to output j, if there is one."""
    return next((edge for edge in layer.curves if (edge.input, edge.output) == (i, j)), None)


def edge_values(layer: Layer, i: int, j: int, x: np.ndarray) -> np.ndarray:
    """Return the function of an edge, spline or curve, at points x (s,); zeros if there is none."""
    edge = curve_at(layer, i, j)
    if edge is not None:
        return edge.curve.values(x)
    features = evaluate(layer.basis.take(np.array([i])), x[:, None]).by_row()
    return features @ layer.weights[i, :, j]


def _fitted_spline(basis: Basis, curve: Curve, x: np.ndarray) -> tuple[np.ndarray, float]:
    """Return weights (m,) and a constant of the spline nearest to a curve at points x."""
    features = evaluate(basis, x[:, None]).by_row().toarray()
    values = curve.values(x)
    mean = float(values.mean())
    weights = np.linalg.lstsq(features, values - mean, rcond=_RIDGE)[0]
    return weights, mean


def with_bases(network: Network, bases: list[Basis]) -> Network:
    """Return a network that has no spline on other bases, one for each layer in the row.

    What its curves replaced is forgotten: it was on the bases before.
    """
    layers = []
    for layer, basis in zip(network.layers, bases, strict=True):
        layers.append(_on(layer, basis))
    direct = network.direct
    return Network(tuple(layers), None if direct is None else _on(direct, bases[0]))


def _on(layer: Layer, basis: Basis) -> Layer:
    weights = np.zeros((basis.n_nodes, basis.n_features, layer.n_outputs))
    curves = tuple(replace(edge, replaced=None) for edge in layer.curves)
    return replace(layer, basis=basis, weights=weights, curves=curves)


def fold_scales(
    network: Network,
    x_center: np.ndarray,
    x_scale: np.ndarray,
    y_center: np.ndarray,
    y_scale: np.ndarray,
) -> Network:
    """Return the network of scaled inputs and outputs that computes the same.

    Parameters
    ----------
    network : Network
        Without splines on the first and the last layer, and on direct edges.
    x_center, x_scale : ndarray of shape (p,)
        Inputs x become (x - center) / scale; scale zero: the input is the constant center.
    y_center, y_scale : ndarray of shape (q,)
        Outputs y become (y - center) / scale.
    """
    maps = list(zip(x_scale.tolist(), x_center.tolist(), strict=True))
    layers = list(network.all_layers)
    last = len(network.layers) - 1
    for index in {0, *range(last + 1, len(layers))}:
        layers[index] = replace(
            layers[index],
            curves=tuple(
                replace(edge, curve=edge.curve.after(*maps[edge.input]))
                for edge in layers[index].curves
            ),
        )
    for index in range(last, len(layers)):
        layers[index] = replace(
            layers[index],
            curves=tuple(
                edge.scaled(1.0 / float(y_scale[edge.output])) for edge in layers[index].curves
            ),
        )
    layers[last] = replace(layers[last], bias=(layers[last].bias - y_center) / y_scale)
    return network.with_layers(layers)
