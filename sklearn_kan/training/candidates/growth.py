"""Networks that grow: from the additive model, node by node, where the residual asks for it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy.linalg import solve

from ...network import Basis, Layer, Network, forward, input_basis, renormalise
from ..coordinates.beside import bare_layer, basis_beside, coordinates_beside
from ..coordinates.chart import Chart
from ..coordinates.demmler_reinsch import Coordinates
from ..coordinates.strengths import Strengths, count_groups, groups_of
from ..evidence.budget import MOST_PARAMETERS
from ..evidence.gauss_newton import EvidenceProblem, State
from ..evidence.hidden_grids import columns_of, hidden_basis, node_coordinates
from ..initial.network import Architecture
from ..objective.losses import Loss
from ..objective.objective import Rows

FIRST_STRENGTH = 10.0
# Coordinates of an edge into a hidden node, the smoothest; fewer where the inputs are many.
_INCOMING, _INCOMING_IN_ALL = 5, 120
# Coordinates of an edge of the additive part: all, or as many as the rows can tell apart.
_COLUMNS_A_ROW, _FEWEST_COLUMNS = 1.0, 4


def additive_state(
    architecture: Architecture,
    rows: Rows,
    loss: Loss,
    reach: np.ndarray | None = None,
    columns: int | np.ndarray | None = None,
) -> State:
    """Return the additive model before its first step: all curves zero, penalties stiff.

    Parameters
    ----------
    architecture : Architecture
    rows : Rows
    loss : Loss
    reach : ndarray of shape (2, p) or None
        Rows that the grids are to reach beyond `rows`: the extremes of a larger table.
    columns : int or ndarray of shape (p,) or None
        Coordinates of an edge from each input, at the most; None for `columns_a_node`.
    """
    x, weights = rows.x, rows.weights
    if reach is not None:
        x = np.concatenate([x, reach])
        weights = np.concatenate([weights, np.full(2, 1e-9 * weights.max())])
    grid_size, degree = architecture.grid_size, architecture.degree
    basis = input_basis(x, weights, grid_size, degree, architecture.base, architecture.grid_eps)
    if columns is None:
        columns = columns_a_node(rows, architecture, loss)
    coordinate = node_coordinates(basis, rows.x, rows.weights, columns)
    bias = loss.best_constant(rows.y, rows.weights)
    p, q = basis.n_nodes, len(bias)
    layer = Layer(basis, np.zeros((p, basis.n_features, q)), bias, np.ones((p, q), bool))
    active = np.ones((len(coordinate.node), q), bool)
    chart = Chart(Network((layer,)), (coordinate,), (active,), loss.couples_outputs)
    beta = chart.pack([np.zeros(active.shape)], bias)
    return State(chart, beta, fresh_strengths(chart))


def columns_a_node(rows: Rows, architecture: Architecture, loss: Loss) -> int:
    """Return how many coordinates an edge of the additive part may have.

    Curves of classes are smoother than what a grid can say: half of its splines do as well, and
    a step of Gauss-Newton with all outputs coupled takes a quarter of the time.
    """
    p = rows.x.shape[1]
    wanted = max(int(_COLUMNS_A_ROW * rows.total_weight / max(p, 1)), _FEWEST_COLUMNS)
    if loss.couples_outputs:
        wanted = min(wanted, (architecture.grid_size + architecture.degree + 1) // 2)
    return max(min(wanted, MOST_PARAMETERS // max(p * rows.y.shape[1], 1)), 1)


def fresh_strengths(chart: Chart) -> Strengths:
    """Return the strengths to start with, all equal and strong."""
    strong = np.full(count_groups(chart), FIRST_STRENGTH)
    return Strengths(strong, strong.copy(), groups_of(chart))


def working_residual(problem: EvidenceProblem, network: Network) -> np.ndarray:
    """Return minus the loss's gradient by the raw predictions (n, q)."""
    rows = problem.blocks.rows
    residual = np.empty_like(rows.y)
    for inputs, block in problem.blocks:
        raw, _ = forward(network, inputs)
        residual[block] = -problem.loss.loss_gradient(rows.y[block], raw)[1]
    return residual


def grow(problem: EvidenceProblem, state: State, directions: np.ndarray) -> State:
    """Add one hidden sum node a direction, linear in the inputs, with a fitted curve.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        Of a network with no hidden layer, or one.
    directions : ndarray of shape (p, number)

    Returns
    -------
    State
        Strengths of the new nodes as at the start, the others as they were.
    """
    node = state.chart.coordinates[0].node
    linear = _first_of_each(node)
    incoming = np.zeros((len(node), directions.shape[1]))
    incoming[linear] = directions[node[linear]]
    straight = np.repeat((rank_in_node(node) == 0)[:, None], directions.shape[1], 1)
    return with_nodes(problem, state, incoming, straight)


def with_nodes(
    problem: EvidenceProblem, state: State, incoming: np.ndarray, active: np.ndarray
) -> State:
    """Add hidden sum nodes, their values given, with curves fitted to the residual.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        Of a network with no hidden layer, or one.
    incoming : ndarray of shape (R, number)
        Coordinates of the edges into each node, of whatever scale.
    active : ndarray of shape (R, number), bool
        Which of them are parameters.

    Returns
    -------
    State
        See `grow`; the state itself where no node's value varies.
    """
    rows = problem.blocks.rows
    residual = working_residual(problem, state.network)
    first, inputs = state.chart.coordinates[0], state.chart.network.layers[0].basis
    hidden = columns_of(first, inputs, rows.x) @ incoming
    deviation = np.sqrt(np.average(hidden**2, axis=0, weights=rows.weights))
    usable = deviation > 1e-8
    if not usable.any():
        return state
    incoming = incoming[:, usable] / deviation[usable]
    hidden = hidden[:, usable] / deviation[usable]
    basis = hidden_basis(hidden, rows.weights, inputs)
    coordinate = node_coordinates(basis, hidden, rows.weights)
    columns = columns_of(coordinate, basis, hidden)
    pull = columns.T @ (rows.weights[:, None] * residual)
    gram = columns.T @ (rows.weights[:, None] * columns)
    gram[np.diag_indices_from(gram)] += FIRST_STRENGTH * (1.0 + coordinate.roughness)
    outgoing = solve(gram, pull, assume_a="pos")
    return _joined(state, incoming, active[:, usable], basis, coordinate, outgoing)


def _first_of_each(node: np.ndarray) -> np.ndarray:
    """Return where each node's first column, the linear one, stands."""
    return np.flatnonzero(np.r_[True, node[1:] != node[:-1]]) if len(node) else np.zeros(0, int)


def rank_in_node(node: np.ndarray) -> np.ndarray:
    """Return each column's place among those of its node, 0 for the linear one."""
    first = _first_of_each(node)
    return np.arange(len(node)) - np.repeat(first, np.diff(np.r_[first, len(node)]))


def _joined(
    state: State,
    incoming: np.ndarray,
    active: np.ndarray,
    basis: Basis,
    coordinate: Coordinates,
    outgoing: np.ndarray,
) -> State:
    """Put new nodes beside those that are there; the additive layer becomes the direct one."""
    chart = state.chart
    matrices = chart.matrices(state.beta)
    bias = state.beta[chart.bias_part]
    first = chart.coordinates[0]
    actives = [active, np.ones(outgoing.shape, bool), chart.active[-1]]
    parts = [incoming, outgoing, matrices[-1]]
    direct = chart.network.direct
    if direct is None:
        direct = replace(chart.network.layers[0], bias=np.zeros(len(bias)))
    else:
        basis = basis_beside(chart.network.layers[1].basis, basis)
        coordinate = coordinates_beside(chart.coordinates[1], coordinate)
        for joined, old in ((actives, chart.active), (parts, matrices)):
            joined[0] = np.concatenate([old[0], joined[0]], axis=1)
            joined[1] = np.concatenate([old[1], joined[1]])
    hidden = bare_layer(direct.basis, actives[0].shape[1])
    network = Network((hidden, bare_layer(basis, len(bias))), direct)
    coordinates_all = (first, coordinate, first)
    new_chart = Chart(network, coordinates_all, tuple(actives), chart.shares_outputs)
    return State(
        new_chart,
        new_chart.pack(parts, bias),
        _carried(state, new_chart, incoming.shape[1]),
        history=state.history,
    )


def _carried(state: State, chart: Chart, n_new: int) -> Strengths:
    """Return the strengths of a grown chart: known ones kept, those of new nodes fresh."""
    fresh = fresh_strengths(chart)
    old, q = state.strengths, chart.network.n_outputs
    n_hidden = chart.active[0].shape[1]
    n_old = n_hidden - n_new
    # Groups stand as: incoming of each hidden node; outgoing by node, then output; direct.
    direct = np.arange(n_hidden * (1 + q), len(fresh.ridge))
    target = np.concatenate([np.arange(n_old), n_hidden + np.arange(n_old * q), direct])
    roughness, ridge = fresh.roughness.copy(), fresh.ridge.copy()
    roughness[target], ridge[target] = old.roughness, old.ridge
    return replace(fresh, roughness=roughness, ridge=ridge)


def curved(state: State) -> State:
    """Let the edges into hidden nodes bend: more of their coordinates become parameters."""
    chart = state.chart
    node = chart.coordinates[0].node
    n_inputs = node.max(initial=0) + 1
    smoothest = min(max(_INCOMING_IN_ALL // n_inputs, 2), _INCOMING)
    bent = chart.edges(0)[node] & (rank_in_node(node) < smoothest)[:, None]
    active = chart.active[0] | bent
    new_chart = replace(chart, active=(active, *chart.active[1:]))
    beta = new_chart.pack(chart.matrices(state.beta), state.beta[chart.bias_part])
    strengths = replace(state.strengths, group=groups_of(new_chart))
    n_hidden = active.shape[1]
    roughness = strengths.roughness.copy()
    roughness[:n_hidden] = FIRST_STRENGTH
    return replace(
        state,
        chart=new_chart,
        beta=beta,
        strengths=replace(strengths, roughness=roughness),
        posterior=None,
        n_accepted=0,
    )


def recentred(problem: EvidenceProblem, state: State) -> State:
    """Centre the inputs' columns over the rows of another problem; predictions stay.

    Hidden sum nodes then have mean zero over these rows, as Gauss-Newton takes for granted.
    """
    chart = state.chart
    first = chart.coordinates[0]
    rows = problem.blocks.rows
    move = np.zeros(len(first.node))
    for inputs, block in problem.blocks:
        move += rows.weights[block] @ first.columns_at(inputs.design)
    move /= rows.total_weight
    moved = replace(first, center=first.center + move)
    matrices = chart.matrices(state.beta)
    bias, network = state.beta[chart.bias_part].copy(), chart.network
    coordinates_all = list(chart.coordinates)
    for index, matrix in enumerate(matrices):
        if index == 0 or index > chart.n_hidden:
            coordinates_all[index] = moved
        if index == 0 and chart.n_hidden:
            shift = move @ matrix
            network = renormalise(network, 0, shift, np.ones_like(shift))
        elif index == 0 or index > chart.n_hidden:
            bias += move @ matrix
    new_chart = replace(chart, network=network, coordinates=tuple(coordinates_all))
    return replace(state, chart=new_chart, beta=new_chart.pack(matrices, bias))
