"""Lines and shades of a drawn network."""

from __future__ import annotations

import numpy as np

from .edges import Edge

_STEPS = np.linspace(0.0, 1.0, 17)[:, None]


def faded(color: str, edge: Edge) -> tuple[float, float, float, float]:
    """Return a colour that is the fainter the weaker an edge is."""
    from matplotlib.colors import to_rgba

    return to_rgba(color, 0.22 + 0.78 * edge.strength**0.6)


def bent(start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return an S-shaped line (17, 2) that leaves and arrives upright."""
    middle = np.array([0.0, 0.5 * (end[1] - start[1])])
    t = _STEPS
    inner = 3 * (1 - t) ** 2 * t * (start + middle) + 3 * (1 - t) * t**2 * (end - middle)
    bent: np.ndarray = (1 - t) ** 3 * start + inner + t**3 * end
    return bent


def in_box(values: np.ndarray, *, named: bool) -> np.ndarray:
    """Return a curve (n, 2) in the square from -1 to 1; a flat one lies in the middle.

    Where it is `named`, there is room for a name above it.
    """
    spread = values.max() - values.min()
    centered = values - 0.5 * (values.max() + values.min())
    y = centered / (0.5 * spread) if spread > 0 else np.zeros_like(values)
    y = 0.6 * y - 0.24 if named else 0.8 * y
    return np.stack([np.linspace(-0.8, 0.8, len(values)), y], axis=1)


def columns(points: list[np.ndarray]) -> np.ndarray:
    """Return the coordinates (2, n) of n points."""
    return np.array(points).reshape(-1, 2).T
