"""Axes to draw on: given ones, or new ones; matplotlib is imported when they are asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

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


def many_axes(
    ax: Any, n_wanted: int, n_columns: int, user: str, size: tuple[float, float]
) -> np.ndarray:
    """Return axes (n_wanted,): given ones, a grid inside of a given one, or a new figure's.

    Raises
    ------
    ValueError
        If another number of axes is given.
    """
    pyplot = require_matplotlib(user)
    n_columns = max(1, min(n_columns, n_wanted))
    n_rows = -(-n_wanted // n_columns)
    if ax is None:
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
    given = np.atleast_1d(np.asarray(ax, dtype=object)).ravel()
    for each in given:
        _check_axes(each)
    if len(given) == n_wanted:
        return given
    if len(given) != 1:
        raise ValueError(f"ax must be one axes or {n_wanted}, one a curve; got {len(given)}.")
    return _inside(given[0], n_rows, n_columns)[:n_wanted]


def _inside(bounding: Any, n_rows: int, n_columns: int) -> np.ndarray:
    """Return a grid of axes in the place of one, which is emptied."""
    from matplotlib.gridspec import GridSpecFromSubplotSpec

    figure, place = bounding.figure, bounding.get_subplotspec()
    bounding.set_axis_off()
    if place is None:
        return _inside_free(bounding, n_rows, n_columns)
    grid = GridSpecFromSubplotSpec(n_rows, n_columns, place, wspace=0.4, hspace=0.5)
    cells = [grid[r, c] for r in range(n_rows) for c in range(n_columns)]
    return np.array([figure.add_subplot(cell) for cell in cells], dtype=object)


def _inside_free(bounding: Any, n_rows: int, n_columns: int) -> np.ndarray:
    """Do so for axes that stand in no grid."""
    width, height = 1.0 / n_columns, 1.0 / n_rows
    return np.array(
        [
            bounding.inset_axes([c * width, 1 - (r + 0.8) * height, 0.8 * width, 0.7 * height])
            for r in range(n_rows)
            for c in range(n_columns)
        ],
        dtype=object,
    )


def size_in_points(ax: Axes) -> tuple[float, float]:
    """Return how wide and high axes are on paper, in points."""
    scale = 72.0 / ax.figure.dpi
    return max(scale * ax.bbox.width, 20.0), max(scale * ax.bbox.height, 20.0)
