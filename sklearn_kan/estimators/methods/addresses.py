"""Where edges are: (layer, input, output) as the user says it, and what errors say is there."""

from __future__ import annotations

from difflib import get_close_matches
from numbers import Integral
from typing import Any

import numpy as np

from ...network import Layer
from ..fitting.fitted import Fitted
from ..formulas.formula import column_names

Place = tuple[int, int, int]
# Edges that an error lists.
_MOST_SHOWN = 10


def present_edge(fitted: Fitted, layer: Any, input: Any, output: Any) -> Place:
    """Return the place of an edge that is there.

    Raises
    ------
    ValueError
        If there is no such place, or its edge was removed. Where the input's edges are is said.
    """
    index, i, j = edge_at(fitted, layer, input, output)
    if not fitted.network.all_layers[index].present[i, j]:
        raise ValueError(
            f"Edge (layer={layer!r}, {input!r}, {output!r}) was removed. "
            f"{places_of(fitted, index, i)}"
        )
    return index, i, j


def edge_at(fitted: Fitted, layer: Any, input: Any, output: Any) -> Place:
    """Return layer, input and output as numbers; there need be no edge.

    Raises
    ------
    ValueError
        If there is no such place.
    """
    network = fitted.network
    row = len(network.layers)
    index = row if isinstance(layer, str) and layer == "direct" else layer
    if not isinstance(index, Integral) or not 0 <= int(index) < len(network.all_layers):
        direct = " or 'direct'" if len(network.all_layers) > row else ""
        names = column_names(fitted)
        is_column = isinstance(input, str) and input in names
        there = f" {places_of(fitted, 0, names.index(input))}" if is_column else ""
        raise ValueError(f"layer must be 0 to {row - 1}{direct}; got {layer!r}.{there}")
    chosen: Layer = network.all_layers[int(index)]
    i = _input(fitted, input, chosen.n_inputs, is_column=index in (0, row))
    if not _is_below(output, chosen.n_outputs):
        raise ValueError(
            f"output must be a whole number from 0 to {chosen.n_outputs - 1}; got {output!r}. "
            f"{places_of(fitted, int(index), i)}"
        )
    return int(index), i, int(output)


def places_of(fitted: Fitted, index: int, i: int) -> str:
    """Return where the edges of an input are, as a sentence; of a column in all layers."""
    layers, row = fitted.network.all_layers, len(fitted.network.layers)
    is_column = index in (0, row)
    there = [0, *range(row, len(layers))] if is_column else [index]
    shown = repr(column_names(fitted)[i]) if is_column else str(i)
    name = f"Column {shown}" if is_column else f"Node {i} of layer {index}"
    places = [
        f"({repr('direct') if at == row else at}, {shown}, {j})"
        for at in there
        for j in np.flatnonzero(layers[at].present[i])
    ]
    if not places:
        return f"{name} leads nowhere: none of its edges is left."
    more = f" and {len(places) - _MOST_SHOWN} more" if len(places) > _MOST_SHOWN else ""
    return f"{name} has the edges {', '.join(places[:_MOST_SHOWN])}{more}."


def _input(fitted: Fitted, given: Any, n_inputs: int, is_column: bool) -> int:
    if is_column and isinstance(given, str):
        names = column_names(fitted)
        if given not in names:
            near = get_close_matches(given, names)
            hint = f" Do you mean {' or '.join(map(repr, near))}?" if near else ""
            raise ValueError(f"input must be one of {names}; got {given!r}.{hint}")
        return names.index(given)
    if not _is_below(given, n_inputs):
        raise ValueError(f"input must be a whole number from 0 to {n_inputs - 1}; got {given!r}.")
    return int(given)


def _is_below(given: Any, size: int) -> bool:
    return isinstance(given, Integral) and 0 <= int(given) < size
