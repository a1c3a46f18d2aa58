"""The same curve on other knots: exact where grids nest, else the nearest."""

from __future__ import annotations

import numpy as np

from .basis import Basis
from .features import evaluate


def insertion_matrix(old: Basis, new: Basis) -> np.ndarray:
    """Return the matrices (p, G' + k, G + k) that take coefficients to a nested, finer grid.

    The coefficient of B-spline j on knots t' is the blossom of the curve's polynomial piece at
    t'_{j+1}, ..., t'_{j+k} (Ramshaw 1989; de Boor's algorithm with k different arguments),
    on an old interval below the support of the new B-spline. Exact where every old break is
    a new one and the ends agree, whatever the knots beyond the ends.
    """
    p, degree = old.n_nodes, old.degree
    fine = np.arange(new.n_splines)
    # Any interval in the support of the new spline will do: the middle one, inside the grid.
    middle = np.clip(fine - degree + degree // 2, 0, new.grid_size - 1)
    centre = 0.5 * (new.breaks[:, middle] + new.breaks[:, middle + 1])
    inner = old.breaks[:, None, 1:-1]
    interval = (centre[:, :, None] >= inner).sum(axis=2) + degree
    node = np.arange(p)[:, None]

    lanes = [np.zeros((p, len(fine), degree + 1)) for _ in range(degree + 1)]
    for lane in range(degree + 1):
        lanes[lane][..., lane] = 1.0
    for r in range(1, degree + 1):
        argument = new.knots[:, fine + r]
        for lane in range(degree, r - 1, -1):
            j = interval - degree + lane
            left, right = old.knots[node, j], old.knots[node, j + degree - r + 1]
            share = ((argument - left) / (right - left))[..., None]
            lanes[lane] = (1.0 - share) * lanes[lane - 1] + share * lanes[lane]

    matrix = np.zeros((p, len(fine), old.n_splines))
    columns = interval[..., None] - degree + np.arange(degree + 1)
    np.put_along_axis(matrix, columns, lanes[degree], axis=2)
    return matrix


def nests(old: Basis, new: Basis) -> bool:
    """Tell whether every break of `old` is one of `new`, with equal ends."""
    if old.degree != new.degree or old.n_nodes != new.n_nodes:
        return False
    if not np.array_equal(new.breaks[:, [0, -1]], old.breaks[:, [0, -1]]):
        return False
    pairs = zip(old.breaks, new.breaks, strict=True)
    return all(bool(np.isin(one, other).all()) for one, other in pairs)


def projection_matrix(old: Basis, new: Basis) -> np.ndarray:
    """Return the matrices (p, G' + k, G + k) that project curves onto another grid.

    Least squares at the points of a fine uniform mesh on each interval of the new grid,
    where the old curve goes on linearly beyond its own grid.
    """
    mesh = mesh_on(new)
    return fitted(spline_values(new, mesh), spline_values(old, mesh))


def mesh_on(basis: Basis) -> np.ndarray:
    """Return points (p, s): a fine uniform mesh on each interval of a basis, and its ends."""
    per_interval = 2 * basis.degree + 2
    share = (np.arange(per_interval) + 0.5) / per_interval
    cells = np.diff(basis.breaks, axis=1)
    mesh = (basis.breaks[:, :-1, None] + cells[..., None] * share).reshape(basis.n_nodes, -1)
    return np.concatenate([basis.breaks[:, :1], mesh, basis.breaks[:, -1:]], axis=1)


def fitted(features: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the least-squares weights (p, a, b) of features (p, s, a) for values (p, s, b)."""
    q, r = np.linalg.qr(features)
    return np.linalg.solve(r, q.transpose(0, 2, 1) @ values)


def spline_values(basis: Basis, x: np.ndarray) -> np.ndarray:
    """Return the B-splines (p, s, G + k) of each node at points of its own, x (p, s)."""
    splines = Basis(basis.knots, basis.degree, "none", basis.base_map)
    features = evaluate(splines, x.T)
    n_points, p, _ = features.columns.shape
    dense = features.by_row().toarray().reshape(n_points, p, basis.n_splines)
    return dense.transpose(1, 0, 2)
