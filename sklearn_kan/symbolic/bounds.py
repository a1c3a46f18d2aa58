"""Numbers in formulas that would be no numbers of a computer, found before they are worked out.

SymPy works out powers of whole numbers digit by digit: 9**9**9 would take all memory there is.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

# Numbers are between powers of two with this exponent; in powers of ten that is so much.
_RANGE = 1022
_DECADES = 307.0
# Bits that whole numbers, and numerators and denominators, may have.
_MOST_BITS = 4096
_WORD = 64
# A higher power is no power that anybody means, and SymPy's polynomials would not get done.
_HIGHEST_POWER = 1000.0
# Special functions of whole numbers are exact up to here, and next to overflow beyond.
_MODERATE = 170.0


def finite_number(expression: Any) -> float:
    """Return an expression without columns as a float.

    Raises
    ------
    ValueError
        If it is no real number that has a place in double precision.
    """
    import sympy

    if expression.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I):
        raise ValueError("this is no finite real number")
    if expression.is_Rational:
        _check_bits(expression, 1.0)
    try:
        value = expression if expression.is_Number else expression.evalf(17)
    except ArithmeticError as error:
        raise ValueError("this number cannot be worked out") from error
    if not value.is_Number or not value.is_finite:
        raise ValueError("this is no finite real number")
    size = 0 if value == 0 else _binary_exponent(value)
    if abs(size) > _RANGE:
        raise ValueError(f"this number is too {'large' if size > 0 else 'small'}")
    return float(value)


def check_power(base: Any, exponent: Any) -> None:
    """Raise a ValueError if the numbers of a power are too large to be worked out."""
    import sympy

    if exponent.free_symbols:
        return
    power = abs(finite_number(exponent))
    for factor in sympy.Mul.make_args(base):
        if isinstance(factor, sympy.Piecewise):  # SymPy takes a power of each piece
            for piece in factor.args:
                check_power(piece.expr, exponent)
        elif factor.free_symbols:
            _check_height(factor.as_base_exp()[1], power)
        elif factor not in (0, 1, -1):
            _check_bits(factor, power)
            size = abs(finite_number(factor))
            if size > 0 and abs(math.log10(size)) * power > _DECADES:
                raise ValueError("the numbers of this power are too large")


def _check_height(exponent: Any, power: float) -> None:
    if not exponent.free_symbols and abs(finite_number(exponent)) * power > _HIGHEST_POWER:
        raise ValueError(f"this power is higher than {_HIGHEST_POWER:g}")


def check_digits(parts: Sequence[Any]) -> None:
    """Raise a ValueError if fractions that are added or multiplied are too long in all."""
    coefficients = [part.as_coeff_Mul()[0] for part in parts]
    fractions = [number for number in coefficients if number.is_Rational]
    lengths = [max(abs(number.p), number.q).bit_length() for number in fractions]
    if sum(length for length in lengths if length > _WORD) > _MOST_BITS:
        raise ValueError("these numbers have too many digits")


def check_exponential(argument: Any) -> None:
    """Raise a ValueError if exp of an argument is too large a power of numbers in it.

    SymPy makes a power of exp(a*log(b)).
    """
    import sympy

    for term in sympy.Add.make_args(argument):
        number, factors = term.as_coeff_mul()
        for factor in factors:
            if isinstance(factor, sympy.log):
                check_power(factor.args[0], number)


def check_moderate(argument: Any) -> None:
    """Raise a ValueError if an argument of a special function is a large number."""
    if not argument.free_symbols and abs(finite_number(argument)) > _MODERATE:
        raise ValueError(f"such functions of numbers beyond {_MODERATE:g} are too large")


def _check_bits(expression: Any, power: float) -> None:
    import sympy

    for number in expression.atoms(sympy.Rational):
        if max(abs(number.p), number.q).bit_length() * max(power, 1.0) > _MOST_BITS:
            raise ValueError("this number has too many digits")


def _binary_exponent(value: Any) -> int:
    """Return about the logarithm to base 2 of the size of a SymPy number."""
    import sympy

    if value.is_Rational:
        return abs(value.p).bit_length() - value.q.bit_length()
    mantissa, exponent = sympy.Float(value)._mpf_[1:3]
    return int(mantissa).bit_length() + int(exponent)
