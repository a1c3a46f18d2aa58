"""Panels of a figure: how large letters are, what labels say and how many ticks there are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import given_axes, ruler, size_in_points
from .fitting import Measure, fitted

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SMALLEST = 5.5
# A panel is at least so many lines high, and so many letters of the width of a line's height wide.
_LINES, _LETTERS = 14.0, 17.0
_LINE = 1.3
# Tick labels of the vertical axis take about so many letters.
_TICK_WIDTH = 3.2
# The smallest panel that shows a curve and its labels, in points.
_LEAST_WIDTH, _LEAST_HEIGHT = 95.0, 72.0
# Between tick labels, at font size 1.
_BETWEEN = 0.7
# Ticks, and what is left free between them, their labels and those of axes, in points.
_PADS = 11.0
_MOST_TICKS = 5


@dataclass(frozen=True)
class Panel:
    """A panel with its labels, in points.

    Parameters
    ----------
    width, height : float
    measure : callable
        See `fitting`.
    margin : float
        The room below given axes in a figure that makes none itself.
    """

    width: float
    height: float
    measure: Measure
    margin: float = np.inf

    @property
    def font(self) -> float:
        """The size of its letters: matplotlib's, or what there is room for."""
        from matplotlib import rcParams

        fits = min(self.height / _LINES, self.width / _LETTERS, self._lines_below(2.3))
        return float(min(max(fits, _SMALLEST), rcParams["font.size"]))

    @property
    def left(self) -> float:
        """The room for labels on the left."""
        return self.font * (_TICK_WIDTH + _LINE * self._n_lines(self.width) + 1.0)

    @property
    def below(self) -> float:
        """The room for labels below."""
        return self.font * (1.2 + _LINE * self._most_below + 1.0)

    @property
    def _most_below(self) -> int:
        return 1 if self._lines_below(3.6) < self.font else self._n_lines(self.height)

    def _n_lines(self, size: float) -> int:
        return 2 if size > 15.0 * self.font else 1

    def _lines_below(self, lines: float) -> float:
        """Return the font size at which so many lines have room in the margin."""
        return (self.margin - _PADS) / lines

    def label(self, axes: Axes, x: list[str], y: list[str], number: int = 0) -> None:
        """Write labels, broken and shortened to the panel's size.

        Parameters
        ----------
        axes : matplotlib Axes
        x, y : list of str
            What all panels have, which are to stay apart.
        number : int
            Which of them these axes have.
        """
        font = self.font
        across = (self.width - self.left) / font
        offset = axes.xaxis.get_major_formatter().get_offset()  # stands at the right end
        across = max(across - 2.0 * self.measure(offset), 4.0)
        up = max((self.height - self.below) / font, 4.0)
        x = fitted(x, across, self._most_below, self.measure)
        y = fitted(y, up, self._n_lines(self.width), self.measure)
        axes.set_xlabel(x[number], fontsize=font, parse_math=False)
        axes.set_ylabel(y[number], fontsize=font, parse_math=False)

    def title(self, axes: Axes, text: str, color: str) -> None:
        """Write a title above the axes."""
        size = 0.85 * self.font
        (text,) = fitted([text], 0.95 * (self.width - self.left) / size, 1, self.measure)
        axes.set_title(text, color=color, fontsize=size, parse_math=False)

    def set_letters(self, axes: Axes) -> None:
        """Give tick labels their size."""
        axes.tick_params(labelsize=0.9 * self.font)
        for axis in (axes.xaxis, axes.yaxis):
            axis.get_offset_text().set_fontsize(0.9 * self.font)

    def set_ticks(self, axes: Axes, values: np.ndarray | None = None) -> None:
        """Have as many ticks as have room, at these values where some are given."""
        self.set_letters(axes)
        across = (self.width - self.left) / self.font
        up = (self.height - self.below) / self.font
        axes.yaxis.set_major_locator(_at_most(int(np.clip(up / 2.2, 2, _MOST_TICKS + 1))))
        if values is not None:
            axes.set_xticks(self._apart(axes, values, across))
            return
        for n_ticks in range(_MOST_TICKS, 0, -1):
            axes.xaxis.set_major_locator(_at_most(n_ticks))
            ticks = axes.get_xticks()
            low, high = axes.get_xlim()
            ticks = ticks[(ticks >= low) & (ticks <= high)]
            if self._have_room(axes, ticks, across):
                return

    def _have_room(self, axes: Axes, ticks: np.ndarray, across: float) -> bool:
        low, high = axes.get_xlim()
        places = across * (ticks - low) / (high - low)
        texts = axes.xaxis.get_major_formatter().format_ticks(ticks.tolist())
        half = 0.5 * np.array([self.measure(text) for text in texts])
        return bool((np.diff(places) >= half[1:] + half[:-1] + _BETWEEN).all())

    def _apart(self, axes: Axes, values: np.ndarray, across: float) -> np.ndarray:
        """Return the first and the last value, and those between that have room."""
        kept = [values[0]]
        for value in values[1:-1]:
            if self._have_room(axes, np.array([kept[-1], value, values[-1]]), across):
                kept.append(value)
        both = np.array([*kept, values[-1]])
        return both if self._have_room(axes, both[[-2, -1]], across) else both[:-1]


def _at_most(n_intervals: int) -> Any:
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(n_intervals, steps=[1, 2, 2.5, 5, 10], min_n_ticks=1)


def panels_of(
    ax: Any, n_wanted: int, n_columns: int, size: tuple[float, float]
) -> tuple[int, list[Panel]]:
    """Return how many columns a grid of panels is to have, and the panels.

    Parameters
    ----------
    ax : matplotlib Axes, array of them, or None
        Where to draw: one axes a panel, one in whose place the grid is made, or a new figure.
    n_wanted, n_columns : int
        Panels, and columns at most.
    size : tuple of float
        Width and height of a panel of a new figure, in inches.
    """
    measure = ruler()
    given = given_axes(ax)
    if len(given) == n_wanted:  # labels stand outside
        bare = [Panel(*size_in_points(each), measure, _margin(each)) for each in given]
        return n_columns, [
            replace(p, width=p.width + p.left, height=p.height + p.below) for p in bare
        ]
    if given:
        n_columns = min(n_columns, max(1, int(size_in_points(given[0])[0] / _LEAST_WIDTH)))
    n_columns = min(n_columns, n_wanted)
    n_rows = -(-n_wanted // n_columns)
    width, height = 72.0 * size[0], 72.0 * size[1]
    if given:
        width, height = size_in_points(given[0])
        width, height = width / n_columns, height / n_rows
    margin = _margin(given[0]) if given else np.inf
    return n_columns, [Panel(width, height, measure, margin)] * n_wanted


def _margin(axes: Any) -> float:
    """Return how far axes are from the lower end of a figure that does not make room."""
    if axes.figure.get_layout_engine() is not None:
        return np.inf
    return float(axes.bbox.y0 * 72.0 / axes.figure.dpi)


def n_panels(ax: Any) -> int | None:
    """Return how many panels have room in one axes; None for other places to draw."""
    given = given_axes(ax)
    if len(given) != 1:
        return None
    width, height = size_in_points(given[0])
    return max(1, int(width / _LEAST_WIDTH)) * max(1, int(height / _LEAST_HEIGHT))
