"""Where the parts of a drawn network go.

Rows of items from the inputs at the bottom to the outputs at the top: nodes, the curves of the
edges between them, nodes again. A direct edge has its curve beside those of the first layer
and passes the rows above. Rows are ordered and placed as in layered graph drawing (Sugiyama,
Tagawa and Toda, 1981): items go to the mean of their neighbours, as far as there is room.
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
_PASS_WIDTH = 12.0  # of an edge that goes by, in points
_NODE_WIDTH = 16.0
# Sides of boxes: the largest, what a new figure has room for, what asks for another story.
_LARGEST_BOX, _GOOD_BOX, _SMALL_BOX = 60.0, 50.0, 38.0
# From box to box sideways and upwards, as multiples of the side.
_SPACING, _STORY = 1.2, 1.12
# Room for the lines between nodes and boxes: the least, in sides, and what a new figure has.
_LEAST_LEAD, _GOOD_LEAD = 0.35, 34.0
_MOST_STORIES = 4


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


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions in points.

    Parameters
    ----------
    nodes : list of ndarray of shape (n_nodes, 2)
        Centres of the nodes of each level; the inputs are level 0.
    ports : list of ndarray of shape (q, 2)
        Where the edges of each layer of the row end; sub-nodes of products have ports of
        their own.
    boxes : ndarray of shape (n_drawn, 2)
        Centres of the drawn edges' curves.
    side : float
        Width and height of each.
    paths : list of list of ndarray of shape (2,)
        For each drawn edge the points that it goes through, its box's bottom and top among
        them.
    """

    nodes: list[np.ndarray]
    ports: list[np.ndarray]
    boxes: np.ndarray
    side: float
    paths: list[list[np.ndarray]]


def lay_out(network: Network, edges: list[Edge], frame: Frame) -> Layout:
    """Place the nodes of a network and the boxes of the edges to draw."""
    n_levels = len(network.layers) + 1
    rows = _rows_of(network, edges)
    links = _links_of(network, edges, n_levels)
    stories, side = _best_stories(rows[1::2], frame)
    heights = _heights(stories, side, frame)
    for row, n in zip(rows[1::2], stories, strict=True):
        row.width = {k: _SPACING * side / n if _is_box(k) else _PASS_WIDTH for k in row.keys}
        row.overhang = 0.5 * side if _n_boxes(row) else 0.0
    _place(rows, links, frame)
    nodes = [
        np.array([[row.x[("node", level, i)], heights[2 * level]] for i in range(len(_nodes(row)))])
        for level, row in enumerate(rows[::2])
    ]
    ports = [_ports(network, level, nodes[level + 1]) for level in range(n_levels - 1)]
    boxes = np.empty((len(edges), 2))
    for row, middle, n in zip(rows[1::2], heights[1::2], stories, strict=True):
        for position, key in enumerate(k for k in row.keys if _is_box(k)):
            lift = (position % n - (n - 1) / 2.0) * _STORY * side
            boxes[key[1]] = row.x[key], middle + lift  # type: ignore[index]
    paths = [
        _path(network, number, edge, Layout(nodes, ports, boxes, side, []), rows, heights)
        for number, edge in enumerate(edges)
    ]
    return Layout(nodes, ports, boxes, side, paths)


def _is_box(key: Hashable) -> bool:
    return isinstance(key, tuple) and key[0] == "box"


def _nodes(row: Row) -> list[Hashable]:
    return [key for key in row.keys if isinstance(key, tuple) and key[0] == "node"]


def _rows_of(network: Network, edges: list[Edge]) -> list[Row]:
    """Return the rows, from the inputs up, in the order of the nodes' numbers."""
    n_levels = len(network.layers) + 1
    sizes = [layer.n_inputs for layer in network.layers] + [network.n_outputs]
    rows = [
        Row([("node", r // 2, i) for i in range(sizes[r // 2])] if r % 2 == 0 else [], {})
        for r in range(2 * n_levels - 1)
    ]
    for level, row in enumerate(rows[::2]):
        row.fixed = level in (0, n_levels - 1)
        products = network.layers[level - 1].n_products if level else 0
        for i, key in enumerate(row.keys):
            row.width[key] = _NODE_WIDTH * (2.0 if i >= sizes[level] - products else 1.0)
    for number, edge in enumerate(edges):
        direct = network.direct is not None and edge.layer == n_levels - 1
        rows[1 if direct else 2 * edge.layer + 1].keys.append(("box", number))
        for r in range(2, 2 * n_levels - 2) if direct else ():
            rows[r].keys.append(("pass", number))
            rows[r].width[("pass", number)] = _PASS_WIDTH
    return rows


def _links_of(network: Network, edges: list[Edge], n_levels: int) -> Links:
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


def natural_size(network: Network, edges: list[Edge], most: float) -> tuple[float, float]:
    """Return width and height of a frame in which boxes are large, in points."""
    rows = _rows_of(network, edges)[1::2]
    counts = [_n_boxes(row) for row in rows]
    stories = [max(1, int(np.ceil(n * _SPACING * _GOOD_BOX / most))) for n in counts]
    across = [
        _PASS_WIDTH * (len(row.keys) - count) + _SPACING * _GOOD_BOX * np.ceil(count / n)
        for row, count, n in zip(rows, counts, stories, strict=True)
    ]
    up = sum(2 * _GOOD_LEAD + n * _STORY * _GOOD_BOX for n in stories)
    return min(max(across), most), up


def readable(network: Network, edges: list[Edge], frame: Frame, side: float) -> list[Edge]:
    """Return the first edges, as many as have room for boxes of at least such a side."""
    while len(edges) > 1 and _best_stories(_rows_of(network, edges)[1::2], frame)[1] < side:
        edges = edges[: min(int(0.85 * len(edges)), len(edges) - 1)]
    return edges


def _n_boxes(row: Row) -> int:
    return sum(_is_box(key) for key in row.keys)


def _best_stories(rows: list[Row], frame: Frame) -> tuple[list[int], float]:
    """Return on how many stories the boxes of each row stand, and how large boxes can be."""
    best: tuple[list[int], float] = ([1] * len(rows), 0.0)
    for most in range(1, _MOST_STORIES + 1):
        stories = [_enough_stories(row, frame, most) for row in rows]
        across = min(_side_across(row, frame, n) for row, n in zip(rows, stories, strict=True))
        up = (frame.top - frame.bottom) / (_STORY * sum(stories) + 2 * _LEAST_LEAD * len(rows))
        side = max(min(across, up, _LARGEST_BOX), 1.0)
        if side > 1.05 * best[1]:
            best = stories, side
    return best


def _enough_stories(row: Row, frame: Frame, most: int) -> int:
    enough = (n for n in range(1, most) if _side_across(row, frame, n) >= _SMALL_BOX)
    return next(enough, most)


def _side_across(row: Row, frame: Frame, stories: int) -> float:
    """Return how large boxes can be for the width."""
    n_boxes = _n_boxes(row)
    width = frame.right - frame.left - _PASS_WIDTH * (len(row.keys) - n_boxes)
    return width * stories / (_SPACING * max(n_boxes, stories))


def _heights(stories: list[int], side: float, frame: Frame) -> np.ndarray:
    """Return the height of the middle of every row."""
    boxes = np.array(stories) * _STORY * side
    lead = max((frame.top - frame.bottom - boxes.sum()) / (2 * len(stories)), 0.0)
    steps = np.repeat(lead + 0.5 * boxes, 2)
    return frame.bottom + np.concatenate([[0.0], np.cumsum(steps)])


def _place(rows: list[Row], links: Links, frame: Frame) -> None:
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


def _ports(network: Network, level: int, nodes: np.ndarray) -> np.ndarray:
    """Return where the edges of a layer end: at sum nodes, or below product nodes."""
    layer = network.layers[level]
    if not layer.n_products:
        return nodes
    products = np.repeat(nodes[layer.n_sums :], 2, axis=0)
    products[::2] += [-8.0, -11.0]
    products[1::2] += [8.0, -11.0]
    return np.concatenate([nodes[: layer.n_sums], products])


def _path(
    network: Network,
    number: int,
    edge: Edge,
    layout: Layout,
    rows: list[Row],
    heights: np.ndarray,
) -> list[np.ndarray]:
    box = layout.boxes[number]
    half = np.array([0.0, 0.5 * layout.side])
    if network.direct is None or edge.layer < len(network.layers):
        ends = layout.nodes[edge.layer][edge.input], layout.ports[edge.layer][edge.output]
        return [ends[0], box - half, box + half, ends[1]]
    passed = [np.array([rows[r].x[("pass", number)], heights[r]]) for r in range(2, len(rows) - 1)]
    end = layout.nodes[-1][edge.output]
    return [layout.nodes[0][edge.input], box - half, box + half, *passed, end]
