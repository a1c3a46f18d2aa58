"""SymPy's printers of Python source, for arrays or single numbers.

Names are printed as they are: they have to be identifiers already.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

# Functions of scipy.special that an expression of SymPy's is, by its name there.
_SPECIAL = {
    "Ci": "sici({})[1]",
    "Ei": "expi({})",
    "LambertW": "lambertw({}).real",
    "Si": "sici({})[0]",
    "airyai": "airy({})[0]",
    "airybi": "airy({})[2]",
    "besseli": "iv({})",
    "besselj": "jv({})",
    "besselk": "kv({})",
    "bessely": "yv({})",
    "erf": "erf({})",
    "erfc": "erfc({})",
    "erfcinv": "erfcinv({})",
    "erfinv": "erfinv({})",
    "gamma": "gamma({})",
    "loggamma": "gammaln({})",
    "polygamma": "polygamma({})",
}
_IN_MATH = frozenset({"erf", "erfc", "gamma", "loggamma"})
# Whole numbers up to here are floats, too.
_WHOLE = 2**53


@lru_cache(maxsize=2)
def printer_class(module: str) -> Any:
    """Return the class of SymPy printers of source that uses a module, "numpy" or "math"."""
    from sympy.printing.numpy import SciPyPrinter
    from sympy.printing.pycode import PythonCodePrinter

    base = {"numpy": SciPyPrinter, "math": PythonCodePrinter}[module]

    class Source(base):  # type: ignore[misc, valid-type]
        def _print_Symbol(self, symbol: Any) -> str:
            return str(symbol.name)

        def _print_Float(self, number: Any) -> str:
            return repr(float(number))

        def _print_Integer(self, number: Any) -> str:
            return str(number.p) if abs(number.p) <= _WHOLE else repr(float(number))

        def _print_AppliedUndef(self, function: Any) -> str:
            name = type(function).__name__
            if name not in self.known_functions:
                raise NotImplementedError(f"no number is known for {name}")
            return f"{name}({self.stringify(function.args, ', ')})"

        def _print_Function(self, function: Any) -> str:
            text = str(super()._print_Function(function))
            # SymPy writes some by others, cot as 1/tan, and not always in parentheses.
            return text if type(function).__name__ in self.known_functions else f"({text})"

        def emptyPrinter(self, expression: Any) -> str:
            raise NotImplementedError(f"no number is known for {type(expression).__name__}")

    for name, method in _methods(module).items():
        setattr(Source, f"_print_{name}", method)
    return Source


def _methods(module: str) -> dict[str, Callable[[Any, Any], str]]:
    """Return what prints functions, by their names, in which versions of SymPy differ."""
    found = {
        name: _special(f"scipy.special.{template}")
        for name, template in _SPECIAL.items()
        if module == "numpy" or name not in _IN_MATH
    }
    if module == "numpy":
        found |= {"Max": _extremum("numpy.maximum"), "Min": _extremum("numpy.minimum")}
    return found


def _special(template: str) -> Callable[[Any, Any], str]:
    name, _, rest = template.partition("(")

    def printed(self: Any, function: Any) -> str:
        arguments = self.stringify(function.args, ", ")
        return f"{self._module_format(name)}({rest.format(arguments)}"

    return printed


def _extremum(name: str) -> Callable[[Any, Any], str]:
    """Return what prints the largest or smallest of any arrays, by twos."""

    def printed(self: Any, extremum: Any) -> str:
        *rest, text = map(self._print, extremum.args)
        for other in rest:
            text = f"{self._module_format(name)}({other}, {text})"
        return str(text)

    return printed
