"""Networks in coordinates that the laws of Gauss-Newton are tried on."""

import numpy as np
import pytest

from sklearn_kan.training.coordinates.placing import place
from sklearn_kan.training.coordinates.strengths import Strengths, count_groups, groups_of
from sklearn_kan.training.evidence.gauss_newton import EvidenceProblem, State
from sklearn_kan.training.initial.grids import follow
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks
from tests.curves import with_curves
from tests.training.rows import smooth_rows

SHAPES = [
    pytest.param((), False, id="additive"),
    pytest.param(((3, 0),), False, id="one-hidden-layer"),
    pytest.param(((2, 0),), True, id="direct-edges"),
    pytest.param(((1, 2),), False, id="product-nodes"),
    pytest.param(((2, 1), (1, 1)), True, id="deep-product-nodes"),
    pytest.param(((2, 0), (2, 0), (1, 0)), False, id="deep"),
]


def make_rows(**options):
    return smooth_rows(**{"n": 150, "p": 3, "weighted": True, **options})


def make_network(hidden, direct, rows, seed=0, curves=0.0, **options):
    """Return a random network; its last layer is not small, as that of a start is.

    A share of its edges may be curves.
    """
    options = {"grid_size": 4, "grid_eps": 0.5, **options}
    architecture = Architecture(hidden, direct=direct, **options)
    rng = np.random.default_rng(seed)
    network = initial_network(architecture, rows, np.full(rows.y.shape[1], 0.3), rng)
    for index in range(len(network.layers) - 1, len(network.all_layers)):
        layer = network.all_layers[index]
        network = network.replace_layer(index, weights=rng.normal(0.0, 0.3, layer.weights.shape))
    return follow(with_curves(network, curves), rows, 0.5) if curves else network


def make_state(hidden, direct, rows, strength=1e-3, **options):
    placed = place(make_network(hidden, direct, rows, **options), rows)
    each = np.full(count_groups(placed.chart), strength)
    strengths = Strengths(each, 2.0 * each, groups_of(placed.chart))
    return State(placed.chart, placed.beta, strengths)


def make_problem(state, rows, loss=None, block_size=None):
    blocks = Blocks(state.chart.network, rows, block_size)
    return EvidenceProblem(blocks, loss or SquaredError())
