"""Names of inputs and outputs where there is little room for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .fitting import Measure, broken, fitted, one_line, words_fit

# Sizes of names on one line, on several, and upright.
_LARGEST, _LEVEL, _SEVERAL, _SMALLEST = 10.0, 6.5, 7.0, 5.5
_STEP = 0.5
_MOST_LINES, _MOST_UPRIGHT = 5, 3
# From line to line, as a multiple of the size; and the share of its room that a name takes.
_LINE, _SHARE = 1.25, 0.94
# The longest line of an upright name, at font size 1.
_LONGEST = 20.0


class Labels:
    """Names side by side, in a size, a direction and a length for which there is room.

    Parameters
    ----------
    names : sequence of str
    across, up : float
        The room for all of them, in points.
    measure : callable
        See `fitting`.
    may_be_upright : bool
        Whether names may be turned.

    Attributes
    ----------
    names : list of str
        As they are written, with line breaks; unlike names stay unlike.
    size : float
        Of the font.
    upright : bool
    height : float
        Of the highest name, in points.
    """

    def __init__(
        self,
        names: Sequence[str],
        across: float,
        up: float,
        measure: Measure,
        *,
        may_be_upright: bool = True,
    ) -> None:
        names = [one_line(name) for name in names]
        each = _SHARE * across / max(len(names), 1)
        found = _level(names, each, up, measure)
        self.upright = found is None and may_be_upright
        if found is not None:
            self.size, n_lines = found
            self.names = fitted(names, each / self.size, n_lines, measure)
        elif may_be_upright:
            self.size = float(np.clip(0.85 * each, _SMALLEST, 9.0))
            n_lines = int(np.clip(each / (_LINE * self.size), 1, _MOST_UPRIGHT))
            longest = min(up / self.size, _LONGEST)
            # Where not even upright names have room, only every second or third is written.
            step = int(np.ceil(1.05 * self.size / (each / _SHARE)))
            short = fitted(names, longest, n_lines, measure)
            self.names = [name if i % step == 0 else "" for i, name in enumerate(short)]
        else:
            self.size = _SEVERAL
            n_lines = int(np.clip(up / (_LINE * self.size), 1, _MOST_LINES))
            self.names = fitted(names, each / self.size, n_lines, measure)
        lines = [line for name in self.names for line in name.split("\n")]
        if self.upright:
            self.height = self.size * max(map(measure, lines), default=0.0)
        else:
            most = max((name.count("\n") for name in self.names), default=0) + 1
            self.height = _LINE * self.size * most


def _level(
    names: Sequence[str], each: float, up: float, measure: Measure
) -> tuple[float, int] | None:
    """Return the size and the number of lines of level names, None where they have no room."""
    widest = max(map(measure, names), default=0.0)
    if each >= _LEVEL * widest:
        return min(_LARGEST, each / max(widest, 1e-9)), 1
    for size in np.arange(_LARGEST, _SEVERAL - _STEP, -_STEP):
        width = each / size
        if all(words_fit(name, width, measure) for name in names):
            n_lines = max(len(broken(name, width, measure)) for name in names)
            if n_lines <= min(_MOST_LINES, up / (_LINE * size)):
                return float(size), n_lines
    return None


def level_width(names: Sequence[str], measure: Measure) -> float:
    """Return the width in points at which names stand beside each other in large letters."""
    widest = max((measure(one_line(name)) for name in names), default=0.0)
    return _LARGEST * len(names) * widest / _SHARE
