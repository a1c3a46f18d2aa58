"""Names of inputs and outputs where there is little room for them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .subject import shortened, text_width

_SMALLEST_FONT, _LARGEST_FONT = 5.5, 10.0
_SMALLEST_LEVEL = 6.5  # of names that are not upright
_LONGEST_NAME = 28


class InputLabels:
    """The names of the inputs in a size, a direction and a length for which there is room."""

    def __init__(self, names: Sequence[str], across: float, up: float) -> None:
        each = across / len(names)
        widest = name_width(names)
        self.upright = each < 1.05 * widest * _SMALLEST_LEVEL
        if self.upright:
            self.size = float(np.clip(0.8 * each, _SMALLEST_FONT, 9.0))
            most = min(max(int(up / (0.6 * self.size)), 4), _LONGEST_NAME)
            self.height = min(widest, 0.6 * most) * self.size
        else:
            self.size = float(min(0.95 * each / widest, _LARGEST_FONT))
            most = _LONGEST_NAME
            self.height = 1.2 * self.size
        # Where not even upright names have room, only every second or third is written.
        step = int(np.ceil(1.05 * self.size / each)) if self.upright else 1
        self.names = [shortened(n, most) if i % step == 0 else "" for i, n in enumerate(names)]


def name_width(names: Sequence[str]) -> float:
    """Return the width of the widest name at font size 1."""
    return max(text_width(shortened(name, _LONGEST_NAME), 1.0) for name in names)


def font_size(names: Sequence[str], room: float) -> float:
    """Return a font size at which names fit into so much room each, in points."""
    return float(np.clip(0.95 * room / name_width(names), 7.0, _LARGEST_FONT))
