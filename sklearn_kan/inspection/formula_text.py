"""Short plain text for the curves of symbolic edges."""

from __future__ import annotations

from typing import Any

_SIGNS = {"^2": "²", "^3": "³", "^4": "⁴", "^5": "⁵"}


def function_names(curve: Any) -> str:
    """Return the names of a curve's functions, such as ``sin + x²``."""
    names = [_pretty(term.function.name) for term in curve.terms]
    return " + ".join(names) if names else "0"


def term_text(curve: Any, argument: str, digits: int = 3) -> str:
    """Return a curve as text, such as ``2 sin(3.14 x + 0.5) - 1``, with so many digits."""
    pieces = []
    for term in curve.terms:
        inner = _affine(term.scale, argument, term.shift, digits)
        pieces.append((term.coef, _applied(term.function.name, inner)))
    text = ""
    for factor, piece in pieces:
        sign = "-" if factor < 0 else "+"
        size = _number(abs(factor), digits)
        body = piece if size == "1" else f"{size} {piece}"
        text += f" {sign} {body}" if text else (f"-{body}" if sign == "-" else body)
    constant = _number(abs(curve.constant), digits)
    if not text:
        return _number(curve.constant, digits)
    if constant != "0":
        text += f" {'-' if curve.constant < 0 else '+'} {constant}"
    return text


def _applied(name: str, inner: str) -> str:
    if name == "x":
        return inner if inner.isidentifier() else f"({inner})"
    if name.startswith("x^"):
        body = inner if inner.isidentifier() else f"({inner})"
        return body + _pretty(name)[1:]
    if "x" in name and name not in ("exp",):
        body = inner if inner.isidentifier() else f"({inner})"
        return _pretty(name).replace("x", body)
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
