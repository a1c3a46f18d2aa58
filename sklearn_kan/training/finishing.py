"""How a grown network goes on beyond the rows: interactions are not extrapolated."""

from __future__ import annotations

import numpy as np

from ..network import Network, level_off, regrid, weighted_quantiles
from .gauss_newton import State
from .grids import node_values
from .hidden_grids import HIDDEN_MARGIN, ending_at
from .objective import Rows

# No more than this share of the rows at either end of a hidden node's values.
_MOST_BEYOND = 0.25
_LEAST_MARGIN = 1e-6


def finished(state: State, rows: Rows, n_beyond: int | np.ndarray = 0) -> Network:
    """Return the network of a fit, the curves that leave its hidden nodes levelled off.

    Direct edges go on as lines beyond the rows. A far row would else be taken along two
    extrapolated slopes, one by the other; and a row may be far out in what several columns say
    together, though inside the range of each.

    Parameters
    ----------
    state : State
    rows : Rows
        The rows it was fitted to.
    n_beyond : int or ndarray of shape (h,)
        Of each hidden node, how many rows at either end of its values are beyond where its
        curves are level. Zero: these begin beyond the last row, and networks without direct
        edges, whose curves are one function of one sum, go on as lines.

    Returns
    -------
    Network
    """
    network = state.network
    if len(network.layers) != 2 or (network.direct is None and not np.any(n_beyond)):
        return network
    nodes = node_values(network, 1, rows.x)
    beyond = np.broadcast_to(n_beyond, nodes.shape[1])
    low, high = _ends(nodes, beyond, rows.weights)
    breaks = ending_at(network.layers[1].basis.breaks, low, high)
    layer = regrid(network.layers[1], breaks)
    return level_off(Network((network.layers[0], layer), network.direct), 1)


def _ends(
    nodes: np.ndarray, beyond: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return where curves of nodes with values (n, h) become level, (h,) and (h,)."""
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    margin = np.maximum(HIDDEN_MARGIN * (high - low), _LEAST_MARGIN)
    low, high = low - margin, high + margin
    for number in np.unique(beyond[beyond > 0]):
        share = min(number / weights.sum(), _MOST_BEYOND)
        mine = beyond == number
        inner = weighted_quantiles(nodes[:, mine], weights, np.array([share, 1.0 - share]))
        low[mine], high[mine] = inner[:, 0] - _LEAST_MARGIN, inner[:, 1] + _LEAST_MARGIN
    return low, high
