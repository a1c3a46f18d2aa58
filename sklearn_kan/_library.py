"""The functions that formulas are made of, as the user names them, checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from difflib import get_close_matches
from numbers import Integral
from typing import Any


def library_of(given: Any) -> Any:
    """Return the primitives of a `symbolic_library`.

    Raises
    ------
    ValueError
        If it is no sequence of functions, or names one that there is not; the nearest are named.
    """
    from .symbolic.primitives import resolve_library

    if given is None:
        return resolve_library(None)
    if isinstance(given, str | Mapping | Set) or not isinstance(given, Iterable):
        raise ValueError(f"symbolic_library must be a list of functions, or None; got {given!r}.")
    items = [str(item) if isinstance(item, str) else item for item in given]
    for item in items:
        _check_complexity(item)
    try:
        return resolve_library(items)
    except (TypeError, ValueError) as error:
        near = _nearest(items)
        raise ValueError(f"symbolic_library is not usable: {near}{error}") from error


def function_of(given: Any) -> Any:
    """Return the primitive of a function that the user names.

    Raises
    ------
    ValueError
        If there is no such function.
    """
    from .symbolic.primitives import as_primitive

    try:
        return as_primitive(given)
    except (TypeError, ValueError) as error:
        raise ValueError(f"function is not usable: {_nearest([given])}{error}") from error


def _check_complexity(item: Any) -> None:
    is_pair = isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], Integral)
    if is_pair and not 1 <= item[1] <= _MOST_COMPLEX:
        raise ValueError(
            f"symbolic_library has {item!r}: a complexity is from 1 to {_MOST_COMPLEX}."
        )


_MOST_COMPLEX = 1000


def _nearest(items: Iterable[Any]) -> str:
    """Return which names of the library are nearest to those that are not in it."""
    from .symbolic.primitives import LIBRARY, as_primitive

    known = {name.lower(): name for name in LIBRARY}
    hints = []
    for item in items:
        name = item[0] if isinstance(item, tuple) and len(item) == 2 else item
        if not isinstance(name, str):
            continue
        try:
            as_primitive(name)
        except ValueError:
            near = get_close_matches(name.lower(), known, cutoff=0.5)
            if near:
                hints.append(f"{name!r} may be {' or '.join(repr(known[n]) for n in near)}")
    return f"{'; '.join(hints)}. " if hints else ""
