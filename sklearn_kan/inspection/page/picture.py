"""The network as inline SVG whose edges can be pointed at."""

from __future__ import annotations

from html import escape
from itertools import pairwise

import numpy as np

from ...network import Network
from ..edges import Edge, curves_on_ranges
from ..fitting import estimated, fitted
from ..formula_text import function_names
from ..labels import Labels, level_width
from ..layout import Layout, lay_out, natural_size, shown_inputs
from ..rows import Frame
from ..strokes import bent, in_box
from ..subject import Subject
from .texts import height_above, input_texts, output_labels, output_texts

_POINTS = 31
_MOST_FAINT = 400
_MARGIN, _WIDEST, _NARROWEST = 8.0, 900.0, 340.0
_NAME_SIZE = 7.5  # of a formula's functions


def picture_of(subject: Subject, edges: list[Edge], most: int) -> str:
    """Return an SVG element; box number k, of class "box", has ``data-edge="k"``.

    Parameters
    ----------
    subject : Subject
    edges : list of Edge
        Strongest first.
    most : int
        So many edges have a box, the others a faint line.
    """
    network = subject.fitted.network
    drawn = edges[:most]
    width, height = _size(subject, network, drawn)
    shown = shown_inputs(network, drawn)
    names = [subject.input_names[i] for i in shown]
    inputs = Labels(names, width - 2 * _MARGIN, height, estimated)
    outputs = output_labels(subject, width - 2 * _MARGIN)
    above = height_above(subject, outputs)
    total = height + inputs.height + 16.0 + above
    frame = Frame(_MARGIN, width - _MARGIN, inputs.height + 16.0, total - above)
    layout = lay_out(network, drawn, frame, shown)
    values = [curves_on_ranges(subject, i, _POINTS) for i in range(len(network.all_layers))]
    parts = [
        f'<svg class="net" viewBox="0 0 {width:.0f} {total:.0f}" style="--natural:{width:.0f}px" '
        'role="group" aria-label="the network, inputs below, outputs above">',
        _faint_lines(network, edges[most:][:_MOST_FAINT], layout, total),
    ]
    for number, edge in enumerate(drawn):
        parts.append(_lines(number, edge, layout, total))
    for number, edge in enumerate(drawn):
        curve = values[edge.layer][:, edge.input, edge.output]
        parts.append(_box(subject, number, edge, layout, curve, total))
    parts += [
        _nodes(network, layout, total),
        input_texts(inputs, layout, total),
        output_texts(subject, outputs, layout, width, total),
        "</svg>",
    ]
    return "".join(parts)


def _size(subject: Subject, network: Network, drawn: list[Edge]) -> tuple[float, float]:
    width, height = natural_size(network, drawn, _WIDEST)
    names = [subject.input_names[i] for i in shown_inputs(network, drawn)]
    level = max(level_width(some, estimated) for some in (names, subject.output_names))
    if level <= 0.9 * _WIDEST:
        width = max(width, level + 2 * _MARGIN)
    return float(np.clip(max(width, 16.0 * len(names)), _NARROWEST, _WIDEST)), height


def _points(points: np.ndarray, total: float) -> str:
    """Write points as SVG does, whose heights are counted from the top."""
    return " ".join(f"{x:.1f},{total - y:.1f}" for x, y in points)


def _faint_lines(network: Network, edges: list[Edge], layout: Layout, total: float) -> str:
    last = len(network.layers) - 1
    lines = []
    for edge in edges:
        start = layout.nodes[edge.layer if edge.layer <= last else 0][edge.input]
        end = layout.ports[min(edge.layer, last)][edge.output]
        if np.isfinite(start).all():
            lines.append("M" + _points(bent(start, end)[::4], total).replace(" ", "L"))
    opacity = min(0.6, 40 / max(len(lines), 1))
    return f'<path class="faint" opacity="{opacity:.2f}" d="{"".join(lines)}"/>' if lines else ""


def _lines(number: int, edge: Edge, layout: Layout, total: float) -> str:
    path = layout.paths[number]
    pieces = [bent(path[0], path[1])]
    pieces += [bent(a, b) for a, b in pairwise(path[2:])]
    d = "".join("M" + _points(piece[::2], total).replace(" ", "L") for piece in pieces)
    return (
        f'<path class="wire" data-wire="{number}" d="{d}" opacity="{_opacity(edge):.2f}" '
        f'stroke-width="{0.6 + 1.4 * edge.strength:.2f}"/>'
    )


def _opacity(edge: Edge) -> float:
    return 0.25 + 0.75 * edge.strength**0.6


def _box(
    subject: Subject, number: int, edge: Edge, layout: Layout, curve: np.ndarray, total: float
) -> str:
    x, y = layout.boxes[number]
    half = 0.5 * layout.side
    points = np.array([x, y]) + half * in_box(curve, named=edge.curve is not None)
    kind, name = "spline", ""
    if edge.curve is not None:
        kind = "symbolic"
        (short,) = fitted([function_names(edge.curve)], 2 * half / _NAME_SIZE, 1, estimated)
        place = f'class="name" x="{x:.1f}" y="{total - y - half + 9:.1f}"'
        name = f'<text {place} font-size="{_NAME_SIZE}">{escape(short)}</text>'
    label = escape(f"edge {edge_name(subject, edge)}, strength {edge.strength:.0%}", quote=True)
    return (
        f'<g class="box {kind}" data-edge="{number}" tabindex="0" role="button" '
        f'aria-pressed="false" aria-label="{label}">'
        f'<rect x="{x - half:.1f}" y="{total - y - half:.1f}" width="{2 * half:.1f}" '
        f'height="{2 * half:.1f}" rx="3"/>'
        f'{name}<polyline class="line" points="{_points(points, total)}" '
        f'stroke-opacity="{_opacity(edge):.2f}"/>'
        '<circle class="dot" r="2.6" visibility="hidden"/></g>'
    )


def edge_name(subject: Subject, edge: Edge) -> str:
    """Return from where to where an edge leads."""
    network = subject.fitted.network
    from_input = edge.layer in (0, len(network.layers))
    start = subject.input_names[edge.input] if from_input else f"node {edge.layer}.{edge.input}"
    if edge.leads_out:
        return f"{start} → {subject.output_names[edge.output]}"
    return f"{start} → node {edge.layer + 1}.{_node(network, edge)}"


def _node(network: Network, edge: Edge) -> str:
    """Name the node that an edge leads to, and which factor of a product."""
    sums = network.layers[edge.layer].n_sums
    if edge.output < sums:
        return str(edge.output)
    return f"{sums + (edge.output - sums) // 2}{'ab'[(edge.output - sums) % 2]}"


def _nodes(network: Network, layout: Layout, total: float) -> str:
    parts = []
    for level, nodes in enumerate(layout.nodes):
        sums = network.layers[level - 1].n_sums if level else len(nodes)
        for i, (x, y) in enumerate(nodes):
            if np.isnan(x):
                continue
            if i < sums:
                parts.append(f'<circle class="node" cx="{x:.1f}" cy="{total - y:.1f}" r="2.8"/>')
                continue
            feet = layout.ports[level - 1][2 * i - sums : 2 * i - sums + 2]
            for foot in feet:
                line = _points(np.array([foot, [x, y]]), total)
                parts.append(f'<polyline class="leg" points="{line}"/>')
            parts.append(
                f'<circle class="product" cx="{x:.1f}" cy="{total - y:.1f}" r="6"/>'
                f'<path class="leg" d="M{x - 2.6:.1f},{total - y - 2.6:.1f}l5.2,5.2'
                f'm0,-5.2l-5.2,5.2"/>'
            )
    return "".join(parts)
