"""How much Gauss-Newton may cost: parameters, rows, and multiplications of a step."""

from __future__ import annotations

from itertools import pairwise

from ..initial.network import Architecture
from ..objective.losses import Loss
from ..objective.objective import Rows

# Matrices of this order, at the most, are factorised.
MOST_PARAMETERS = 1500
# Hidden nodes are not fitted under evidence to fewer rows: it would have them interpolate.
FEWEST_ROWS = 40
# Multiplications of one step, in all fits together.
_MOST_OPERATIONS = 3e9
# Coordinates of a cubic spline on a grid of a few intervals.
_COORDINATES_AN_EDGE = 6


def steps_are_affordable(rows: Rows, loss: Loss, shared: int, own: int, n_fits: int = 1) -> bool:
    """Tell whether Gauss-Newton can have so many parameters, in so many fits to the rows.

    Parameters
    ----------
    rows : Rows
    loss : Loss
    shared : int
        Parameters that all outputs have in common.
    own : int
        Parameters of each output. Of a loss that does not couple them, each needs a matrix
        product of its own.
    n_fits : int
    """
    q = rows.y.shape[1]
    size = shared + q * own
    a_row = size**2 if loss.couples_outputs else q * (shared + own) ** 2
    operations = n_fits * (rows.total_weight * a_row + size**3)
    return size <= MOST_PARAMETERS and operations <= _MOST_OPERATIONS


def given_is_affordable(architecture: Architecture, n_inputs: int, n_outputs: int) -> bool:
    """Tell whether Gauss-Newton can have the parameters that an architecture needs.

    An additive model makes do with one coordinate an edge; edges of given hidden layers have
    as many as their grids on the coarsest level.
    """
    if not architecture.hidden:
        return n_inputs * n_outputs <= MOST_PARAMETERS
    sizes = [n_inputs, *(sums + 2 * products for sums, products in architecture.hidden), n_outputs]
    edges = sum(a * b for a, b in pairwise(sizes)) + architecture.direct * n_inputs * n_outputs
    return edges * _COORDINATES_AN_EDGE <= MOST_PARAMETERS
