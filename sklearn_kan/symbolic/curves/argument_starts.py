"""Where the fit of a primitive to a curve starts, by the scale of its argument."""

from __future__ import annotations

import numpy as np

from ..judging.linear import least_squares
from ..language.primitive import Array, Primitive

_SCALES = np.array([0.3, 1.0, 2.5, 6.0])
_CENTRES = np.array([-1.2, -0.4, 0.4, 1.2])
# How far the argument stays from the edge of the domain, as a share of its range.
_MARGINS = np.array([0.01, 0.1, 0.5, 2.0, 10.0])


def starts_of(function: Primitive, z: Array, y: Array) -> Array:
    """Return starts (s, 2) of scale and shift.

    Parameters
    ----------
    function : Primitive
    z : ndarray of shape (m,)
        Standardised points.
    y : ndarray of shape (m,)
        The curve there; its periodogram gives the scales of periodic and of oscillating
        functions.
    """
    if function.free == (False, False):
        return np.array([[1.0, 0.0]])
    if function.period is not None or function.name == "J0":
        return _oscillating(function, z, y)
    if np.isfinite(function.domain[0]).any():
        return np.concatenate([_inside(low, high, z) for low, high in function.domain])
    if function.free == (True, False):
        return np.outer([*_SCALES, *-_SCALES], [1.0, 0.0])
    centres = np.concatenate([[0.0], _CENTRES])
    scale, centre = (part.ravel() for part in np.meshgrid(_SCALES, centres))
    starts = np.stack([scale, -scale * centre], axis=1)
    return np.concatenate([starts, -starts * [1, 1]])


def _inside(low: float, high: float, z: Array) -> Array:
    """Return starts whose arguments all lie in (low, high)."""
    first, last = z.min(), z.max()
    span = last - first
    if np.isfinite(low) and np.isfinite(high):
        starts = []
        for share in (0.98, 0.6, 0.25):
            for offset in (0.0, -0.5, 0.5):
                middle = 0.5 * (low + high) + offset * (1 - share) * (high - low)
                scale = share * (high - low) / span
                shift = middle - scale * 0.5 * (first + last)
                starts += [[scale, shift], [-scale, middle + scale * 0.5 * (first + last)]]
        return np.array(starts)
    edge, sign = (low, 1.0) if np.isfinite(low) else (high, -1.0)
    gaps = _MARGINS * span
    rising = np.stack([np.full(len(gaps), sign), edge + sign * (gaps - first)], axis=1)
    falling = np.stack([np.full(len(gaps), -sign), edge + sign * (gaps + last)], axis=1)
    return np.concatenate([rising, falling])


def _oscillating(function: Primitive, z: Array, y: Array) -> Array:
    """Return starts at the strongest frequencies, each at several phases."""
    frequencies = strongest_frequencies(z, y, 4)
    if function.name == "J0":
        scale, centre = (a.ravel() for a in np.meshgrid([*frequencies, 1.0, 3.0], [0, -1, 1]))
        return np.stack([scale, -scale * centre], axis=1)
    if function.has_poles:
        frequencies = np.concatenate([frequencies / 2, _SCALES / (z.max() - z.min())])
    phases = np.arange(4) * np.pi / 4 if not function.has_poles else np.arange(-3, 4) * np.pi / 8
    scale, phase = (part.ravel() for part in np.meshgrid(frequencies, phases))
    return np.stack([scale, phase], axis=1)


def strongest_frequencies(z: Array, y: Array, count: int) -> Array:
    """Return the angular frequencies at which a sine and a line explain y best (count + 2,).

    Peaks of the periodogram, strongest first, and two low ones, since a slow part of a wave
    has no peak of its own.
    """
    span = z.max() - z.min()
    highest = 0.45 * np.pi * len(z)
    grid = np.arange(1.0, max(highest, 12.0), 0.5) / span
    line = np.stack([np.ones_like(z), z], axis=1)
    rest = y - line @ least_squares(line, y)
    waves = np.exp(1j * grid[:, None] * z)
    strength = np.abs(waves @ rest)
    inner = np.pad(strength, 1)
    peaks = np.flatnonzero((strength >= inner[:-2]) & (strength > inner[2:]))
    peaks = peaks[np.argsort(-strength[peaks], kind="stable")][:count]
    return np.concatenate([grid[peaks], [1.0 / span, 3.0 / span]])
