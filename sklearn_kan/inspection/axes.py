"""Axes to draw on: given ones, or new ones; matplotlib is imported when they are asked for."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from .fitting import Measure

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Colours that people with any kind of colour vision tell apart (Okabe and Ito, 2008).
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
INK, GREY, PALE = "#222222", "#6e6e6e", "#d0d0d0"


def require_matplotlib(user: str) -> Any:
    """Return ``matplotlib.pyplot``.

    Raises
    ------
    ImportError
        If it is not installed, with what to do.
    """
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            f"{user} needs matplotlib: pip install matplotlib, or sklearn-kan[plot]."
        ) from error
    return pyplot


def one_axes(ax: Axes | None, user: str, figsize: tuple[float, float] | None = None) -> Axes:
    """Return the given axes, or those of a new figure."""
    pyplot = require_matplotlib(user)
    if ax is None:
        return pyplot.subplots(figsize=figsize, layout="constrained")[1]
    _check_axes(ax)
    return ax


def _check_axes(ax: Any) -> None:
    if not hasattr(ax, "get_position"):
        raise TypeError(f"ax must be matplotlib Axes; got {type(ax).__name__}.")


def given_axes(ax: Any) -> list[Any]:
    """Return the axes that a user gives, one or many, as a list; nothing for None.

    Raises
    ------
    TypeError
        If they are something else.
    """
    given = [] if ax is None else list(np.atleast_1d(np.asarray(ax, dtype=object)).ravel())
    for each in given:
        _check_axes(each)
    return given


def many_axes(
    ax: Any,
    n_wanted: int,
    n_columns: int,
    user: str,
    size: tuple[float, float],
    labels: tuple[float, float] = (0.0, 0.0),
) -> np.ndarray:
    """Return axes (n_wanted,): given ones, a grid inside of a given one, or a new figure's.

    Parameters
    ----------
    ax : matplotlib Axes, array of them, or None
    n_wanted, n_columns : int
    user : str
        For messages.
    size : tuple of float
        Width and height for each axes of a new figure, in inches.
    labels : tuple of float
        The room that labels take on the left and below, in points.

    Raises
    ------
    ValueError
        If another number of axes is given.
    """
    pyplot = require_matplotlib(user)
    n_columns = max(1, min(n_columns, n_wanted))
    n_rows = -(-n_wanted // n_columns)
    given = given_axes(ax)
    if not given:
        _, grid = pyplot.subplots(
            n_rows,
            n_columns,
            figsize=(size[0] * n_columns, size[1] * n_rows),
            layout="constrained",
            squeeze=False,
        )
        for unused in grid.flat[n_wanted:]:
            unused.remove()
        return grid.ravel()[:n_wanted]
    if len(given) == n_wanted:
        return np.array(given, dtype=object)
    if len(given) != 1:
        raise ValueError(f"ax must be one axes or {n_wanted}, one a curve; got {len(given)}.")
    return _inside(given[0], n_rows, n_columns, labels)[:n_wanted]


def _inside(bounding: Any, n_rows: int, n_columns: int, labels: tuple[float, float]) -> np.ndarray:
    """Return a grid of axes in the place of one, which is emptied."""
    from matplotlib.gridspec import GridSpecFromSubplotSpec
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    figure, place = bounding.figure, bounding.get_subplotspec()
    bounding.set_axis_off()
    # What axes leave to each other, as shares of their own size.
    across, up = (
        room / max((total - (n - 1) * room) / n, 1.0)
        for room, total, n in zip(
            labels, size_in_points(bounding), (n_columns, n_rows), strict=True
        )
    )
    if place is None:
        return _inside_free(bounding, n_rows, n_columns, across, up)
    spaces = {"wspace": across, "hspace": up}
    if isinstance(figure.get_layout_engine(), ConstrainedLayoutEngine):
        spaces = {}  # it measures the labels
    grid = GridSpecFromSubplotSpec(n_rows, n_columns, place, **spaces)
    cells = [grid[r, c] for r in range(n_rows) for c in range(n_columns)]
    return np.array([figure.add_subplot(cell) for cell in cells], dtype=object)


def _inside_free(
    bounding: Any, n_rows: int, n_columns: int, across: float, up: float
) -> np.ndarray:
    """Do so for axes that stand in no grid."""
    width = 1.0 / (n_columns + (n_columns - 1) * across)
    height = 1.0 / (n_rows + (n_rows - 1) * up)
    return np.array(
        [
            bounding.inset_axes(
                [c * width * (1 + across), 1 - height - r * height * (1 + up), width, height]
            )
            for r in range(n_rows)
            for c in range(n_columns)
        ],
        dtype=object,
    )


def ruler() -> Measure:
    """Return what measures lines of text in the default font."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=_RULED)

    @cache
    def measure(text: str) -> float:
        width = text_to_path.get_text_width_height_descent(text, font, ismath=False)[0]
        return float(width) / _RULED

    return measure


# A size at which hinting does not matter.
_RULED = 100.0


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return how wide and high axes are on paper, in points."""
    scale = 72.0 / ax.figure.dpi
    return max(scale * ax.bbox.width, 20.0), max(scale * ax.bbox.height, 20.0)
