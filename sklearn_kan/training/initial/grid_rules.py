"""When grids of hidden nodes follow their activations, and how far they then reach."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

# Nodes that vary by less than this are constants: they keep a grid that holds them.
_CONSTANT = 1e-9


@dataclass(frozen=True)
class GridRule:
    """When a grid is laid anew, all as shares of its length.

    Parameters
    ----------
    margin : float
        How far a new grid reaches beyond the activations.
    drift : float
        How far they may leave it.
    used : float
        How much of it they must use.
    """

    margin: float
    drift: float
    used: float

    def is_outgrown(self, breaks: np.ndarray, nodes: np.ndarray) -> np.ndarray:
        """Tell which nodes (p,) with values (n, p) need other grids than those at hand.

        Parameters
        ----------
        breaks : ndarray of shape (p, G + 1)
        nodes : ndarray of shape (n, p)
        """
        length = breaks[:, -1] - breaks[:, 0]
        low, high = nodes.min(axis=0), nodes.max(axis=0)
        reach = self.drift * length
        has_left = (low < breaks[:, 0] - reach) | (high > breaks[:, -1] + reach)
        is_idle = (high - low < self.used * length) & (high - low > _CONSTANT)
        outgrown: np.ndarray = has_left | is_idle
        return outgrown


# Weights move far in a run of L-BFGS: there is room, and grids are checked between runs.
DESCENT = GridRule(margin=0.1, drift=0.02, used=0.6)
# Steps under evidence are few, and curves beyond their grids are lines.
EVIDENCE = GridRule(margin=0.05, drift=0.05, used=0.6)
# Starts of a given architecture are moved in any case: their first weights are random.
GIVEN = GridRule(margin=0.03, drift=0.0, used=1.0)
# Batches that come one after the other are unlike each other.
BATCHES = GridRule(margin=0.1, drift=0.2, used=0.0)
