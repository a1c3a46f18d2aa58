"""How much of what a network predicts each column accounts for, interactions included.

The total effect of column j is half the mean square by which the raw predictions f move when the
column is exchanged for an independent copy of itself, drawn from its values over the rows:

    T_j = E |f(X) - f(X with x_j' in place of x_j)|^2 / 2.

For columns that are independent of each other it is the variance that is lost with the column,
E Var(f | the others): Sobol's total effect, in the form of Jansen (1999). Additive models have
T_j = Var(phi_j). Twice T_j is what Breiman's permutation importance of squared errors has, but
for a term in the residuals.

References
----------
.. [1] M. J. W. Jansen, "Analysis of variance designs for model output", Computer Physics
   Communications 117, 1999.
.. [2] I. M. Sobol', "Global sensitivity indices for nonlinear mathematical models and their Monte
   Carlo estimates", Mathematics and Computers in Simulation 55, 2001.
.. [3] L. Breiman, "Random forests", Machine Learning 45, 2001.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import (
    Layer,
    Network,
    combine,
    curve_outputs,
    evaluate,
    forward,
    inputs_at,
    predict,
    row_blocks,
)
from .objective import Rows

# The copy is the column itself, moved along its own order by so many equal steps of the circle
# (an even number), more where rows are few. Simpson's rule makes it independent of the column.
_STEPS, _MOST_STEPS = 6, 48
# Rows of more weight than this stand in so many cells of equal weight, one for each: a multiple of
# the steps, so that cells are moved to cells.
_MOST_CELLS = 510
# Light rows may be many.
_MOST_ROWS = 4 * _MOST_CELLS
# Of less weight, shifts are not held to whole rows.
_WHOLE_FROM = 32.0
_SLIVER = 1e-12
# Effects whose root is below this share of the raw predictions' size are rounding.
_ROUNDING = 1e-9


def total_effects(network: Network, rows: Rows, *, couples_outputs: bool = False) -> np.ndarray:
    """Return the total effect T of each column, summed over the raw predictions.

    Nothing is random, rows and columns may come in any order, and a weight of 2 is the row twice.
    Columns that lead to no hidden node have the variance of their edges over all rows.

    Parameters
    ----------
    network : Network
    rows : Rows
    couples_outputs : bool
        Whether only differences between the raw predictions of a row matter, as with logits:
        then their mean is taken off.

    Returns
    -------
    ndarray of shape (p,)
        Exactly zero for a column without effect.
    """
    raw = predict(network, rows.x)
    hidden = network.layers[0].present.any(axis=1) & (len(network.layers) > 1)
    by_raw = np.lexsort(raw.T)
    pairs = {int(j): _pairs(rows.x[:, j], rows.weights, by_raw) for j in np.flatnonzero(hidden)}
    sample = _sample_of(network, rows.x, list(pairs.values()))
    effects = np.zeros(network.n_inputs)
    for column in range(network.n_inputs):
        if column in pairs:
            change, mass = sample.changes(column, pairs[column]), pairs[column].mass
        else:
            change, mass = _around_mean(network, column, rows)
        if couples_outputs:
            change -= change.mean(axis=1, keepdims=True)
        effects[column] = float(mass @ (change**2).sum(axis=1))
    size = np.average((raw**2).sum(axis=1), weights=rows.weights)
    return np.where(effects > _ROUNDING**2 * size, effects, 0.0)


def _around_mean(network: Network, column: int, rows: Rows) -> tuple[np.ndarray, np.ndarray]:
    """Return what a column adds straight to the outputs (n, q), centred, and the rows' shares."""
    share = rows.weights / rows.weights.sum()
    straight = network.layers[0] if len(network.layers) == 1 else network.direct
    if straight is None:
        return np.zeros((len(share), network.n_outputs)), share
    values = _edge_values(straight, column, rows.x[:, column])
    return values - share @ values, share


@dataclass(frozen=True, eq=False)
class _Pairs:
    """Rows, the rows whose value each is to get, and half the share that each pair has."""

    row: np.ndarray
    donor: np.ndarray
    mass: np.ndarray


def _pairs(values: np.ndarray, weights: np.ndarray, by_raw: np.ndarray) -> _Pairs:
    """Pair rows so that the donors' values (n,) are spread as all are, whatever the row's own.

    The rows lie on a circle of length one, in the order of their values and, where those are
    equal, in the order `by_raw` (n,), each as long as its share of the weight. The donor is what
    stands a share of the circle further on.
    """
    order = by_raw[np.argsort(values[by_raw], kind="stable")]
    total = float(weights.sum())
    ends = np.cumsum(weights[order]) / total
    in_cells = total > _MOST_CELLS or len(order) > _MOST_ROWS
    cells = _cells(values[order], ends) if in_cells else ends
    whole = float(_MOST_CELLS) if in_cells else total
    steps = _STEPS * int(np.clip(_MOST_CELLS // total, 1, _MOST_STEPS // _STEPS))
    share = np.arange(1, steps)[:, None] / steps
    shift = np.rint(share * whole) / whole if whole >= _WHOLE_FROM else share
    moved = (cells - shift) % 1.0
    breaks = np.sort(np.concatenate([0.0 * share, 0.0 * moved + cells, moved], axis=1), axis=1)
    mass = np.diff(breaks, axis=1)
    middle = breaks[:, :-1] + 0.5 * mass
    last = len(order) - 1
    row, donor = (
        order[np.minimum(np.searchsorted(ends, at), last)] for at in (middle, (middle + shift) % 1)
    )
    # Simpson's weights; without a shift nothing changes.
    mass = mass * np.where(np.arange(1, steps) % 2, 4.0, 2.0)[:, None] / (3.0 * steps)
    matters = (mass > _SLIVER) & (values[row] != values[donor])
    return _Pairs(row[matters], donor[matters], 0.5 * mass[matters])


def _cells(values: np.ndarray, ends: np.ndarray) -> np.ndarray:
    """Return where cells of increasing values (n,) end that one row each can stand for.

    Few values have cells of their own, of many the lowest and the highest: they may be rare.
    """
    jumps = ends[:-1][np.diff(values) > 0]
    if len(jumps) > _MOST_CELLS:
        jumps = jumps[[0, -1]]
    return np.concatenate([np.arange(1, _MOST_CELLS + 1) / _MOST_CELLS, jumps])


@dataclass(frozen=True, eq=False)
class _Sample:
    """The rows that stand in pairs, and what the network without direct edges does there.

    Parameters
    ----------
    network : Network
    x : ndarray of shape (n, p)
        All rows.
    used : ndarray of shape (u,)
        Which rows stand in pairs, increasing.
    outputs : ndarray of shape (u, q_1)
        Of the first layer.
    raw : ndarray of shape (u, q)
        What comes through the layers.
    """

    network: Network
    x: np.ndarray
    used: np.ndarray
    outputs: np.ndarray
    raw: np.ndarray

    def changes(self, column: int, pairs: _Pairs) -> np.ndarray:
        """Return by how much the raw predictions of each pair's row change."""
        both, place = np.unique(np.concatenate([pairs.row, pairs.donor]), return_inverse=True)
        row, donor = np.split(place, 2)
        at = np.searchsorted(self.used, both)[row]
        first, *others = self.network.layers
        values = _edge_values(first, column, self.x[both, column])
        nodes = combine(first, self.outputs[at] + (values[donor] - values[row]))
        change = predict(Network(tuple(others)), nodes) - self.raw[at]
        direct = self.network.direct
        if direct is not None:
            values = _edge_values(direct, column, self.x[both, column])
            change += values[donor] - values[row]
        return change


def _sample_of(network: Network, x: np.ndarray, pairs: list[_Pairs]) -> _Sample:
    parts = [part for pair in pairs for part in (pair.row, pair.donor)]
    used = np.unique(np.concatenate(parts)) if parts else np.zeros(0, int)
    through = Network(network.layers)
    outputs = np.empty((len(used), network.layers[0].n_outputs))
    raw = np.empty((len(used), network.n_outputs))
    for block in row_blocks(through, len(used)):
        raw[block], tape = forward(through, inputs_at(through, x[used[block]]))
        outputs[block] = tape[0].outputs
    return _Sample(network, x, used, outputs, raw)


def _edge_values(layer: Layer, column: int, x: np.ndarray) -> np.ndarray:
    """Return the values (n, q) of a column's edges at x (n,)."""
    features = evaluate(layer.basis.take(np.array([column])), x[:, None]).by_row()
    values: np.ndarray = features @ layer.weights[column]
    curves = tuple(edge for edge in layer.curves if edge.input == column)
    if curves:
        nodes = np.broadcast_to(x[:, None], (len(x), layer.n_inputs))
        values += curve_outputs(curves, nodes, layer.n_outputs)
    return values
