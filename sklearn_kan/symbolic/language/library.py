"""The library: every primitive a formula is built from unless the user names others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy import special

from .primitive import Array, Map, Origin, Primitive


def _clip(low: float, high: float) -> Map:
    return lambda u: np.clip(u, low, high)


def _away_from_zero(u: Array) -> Array:
    u = np.clip(u, -_LARGEST, _LARGEST)
    return np.where(np.abs(u) < _SMALLEST, np.where(u < 0, -_SMALLEST, _SMALLEST), u)


_POSITIVE = ((0.0, np.inf),)
_BROKEN = ((-np.inf, 0.0), (0.0, np.inf))
# Powers of these up to 5 and down to -5, and two derivatives, are finite.
_LARGEST = 1e40
_SMALLEST = 1e-40


def _power(exponent: int) -> Primitive:
    """Return x^exponent, for a whole number other than 0."""

    def expression(u: Any) -> Any:
        return u**exponent

    k = exponent
    return Primitive(
        name=("x" if k == 1 else f"x^{k}") if k > 0 else ("1/x" if k == -1 else f"1/x^{-k}"),
        derivatives=(
            (lambda u: u ** float(k)),
            (lambda u: k * u ** float(k - 1)),
            (lambda u: k * (k - 1) * u ** float(k - 2) if k != 1 else np.zeros_like(u)),
        ),
        expression=expression,
        complexity=1 if k == 1 else 3,
        domain=_BROKEN if k < 0 else ((-np.inf, np.inf),),
        guard=_away_from_zero if k < 0 else _clip(-_LARGEST, _LARGEST),
        parity=1 if k % 2 == 0 else -1,
        degree=float(k),
        free=(False, k != 1),
    )


def _root(name: str, exponent: float) -> Primitive:
    """Return x^exponent of positive x, for any exponent."""

    def expression(u: Any) -> Any:
        import sympy

        return u ** sympy.Rational(exponent).limit_denominator(1000)

    k = exponent
    return Primitive(
        name=name,
        derivatives=(
            (lambda u: u**k),
            (lambda u: k * u ** (k - 1)),
            (lambda u: k * (k - 1) * u ** (k - 2)),
        ),
        expression=expression,
        complexity=3,
        domain=_POSITIVE,
        guard=_clip(_SMALLEST, _LARGEST),
        degree=k,
        free=(False, True),
    )


def power_of_modulus(exponent: float) -> Primitive:
    """Return abs(x)^exponent, which has no sign and is smooth on either side of 0.

    Raises
    ------
    ValueError
        If `exponent` is not between -5 and 5.
    """
    if not -5 <= exponent <= 5:
        raise ValueError(f"The exponent of |x| must be between -5 and 5, got {exponent}.")
    k = float(exponent)

    def expression(u: Any) -> Any:
        import sympy

        simple = sympy.Rational(k).limit_denominator(100)
        return sympy.Abs(u) ** (simple if float(simple) == k else sympy.Float(k))

    return Primitive(
        name=f"|x|^{exponent:g}",
        derivatives=(
            (lambda u: np.abs(u) ** k),
            (lambda u: k * np.sign(u) * np.abs(u) ** (k - 1)),
            (lambda u: k * (k - 1) * np.abs(u) ** (k - 2)),
        ),
        expression=expression,
        complexity=4,
        domain=_BROKEN,
        guard=_away_from_zero,
        parity=1,
        origin=Origin(power_of_modulus, exponent),
    )


def _sympy(name: str) -> Callable[[Any], Any]:
    """Return SymPy's function of that name, imported when it is called."""

    def expression(u: Any) -> Any:
        import sympy

        return getattr(sympy, name)(u)

    return expression


def _gaussian_of(u: Any) -> Any:
    import sympy

    return sympy.exp(-(u**2))


def _sigmoid_of(u: Any) -> Any:
    import sympy

    return 1 / (1 + sympy.exp(-u))


def _softplus_of(u: Any) -> Any:
    import sympy

    return sympy.log(1 + sympy.exp(u))


def _bessel_of(u: Any) -> Any:
    import sympy

    return sympy.besselj(0, u)


def _sigmoid_slope(u: Array) -> Array:
    s = special.expit(u)
    return s * (1.0 - s)


def _sigmoid_curvature(u: Array) -> Array:
    s = special.expit(u)
    return s * (1.0 - s) * (1.0 - 2.0 * s)


def _tanh_slope(u: Array) -> Array:
    return 1.0 / np.cosh(u) ** 2


_EXPONENTS = _clip(-700.0, 700.0)
_UNIT = np.nextafter(1.0, 0.0)
_ERF_SLOPE = 2.0 / np.sqrt(np.pi)


def _gaussian(u: Array) -> Array:
    return np.exp(-(u**2))


def _transcendental() -> list[Primitive]:
    return [
        Primitive(
            "exp",
            (np.exp, np.exp, np.exp),
            _sympy("exp"),
            guard=_EXPONENTS,
            free=(True, False),
            limit_degree=1,
            at_zero=1,
        ),
        Primitive(
            "log",
            (np.log, lambda u: 1.0 / u, lambda u: -1.0 / u**2),
            _sympy("log"),
            domain=_POSITIVE,
            guard=_clip(_SMALLEST, _LARGEST),
            free=(False, True),
            limit_degree=1,
        ),
        Primitive(
            "abs",
            (np.abs, np.sign, np.zeros_like),
            _sympy("Abs"),
            domain=_BROKEN,
            parity=1,
            free=(False, True),
            at_zero=0,
        ),
        Primitive(
            "sinh",
            (np.sinh, np.cosh, np.sinh),
            _sympy("sinh"),
            guard=_EXPONENTS,
            parity=-1,
            limit_degree=1,
        ),
        Primitive(
            "cosh",
            (np.cosh, np.sinh, np.cosh),
            _sympy("cosh"),
            guard=_EXPONENTS,
            parity=1,
            limit_degree=2,
        ),
        Primitive(
            "tanh",
            (np.tanh, _tanh_slope, lambda u: -2.0 * np.tanh(u) * _tanh_slope(u)),
            _sympy("tanh"),
            guard=_clip(-300.0, 300.0),
            parity=-1,
            limit_degree=1,
            at_zero=0,
        ),
        Primitive(
            "gaussian",
            (_gaussian, lambda u: -2 * u * _gaussian(u), lambda u: (4 * u**2 - 2) * _gaussian(u)),
            _gaussian_of,
            4,
            guard=_clip(-30.0, 30.0),
            parity=1,
            limit_degree=2,
        ),
        Primitive(
            "sigmoid",
            (special.expit, _sigmoid_slope, _sigmoid_curvature),
            _sigmoid_of,
            6,
            guard=_EXPONENTS,
            limit_degree=1,
        ),
        Primitive(
            "softplus",
            (lambda u: np.logaddexp(0.0, u), special.expit, _sigmoid_slope),
            _softplus_of,
            5,
            guard=_EXPONENTS,
            limit_degree=1,
        ),
        Primitive(
            "erf",
            (
                special.erf,
                lambda u: _ERF_SLOPE * _gaussian(u),
                lambda u: -2.0 * _ERF_SLOPE * u * _gaussian(u),
            ),
            _sympy("erf"),
            guard=_clip(-30.0, 30.0),
            parity=-1,
            limit_degree=1,
        ),
    ]


def _bessel_curvature(u: Array) -> Array:
    # J0'' = -J0 + J1(u) / u, and J1(u) / u = (J0 + J2) / 2 has no division.
    return 0.5 * (special.jv(2, u) - special.j0(u))


def _trigonometric() -> list[Primitive]:
    turns = _clip(-1e15, 1e15)
    return [
        Primitive(
            "sin",
            (np.sin, np.cos, lambda u: -np.sin(u)),
            _sympy("sin"),
            guard=turns,
            parity=-1,
            period=2 * np.pi,
            limit_degree=1,
            is_wave=True,
            at_zero=0,
        ),
        Primitive(
            "cos",
            (np.cos, lambda u: -np.sin(u), lambda u: -np.cos(u)),
            _sympy("cos"),
            guard=turns,
            parity=1,
            period=2 * np.pi,
            limit_degree=2,
            is_wave=True,
            at_zero=1,
        ),
        Primitive(
            "tan",
            (
                np.tan,
                lambda u: 1.0 + np.tan(u) ** 2,
                lambda u: 2.0 * np.tan(u) * (1.0 + np.tan(u) ** 2),
            ),
            _sympy("tan"),
            domain=((-np.pi / 2, np.pi / 2),),
            guard=turns,
            parity=-1,
            period=np.pi,
            limit_degree=1,
            at_zero=0,
        ),
        Primitive(
            "arcsin",
            (np.arcsin, lambda u: (1 - u**2) ** -0.5, lambda u: u * (1 - u**2) ** -1.5),
            _sympy("asin"),
            domain=((-1.0, 1.0),),
            guard=_clip(-_UNIT, _UNIT),
            parity=-1,
            limit_degree=1,
            at_zero=0,
        ),
        Primitive(
            "arccos",
            (np.arccos, lambda u: -((1 - u**2) ** -0.5), lambda u: -u * (1 - u**2) ** -1.5),
            _sympy("acos"),
            domain=((-1.0, 1.0),),
            guard=_clip(-_UNIT, _UNIT),
            limit_degree=1,
        ),
        Primitive(
            "arctan",
            (np.arctan, lambda u: 1 / (1 + u**2), lambda u: -2 * u / (1 + u**2) ** 2),
            _sympy("atan"),
            guard=_clip(-_LARGEST, _LARGEST),
            parity=-1,
            limit_degree=1,
            at_zero=0,
        ),
        Primitive(
            "arctanh",
            (np.arctanh, lambda u: 1 / (1 - u**2), lambda u: 2 * u / (1 - u**2) ** 2),
            _sympy("atanh"),
            domain=((-1.0, 1.0),),
            guard=_clip(-_UNIT, _UNIT),
            parity=-1,
            limit_degree=1,
        ),
        Primitive(
            "J0",
            (special.j0, lambda u: -special.j1(u), _bessel_curvature),
            _bessel_of,
            3,
            guard=turns,
            parity=1,
            limit_degree=2,
        ),
    ]


def _zero(u: Any) -> Any:
    return 0 * u


def of_library(name: str) -> Primitive:
    """Return the primitive of a name."""
    return LIBRARY[name]


def _make_library() -> dict[str, Primitive]:
    primitives = [
        *(_power(k) for k in (1, 2, 3, 4, 5, -1, -2, -3, -4, -5)),
        _root("sqrt", 0.5),
        _root("1/sqrt", -0.5),
        _root("x^1.5", 1.5),
        *_transcendental(),
        *_trigonometric(),
        power_of_modulus(0.5),
        power_of_modulus(1.5),
        Primitive("0", (np.zeros_like, np.zeros_like, np.zeros_like), _zero, 0, parity=1),
    ]
    return {
        primitive.name: replace(primitive, origin=Origin(of_library, primitive.name))
        for primitive in primitives
    }


LIBRARY: Mapping[str, Primitive] = MappingProxyType(_make_library())
"""The primitives by name."""


def is_of_library(function: Any) -> bool:
    """Tell whether a function is one of the library, or a power of a modulus."""
    origin = getattr(function, "origin", None)
    return origin is not None and origin.maker in (of_library, power_of_modulus)
