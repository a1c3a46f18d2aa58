"""What a drawn network is made of: a few collections of lines, boxes and points."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from ..network import Network
from .axes import BLUE, INK, ORANGE, PALE
from .edges import Edge
from .layout import Layout
from .strokes import bent, columns, faded, in_box

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def draw_faint(axes: Axes, edges: list[Edge], layout: Layout) -> None:
    """Draw the edges that are too weak for a box."""
    from matplotlib.collections import LineCollection

    lines = []
    for edge in edges:
        start = layout.nodes[0 if edge.layer == len(layout.ports) else edge.layer][edge.input]
        end = layout.ports[min(edge.layer, len(layout.ports) - 1)][edge.output]
        if np.isfinite(start).all():
            lines.append(bent(start, end))
    faint = LineCollection(
        lines, colors=PALE, linewidths=0.4, alpha=min(0.6, 60 / max(len(lines), 1)), zorder=1
    )
    axes.add_collection(faint, autolim=False)


def draw_paths(axes: Axes, drawn: list[Edge], layout: Layout) -> None:
    """Draw the lines from nodes to boxes and on."""
    from matplotlib.collections import LineCollection

    lines, colors, widths = [], [], []
    for edge, path in zip(drawn, layout.paths, strict=True):
        upper = [bent(a, b) for a, b in pairwise(path[2:])]
        lines += [bent(path[0], path[1]), np.concatenate(upper)]
        colors += 2 * [faded("#4d4d4d", edge)]
        widths += 2 * [0.5 + 1.3 * edge.strength]
    paths = LineCollection(lines, colors=colors, linewidths=widths, zorder=2)
    axes.add_collection(paths, autolim=False)


def draw_boxes(axes: Axes, drawn: list[Edge], curves: list[np.ndarray], layout: Layout) -> None:
    """Draw the boxes and the curves in them."""
    from matplotlib.collections import LineCollection, PolyCollection

    half = 0.5 * layout.side
    corners = half * np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]])
    boxes = PolyCollection(
        list(layout.boxes[:, None, :] + corners),
        facecolors="white",
        edgecolors=[faded("#9a9a9a", edge) for edge in drawn] or "none",
        linewidths=0.7,
        zorder=3,
    )
    axes.add_collection(boxes, autolim=False)
    lines = [
        center + half * in_box(values, named=edge.curve is not None)
        for center, values, edge in zip(layout.boxes, curves, drawn, strict=False)
    ]
    collection = LineCollection(
        lines,
        colors=[faded(BLUE if e.curve is None else ORANGE, e) for e in drawn] or "none",
        linewidths=[
            max(min(layout.side / 28.0, 1.6), 0.8) * (0.7 + 0.5 * e.strength) for e in drawn
        ],
        capstyle="round",
        zorder=4,
    )
    axes.add_collection(collection, autolim=False)


def draw_nodes(axes: Axes, network: Network, edges: list[Edge], layout: Layout) -> None:
    """Draw nodes, crosses of product nodes and their feet."""
    from matplotlib.collections import LineCollection

    used = {(e.layer if e.layer < len(layout.ports) else 0, e.input) for e in edges}
    centers, colors = [], []
    products, feet, legs = [], [], []
    for level, nodes in enumerate(layout.nodes):
        sums = network.layers[level - 1].n_sums if level else len(nodes)
        for i, center in enumerate(nodes):
            if np.isnan(center[0]):
                continue
            if i < sums:
                centers.append(center)
                colors.append(INK if level or (0, i) in used else PALE)
            else:
                products.append(center)
                pair = layout.ports[level - 1][2 * i - sums : 2 * i - sums + 2]
                feet += list(pair)
                legs += [[foot, center] for foot in pair]
    _scatter(axes, centers, s=18, c=colors, linewidths=0)
    if products:
        crossed = LineCollection(legs, colors=INK, linewidths=1.0, zorder=4)
        axes.add_collection(crossed, autolim=False)
        _scatter(axes, feet, s=9, color=INK, linewidths=0)
        _scatter(axes, products, s=80, facecolor="white", edgecolor=INK, linewidths=1.0)
        _scatter(axes, products, s=30, marker="x", color=INK, linewidths=1.2)


def _scatter(axes: Axes, points: list[np.ndarray], **style: Any) -> None:
    x, y = columns(points)
    axes.scatter(x, y, zorder=5, clip_on=False, **style)
