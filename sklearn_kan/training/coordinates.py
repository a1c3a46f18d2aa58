"""Coordinates in which an edge's penalty is diagonal and its function's variance is its norm.

For each input node of a layer the Demmler-Reinsch basis of its features over the training
rows: centred functions of unit variance and zero covariance, the first one linear in x, the
others ordered by roughness. With ``f = sum_a beta_a u_a`` for an edge,

    variance of f = |beta|^2,   roughness of f = sum_a roughness_a beta_a^2,

so both penalties of an edge are diagonal, constants belong to the bias alone, and columns
with few distinct values have few coordinates: one for two values.

References: Demmler and Reinsch (1975); Wood (2017), *Generalized Additive Models*, 5.4.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..network import Basis, evaluate
from ..network.features import Design

# Functions with less than this share of the variance per roughness vanish on the rows.
_SMALLEST_SHARE = 1e-10
_ROUNDING = 1e-13


@dataclass(frozen=True, eq=False)
class Coordinates:
    """Demmler-Reinsch coordinates of the p input nodes of a layer, R columns in all.

    Parameters
    ----------
    maps : ndarray of shape (p * m, R)
        Block-diagonal: the feature weights of each column's function.
    node : ndarray of shape (R,)
        The input node of each column.
    roughness : ndarray of shape (R,)
        The roughness of each column's function; zero for the linear ones.
    center : ndarray of shape (R,)
        The mean of each column over the rows, which is subtracted.
    family : ndarray of shape (p,), int, or None
        Nodes of one number, from 0 on, are alike: see `strengths`. None for all.
    """

    maps: np.ndarray
    node: np.ndarray
    roughness: np.ndarray
    center: np.ndarray
    family: np.ndarray | None = None

    def columns_at(self, design: Design) -> np.ndarray:
        """Return the centred functions (n, R) at rows with features `design` (n, p * m)."""
        return design @ self.maps - self.center

    def of_nodes_in_order(self, order: np.ndarray) -> Coordinates:
        """Return the same columns of nodes in another order: node i is node ``order[i]`` here."""
        n_features = len(self.maps) // max(len(order), 1)
        maps = self.maps.reshape(len(order), n_features, len(self.node))[order]
        return replace(
            self,
            maps=maps.reshape(self.maps.shape),
            node=np.argsort(order)[self.node],
            family=None if self.family is None else self.family[order],
        )


def coordinates(
    basis: Basis,
    mean: np.ndarray,
    covariance: np.ndarray,
    most: int | np.ndarray | None = None,
    *,
    complete: bool = False,
) -> Coordinates:
    """Return the coordinates of a basis for features of given moments.

    Parameters
    ----------
    basis : Basis
    mean : ndarray of shape (p, m)
    covariance : ndarray of shape (p, m, m)
    most : int or ndarray of shape (p,) or None
        At most so many columns of each node, the smoothest; None for all.
    complete : bool
        Whether to keep functions that vanish on the rows too, so that every curve has
        coordinates. They are scaled as if they had the smallest share of variance that
        counts. A node where most functions vanish (few distinct values) keeps none of them.
    """
    rough = feature_roughness(basis)
    p, m, _ = rough.shape
    at_most = np.broadcast_to(m if most is None else most, p)
    blocks, nodes, roughness = [], [], []
    for i in range(p):
        linear = line_weights(basis, i)
        block, d = _node_coordinates(linear, covariance[i], rough[i], basis.n_splines, complete)
        block, d = block[:, : at_most[i]], d[: at_most[i]]
        blocks.append(block)
        nodes.append(np.full(len(d), i))
        roughness.append(d)
    node = np.concatenate(nodes) if nodes else np.zeros(0, int)
    maps = np.zeros((p * m, len(node)))
    start = 0
    for i, block in enumerate(blocks):
        maps[i * m : (i + 1) * m, start : start + block.shape[1]] = block
        start += block.shape[1]
    center = mean.reshape(-1) @ maps
    return Coordinates(maps, node, np.concatenate(roughness) if nodes else np.zeros(0), center)


def _node_coordinates(
    linear: np.ndarray, covariance: np.ndarray, rough: np.ndarray, n_splines: int, complete: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights (m, r) and the roughness (r,) of one node's functions.

    Constants and lines, which have no roughness, are split off first: in what is left both
    matrices are well scaled, and a column with two distinct values leaves nothing.
    """
    variance = linear @ covariance @ linear
    if variance <= 1e-18:
        return np.zeros((len(linear), 0)), np.zeros(0)
    linear = linear / np.sqrt(variance)
    scaled = _of_unit_roughness(rough, n_splines)
    scaled -= np.outer(linear, (covariance @ linear) @ scaled)
    share, vectors = np.linalg.eigh(scaled.T @ covariance @ scaled)
    share, vectors = share[::-1], vectors[:, ::-1]
    smallest = _SMALLEST_SHARE * max(share.sum(), 0.0)
    # A variance that is only what rounding leaves of the covariance is none.
    size = np.einsum("ma,ma->a", scaled @ vectors, scaled @ vectors)
    noise = _ROUNDING * np.trace(covariance) * size
    least = np.maximum(smallest, noise)
    keep = share > least
    if complete and smallest > 0 and 2 * keep.sum() >= len(keep):
        share, keep = np.maximum(share, least), np.ones(len(keep), bool)
    functions = scaled @ vectors[:, keep] / np.sqrt(share[keep])
    return (
        np.concatenate([linear[:, None], functions], axis=1),
        np.concatenate([[0.0], 1.0 / share[keep]]),
    )


def _of_unit_roughness(rough: np.ndarray, n_splines: int) -> np.ndarray:
    """Return weights (m, r) of functions of roughness one, orthogonal in that sense.

    A base function counts by what splines cannot bend like; on a fine grid that is nothing.
    """
    bending, directions = np.linalg.eigh(rough[:n_splines, :n_splines])
    rounding = _ROUNDING * max(bending[-1], 1e-300)
    curved = bending > rounding
    splines = np.zeros((len(rough), int(curved.sum())))
    splines[:n_splines] = directions[:, curved] / np.sqrt(bending[curved])
    if len(rough) == n_splines:
        return splines
    base = np.eye(len(rough))[:, -1]
    rest = base - splines @ (splines.T @ (rough @ base))
    left = rest @ rough @ rest
    if left <= max(_SMALLEST_SHARE * rough[-1, -1], rounding):
        return splines
    return np.column_stack([splines, rest / np.sqrt(left)])


def line_weights(basis: Basis, node: int) -> np.ndarray:
    """Return the feature weights of x itself: B-spline coefficients are Greville abscissae."""
    weights = np.zeros(basis.n_features)
    if basis.degree == 0:
        weights[: basis.n_splines] = 0.5 * (basis.breaks[node, 1:] + basis.breaks[node, :-1])
        return weights
    inner = basis.knots[node, 1:-1]
    windows = np.lib.stride_tricks.sliding_window_view(inner, basis.degree)
    weights[: basis.n_splines] = windows.mean(axis=1)
    return weights


WARP = 3.0


def feature_roughness(basis: Basis) -> np.ndarray:
    """Return (p, m, m): the weighted integral of products of second derivatives.

    The base function counts like the splines. Each interval's integral is weighted by the
    cube of its width over the mean width, which is roughness as seen from the intervals'
    numbering: where rows are dense, and intervals short, curves may bend more.
    """
    degree = max(basis.degree - 1, 1) + 2 * basis.has_base
    nodes, mass = np.polynomial.legendre.leggauss(degree)
    width = np.diff(basis.breaks, axis=1)
    points = basis.breaks[:, :-1, None] + width[..., None] * (0.5 + 0.5 * nodes)
    p = basis.n_nodes
    curvature = evaluate(basis, points.reshape(p, -1).T, order=2).by_row(2).toarray()
    curvature = curvature.reshape(-1, p, basis.n_features)
    relative = (width / width.mean(axis=1, keepdims=True)) ** WARP
    weights = (0.5 * (relative * width)[..., None] * mass).reshape(p, -1)
    return np.einsum("spa,ps,spb->pab", curvature, weights, curvature, optimize=True)
