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


def _short(content: Any) -> str:
    """Return a text for the content of a field, without the numbers of arrays."""
    if isinstance(content, np.ndarray):
        return f"<array {content.shape}>"
    if isinstance(content, tuple) and any(isinstance(c, Value | np.ndarray) for c in content):
        return f"<{len(content)} {type(content[0]).__name__}>"
    return repr(content)


@dataclass(frozen=True, eq=False)
class Value:
    """A frozen dataclass that copies, then freezes, the arrays it is given.

    Pickling and deep-copying rebuild the object from its fields, since NumPy hands back
    writable arrays otherwise. Its `repr` is one line, with shapes in place of arrays.
    """

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "__repr__" not in vars(cls):  # else `dataclass` writes one with all the numbers
            cls.__repr__ = Value.__repr__  # type: ignore[method-assign]

    def __repr__(self) -> str:
        shown = [f"{item.name}={_short(getattr(self, item.name))}" for item in fields(self)]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __post_init__(self) -> None:
        for item in fields(self):
            content = getattr(self, item.name, None)
            if isinstance(content, np.ndarray):
                object.__setattr__(self, item.name, read_only(content))

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), tuple(getattr(self, f.name) for f in fields(self) if f.init)
