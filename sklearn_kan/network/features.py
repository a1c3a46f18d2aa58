"""Features at given rows: the k + 1 non-zero B-splines of each node beside its base function.

Only the local values are computed and stored, (k + 2) numbers a row and node however fine
the grid is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from scipy.sparse import csr_array

from .base_functions import BASE_FUNCTIONS
from .basis import Basis

Design: TypeAlias = np.ndarray | csr_array

# Above this many intervals a binary search beats counting the breaks below each value.
_COUNT_UP_TO = 40


@dataclass(frozen=True, eq=False)
class Features:
    """Local features of n rows at p nodes; L = k + 2 with a base function, k + 1 without.

    Parameters
    ----------
    columns : ndarray of shape (n, p, L), int32
        Which of the p * m features each value belongs to.
    derivatives : tuple of ndarray of shape (n, p, L)
        Values, then (as far as asked for) first and second derivatives.
    n_features : int
        Features a node, m.
    """

    columns: np.ndarray
    derivatives: tuple[np.ndarray, ...]
    n_features: int

    @property
    def n_rows(self) -> int:
        """Number of rows n."""
        return self.columns.shape[0]

    def by_row(self, order: int = 0) -> csr_array:
        """Return a sparse (n, p * m) matrix of the features' derivatives of some order."""
        n, p, lanes = self.columns.shape
        return _csr(self.derivatives[order], self.columns, n, p * lanes, p * self.n_features)

    def by_node(self, order: int = 0) -> csr_array:
        """Return a sparse (n * p, p * m) matrix: each node of each row has a row of its own.

        Times a layer's weights it gives the derivative of every edge at every row.
        """
        n, p, lanes = self.columns.shape
        return _csr(self.derivatives[order], self.columns, n * p, lanes, p * self.n_features)

    def design(self, n_outputs: int) -> Design:
        """Return the (n, p * m) feature matrix, dense or sparse, whichever multiplies faster.

        Measured: the sparse product costs about 1 ns a row, node and output, the dense one
        1/20 ns a feature more; with one or two outputs, filling the dense matrix costs more
        than either product.
        """
        sparse = self.by_row()
        if n_outputs <= 2 or self.n_features > 6 * self.columns.shape[2]:
            return sparse
        return sparse.toarray()


def _csr(
    values: np.ndarray, columns: np.ndarray, n_rows: int, per_row: int, n_columns: int
) -> csr_array:
    starts = per_row * np.arange(n_rows + 1, dtype=np.int32)
    return csr_array(
        (values.reshape(-1), columns.reshape(-1), starts), shape=(n_rows, n_columns), copy=False
    )


@dataclass(frozen=True, eq=False)
class Location:
    """Where n rows fall on the grids of p nodes.

    Parameters
    ----------
    inside : ndarray of shape (p, n)
        The values, moved to the nearer end of the grid where they lie outside.
    beyond : ndarray of shape (p, n) or None
        How far outside they lie; None where all are inside.
    cell : ndarray of shape (p, n), intp
        Interval g of node i counts as ``i * G + g``.
    offset : ndarray of shape (p, n)
        Distances from the intervals' left ends.
    """

    inside: np.ndarray
    beyond: np.ndarray | None
    cell: np.ndarray
    offset: np.ndarray


def locate(basis: Basis, x: np.ndarray) -> Location:
    """Find the intervals of a basis's grids that x, of shape (n, p), falls into."""
    # One contiguous row a node: NumPy is several times slower on short rows.
    columns_first = np.ascontiguousarray(x.T)
    breaks = basis.breaks
    inside = np.maximum(columns_first, breaks[:, :1])
    np.minimum(inside, breaks[:, -1:], out=inside)
    beyond = columns_first - inside
    cell = find_intervals(breaks, inside)
    cell += np.arange(basis.n_nodes)[:, None] * basis.grid_size
    offset = inside - breaks[:, :-1].reshape(-1).take(cell)
    return Location(inside, beyond if beyond.any() else None, cell, offset)


def evaluate(basis: Basis, x: np.ndarray, order: int = 0) -> Features:
    """Evaluate all features of a basis.

    Parameters
    ----------
    basis : Basis
        p nodes.
    x : ndarray of shape (n, p), float64
    order : {0, 1, 2}
        The highest derivative wanted.

    Returns
    -------
    Features
        Outside the grid, f(x) = f(end) + f'(end) * (x - end) for every feature f, so that
        first derivatives are constant there and second derivatives zero.
    """
    return evaluate_at(basis, locate(basis, x), order)


def evaluate_at(basis: Basis, location: Location, order: int = 0) -> Features:
    """Evaluate all features of a basis at rows that are located already, see `evaluate`."""
    cell = location.cell.T.reshape(-1)
    offset = location.offset.T.reshape(-1)
    beyond = location.beyond
    highest = order if beyond is None else max(order, 1)
    derivatives = _local_splines(basis.polynomials, cell, offset, highest)
    p, n = location.cell.shape
    lanes = basis.columns.shape[1]
    derivatives = [derivative.reshape(n, p, lanes) for derivative in derivatives]
    for j, value in enumerate(base_derivatives(basis, location.inside, highest)):
        derivatives[j][..., -1] = value.T
    if beyond is not None:
        _continue_linearly(beyond.T.reshape(-1), derivatives)
    columns = basis.columns.take(cell, axis=0).reshape(derivatives[0].shape)
    return Features(columns, tuple(derivatives[: order + 1]), basis.n_features)


def find_intervals(breaks: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Return the interval, 0 to G - 1, of each value (p, n) on its node's grid (p, G + 1)."""
    n_inner = breaks.shape[1] - 2
    if n_inner > _COUNT_UP_TO:
        found = [
            np.searchsorted(row[1:-1], values, side="right")
            for row, values in zip(breaks, inside, strict=True)
        ]
        return np.stack(found)
    count = np.zeros(inside.shape, dtype=np.uint8)
    for g in range(1, n_inner + 1):
        count += (inside >= breaks[:, g, None]).view(np.uint8)
    return count.astype(np.intp)


def _local_splines(
    polynomials: np.ndarray, cell: np.ndarray, offset: np.ndarray, order: int
) -> list[np.ndarray]:
    """Return all lanes (len(cell), L) and their derivatives, by Horner's rule."""
    t = np.repeat(offset, polynomials.shape[2]).reshape(len(cell), polynomials.shape[2])
    taylor = [polynomials[-1].take(cell, axis=0)]
    for table in polynomials[-2::-1]:
        highest = [taylor[-1].copy()] if len(taylor) <= order else []
        for j in range(len(taylor) - 1, 0, -1):
            taylor[j] *= t
            taylor[j] += taylor[j - 1]
        taylor[0] *= t
        taylor[0] += table.take(cell, axis=0)
        taylor += highest
    taylor += [np.zeros_like(t) for _ in range(order + 1 - len(taylor))]
    if order > 1:
        taylor[2] *= 2.0
    return taylor


def base_derivatives(basis: Basis, inside: np.ndarray, order: int) -> list[np.ndarray]:
    """Return the base function of each node at (p, n), and its derivatives; [] without one."""
    function = BASE_FUNCTIONS[basis.base]
    if function is None:
        return []
    scale, shift = basis.base_map[:, :1], basis.base_map[:, 1:]
    values = function(inside * scale + shift, order)
    return [value * scale**j if j else value for j, value in enumerate(values)]


def _continue_linearly(beyond: np.ndarray, derivatives: list[np.ndarray]) -> None:
    """Go on linearly at the entries of `beyond` (n * p,) that are not zero."""
    outside = np.flatnonzero(beyond)
    flat = [derivative.reshape(-1, derivative.shape[-1]) for derivative in derivatives]
    flat[0][outside] += flat[1].take(outside, axis=0) * beyond[outside, None]
    if len(flat) > 2:
        flat[2][outside] = 0.0
