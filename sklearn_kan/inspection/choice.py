"""Which edges a user means."""

from __future__ import annotations

from numbers import Integral
from typing import Any

from .edges import Edge, edges_of
from .subject import Subject

MOST_BY_DEFAULT = 12


def chosen_edges(subject: Subject, wanted: Any, room: int | None = None) -> list[Edge]:
    """Return the edges that the user asks for; of all, those for which there is room.

    Raises
    ------
    ValueError
        If there is no such edge.
    """
    edges = edges_of(subject)
    if not edges:
        raise ValueError("The network has no edge left to draw: it is a constant.")
    if wanted is None:
        return edges[: min(MOST_BY_DEFAULT, room or MOST_BY_DEFAULT)]
    if isinstance(wanted, str | Integral) or _is_place(wanted):
        wanted = [wanted]
    chosen: list[Edge] = []
    for item in wanted:
        found = _matching(subject, edges, item)
        if not found:
            columns = {subject.input_names[e.input] for e in edges if from_input(subject, e)}
            places = sorted(edge.place for edge in edges)
            raise ValueError(
                f"edges: there is no edge {item!r}. There are the columns {sorted(columns)} and "
                f"the places {places[:20]}{' ...' if len(places) > 20 else ''}."
            )
        chosen += [edge for edge in found if edge not in chosen]
    if not chosen:
        raise ValueError("edges is empty: name at least one edge.")
    return chosen


def _is_place(item: Any) -> bool:
    return (
        isinstance(item, tuple)
        and len(item) == 3
        and all(isinstance(number, Integral) for number in item)
    )


def from_input(subject: Subject, edge: Edge) -> bool:
    """Tell whether an edge leaves a column."""
    return edge.layer in (0, len(subject.fitted.network.layers))


def _matching(subject: Subject, edges: list[Edge], item: Any) -> list[Edge]:
    if _is_place(item):
        return [edge for edge in edges if edge.place == tuple(item)]
    names = subject.input_names
    if isinstance(item, str):
        columns = {i for i, name in enumerate(names) if name == item}
    else:
        columns = {item}
    return [edge for edge in edges if from_input(subject, edge) and edge.input in columns]
