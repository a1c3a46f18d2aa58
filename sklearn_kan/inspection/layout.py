"""Where the parts of a drawn network go.

Rows of items from the inputs at the bottom to the outputs at the top: nodes, the curves of the
edges between them, nodes again. A direct edge has its curve beside those of the first layer
and passes the rows above.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Network
from .edges import Edge
from .rows import PASS_WIDTH, Frame, Row, is_box, links_of, place, rows_of

# Sides of boxes: the largest, what a new figure has room for, what asks for another story.
_LARGEST_BOX, _GOOD_BOX, _SMALL_BOX = 60.0, 50.0, 38.0
# From box to box sideways and upwards, as multiples of the side.
_SPACING, _STORY = 1.2, 1.12
# Room for the lines between nodes and boxes: the least, in sides, and what a new figure has.
_LEAST_LEAD, _GOOD_LEAD = 0.35, 34.0
_MOST_STORIES = 4
# Of more inputs only those of drawn edges are shown.
_MOST_INPUTS = 60


@dataclass(frozen=True, eq=False)
class Layout:
    """Positions in points.

    Parameters
    ----------
    nodes : list of ndarray of shape (n_nodes, 2)
        Centres of the nodes of each level; the inputs are level 0. NaN for those not shown.
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


def lay_out(network: Network, edges: list[Edge], frame: Frame, shown: list[int]) -> Layout:
    """Place the shown inputs and all other nodes of a network, and the boxes of edges to draw."""
    n_levels = len(network.layers) + 1
    rows = rows_of(network, edges, shown)
    links = links_of(network, edges, n_levels)
    stories, side = _best_stories(rows[1::2], frame)
    heights = _heights(stories, side, frame)
    for row, n in zip(rows[1::2], stories, strict=True):
        row.width = {k: _SPACING * side / n if is_box(k) else PASS_WIDTH for k in row.keys}
        row.overhang = 0.5 * side if _n_boxes(row) else 0.0
    place(rows, links, frame)
    sizes = [network.n_inputs, *(layer.n_nodes for layer in network.layers)]
    nodes = [
        _node_places(rows[2 * level], level, size, heights[2 * level])
        for level, size in enumerate(sizes)
    ]
    ports = [_ports(network, level, nodes[level + 1]) for level in range(n_levels - 1)]
    boxes = np.empty((len(edges), 2))
    for row, middle, n in zip(rows[1::2], heights[1::2], stories, strict=True):
        for position, key in enumerate(k for k in row.keys if is_box(k)):
            lift = (position % n - (n - 1) / 2.0) * _STORY * side
            boxes[key[1]] = row.x[key], middle + lift  # type: ignore[index]
    paths = [
        _path(network, number, edge, Layout(nodes, ports, boxes, side, []), rows, heights)
        for number, edge in enumerate(edges)
    ]
    return Layout(nodes, ports, boxes, side, paths)


def _node_places(row: Row, level: int, size: int, height: float) -> np.ndarray:
    """Return the centres (size, 2) of the nodes of a level, NaN for inputs not shown."""
    places = np.full((size, 2), np.nan)
    for i in range(size):
        if ("node", level, i) in row.x:
            places[i] = row.x[("node", level, i)], height
    return places


def shown_inputs(network: Network, edges: list[Edge]) -> list[int]:
    """Return the inputs that are shown: all, or where they are many those of drawn edges."""
    if network.n_inputs <= _MOST_INPUTS:
        return list(range(network.n_inputs))
    direct = len(network.layers)
    return sorted({edge.input for edge in edges if edge.layer in (0, direct)}) or [0]


def natural_size(network: Network, edges: list[Edge], most: float) -> tuple[float, float]:
    """Return width and height of a frame in which boxes are large, in points."""
    rows = rows_of(network, edges, [])[1::2]
    counts = [_n_boxes(row) for row in rows]
    stories = [max(1, int(np.ceil(n * _SPACING * _GOOD_BOX / most))) for n in counts]
    across = [
        PASS_WIDTH * (len(row.keys) - count) + _SPACING * _GOOD_BOX * np.ceil(count / n)
        for row, count, n in zip(rows, counts, stories, strict=True)
    ]
    up = sum(2 * _GOOD_LEAD + n * _STORY * _GOOD_BOX for n in stories)
    return min(max(across), most), up


def readable(network: Network, edges: list[Edge], frame: Frame, side: float) -> list[Edge]:
    """Return the first edges, as many as have room for boxes of at least such a side."""
    while len(edges) > 1 and _best_stories(rows_of(network, edges, [])[1::2], frame)[1] < side:
        edges = edges[: min(int(0.85 * len(edges)), len(edges) - 1)]
    return edges


def _n_boxes(row: Row) -> int:
    return sum(is_box(key) for key in row.keys)


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
    width = frame.right - frame.left - PASS_WIDTH * (len(row.keys) - n_boxes)
    return width * stories / (_SPACING * max(n_boxes, stories))


def _heights(stories: list[int], side: float, frame: Frame) -> np.ndarray:
    """Return the height of the middle of every row."""
    boxes = np.array(stories) * _STORY * side
    lead = max((frame.top - frame.bottom - boxes.sum()) / (2 * len(stories)), 0.0)
    steps = np.repeat(lead + 0.5 * boxes, 2)
    return frame.bottom + np.concatenate([[0.0], np.cumsum(steps)])


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
