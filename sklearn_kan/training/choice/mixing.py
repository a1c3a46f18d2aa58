"""Fits mixed by shares: one network, with the hidden nodes of all of them side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np

from ...network import Network
from ..candidates.part import Part
from ..coordinates.beside import bare_layer, basis_beside, coordinates_beside
from ..coordinates.chart import Chart
from ..coordinates.strengths import Strengths, groups_of
from ..evidence.gauss_newton import State
from ..objective.objective import Rows
from .common_coordinates import on_additive_chart, on_inputs_of, with_hidden_grids_of


@dataclass(frozen=True, eq=False)
class Mixture:
    """What a mixture of fits is.

    Parameters
    ----------
    state : State
    beyond : ndarray of shape (h,), int
        Of each hidden node, see `finished`.
    """

    state: State
    beyond: np.ndarray


def mixed(additive: Part, others: Sequence[Part], rows: Rows) -> Mixture:
    """Return the mixture of the additive fit with others, whose shares sum to one with its own.

    ``sum of share * raw prediction`` is one network: all parts are put on the same input grids,
    those of the additive fit or finer ones of a part, and hidden nodes stand side by side.
    Strengths of outgoing edges are divided by the squares of the shares, so that penalties keep
    their value.

    Parameters
    ----------
    additive : Part
    others : sequence of Part
        Networks with one hidden layer, or additive on the same coordinates.
    rows : Rows
        What all of them were fitted to.

    Returns
    -------
    Mixture
        Of the very fit where there is only one, of share one.
    """
    flat = [part for part in (additive, *others) if not part.state.chart.n_hidden]
    additive = _together([part for part in flat if part.share > 0] or [additive])
    others = [part for part in others if part.share > 0 and part.state.chart.n_hidden]
    if not others:
        return Mixture(additive.state, np.zeros(0, int))
    if len(others) == 1 and others[0].share == 1.0:
        return Mixture(others[0].state, _beyond(others, [others[0].state]))
    finest = max((part.state for part in others), key=_count_fine)
    if _count_fine(finest) > _count_fine(additive.state):
        additive = replace(additive, state=on_inputs_of(additive.state, finest, rows))
    states = [on_additive_chart(part.state, additive.state, rows) for part in others]
    grid_size = max(state.chart.network.layers[1].basis.grid_size for state in states)
    states = [with_hidden_grids_of(state, grid_size, rows) for state in states]
    charts = [state.chart for state in states]
    shares = [part.share for part in others]
    matrices = [state.chart.matrices(state.beta) for state in states]
    alone = additive.state.chart
    direct = additive.share * alone.matrices(additive.state.beta)[0]
    bias = additive.share * additive.state.beta[alone.bias_part]
    for share, state, own in zip(shares, states, matrices, strict=True):
        direct = direct + share * own[2]
        bias = bias + share * state.beta[state.chart.bias_part]
    first, q = alone.coordinates[0], alone.network.n_outputs
    inputs = alone.network.layers[0].basis
    basis = reduce(basis_beside, [chart.network.layers[1].basis for chart in charts])
    coordinate = reduce(coordinates_beside, [chart.coordinates[1] for chart in charts])
    edges = reduce(np.logical_or, [chart.active[2] for chart in charts], alone.active[0])
    chart = Chart(
        Network((bare_layer(inputs, basis.n_nodes), bare_layer(basis, q)), bare_layer(inputs, q)),
        (first, coordinate, first),
        (
            np.concatenate([chart.active[0] for chart in charts], axis=1),
            np.concatenate([chart.active[1] for chart in charts]),
            edges,
        ),
        alone.shares_outputs,
    )
    parts = [
        np.concatenate([own[0] for own in matrices], axis=1),
        np.concatenate([s * own[1] for s, own in zip(shares, matrices, strict=True)]),
        direct,
    ]
    longest = max((state.history for state in states), key=len)
    strengths = _strengths(additive.state, states, shares, chart)
    state = State(chart, chart.pack(parts, bias), strengths, history=longest)
    return Mixture(state, _beyond(others, states))


def _count_fine(state: State) -> int:
    """Return how many coordinates inputs have that need finer grids than the others."""
    first = state.chart.coordinates[0]
    return 0 if first.family is None else int((first.family[first.node] > 0).sum())


def _together(parts: Sequence[Part]) -> Part:
    """Return additive fits on the same coordinates as one, with the sum of their shares.

    Its strengths are those of the fit with the most edges.
    """
    if len(parts) == 1:
        return parts[0]
    share = sum(part.share for part in parts)
    largest = max((part.state for part in parts), key=lambda state: state.beta.size)
    matrix = np.zeros(largest.chart.active[0].shape)
    bias = np.zeros(largest.chart.network.n_outputs)
    for part in parts:
        chart = part.state.chart
        matrix += part.share / share * chart.matrices(part.state.beta)[0]
        bias += part.share / share * part.state.beta[chart.bias_part]
    beta = largest.chart.pack([matrix], bias)
    return replace(parts[0], state=replace(largest, beta=beta, posterior=None), share=share)


def _beyond(parts: Sequence[Part], states: Sequence[State]) -> np.ndarray:
    sizes = [state.chart.active[0].shape[1] for state in states]
    return np.repeat([part.beyond for part in parts], sizes)


def _strengths(
    additive: State, states: Sequence[State], shares: Sequence[float], chart: Chart
) -> Strengths:
    """Return the strengths of a mixture; those of direct edges are the additive fit's."""
    q = chart.network.n_outputs
    incoming: list[Strengths] = []
    outgoing: list[Strengths] = []
    for share, state in zip(shares, states, strict=True):
        h = state.chart.active[0].shape[1]
        incoming.append(_some(state.strengths, slice(h), 1.0))
        outgoing.append(_some(state.strengths, slice(h, h + h * q), share**-2))
    pieces = [*incoming, *outgoing, additive.strengths]
    return Strengths(
        np.concatenate([piece.roughness for piece in pieces]),
        np.concatenate([piece.ridge for piece in pieces]),
        groups_of(chart),
    )


def _some(strengths: Strengths, groups: slice, factor: float) -> Strengths:
    return replace(
        strengths,
        roughness=strengths.roughness[groups] * factor,
        ridge=strengths.ridge[groups] * factor,
    )
