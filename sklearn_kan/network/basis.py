"""The functions on the input nodes of a layer: B-splines on each node's knots beside a base.

Conventions, for all of `network`: p input nodes, G intervals, degree k, so G + k B-splines
and G + 2k + 1 knots a node; m = G + k + 1 features a node with a base function (it comes
last), m = G + k without.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from ._value import Value, freeze
from .base_functions import BASE_FUNCTIONS


@dataclass(frozen=True, eq=False)
class Basis(Value):
    """The m features of each of p input nodes.

    Parameters
    ----------
    knots : ndarray of shape (p, G + 2k + 1)
        Increasing in each row. The grid is ``knots[:, k:G + k + 1]``; the k knots on either
        side of it only shape the basis. Beyond the grid every feature goes on linearly.
    degree : int
        Degree k of the splines, 0 to 5.
    base : str
        A name in `BASE_FUNCTIONS`; "none" for splines only.
    base_map : ndarray of shape (p, 2)
        The base function of a node is b(scale * x + shift), with (scale, shift) in a row.
    n_bends : int
        How many intervals at either end are there only for curves to bend in, see
        `flatten_beyond`.
    outer : ndarray of shape (p, 2), int, or None
        How many intervals at the low and the high end of each grid, those to bend in not counted,
        are beyond the bulk of the rows, see `input_basis`; None for none.

    Attributes
    ----------
    polynomials : ndarray of shape (k + 1, p * G, L)
        ``polynomials[power, i * G + g, lane]``: B-spline ``g + lane`` of node i on interval g,
        in powers of the distance from the interval's left end. There are L = k + 1 lanes, and
        one of zeros where there is a base function, which takes its place.
    columns : ndarray of shape (p * G, L), int32
        Which of the p * m features each lane of an interval is.
    """

    knots: np.ndarray
    degree: int
    base: str
    base_map: np.ndarray
    n_bends: int = 0
    outer: np.ndarray | None = None
    polynomials: np.ndarray = field(init=False, repr=False)
    columns: np.ndarray = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Work out what evaluation needs of the knots."""
        super().__post_init__()
        polynomials = local_polynomials(self.knots, self.degree)
        if self.has_base:
            polynomials = np.concatenate([polynomials, np.zeros_like(polynomials[..., :1])], -1)
        object.__setattr__(self, "polynomials", freeze(polynomials))
        object.__setattr__(self, "columns", freeze(_feature_columns(self)))

    def __repr__(self) -> str:
        """Return one line."""
        return (
            f"Basis({self.n_nodes} nodes, {self.grid_size} intervals, degree {self.degree}, "
            f"base {self.base!r})"
        )

    @property
    def n_nodes(self) -> int:
        """Number of input nodes p."""
        return self.knots.shape[0]

    @property
    def grid_size(self) -> int:
        """Number of intervals G."""
        return self.knots.shape[1] - 2 * self.degree - 1

    @property
    def n_intervals(self) -> int:
        """Number of intervals asked for: without those to bend in, and any beyond the bulk."""
        return self.grid_size - 2 * self.n_bends - self.n_outer

    @property
    def n_outer(self) -> int:
        """The largest number of intervals beyond the bulk that a node has."""
        return 0 if self.outer is None else int(self.outer.sum(axis=1).max(initial=0))

    @property
    def n_beyond(self) -> np.ndarray:
        """Number of intervals (p, 2) at either end that are not on the bulk of the rows."""
        outer = np.zeros((self.n_nodes, 2), int) if self.outer is None else self.outer
        return outer + self.n_bends

    @property
    def bulk(self) -> np.ndarray:
        """The ends (p, 2) of the part of each grid that the bulk of the rows is on."""
        low, high = self.n_beyond.T
        node = np.arange(self.n_nodes)
        return np.stack([self.breaks[node, low], self.breaks[node, self.grid_size - high]], axis=1)

    @property
    def n_splines(self) -> int:
        """Number of B-splines of a node, G + k."""
        return self.grid_size + self.degree

    @property
    def n_features(self) -> int:
        """Number of features of a node, m."""
        return self.n_splines + self.has_base

    @property
    def has_base(self) -> bool:
        """Whether there is a base function beside the splines."""
        return BASE_FUNCTIONS[self.base] is not None

    @property
    def breaks(self) -> np.ndarray:
        """The grid, of shape (p, G + 1)."""
        return self.knots[:, self.degree : self.degree + self.grid_size + 1]

    @property
    def abscissae(self) -> np.ndarray:
        """Where each B-spline's coefficient (p, G + k) is a line's value.

        Greville's; those of splines beyond the bulk of the rows are held to the last one on it.
        """
        if self.degree == 0:
            greville = 0.5 * (self.breaks[:, 1:] + self.breaks[:, :-1])
        else:
            inner = self.knots[:, 1:-1]
            greville = np.lib.stride_tricks.sliding_window_view(inner, self.degree, 1).mean(axis=2)
        if self.outer is None:
            return greville
        node, (low, high) = np.arange(self.n_nodes), self.outer.T
        ends = greville[node, low], greville[node, self.n_splines - 1 - high]
        return np.clip(greville, ends[0][:, None], ends[1][:, None])

    def take(self, nodes: np.ndarray) -> Basis:
        """Return the basis of some of the nodes (an index or a mask)."""
        outer = None if self.outer is None else self.outer[nodes]
        return replace(self, knots=self.knots[nodes], base_map=self.base_map[nodes], outer=outer)

    def with_breaks(self, breaks: np.ndarray, n_bends: int = 0) -> Basis:
        """Return the basis of the same nodes on other grids (p, G' + 1), `outer` as it is."""
        return replace(self, knots=extend_breaks(breaks, self.degree), n_bends=n_bends)


def make_basis(breaks: np.ndarray, degree: int, base: str = "silu") -> Basis:
    """Return a basis on the given grids, of shape (p, G + 1), its base map the identity."""
    base_map = np.tile([1.0, 0.0], (len(breaks), 1))
    return Basis(extend_breaks(breaks, degree), degree, base, base_map)


def extend_breaks(breaks: np.ndarray, degree: int) -> np.ndarray:
    """Return knots (p, G + 2k + 1): `breaks` (p, G + 1) continued by the width of its end cells.

    No repeated end knots: Eilers and Marx (1996) advise against them for penalised splines.
    """
    steps = np.arange(1, degree + 1)
    first, last = breaks[:, :1], breaks[:, -1:]
    below = first - (breaks[:, 1:2] - first) * steps[::-1]
    above = last + (last - breaks[:, -2:-1]) * steps
    return np.concatenate([below, breaks, above], axis=1)


def local_polynomials(knots: np.ndarray, degree: int) -> np.ndarray:
    """Return the polynomials (k + 1, p * G, k + 1) of all B-splines, see `Basis.polynomials`.

    The Cox-de Boor recursion in the form of Piegl and Tiller, *The NURBS Book*, algorithm
    A2.2, run once on polynomials instead of on every row of the data.
    """
    p, n_knots = knots.shape
    grid_size = n_knots - 2 * degree - 1
    start = degree + np.arange(grid_size)
    origin = knots[:, start]

    def times(polynomial: np.ndarray, constant: np.ndarray, slope: float) -> np.ndarray:
        product = constant * polynomial
        product[1:] += slope * polynomial[:-1]
        return product

    lanes = [np.zeros((degree + 1, p, grid_size)) for _ in range(degree + 1)]
    lanes[0][0] = 1.0
    for r in range(1, degree + 1):
        carried = np.zeros_like(lanes[0])
        for s in range(r):
            left, right = knots[:, start + 1 - r + s], knots[:, start + s + 1]
            scaled = lanes[s] / (right - left)
            lanes[s] = carried + times(scaled, right - origin, -1.0)
            carried = times(scaled, origin - left, 1.0)
        lanes[r] = carried
    return np.stack(lanes, axis=-1).reshape(degree + 1, p * grid_size, degree + 1)


def _feature_columns(basis: Basis) -> np.ndarray:
    """Return `Basis.columns`: interval g meets B-splines g to g + k, then the base."""
    node = np.arange(basis.n_nodes)[:, None, None] * basis.n_features
    lanes = np.arange(basis.degree + 1)
    columns = node + np.arange(basis.grid_size)[:, None] + lanes
    if basis.has_base:
        last = np.broadcast_to(node + basis.n_features - 1, (*columns.shape[:2], 1))
        columns = np.concatenate([columns, last], axis=2)
    return columns.reshape(basis.n_nodes * basis.grid_size, columns.shape[2]).astype(np.int32)
