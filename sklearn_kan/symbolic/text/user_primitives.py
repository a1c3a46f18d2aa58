"""What a user may write for a primitive: a name, or a function of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..language.library import LIBRARY, power_of_modulus
from ..language.primitive import Array, Map, Origin, Primitive, count_nodes
from .guards import guard_of
from .names import quoted, written
from .parts import check_parts
from .source import callable_of, with_names
from .symbols import in_columns

# Of longer expressions, in nodes, derivatives are differences: theirs grow with the square.
_LONGEST = 400
# The names other packages and NumPy, SymPy know them by.
_ALIASES = {
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atanh": "arctanh",
    "gauss": "gaussian",
    "1/sqrt(x)": "1/sqrt",
    "x^0.5": "sqrt",
    "bessel_j0": "J0",
    "sgn": "sign",
    "identity": "x",
    "linear": "x",
}


def as_primitive(spec: Any) -> Primitive:
    """Return the primitive that `spec` stands for.

    Parameters
    ----------
    spec : str, Primitive, SymPy expression, tuple of callables, or function object
        A name in the library, or ``"|x|^a"`` with a number a; a SymPy expression in one symbol
        (derivatives are taken by SymPy); a function and its first, or first and second
        derivatives; an object with the methods ``value``, ``slope`` and ``curvature``.

    Raises
    ------
    ValueError
        If it is an unknown name, or an expression in no or several symbols.
    TypeError
        If it is of another kind.
    """
    if isinstance(spec, Primitive):
        return spec
    if isinstance(spec, str):
        return _by_name(spec)
    if isinstance(spec, tuple) and len(spec) in (2, 3) and all(map(callable, spec)):
        return _of_callables(spec)
    if all(callable(getattr(spec, name, None)) for name in ("value", "slope", "curvature")):
        return _of_function(spec)
    if hasattr(spec, "free_symbols"):
        return _of_expression(spec)
    raise TypeError(
        "A function must be a name in the library, a SymPy expression in one symbol, a tuple "
        f"(function, derivative), or have value, slope and curvature; got {spec!r}."
    )


def _by_name(name: str) -> Primitive:
    known = LIBRARY.get(_ALIASES.get(name, name))
    if known is not None:
        return known
    if name.startswith("|x|^"):
        try:
            return power_of_modulus(float(name[4:]))
        except ValueError as error:
            raise ValueError(f"No function {name!r}: {error}") from None
    raise ValueError(f"No function {name!r} in the library, which has {', '.join(LIBRARY)}.")


@dataclass(frozen=True)
class _Real:
    """A function without warnings, of the argument's shape; NaN where it is not real."""

    function: Map

    def __call__(self, u: Array) -> Array:
        u = np.asarray(u, dtype=np.float64)
        with np.errstate(all="ignore"):
            result = np.asarray(self.function(u))
        result = np.where(np.isreal(result), np.real(result), np.nan).astype(np.float64)
        return np.broadcast_to(result, u.shape)


@dataclass(frozen=True)
class _Differences:
    """The derivative of a function by central differences."""

    function: Map

    def __call__(self, u: Array) -> Array:
        u = np.clip(np.asarray(u, dtype=np.float64), -1e150, 1e150)
        step = 6e-6 * np.maximum(1.0, np.abs(u))
        return (self.function(u + step) - self.function(u - step)) / (2.0 * step)


def _undefined(name: str, function: Map) -> Callable[[Any], Any]:
    """Return a SymPy function of that name that carries what evaluates it."""

    def expression(u: Any) -> Any:
        from sympy.utilities.lambdify import implemented_function

        return implemented_function(name, function)(u)

    return expression


def _own_name(name: str) -> str:
    """Return the name of a user's own function, which is none of the library's."""
    word = written(name)
    return quoted(name) if word in LIBRARY else word


def _of_callables(functions: tuple[Map, ...]) -> Primitive:
    for known in LIBRARY.values():
        if functions[0] is known.derivatives[0]:
            return known
    value, slope, *rest = map(_Real, functions)
    curvature = rest[0] if rest else _Differences(slope)
    name = getattr(functions[0], "__name__", type(functions[0]).__name__)
    name = _own_name(name if name.isidentifier() else "f")
    return _held(name, (value, slope, curvature), None, functions)


def _of_function(function: Any) -> Primitive:
    value, slope, curvature = map(_Real, (function.value, function.slope, function.curvature))
    name = _own_name(str(getattr(function, "name", type(function).__name__)))
    given = getattr(function, "expression", None)
    return _held(name, (value, slope, curvature), given, function)


def _held(name: str, derivatives: tuple[Map, Map, Map], given: Any, origin: Any) -> Primitive:
    """Return a primitive that stays beyond its domain what it is at the edge."""
    guard = guard_of(derivatives)
    expression = given if callable(given) else _undefined(name, _Held(derivatives[0], guard))
    return Primitive(
        name, derivatives, expression, 4, guard=guard, origin=Origin(as_primitive, origin)
    )


@dataclass(frozen=True)
class _Held:
    """A function of guarded arguments."""

    function: Map
    guard: Map

    def __call__(self, u: Array) -> Array:
        return self.function(self.guard(u))


def _of_expression(expression: Any) -> Primitive:
    import sympy

    check_parts(expression)
    symbols = sorted(expression.free_symbols, key=str)
    if len(symbols) != 1:
        raise ValueError(
            f"A function must be an expression in one symbol, got {expression} in {len(symbols)}."
        )
    (symbol,) = symbols
    canonical = str(expression.xreplace({symbol: sympy.Symbol("x")}))
    if canonical in LIBRARY:
        return LIBRARY[canonical]
    value, slope, curvature = _derivatives(expression, symbol)
    return Primitive(
        name=str(in_columns(expression)),
        derivatives=(value, slope, curvature),
        guard=guard_of((value, slope, curvature)),
        expression=lambda u: expression.subs(symbol, u),
        complexity=count_nodes(expression),
        origin=Origin(as_primitive, expression),
    )


def _derivatives(expression: Any, symbol: Any) -> tuple[Map, Map, Map]:
    """Return an expression in one symbol and its derivatives as functions."""
    import sympy

    # Of real numbers SymPy knows the derivative of abs.
    real = sympy.Dummy(real=True)
    (source,), known = with_names([expression.xreplace({symbol: real})], {})
    functions: list[Map] = [_Real(callable_of(source, [real], known))]
    for _ in range(2):
        if count_nodes(source) <= _LONGEST:
            # Where it jumps there is no derivative, and elsewhere no jump.
            source = sympy.diff(source, real).replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)
            if not source.has(sympy.Derivative, sympy.Subs):
                functions.append(_Real(callable_of(source, [real], known)))
                continue
        functions.append(_Differences(functions[-1]))
    value, slope, curvature = functions
    return value, slope, curvature


def resolve_library(library: Iterable[Any] | None) -> tuple[Primitive, ...]:
    """Return the primitives that a library names; None is the whole of `LIBRARY`.

    Parameters
    ----------
    library : iterable or None
        Of anything that `as_primitive` takes, or of pairs (that, complexity).

    Raises
    ------
    ValueError
        If it is empty, or names a function twice.
    """
    if library is None:
        return tuple(LIBRARY.values())
    if isinstance(library, str):
        library = [library]
    chosen = tuple(_with_complexity(item) for item in library)
    names = [primitive.name for primitive in chosen]
    if not names:
        raise ValueError("The library of functions is empty.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"The library names {', '.join(twice)} more than once.")
    return chosen


def _with_complexity(item: Any) -> Primitive:
    if isinstance(item, tuple) and len(item) == 2 and isinstance(item[1], int | np.integer):
        primitive = as_primitive(item[0])
        return primitive.of_complexity(int(item[1]))
    return as_primitive(item)
