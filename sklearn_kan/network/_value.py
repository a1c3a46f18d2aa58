"""Immutable values: frozen dataclasses whose arrays are read-only."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np


def _is_frozen(array: np.ndarray) -> bool:
    """Tell whether nobody can write to `array`, not even through its base."""
    base: Any = array
    while isinstance(base, np.ndarray):
        if base.flags.writeable:
            return False
        base = base.base
    return base is None


def read_only(array: np.ndarray) -> np.ndarray:
    """Return `array` itself where it is frozen already, else a frozen copy in C order."""
    if _is_frozen(array) and array.flags.c_contiguous:
        return array
    copy = np.array(array, order="C", copy=True)
    copy.setflags(write=False)
    return copy


def freeze(array: np.ndarray) -> np.ndarray:
    """Make a *fresh* array read-only in place, which spares the copy of `read_only`."""
    array.setflags(write=False)
    return array


@dataclass(frozen=True, eq=False)
class Value:
    """A frozen dataclass that copies, then freezes, the arrays it is given.

    Pickling and deep-copying rebuild the object from its fields, since NumPy hands back
    writable arrays otherwise.
    """

    def __post_init__(self) -> None:
        for item in fields(self):
            content = getattr(self, item.name, None)
            if isinstance(content, np.ndarray):
                object.__setattr__(self, item.name, read_only(content))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f.name) for f in fields(self) if f.init)
