"""What a drawn curve is made of: the curve, its band, the data below."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from .axes import BLUE, GREY, ORANGE
from .distinct import is_constant
from .edge_curves import EdgeCurve
from .formula_text import curve_text
from .subject import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BAND = 2.0  # standard deviations on either side


def extent(curve: EdgeCurve) -> tuple[float, float]:
    """Return the lowest and the highest value of a curve with its band."""
    band = 0.0 if curve.std is None else _BAND * curve.std
    return float((curve.y - band).min()), float((curve.y + band).max())


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
    if curve.formula is not None:
        text = shortened(curve_text(curve.formula, "x"), 40)
        axes.set_title(text, color=color, fontsize="small", parse_math=False)
    axes.spines[["top", "right"]].set_visible(False)
    axes.margins(x=0.03)


def _draw_values(axes: Axes, curve: EdgeCurve, x: np.ndarray, color: str) -> None:
    y = np.interp(x, curve.x, curve.y)
    axes.plot(curve.x, curve.y, color=color, linewidth=0.9, linestyle=":", zorder=2)
    band = None if curve.std is None else _BAND * np.interp(x, curve.x, curve.std)
    axes.errorbar(x, y, band, fmt="o", color=color, markersize=5, capsize=3, zorder=3)
    axes.set_xticks(x)


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
