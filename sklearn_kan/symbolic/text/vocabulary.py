"""The words of formulas, by what they make of SymPy expressions.

Nothing else in a text is looked up by its name, in SymPy or anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from ..language.library import LIBRARY

CONSTANTS = frozenset({"pi", "E", "EulerGamma", "GoldenRatio", "Catalan"})
"""Numbers with a name, SymPy's."""

NO_NUMBERS = frozenset({"I", "oo", "zoo", "nan"})
"""What SymPy calls things that are no finite real numbers."""

# Of each function, by SymPy's name, how many arguments it takes.
_MOST_ARGUMENTS = 32
_ONE = (
    "exp sqrt Abs sign floor ceiling Heaviside "
    "sin cos tan cot sec csc sinc asin acos atan acot "
    "sinh cosh tanh coth sech csch asinh acosh atanh "
    "erf erfc erfinv gamma loggamma digamma airyai airybi Si Ci Ei LambertW"
)
_ARGUMENTS: dict[str, tuple[int, int]] = {
    **dict.fromkeys(_ONE.split(), (1, 1)),
    **dict.fromkeys("atan2 besselj bessely besseli besselk polygamma".split(), (2, 2)),
    **dict.fromkeys(("Max", "Min"), (1, _MOST_ARGUMENTS)),
    "log": (1, 2),
}
_ALIASES = {
    "abs": "Abs",
    "ceil": "ceiling",
    "ln": "log",
    "max": "Max",
    "min": "Min",
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}
RELATIONS = MappingProxyType({"<": "Lt", "<=": "Le", ">": "Gt", ">=": "Ge"})
"""Comparisons by their signs, SymPy's names of them."""

COMPARISONS = ("Eq", "Ne")
"""Comparisons that are written like functions."""

PIECEWISE = "Piecewise"

# SymPy works out whole numbers of these digit by digit, as factorials or sums; the last ones have
# numbers within that are next to nothing.
SPECIAL = frozenset(
    "gamma loggamma digamma polygamma besselj bessely besseli besselk "
    "gaussian sigmoid softplus".split()
)
"""Functions whose constant arguments have to be moderate."""


@dataclass(frozen=True)
class Function:
    """A function of formulas.

    Parameters
    ----------
    fewest, most : int
        How many arguments it takes.
    of : callable
        From SymPy expressions to the SymPy expression of it.
    """

    fewest: int
    most: int
    of: Callable[..., Any]


def _of_sympy(name: str) -> Callable[..., Any]:
    def expression(*arguments: Any) -> Any:
        import sympy

        return getattr(sympy, name)(*arguments)

    return expression


def _logarithm(base: int) -> Callable[[Any], Any]:
    def expression(u: Any) -> Any:
        import sympy

        return sympy.log(u, base)

    return expression


def _functions() -> dict[str, Function]:
    found = {name: Function(*counts, _of_sympy(name)) for name, counts in _ARGUMENTS.items()}
    found |= {alias: found[name] for alias, name in _ALIASES.items()}
    found |= {f"log{base}": Function(1, 1, _logarithm(base)) for base in (2, 10)}
    found |= {
        name: Function(1, 1, primitive.expression)
        for name, primitive in LIBRARY.items()
        if name.isidentifier() and name != "x" and name not in found
    }
    return found


FUNCTIONS: Mapping[str, Function] = MappingProxyType(_functions())
"""All functions that text may call, by name."""

WORDS = frozenset({*CONSTANTS, *NO_NUMBERS, *FUNCTIONS, *COMPARISONS, PIECEWISE, "True", "False"})
"""Names that mean something; a column of such a name stands in quotes."""


def constant(word: str) -> Any:
    """Return a constant by its name."""
    import sympy

    return getattr(sympy, word)
