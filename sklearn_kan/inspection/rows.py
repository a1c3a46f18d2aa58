"""Rows of items that lie above each other: which items, what they are joined to, their places.

Rows are ordered and placed as in layered graph drawing (Sugiyama, Tagawa and Toda, 1981): items
go to the mean of their neighbours, as far as there is room.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from sklearn.isotonic import isotonic_regression

from ..network import Network
from .edges import Edge

_SWEEPS = 8
PASS_WIDTH = 12.0  # of an edge that goes by, in points
_NODE_WIDTH = 16.0

# For each pair of rows which items are joined: below, above, weight.
Links = list[list[tuple[Hashable, Hashable, float]]]


@dataclass(frozen=True, eq=False)
class Frame:
    """The room for a network without its labels, in points: left, right, bottom, top."""

    left: float
    right: float
    bottom: float
    top: float


@dataclass(eq=False)
class Row:
    """Items side by side: keys, widths, centres; fixed ones stay in order and evenly spread.

    The outermost items keep `overhang` between their centres and the ends of the frame.
    """

    keys: list[Hashable]
    width: dict[Hashable, float]
    fixed: bool = False
    overhang: float = 0.0
    x: dict[Hashable, float] = field(default_factory=dict)


def is_box(key: Hashable) -> bool:
    """Tell whether an item is the curve of an edge."""
    return isinstance(key, tuple) and key[0] == "box"


def rows_of(network: Network, edges: list[Edge], inputs: list[int]) -> list[Row]:
    """Return the rows, from the inputs up, in the order of the nodes' numbers."""
    n_levels = len(network.layers) + 1
    sizes = [layer.n_inputs for layer in network.layers] + [network.n_outputs]
    shown = [inputs, *map(range, sizes[1:])]
    rows = [
        Row([("node", r // 2, i) for i in shown[r // 2]] if r % 2 == 0 else [], {})
        for r in range(2 * n_levels - 1)
    ]
    for level, row in enumerate(rows[::2]):
        row.fixed = level in (0, n_levels - 1)
        products = network.layers[level - 1].n_products if level else 0
        for key, i in zip(row.keys, shown[level], strict=True):
            row.width[key] = _NODE_WIDTH * (2.0 if i >= sizes[level] - products else 1.0)
    for number, edge in enumerate(edges):
        direct = network.direct is not None and edge.layer == n_levels - 1
        rows[1 if direct else 2 * edge.layer + 1].keys.append(("box", number))
        for r in range(2, 2 * n_levels - 2) if direct else ():
            rows[r].keys.append(("pass", number))
            rows[r].width[("pass", number)] = PASS_WIDTH
    return rows


def links_of(network: Network, edges: list[Edge], n_levels: int) -> Links:
    """Return for each pair of rows which items are joined (below, above, weight)."""
    links: Links = [[] for _ in range(2 * n_levels - 2)]
    for number, edge in enumerate(edges):
        weight = 0.1 + edge.strength
        box = ("box", number)
        if network.direct is not None and edge.layer == n_levels - 1:
            chain: list[Hashable] = [("node", 0, edge.input), box]
            chain += [("pass", number)] * (2 * n_levels - 4)
            chain.append(("node", n_levels - 1, edge.output))
            start = 0
        else:
            above = _node_of(network, edge.layer, edge.output)
            chain = [("node", edge.layer, edge.input), box, ("node", edge.layer + 1, above)]
            start = 2 * edge.layer
        for r, pair in enumerate(pairwise(chain)):
            links[start + r].append((*pair, weight))
    return links


def _node_of(network: Network, layer: int, output: int) -> int:
    """Return the node that an output of a layer belongs to."""
    sums = network.layers[layer].n_sums
    return output if output < sums else sums + (output - sums) // 2


def place(rows: list[Row], links: Links, frame: Frame) -> None:
    """Give every item its x, sweep by sweep."""
    for row in rows:
        _spread(row, {}, frame)
    for _ in range(_SWEEPS):
        for order in (range(len(rows)), range(len(rows) - 1, -1, -1)):
            for r in order:
                _spread(rows[r], _wishes(rows, links, r), frame)


def _wishes(rows: list[Row], links: Links, r: int) -> dict[Hashable, float]:
    """Return for each item of a row the mean x of the items that it is joined to."""
    totals: dict[Hashable, list[float]] = {}
    sides = [(links[r - 1], 1, 0, rows[r - 1])] if r else []
    sides += [(links[r], 0, 1, rows[r + 1])] if r < len(links) else []
    for pairs, mine, other, neighbour in sides:
        for pair in pairs:
            total = totals.setdefault(pair[mine], [0.0, 0.0])
            total[0] += pair[2] * neighbour.x[pair[other]]
            total[1] += pair[2]
    return {key: total / weight for key, (total, weight) in totals.items()}


def _spread(row: Row, wishes: dict[Hashable, float], frame: Frame) -> None:
    """Put items near where they wish to be, in that order, without overlap."""
    middle = 0.5 * (frame.left + frame.right)
    if not row.fixed and wishes:
        row.keys.sort(key=lambda key: wishes.get(key, middle))
    widths = np.array([row.width[key] for key in row.keys])
    if not len(widths):
        return
    room = frame.right - frame.left
    if row.fixed or not wishes:
        # Evenly: what is in a fixed row is read as a list.
        centers = frame.left + room * (np.arange(len(widths)) + 0.5) / len(widths)
    else:
        before, after = (max(row.overhang, 0.5 * width) for width in widths[[0, -1]])
        steps = 0.5 * (widths[1:] + widths[:-1])
        steps = steps * min(1.0, max(room - before - after, 0.0) / max(steps.sum(), 1.0))
        offsets = np.concatenate([[0.0], np.cumsum(steps)])
        wished = np.array([wishes.get(key, middle) for key in row.keys]) - offsets
        first, last = frame.left + before, frame.right - after - offsets[-1]
        centers = offsets + isotonic_regression(wished, y_min=first, y_max=max(first, last))
    row.x = dict(zip(row.keys, centers, strict=True))
