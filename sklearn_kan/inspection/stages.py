"""The stages of a fit: where they lie along its iterations, what they changed, their evidence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import BLUE, GREY, ORANGE, PALE, ruler, size_in_points
from .fitting import fitted
from .panels import Panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Stages = Sequence[dict[str, Any]]

_MOST_STAGES = 16
# Names stand so much above their lines that points do not touch them, in points.
_LIFT = 2.5


def listed(history: Stages) -> list[dict[str, Any]]:
    """Return the last stages whose log-evidence is known, or that were chosen."""
    shares = shares_of(history)
    known = [
        stage for stage in history if stage["log_evidence"] is not None or stage["stage"] in shares
    ]
    return known[-_MOST_STAGES:]


def shares_of(history: Stages) -> dict[str, float]:
    """Return what stands in the end: names of stages, each with its share.

    The parts of a mixture that was chosen; what was made of it afterwards, or else the last
    stage, alone.
    """
    found: dict[str, float] = {}
    for record in history:
        chosen = record["stage"].removeprefix(_CHOSEN)
        if chosen != record["stage"]:
            parts = [_PART.fullmatch(part) for part in chosen.split(" + ")]
            found = {part["name"]: float(part["share"] or 1.0) for part in parts if part}
        elif record["log_evidence"] is not None:
            found = {record["stage"]: 1.0}
    return found


_CHOSEN = "chosen: "
_PART = re.compile(r"(?:(?P<share>[0-9.]+) of )?(?P<name>.*)")


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


def draw_stages(axes: Axes, stages: Stages, shares: dict[str, float], panel: Panel) -> None:
    """List stages from the top to the bottom, each with its log-evidence as a point.

    Names stand above their lines and notes below, inside of the axes. A stage counts by its last
    record; what was chosen is orange, with its share.
    """
    known = [stage["log_evidence"] for stage in stages]
    values = np.array([np.nan if value is None else value for value in known], float)
    rows = np.arange(len(stages))
    last = {stage["stage"]: row for row, stage in enumerate(stages)}
    chosen = np.array(
        [s["stage"] in shares and last[s["stage"]] == k for k, s in enumerate(stages)]
    )
    least = np.nanmin(values) if np.isfinite(values).any() else 0.0
    axes.hlines(rows, np.full(len(rows), least), values, color=PALE, linewidth=1.0, zorder=1)
    axes.scatter(values, rows, s=30, c=np.where(chosen, ORANGE, BLUE), zorder=3)
    axes.set_ylim(len(stages) - 0.4, -0.8)
    axes.margins(x=0.06)
    axes.locator_params(axis="x", nbins=4)
    panel.set_letters(axes)
    panel.label(axes, ["log-evidence (nats)"], [""])
    axes.spines[["top", "right", "left"]].set_visible(False)
    width, height = size_in_points(axes)
    size = float(np.clip(0.36 * height / (len(stages) + 0.4), 5.0, 9.0))
    names = [
        f"{shares[s['stage']]:.2f} of {s['stage']}"
        if chosen[k] and shares[s["stage"]] < 1.0
        else s["stage"]
        for k, s in enumerate(stages)
    ]
    lift = _LIFT * (len(stages) + 0.4) / height
    axes.set_yticks(rows - lift, fitted(names, 0.95 * width / size, 1, ruler()))
    axes.tick_params(axis="y", length=0, pad=-2.0, labelsize=size)
    for label, is_chosen in zip(axes.get_yticklabels(), chosen, strict=True):
        label.set(ha="left", va="bottom", color=ORANGE if is_chosen else "black")
        label.set_parse_math(False)
    if 2.4 * size < height / (len(stages) + 0.4):
        _write_notes(axes, stages, 0.85 * size)


def _write_notes(axes: Axes, stages: Stages, size: float) -> None:
    for row, stage in enumerate(stages):
        axes.annotate(
            ", ".join(_notes(stage)),
            (0.0, row),
            xycoords=axes.get_yaxis_transform(),
            xytext=(2.0, -2.0),
            textcoords="offset points",
            ha="left",
            va="top",
            fontsize=size,
            color=GREY,
        )


def _notes(stage: dict[str, Any]) -> list[str]:
    notes = []
    if stage["n_edges"] is not None:
        notes.append(f"{stage['n_edges']} edges")
    if stage["grid_size"] is not None:
        notes.append(f"{stage['grid_size']} intervals")
    if stage["log_evidence"] is None:
        notes.append("log-evidence not known")
    return notes
