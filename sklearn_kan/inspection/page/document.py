"""The page as one HTML document: no network, no user rows unless they are given."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import Any

from ..edges import Edge, edges_of
from ..subject import Subject
from .picture import edge_name, picture_of
from .record import model_record, reference_record

_HEIGHT = 900  # of the frame in a notebook, in pixels

_DOCUMENT = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; \
script-src 'unsafe-inline'; style-src 'unsafe-inline'">
<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
{body}
<script type="application/json" id="kan-data">{data}</script>
<script>
{script}
</script>
</body>
</html>
"""


class Page(str):
    """The text of a page; a notebook shows it in a frame of its own."""

    __slots__ = ()

    def _repr_html_(self) -> str:
        """Return a frame that runs the page apart from the notebook's scripts and styles."""
        return (
            f'<iframe srcdoc="{escape(self, quote=True)}" sandbox="allow-scripts" '
            f'style="width:100%;height:{_HEIGHT}px;border:0" title="Kolmogorov-Arnold network">'
            "</iframe>"
        )


def page_of(subject: Subject, X: Any, y: Any, max_edges: int, most_suggestions: int) -> Page:
    """Return the page of a model.

    Parameters
    ----------
    subject : Subject
    X : ndarray of shape (n, p) or None
        Rows to measure edits on, checked; they stand in the page.
    y : ndarray or None
        Their targets.
    max_edges : int
        So many edges have a box in the picture.
    most_suggestions : int
        For so many edges formulas are suggested.
    """
    edges = edges_of(subject)
    data = {
        **model_record(subject, edges, most_suggestions),
        "edge_names": [edge_name(subject, edge) for edge in edges],
        "reference": reference_record(subject, X, y),
    }
    kind = type(subject.model).__name__
    return Page(
        _DOCUMENT.format(
            title=escape(f"{kind}: {', '.join(subject.output_names)}"),
            style=_resource("page.css"),
            body=_resource("page.html")
            .replace("@kind@", escape(kind))
            .replace("@summary@", escape(_summary(subject, edges)))
            .replace("@picture@", picture_of(subject, edges, max_edges)),
            data=_as_json(data),
            script=_resource("page.js"),
        )
    )


def _summary(subject: Subject, edges: list[Edge]) -> str:
    network = subject.fitted.network
    widths = [network.n_inputs, *(layer.n_nodes for layer in network.layers)]
    text = f"{' → '.join(map(str, widths))} nodes, {len(edges)} edges"
    return text if network.direct is None else text + ", some direct"


def _as_json(data: dict[str, Any]) -> str:
    """Return JSON that can stand in a script element, whatever the names in it."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _resource(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")
