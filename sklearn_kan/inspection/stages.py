"""The stages of a fit: where they lie along its iterations, what they changed, their evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import BLUE, GREY, ORANGE, PALE
from .subject import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Stages = Sequence[dict[str, Any]]

_MOST_STAGES = 16


def with_evidence(history: Stages) -> list[dict[str, Any]]:
    """Return the last stages whose log-evidence is known."""
    known = [stage for stage in history if stage["log_evidence"] is not None]
    return known[-_MOST_STAGES:]


def places_of(history: Stages, n_iter: int) -> list[int | None]:
    """Return after which iteration of the loss curve each stage ends, None if not known.

    The loss curve may cover the last stages only: those whose iterations add up to its length.
    """
    places: list[int | None] = [None] * len(history)
    left = n_iter
    for number in range(len(history) - 1, -1, -1):
        steps = history[number]["n_iter"]
        if left <= 0 or (steps is not None and steps > left):
            break
        places[number] = left
        left -= steps or 0
    return places if left == 0 else [None] * len(history)


def changes(history: Stages, places: list[int | None]) -> list[tuple[int, str]]:
    """Return after which iterations the network changed, and how."""
    found = []
    known: dict[str, Any] = {}
    start = None
    for stage, end in zip(history, places, strict=True):
        text = ", ".join(_changed(known, stage)) or stage["stage"]
        begins = end if stage["n_iter"] is None else start
        if known and end is not None and begins is not None:
            found.append((begins, text))
        if end is not None:
            start = end
        known = {**known, **{key: value for key, value in stage.items() if value is not None}}
    return found


def _changed(before: dict[str, Any], stage: dict[str, Any]) -> list[str]:
    """Return in what a stage ended up unlike the ones before."""
    units = {"grid_size": "intervals", "n_edges": "edges"}
    return [
        f"{stage[key]} {unit}"
        for key, unit in units.items()
        if stage[key] is not None and key in before and before[key] != stage[key]
    ]


def chosen_of(history: Stages, stages: Stages) -> int:
    """Return the number of the stage that was chosen: by name, or else the last one."""
    for record in reversed(history):
        name = record["stage"].removeprefix("chosen: ")
        names = [stage["stage"] for stage in stages]
        if name != record["stage"] and name in names:
            return names.index(name)
    return len(stages) - 1


def draw_stages(axes: Axes, stages: Stages, chosen: int) -> None:
    """List stages from the top to the bottom, each with its log-evidence as a point."""
    values = np.array([stage["log_evidence"] for stage in stages], float)
    rows = np.arange(len(stages))
    least = values.min(initial=np.inf)
    axes.hlines(rows, np.full(len(rows), least), values, color=PALE, linewidth=1.0, zorder=1)
    axes.scatter(values, rows, s=30, c=np.where(rows == chosen, ORANGE, BLUE), zorder=3)
    axes.set_yticks(rows, [shortened(stage["stage"], 28) for stage in stages])
    axes.set_ylim(len(stages) - 0.5, -0.5)
    for row, value, stage in zip(rows, values, stages, strict=True):
        axes.annotate(
            ", ".join(_notes(stage)),
            (value, row),
            xytext=(0, 5),
            textcoords="offset points",
            ha="right" if value > values.mean() else "left",
            va="bottom",
            fontsize="x-small",
            color=GREY,
        )
    axes.margins(x=0.12)
    axes.locator_params(axis="x", nbins=4)
    axes.set_xlabel("log-evidence (nats)")
    axes.spines[["top", "right"]].set_visible(False)


def _notes(stage: dict[str, Any]) -> list[str]:
    notes = []
    if stage["n_edges"] is not None:
        notes.append(f"{stage['n_edges']} edges")
    if stage["grid_size"] is not None:
        notes.append(f"{stage['grid_size']} intervals")
    return notes
