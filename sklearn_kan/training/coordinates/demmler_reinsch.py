"""Coordinates of an edge: its function's variance is their norm, its penalty diagonal.

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

from ...network import Basis, evaluate
from ...network.features import Design

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
        far = far_weights(basis, i)
        free = _free_functions(identity_weights(basis, i), far, covariance[i])
        block, d = _node_coordinates(
            free,
            covariance[i],
            rough[i],
            basis.n_splines,
            has_far=far.shape[1] > 0,
            complete=complete,
        )
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
    free: np.ndarray,
    covariance: np.ndarray,
    rough: np.ndarray,
    n_splines: int,
    *,
    has_far: bool,
    complete: bool,
) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights (m, r) and the roughness (r,) of one node's functions.

    Constants and what else has no roughness, `free` (m, f), are split off first: in what is left
    both matrices are well scaled, and a column with two distinct values leaves nothing.
    """
    if not free.shape[1]:
        return free, np.zeros(0)
    scaled = _of_unit_roughness(rough, n_splines, base_counts=not has_far)
    scaled -= free @ ((covariance @ free).T @ scaled)
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
        np.concatenate([free, functions], axis=1),
        np.concatenate([np.zeros(free.shape[1]), 1.0 / share[keep]]),
    )


def _free_functions(line: np.ndarray, far: np.ndarray, covariance: np.ndarray) -> np.ndarray:
    """Return functions without roughness (m, f), of unit variance and uncorrelated.

    The line (m,), then what is left of the functions beyond the bulk (m, b) that rows see; none
    where the line does not vary over the rows.
    """
    variance = line @ covariance @ line
    if variance <= _ROUNDING * (line @ line):
        return np.zeros((len(line), 0))
    line = line[:, None] / np.sqrt(variance)
    if not far.shape[1]:
        return line
    far = far - line @ ((covariance @ line).T @ far)
    values, vectors = np.linalg.eigh(far.T @ covariance @ far)
    seen = values > _SMALLEST_SHARE * np.trace(covariance)
    return np.concatenate([line, (far @ vectors[:, seen] / np.sqrt(values[seen]))[:, ::-1]], axis=1)


def _of_unit_roughness(rough: np.ndarray, n_splines: int, *, base_counts: bool) -> np.ndarray:
    """Return weights (m, r) of functions of roughness one, orthogonal in that sense.

    A base function counts by what splines cannot bend like; on a fine grid that is nothing, and
    where there are far values it does not count.
    """
    bending, directions = np.linalg.eigh(rough[:n_splines, :n_splines])
    rounding = _ROUNDING * max(bending[-1], 1e-300)
    curved = bending > rounding
    splines = np.zeros((len(rough), int(curved.sum())))
    splines[:n_splines] = directions[:, curved] / np.sqrt(bending[curved])
    if len(rough) == n_splines or not base_counts:
        return splines
    base = np.eye(len(rough))[:, -1]
    rest = base - splines @ (splines.T @ (rough @ base))
    left = rest @ rough @ rest
    if left <= max(_SMALLEST_SHARE * rough[-1, -1], rounding):
        return splines
    return np.column_stack([splines, rest / np.sqrt(left)])


def identity_weights(basis: Basis, node: int) -> np.ndarray:
    """Return the feature weights of x itself over the bulk of the rows, level for what is far."""
    weights = np.zeros(basis.n_features)
    weights[: basis.n_splines] = basis.abscissae[node]
    return weights


def far_weights(basis: Basis, node: int) -> np.ndarray:
    """Return the feature weights (m, b) of the B-splines that are zero on the bulk of the rows."""
    low, high = (0, 0) if basis.outer is None else basis.outer[node]
    apart = np.r_[:low, basis.n_splines - high : basis.n_splines]
    return np.eye(basis.n_features)[:, apart]


WARP = 3.0


def feature_roughness(basis: Basis) -> np.ndarray:
    """Return (p, m, m): the weighted integral of products of second derivatives.

    Of splines of degree 0 and 1, which have none, jumps count instead.

    The base function counts like the splines. Each interval's integral is weighted by the
    cube of its width over the mean width, which is roughness as seen from the intervals'
    numbering: where rows are dense, and intervals short, curves may bend more. Beyond the bulk
    of the rows they may bend as they like.
    """
    degree = max(basis.degree - 1, 1) + 2 * basis.has_base
    nodes, mass = np.polynomial.legendre.leggauss(degree)
    p, width = basis.n_nodes, np.diff(basis.breaks, axis=1)
    points = basis.breaks[:, :-1, None] + width[..., None] * (0.5 + 0.5 * nodes)
    curvature = evaluate(basis, points.reshape(p, -1).T, order=2).by_row(2).toarray()
    curvature = curvature.reshape(-1, p, basis.n_features)
    width = np.where(_is_outer(basis), 0.0, width)
    mean = width.sum(axis=1, keepdims=True) / np.sum(width > 0, axis=1, keepdims=True)
    weights = (0.5 * ((width / mean) ** WARP * width)[..., None] * mass).reshape(p, -1)
    rough = np.einsum("spa,ps,spb->pab", curvature, weights, curvature, optimize=True)
    if basis.degree < 2:
        rough += _jumps(basis) / mean[:, :, None] ** (1 + 2 * basis.degree)
    return rough


def _jumps(basis: Basis) -> np.ndarray:
    """Return the roughness (p, m, m) of steps and broken lines, as the intervals' numbers see it.

    The sum over the inner breaks of the squared jump of the value (degree 0) or of the slope.
    """
    order, number = basis.degree + 1, basis.n_splines
    jumps = np.broadcast_to(
        np.diff(np.eye(number), order, axis=0), (basis.n_nodes, number - order, number)
    )
    outer = _is_outer(basis)
    jumps = np.where((outer[:, 1:] | outer[:, :-1])[..., None], 0.0, jumps)
    rough = np.zeros((basis.n_nodes, *2 * (basis.n_features,)))
    rough[:, :number, :number] = jumps.transpose(0, 2, 1) @ jumps
    return rough


def _is_outer(basis: Basis) -> np.ndarray:
    """Tell of each interval (p, G) whether it is beyond the bulk of the rows."""
    place = np.arange(basis.grid_size)
    if basis.outer is None:
        return np.zeros((basis.n_nodes, len(place)), bool)
    low, high = np.where(basis.outer, basis.n_beyond, 0).T[:, :, None]
    is_outer: np.ndarray = (place < low) | (place >= basis.grid_size - high)
    return is_outer
