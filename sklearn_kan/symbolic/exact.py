"""Numbers that are recognised: fractions, and fractions of pi, e, roots and ln 2."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, lru_cache
from typing import Any

from .parse import parse_formula

_UNITS = {
    "1": 1.0,
    "pi": math.pi,
    "1/pi": 1.0 / math.pi,
    "sqrt(2)": math.sqrt(2.0),
    "sqrt(3)": math.sqrt(3.0),
    "E": math.e,
    "sqrt(pi)": math.sqrt(math.pi),
    "1/sqrt(pi)": 1.0 / math.sqrt(math.pi),
    "1/sqrt(2*pi)": 1.0 / math.sqrt(2.0 * math.pi),
    "pi**2": math.pi**2,
    "1/pi**2": 1.0 / math.pi**2,
    "log(2)": math.log(2.0),
}


@dataclass(frozen=True)
class Exact:
    """The fraction numerator / denominator, times a unit; or its root, for the unit "sqrt"."""

    numerator: int
    denominator: int = 1
    unit: str = "1"

    @cached_property
    def value(self) -> float:
        """The number in double precision."""
        if self.unit == "sqrt":
            return math.copysign(math.sqrt(abs(self.numerator) / self.denominator), self.numerator)
        return self.numerator / self.denominator * _UNITS[self.unit]

    def to_sympy(self) -> Any:
        """Return the number in SymPy."""
        import sympy

        rational = sympy.Rational(self.numerator, self.denominator)
        if self.unit == "sqrt":
            return sympy.sqrt(rational) if rational > 0 else -sympy.sqrt(-rational)
        return rational * _unit_expression(self.unit)


@lru_cache(maxsize=len(_UNITS))
def _unit_expression(unit: str) -> Any:
    return parse_formula(unit)


def recognise(value: float, deviation: float, coincidences: float = 0.05) -> Exact | None:
    """Return the simplest number within the uncertainty of `value`, if that says something.

    Parameters
    ----------
    value : float
    deviation : float
        Its standard deviation. Numbers within three of them are candidates.
    coincidences : float
        A family of numbers is given up once as many of its members as this would be expected
        to lie that close to just any value.

    Returns
    -------
    Exact or None
        None where no number simple enough is near.
    """
    if not math.isfinite(value) or not math.isfinite(deviation) or abs(value) > 1e12:
        return None
    width = 3.0 * max(deviation, 4e-15 * abs(value))
    if abs(value) <= width:
        return Exact(0) if width < 1e-2 else None
    for unit, denominator, density in _FAMILIES:
        if 2.0 * width / _UNITS[unit] * density > coincidences:
            continue
        numerator = round(value / _UNITS[unit] * denominator)
        near = abs(numerator / denominator * _UNITS[unit] - value) <= width
        if numerator != 0 and near:
            fraction = Fraction(numerator, denominator)
            return Exact(fraction.numerator, fraction.denominator, unit)
    return _root(value, width, coincidences)


def _root(value: float, width: float, coincidences: float) -> Exact | None:
    """Return the root of a simple number near `value`."""
    if 2.0 * width * _FAMILIES[-1][2] * 1e5 > coincidences:
        return None
    for denominator in (*range(1, 13), 100, 10**4):
        numerator = round(value**2 * denominator)
        fraction = Fraction(numerator, denominator)
        if numerator > 0 and abs(abs(value) - math.sqrt(fraction)) <= width:
            sign = 1 if value > 0 else -1
            return Exact(sign * fraction.numerator, fraction.denominator, "sqrt")
    return None


def _families() -> list[tuple[str, int, float]]:
    """Return (unit, denominator, candidates per unit length so far), simple ones first."""
    families: list[tuple[str, int, float]] = []
    density = 0.0
    for unit, denominators in _ORDER:
        for denominator in denominators:
            density += denominator
            families.append((unit, denominator, density))
    return families


_PLAIN = (1, 2, 3, 4, 10, 5, 6, 8, 9, 12, 7, 11)
_OTHERS = ("sqrt(2)", "sqrt(3)", "E", "1/sqrt(2*pi)", "sqrt(pi)", "1/sqrt(pi)", "pi**2")
_ORDER = (
    ("1", _PLAIN),
    ("pi", (1, 2, 3, 4, 6, 8, 5, 12)),
    ("1/pi", (1, 2, 3, 4, 8, 6, 16)),
    ("1", (100,)),
    *((unit, (1, 2, 3, 4)) for unit in (*_OTHERS, "1/pi**2", "log(2)")),
    ("1", (*range(13, 65), 1000)),
    *((unit, tuple(range(5, 33))) for unit in ("pi", "1/pi", *_OTHERS, "1/pi**2")),
    ("1", (10**4, 10**5, 10**6)),
)
_FAMILIES = _families()
