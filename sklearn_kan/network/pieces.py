"""Layers of few outputs: their edges as piecewise polynomials.

At a row the splines of a node's edges to q outputs are q * (k + 1) numbers, the B-splines
that they are sums of take (k + 1)^2. So where q is small no B-spline is evaluated: edges are
polynomials in the interval that a row falls into, and the gradient by their weights comes
from the sums of delta * t^j over the rows in each interval.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .features import Location, base_derivatives, evaluate_at, locate
from .layer import Layer


@dataclass(frozen=True, eq=False)
class Pieces:
    """A layer of p nodes and q outputs at n rows.

    Parameters
    ----------
    layer : Layer
    location : Location
        Of the rows on the layer's grids.
    powers : list of k + 1 ndarrays of shape (p, n)
        Powers of ``location.offset``, as they go on linearly beyond the grid.
    taylor : list of k + 1 ndarrays of shape (q, p, n)
        The splines of the edges at each row, as coefficients of the powers.
    base : list of ndarray of shape (p, n)
        The base function, as it goes on linearly beyond the grid, and its slope; or nothing.
    """

    layer: Layer
    location: Location
    powers: list[np.ndarray]
    taylor: list[np.ndarray]
    base: list[np.ndarray]

    def dense(self) -> np.ndarray:
        """Evaluate the feature matrix (n, p * m) after all."""
        return evaluate_at(self.layer.basis, self.location).by_row().toarray()

    def outputs(self) -> np.ndarray:
        """Return the layer's outputs without their biases, of shape (n, q)."""
        splines = self.taylor[0].sum(axis=1)
        for taylor, power in zip(self.taylor[1:], self.powers[1:], strict=True):
            splines += np.einsum("qpn,pn->qn", taylor, power)
        if self.base:
            splines += self.layer.base_weight.T @ self.base[0]
        return splines.T

    def weight_gradient(self, delta: np.ndarray) -> np.ndarray:
        """Return the gradient (p, m, q) by the weights, given that by the outputs (n, q)."""
        basis = self.layer.basis
        p, q = self.layer.edges.shape
        by_lane = np.einsum("jcl,jqc->lcq", basis.polynomials, self._moments(delta))
        by_lane = by_lane.reshape(-1, p, basis.grid_size, q)
        gradient = np.zeros((p, basis.n_features, q))
        for lane in range(basis.degree + 1):
            gradient[:, lane : lane + basis.grid_size] += by_lane[lane]
        if self.base:
            gradient[:, -1] = self.base[0] @ delta
        return gradient

    def _moments(self, delta: np.ndarray) -> np.ndarray:
        """Return the sums of delta times each power in each interval, (k + 1, q, p * G)."""
        cells, q = self.layer.basis.polynomials.shape[1], delta.shape[1]
        bins = (self.location.cell + (np.arange(q) * cells)[:, None, None]).reshape(-1)
        by_output = np.ascontiguousarray(delta.T)[:, None, :]
        moments = [
            np.bincount(bins, (by_output * power).reshape(-1), minlength=q * cells)
            for power in self.powers
        ]
        return np.stack(moments).reshape(-1, q, cells)

    def input_sensitivity(self, delta: np.ndarray) -> np.ndarray:
        """Carry a sensitivity of the outputs (n, q) back to the nodes (n, p)."""
        slopes = _slopes(self.taylor, self.location.offset)
        if self.base:
            slopes += self.base[1] * self.layer.base_weight.T[:, :, None]
        slopes *= np.ascontiguousarray(delta.T)[:, None, :]
        return slopes.sum(axis=0).T


def pieces_at(layer: Layer, nodes: np.ndarray) -> Pieces:
    """Evaluate the edges of a layer at nodes of shape (n, p)."""
    location = locate(layer.basis, nodes)
    base = base_derivatives(layer.basis, location.inside, 1)
    if base and location.beyond is not None:
        base[0] = base[0] + base[1] * location.beyond
    taylor = [curve.take(location.cell, axis=1) for curve in _curves(layer)]
    return Pieces(layer, location, _powers(location, layer.basis.degree), taylor, base)


def _curves(layer: Layer) -> np.ndarray:
    """Return the splines of all edges in each interval as polynomials, (k + 1, q, p * G)."""
    basis = layer.basis
    return np.einsum(
        "jcl,clq->jqc", basis.polynomials, layer.matrix.take(basis.columns, axis=0), order="C"
    )


def _powers(location: Location, degree: int) -> list[np.ndarray]:
    powers = [np.ones_like(location.offset)]
    for _ in range(degree):
        powers.append(powers[-1] * location.offset)
    if location.beyond is None:
        return powers
    raised = [j * powers[j - 1] * location.beyond + powers[j] for j in range(1, degree + 1)]
    return [powers[0], *raised]


def _slopes(taylor: list[np.ndarray], offset: np.ndarray) -> np.ndarray:
    """Return the splines' slopes (q, p, n), by Horner's rule."""
    slopes = np.zeros_like(taylor[0])
    for j in range(len(taylor) - 1, 0, -1):
        slopes *= offset
        slopes += j * taylor[j]
    return slopes
