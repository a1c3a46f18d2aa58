"""Short plain text for the curves of symbolic edges."""

from __future__ import annotations

import numpy as np
from numpy.polynomial.polynomial import polyadd, polypow

from ..network import Curve

_SIGNS = {"^2": "²", "^3": "³", "^4": "⁴", "^5": "⁵"}
_POWERS = {"x": 1, "x^2": 2, "x^3": 3, "x^4": 4, "x^5": 5}
_RAISED = ("", "", "²", "³", "⁴", "⁵")


def function_names(curve: Curve) -> str:
    """Return the names of a curve's functions, such as ``sin + x²``."""
    names = [_pretty(term.function.name) for term in curve.terms]
    return " + ".join(names) if names else "0"


def curve_text(curve: Curve, argument: str, digits: int = 3) -> str:
    """Return a curve as text, such as ``2 sin(3.14 x + 0.5) - 1``, with so many digits.

    Powers are multiplied out, so that polynomials read as such.
    """
    polynomial = np.array([curve.constant])
    pieces = []
    for term in curve.terms:
        name = term.function.name
        if name in _POWERS:
            power = polypow([term.shift, term.scale], _POWERS[name])
            polynomial = polyadd(polynomial, term.coef * power)
        elif name != "0":
            inner = _affine(term.scale, argument, term.shift, digits)
            pieces.append(_times(term.coef, _applied(name, inner), digits))
    powers = [
        _times(value, argument + _RAISED[k], digits) for k, value in enumerate(polynomial) if k
    ]
    parts = [part for part in (*powers, *pieces) if part]
    constant = _number(polynomial[0], digits)
    if constant != "0" or not parts:
        parts.append(constant)
    return " + ".join(parts).replace("+ -", "- ")


def _times(factor: float, body: str, digits: int) -> str:
    size = _number(factor, digits)
    if size == "0":
        return ""
    return body if size == "1" else f"-{body}" if size == "-1" else f"{size} {body}"


def _applied(name: str, inner: str) -> str:
    """Return a function of the library, or one of a user's own, of an argument."""
    bare = inner if inner.isidentifier() else f"({inner})"
    if name == "1/sqrt":
        return f"1/sqrt({inner})"
    if name.startswith("|x|^"):
        return f"|{inner}|^{name[4:]}"
    if name.startswith(("x^", "1/x")):
        return _pretty(name).replace("x", bare)
    return f"{name}({inner})"


def _affine(scale: float, argument: str, shift: float, digits: int) -> str:
    factor = _number(scale, digits)
    text = (
        argument if factor == "1" else f"-{argument}" if factor == "-1" else f"{factor} {argument}"
    )
    constant = _number(abs(shift), digits)
    return text if constant == "0" else f"{text} {'-' if shift < 0 else '+'} {constant}"


def _pretty(name: str) -> str:
    for plain, sign in _SIGNS.items():
        name = name.replace(plain, sign)
    return name


def _number(value: float, digits: int) -> str:
    return f"{value:.{digits}g}"
