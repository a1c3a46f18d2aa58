"""How a default fit goes on beyond the rows: slopes flatter, interactions not at all."""

from __future__ import annotations

from enum import IntEnum

import numpy as np

from ...network import Network, flatten_beyond, level_off, regrid, weighted_quantiles
from ..initial.grid_rules import EVIDENCE
from ..initial.grids import node_values
from ..objective.objective import Rows
from .gauss_newton import State
from .hidden_grids import ending_at

# No more than this share of the rows at either end of a hidden node's values.
_MOST_BEYOND = 0.25
_LEAST_MARGIN = 1e-6
# How far curves go on that are not to level off at once, as a share of the range.
_REACH = 1.0 / 3.0
# Curves of the inputs go on unchanged for so many mean distances between rows: as far as new rows
# of the same kind are beyond these, but no more than this share of the range.
_GAP, _MOST_MARGIN = 3.0, 0.02


class Beyond(IntEnum):
    """Where the curves that leave a hidden node begin to be level, at either end of its values.

    ``AFTER_LAST_ROW``: the curves of networks without direct edges, which are one function of
    one sum, go on like those of inputs. ``INSIDE_FIVE_ROWS``: five rows are beyond.
    ``A_THIRD_FARTHER``: curves go on along their last slope for a third of the values' range.
    """

    AFTER_LAST_ROW = 0
    INSIDE_FIVE_ROWS = 5
    A_THIRD_FARTHER = -1


def finished(
    state: State, rows: Rows, beyond: Beyond | np.ndarray = Beyond.AFTER_LAST_ROW
) -> Network:
    """Return the network of a fit, its curves flattened beyond the rows.

    Those of the inputs go on as lines, see `flatten_beyond`; those that leave hidden nodes level
    off. A far row would else be taken along two extrapolated slopes, one by the other; and a row
    may be far out in what several columns say together, though inside the range of each.

    Parameters
    ----------
    state : State
    rows : Rows
        The rows it was fitted to.
    beyond : Beyond or ndarray of shape (h,)
        For all hidden nodes, or for each.

    Returns
    -------
    Network
    """
    network = flatten_beyond(state.network, 0, min(_GAP / rows.total_weight, _MOST_MARGIN))
    if len(network.layers) != 2:
        return network
    if network.direct is None and np.all(beyond == Beyond.AFTER_LAST_ROW):
        return flatten_beyond(network, 1, 0.0)
    nodes = node_values(network, 1, rows.x)
    beyond = np.broadcast_to(beyond, nodes.shape[1])
    breaks = network.layers[1].basis.breaks
    low, high = _ends(nodes, beyond, rows.weights)
    # Rows beyond the grid were fitted by lines, which no smooth curve on it could follow.
    breaks = ending_at(breaks, np.maximum(low, breaks[:, 0]), np.minimum(high, breaks[:, -1]))
    layer = regrid(network.layers[1], breaks)
    reach = np.where(beyond == Beyond.A_THIRD_FARTHER, _REACH, 0.0)
    return level_off(Network((network.layers[0], layer), network.direct), 1, reach)


def _ends(
    nodes: np.ndarray, beyond: np.ndarray, weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return where curves of nodes with values (n, h) become level, (h,) and (h,)."""
    low, high = nodes.min(axis=0), nodes.max(axis=0)
    margin = np.maximum(EVIDENCE.margin * (high - low), _LEAST_MARGIN)
    low, high = low - margin, high + margin
    mine = beyond == Beyond.INSIDE_FIVE_ROWS
    if mine.any():
        share = min(Beyond.INSIDE_FIVE_ROWS / weights.sum(), _MOST_BEYOND)
        inner = weighted_quantiles(nodes[:, mine], weights, np.array([share, 1.0 - share]))
        low[mine], high[mine] = inner[:, 0] - _LEAST_MARGIN, inner[:, 1] + _LEAST_MARGIN
    return low, high
