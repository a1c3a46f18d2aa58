"""One form for curves that are the same: numbers are moved that only rescale a function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...network.curves import Curve, Term
from ..language.library import LIBRARY
from ..language.primitive import Primitive
from ..text.user_primitives import as_primitive

POWERS = tuple(LIBRARY[name] for name in ("x", "x^2", "x^3", "x^4", "x^5"))
"""What polynomials are made of, by their degrees."""


def canonical(curve: Curve) -> Curve:
    """Return the same curve with the numbers moved that only rescale a function.

    Arguments of powers get a scale of 1 (or -1 where the sign matters), exp no shift, and odd
    or even functions a positive scale.
    """
    terms = []
    constant, given = _powers_apart(curve.terms)
    constant += curve.constant
    for term in given:
        function, coef = as_primitive(term.function), term.coef
        scale, shift, degree = term.scale, term.shift, function.degree
        if degree is not None and degree > 1.0 and scale == 1.0 and shift == 0.0:
            pass
        elif degree == 1.0:
            constant, shift, coef, scale = constant + coef * shift, 0.0, coef * scale, 1.0
        elif function.name == "exp" and abs(shift) < 600:
            coef, shift = coef * np.exp(shift), 0.0
        elif function.name == "log":
            size = abs(scale)
            constant, scale, shift = constant + coef * np.log(size), scale / size, shift / size
        elif degree is not None:
            size = scale if degree.is_integer() else abs(scale)
            with np.errstate(all="ignore"):
                coef = coef * np.float64(size) ** degree
            shift, scale = shift / size, scale / size
        else:
            coef, scale, shift = _unwound(function, coef, scale, shift)
        if np.isfinite([coef, scale, shift, constant]).all():
            terms.append(Term(function, float(coef), float(scale), float(shift)))
        else:
            terms.append(term)
    return Curve(tuple(terms), float(constant))


def _unwound(
    function: Primitive, coef: float, scale: float, shift: float
) -> tuple[float, float, float]:
    """Return coef, a scale that is positive if the parity allows, and the shortest phase."""
    parity, period = function.parity, function.period
    if parity and scale < 0:
        coef, scale, shift = coef * parity, -scale, -shift
    if period is not None:
        shift -= period * np.round(shift / period)
        if function.is_wave and abs(shift) > period / 4:
            coef, shift = -coef, shift - np.copysign(period / 2, shift)
    return coef, scale, shift


def _powers_apart(terms: Sequence[Term]) -> tuple[float, list[Term]]:
    """Multiply out two or more shifted powers: return the constant, and terms without shifts."""
    powers = [t for t in terms if as_primitive(t.function).is_whole_power]
    if len(powers) < 2:
        return 0.0, list(terms)
    total = np.zeros(1)
    for term in powers:
        line = np.array([term.shift, term.scale])
        power = np.ones(1)
        for _ in range(int(as_primitive(term.function).degree or 0)):
            power = np.convolve(power, line)
        total = np.pad(total, (0, max(0, len(power) - len(total))))
        total[: len(power)] += term.coef * power
    expanded = [Term(POWERS[j - 1], float(total[j])) for j in range(1, len(total))]
    others = [t for t in terms if not as_primitive(t.function).is_whole_power]
    return float(total[0]), [*expanded, *others]
