"""Which formulas a library allows: arithmetic and whole powers always, functions if it has them."""

from __future__ import annotations

from collections.abc import Iterable

from .expression import Apply, Node, Number, Power, walk
from .primitive import Primitive

# Any of these stands for all powers of halves, or for all powers.
_ROOTS = frozenset({"sqrt", "1/sqrt", "x^1.5"})
_MODULUS = "|x|^"


def names_of(library: Iterable[Primitive] | None) -> frozenset[str] | None:
    """Return the names of a library's functions; None for all there are."""
    return None if library is None else frozenset(primitive.name for primitive in library)


def is_permitted(node: Node, names: frozenset[str] | None) -> bool:
    """Tell whether a formula has no function but those of these names."""
    return names is None or all(_is_permitted(part, names) for part in walk(node))


def _is_permitted(part: Node, names: frozenset[str]) -> bool:
    match part:
        case Apply(function, _):
            return function.name in names
        case Power(_, Number(exact)):
            whole, half = exact.denominator == 1, exact.denominator == 2
            return whole or (half and bool(_ROOTS & names)) or _has_powers(names)
        case Power():
            return _has_powers(names)
    return True


def _has_powers(names: frozenset[str]) -> bool:
    return {"exp", "log"} <= names or any(name.startswith(_MODULUS) for name in names)
