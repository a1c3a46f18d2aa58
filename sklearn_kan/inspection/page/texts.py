"""The names in the picture of a page."""

from __future__ import annotations

from html import escape

import numpy as np

from ..fitting import estimated, fitted
from ..labels import Labels
from ..layout import Layout
from ..subject import Subject

# From a node to its name, from line to line (in sizes), the heading of the outputs, and the room
# for the names of the outputs.
_GAP, _LINE, _HEADING, _MOST_OUTPUTS = 8.0, 1.2, 15.0, 60.0


def output_labels(subject: Subject, across: float) -> Labels:
    """Return the names of the outputs; one alone says what it is a class of."""
    names = subject.output_names
    if len(names) == 1:
        names = (subject.full_name(0),)
    return Labels(names, across, _MOST_OUTPUTS, estimated, may_be_upright=False)


def height_above(subject: Subject, outputs: Labels) -> float:
    """Return the room that the outputs' nodes have above them."""
    return outputs.height + _GAP + 10.0 + (_HEADING if _has_heading(subject) else 0.0)


def _has_heading(subject: Subject) -> bool:
    return bool(subject.heading) and len(subject.output_names) > 1


def input_texts(labels: Labels, layout: Layout, total: float) -> str:
    """Return the names below the input nodes that are shown; heights count from the top."""
    parts = []
    nodes = layout.nodes[0][np.isfinite(layout.nodes[0][:, 0])]
    for name, (x, y) in zip(labels.names, nodes, strict=True):
        lines, size = name.split("\n"), labels.size
        down = total - y + _GAP
        for number, line in enumerate(lines if name else ()):
            if labels.upright:
                aside = (number - 0.5 * (len(lines) - 1)) * _LINE * size + 0.35 * size
                place = f'transform="translate({x + aside:.1f},{down:.1f}) rotate(-90)"'
                parts.append(_text(line, f'{place} text-anchor="end"', size))
            else:
                place = f'x="{x:.1f}" y="{down + size * (1.0 + _LINE * number):.1f}"'
                parts.append(_text(line, f'{place} text-anchor="middle"', size))
    return "".join(parts)


def output_texts(
    subject: Subject, labels: Labels, layout: Layout, width: float, total: float
) -> str:
    """Return the names above the outputs, and above them what they are classes of."""
    parts = []
    nodes = layout.nodes[-1]
    for name, (x, y) in zip(labels.names, nodes, strict=True):
        lines = name.split("\n")[::-1]
        for number, line in enumerate(lines):
            up = total - y - _GAP - 1.0 - _LINE * labels.size * number
            place = f'x="{x:.1f}" y="{up:.1f}" text-anchor="middle"'
            parts.append(_text(line, place, labels.size))
    if _has_heading(subject):
        (heading,) = fitted([subject.heading], 0.9 * width / labels.size, 1, estimated)
        x, y = nodes.mean(axis=0)
        up = total - y - _GAP - 3.0 - labels.height
        place = f'class="heading" x="{x:.1f}" y="{up:.1f}" text-anchor="middle"'
        parts.append(_text(heading, place, labels.size))
    return "".join(parts)


def _text(text: str, attributes: str, size: float) -> str:
    return f'<text {attributes} font-size="{size:.1f}">{escape(text)}</text>'
