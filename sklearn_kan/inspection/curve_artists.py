"""What a drawn curve is made of: the curve, its band, the data below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from .axes import BLUE, GREY, ORANGE
from .distinct import is_constant
from .edge_curves import EdgeCurve
from .formula_text import curve_text

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAND = 2.0  # standard deviations on either side
# What bands add to the height of curves at most, above and below, as shares of it.
_MOST_BAND = 0.4
# The band counts where all but this share of the rows are, at either end.
OUTER = 0.025


def limits(curves: Sequence[EdgeCurve]) -> tuple[float, float]:
    """Return the lowest and the highest value to be seen of curves that share an axis.

    The curves themselves, and of their bands the bulk.
    """
    low, high = min(curve.y.min() for curve in curves), max(curve.y.max() for curve in curves)
    bands = [_bulk_of_band(curve) for curve in curves]
    lowest, highest = min(band[0] for band in bands), max(band[1] for band in bands)
    if high > low:
        more = _MOST_BAND * (high - low)
        lowest, highest = max(lowest, low - more), min(highest, high + more)
    return float(min(low, lowest)), float(max(high, highest))


def _bulk_of_band(curve: EdgeCurve) -> tuple[float, float]:
    """Return how far a band reaches where nearly all rows are."""
    if curve.std is None:
        return float(curve.y.min()), float(curve.y.max())
    first, last = np.quantile(curve.sample, [OUTER, 1.0 - OUTER])
    inside = (curve.x >= first) & (curve.x <= last)
    y, band = curve.y[inside], _BAND * curve.std[inside]
    if not inside.any():
        return 0.0, 0.0
    return float((y - band).min()), float((y + band).max())


def draw_curve(axes: Axes, curve: EdgeCurve) -> None:
    """Draw zero, the band and the curve; where there are few values also points at them."""
    color = BLUE if curve.edge.curve is None else ORANGE
    axes.axhline(0.0, color=GREY, linewidth=0.6, zorder=1)
    if curve.values is not None:
        _draw_values(axes, curve, curve.values, color)
    else:
        if curve.std is not None:
            low, high = curve.y - _BAND * curve.std, curve.y + _BAND * curve.std
            axes.fill_between(curve.x, low, high, color=color, alpha=0.2, linewidth=0, zorder=2)
        axes.plot(curve.x, curve.y, color=color, linewidth=1.8, zorder=3)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.03)


def _draw_values(axes: Axes, curve: EdgeCurve, x: np.ndarray, color: str) -> None:
    y = np.interp(x, curve.x, curve.y)
    axes.plot(curve.x, curve.y, color=color, linewidth=0.9, linestyle=":", zorder=2)
    band = None if curve.std is None else _BAND * np.interp(x, curve.x, curve.std)
    axes.errorbar(x, y, band, fmt="o", color=color, markersize=5, capsize=3, zorder=3)


def symbolic_title(curve: EdgeCurve) -> tuple[str, str]:
    """Return the formula of a curve as text, "" where it has none, and its colour."""
    return "" if curve.formula is None else curve_text(curve.formula, "x"), ORANGE


def draw_density(axes: Axes, curve: EdgeCurve, density: str | None) -> None:
    """Draw where the rows were, in the lowest seventh of the axes."""
    if density is None:
        return
    from matplotlib.collections import LineCollection

    across = axes.get_xaxis_transform()
    if density == "rug":
        ticks = [[(x, 0.0), (x, 0.05)] for x in curve.sample]
        rug = LineCollection(ticks, colors=GREY, linewidths=0.6, alpha=0.5, transform=across)
        axes.add_collection(rug, autolim=False)
        return
    if is_constant(curve.x):
        return
    counts, breaks = np.histogram(curve.sample, bins=30, range=(curve.x[0], curve.x[-1]))
    heights = 0.13 * counts / max(counts.max(), 1)
    axes.stairs(heights, breaks, fill=True, color=GREY, alpha=0.35, transform=across, zorder=0)
