"""From SymPy expressions to a network that computes them exactly.

Sums are nodes, functions of one variable are curves on edges, products of two are product
nodes; what a later layer needs of an earlier one is passed on along edges that are lines, and
what an output has of the inputs alone along direct edges. The idea of a compiler for KANs is
from Liu et al. (2024), "KAN 2.0" (kanpiler).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ...network import Curve, CurveEdge, Layer, Network, Term, make_basis
from ...network.curves import sorted_curves
from ..language.library import LIBRARY
from ..language.primitive import Primitive
from ..text.maxima import with_moduli
from .recognise import affine_of, curve_of, number, outer_of

_LINE = Curve((Term(LIBRARY["x"]),))


class SeveralVariablesError(ValueError):
    """A formula has a function of several variables, which no edge computes."""


@dataclass(frozen=True)
class Unit:
    """A node of the network by its level (inputs have level 0) and its number among all nodes."""

    level: int
    number: int


@dataclass
class UnitSum:
    """A constant, and a curve of each source node."""

    constant: float = 0.0
    parts: dict[Unit, Curve] = field(default_factory=dict)

    def add(self, node: Unit, curve: Curve) -> None:
        """Add a curve of a node; its constant goes to the sum's."""
        before = self.parts.get(node, Curve(()))
        self.parts[node] = Curve((*before.terms, *curve.terms))
        self.constant += curve.constant

    @property
    def level(self) -> int:
        """The level of the highest source."""
        return max((node.level for node in self.parts), default=0)


def network_of(
    expressions: Sequence[Any],
    symbols: Sequence[Any],
    functions: Mapping[str, Primitive] | None = None,
) -> Network:
    """Return a network that computes expressions exactly.

    Parameters
    ----------
    expressions : sequence of sympy.Expr
        One for each output; real functions, powers, products and sums of the symbols.
    symbols : sequence of sympy.Symbol
        The inputs, in order.
    functions : mapping of str to Primitive, optional
        What undefined functions in the expressions are, by their names.

    Returns
    -------
    Network
        All its edges are curves. Its grids, which nothing is on, are the interval [-1, 1].

    Raises
    ------
    ValueError
        If an expression has other symbols.
    SeveralVariablesError
        If it has a function of several variables.
    """
    import sympy

    # Of real numbers SymPy knows the derivative of abs, and what a maximum is.
    real = {symbol: sympy.Symbol(symbol.name, real=True) for symbol in symbols}
    compiler = _Compiler(tuple(real.values()), functions or {})
    sums = []
    for expression in expressions:
        expression = sympy.sympify(expression, strict=True).xreplace(real)
        sums.append(compiler.sum_of(with_moduli(expression)))
    return _laid_out(compiler, sums)


class _Compiler:
    """Turns expressions into nodes, each distinct one once."""

    def __init__(self, symbols: tuple[Any, ...], functions: Mapping[str, Primitive]) -> None:
        self.inputs = {symbol: Unit(0, i) for i, symbol in enumerate(symbols)}
        self.functions = functions
        self.content: dict[Unit, tuple[UnitSum, ...]] = {}
        self._made: dict[Any, Unit] = {}

    def sum_of(self, expression: Any) -> UnitSum:
        """Return an expression as a sum of curves of nodes."""
        import sympy

        self._check(expression)
        result = UnitSum()
        univariate: dict[Any, list[Any]] = {}
        for part in sympy.Add.make_args(expression):
            symbols = part.free_symbols
            if not symbols:
                result.constant += number(part)
            elif len(symbols) == 1:
                univariate.setdefault(next(iter(symbols)), []).append(part)
            else:
                result.add(*self._of_several(part))
        for symbol, parts in univariate.items():
            curve = curve_of(sympy.Add(*parts), symbol, self.functions)
            result.add(self.inputs[symbol], curve)
        return result

    def _check(self, expression: Any) -> None:
        unknown = expression.free_symbols - set(self.inputs)
        if unknown:
            names = ", ".join(sorted(map(str, unknown)))
            known = ", ".join(map(str, self.inputs))
            raise ValueError(f"{names} in {expression} is none of the columns {known}.")

    def _of_several(self, part: Any) -> tuple[Unit, Curve]:
        """Return a summand in several symbols as a curve of a node."""
        import sympy

        scale, core, shift = affine_of(part)
        outer = outer_of(core, self.functions)
        if outer is not None:
            primitive, argument = outer
            inner_scale, inner, inner_shift = affine_of(argument)
            term = Term(primitive, scale, inner_scale, inner_shift)
            return self._node_of(inner), Curve((term,), shift)
        if not isinstance(core, sympy.Add | sympy.Mul):
            raise SeveralVariablesError(
                f"{core} is a function of several variables: no edge computes it."
            )
        return self._node_of(core), _LINE.times(scale).plus(shift)

    def _node_of(self, core: Any) -> Unit:
        """Return the node that computes an expression in several symbols."""
        import sympy

        if core not in self._made:
            parts = _halves(core) if isinstance(core, sympy.Mul) else (core,)
            self._made[core] = self._new(tuple(self.sum_of(part) for part in parts))
        return self._made[core]

    def _new(self, content: tuple[UnitSum, ...]) -> Unit:
        level = 1 + max(part.level for part in content)
        node = Unit(level, len(self.inputs) + len(self.content))
        self.content[node] = content
        return node

    def raised(self, total: UnitSum, level: int) -> UnitSum:
        """Return the sum with all its sources passed on to a level.

        Several that are lower are added up where they can first be.
        """
        low = {node: curve for node, curve in total.parts.items() if node.level < level}
        if len(low) > 1:
            key = frozenset(low.items())
            if key not in self._made:
                self._made[key] = self._new((UnitSum(0.0, low),))
            low = {self._made[key]: _LINE}
        parts = {node: curve for node, curve in total.parts.items() if node.level == level}
        parts.update({self._at(node, level): curve for node, curve in low.items()})
        return UnitSum(total.constant, parts)

    def _at(self, node: Unit, level: int) -> Unit:
        while node.level < level:
            if node not in self._made:
                self._made[node] = self._new((UnitSum(0.0, {node: _LINE}),))
            node = self._made[node]
        return node


def _halves(product: Any) -> tuple[Any, Any]:
    """Split a product in two: factors in one column from others, else as many on either side.

    Factors in the same column stay together, for they are one curve.
    """
    import sympy

    groups: dict[Any, list[Any]] = {}
    for factor in product.args:
        symbols = factor.free_symbols
        key = next(iter(symbols)) if len(symbols) == 1 else factor
        groups.setdefault(key, []).append(factor)
    parts = sorted((sympy.Mul(*group) for group in groups.values()), key=sympy.default_sort_key)
    simple = [part for part in parts if len(part.free_symbols) == 1]
    others = [part for part in parts if len(part.free_symbols) > 1]
    if simple and others:
        return sympy.Mul(*simple), sympy.Mul(*others)
    middle = len(parts) // 2
    return sympy.Mul(*parts[:middle]), sympy.Mul(*parts[middle:])


def _laid_out(compiler: _Compiler, outputs: list[UnitSum]) -> Network:
    """Put nodes into layers; pass on what is needed later."""
    depth = 1 + max(output.level for output in outputs)
    inputs = list(compiler.inputs.values())
    straight = [_of_level(output, 0) if depth > 1 else UnitSum() for output in outputs]
    rest = [UnitSum(o.constant, _without(o, s)) for o, s in zip(outputs, straight, strict=True)]
    content: list[list[tuple[UnitSum, ...]]] = [[(compiler.raised(o, depth - 1),) for o in rest]]
    nodes: list[list[Unit]] = []
    for level in range(depth - 1, 0, -1):
        nodes.insert(0, _sources(content[0], compiler))
        content.insert(
            0, [tuple(compiler.raised(s, level - 1) for s in compiler.content[n]) for n in nodes[0]]
        )
    layers = [_layer(a, c) for a, c in zip([inputs, *nodes], content, strict=True)]
    if not any(total.parts for total in straight):
        return Network(tuple(layers))
    direct = _layer(inputs, [(total,) for total in straight])
    return Network(tuple(layers), replace(direct, basis=layers[0].basis))


def _of_level(total: UnitSum, level: int) -> UnitSum:
    return UnitSum(0.0, {node: c for node, c in total.parts.items() if node.level == level})


def _without(total: UnitSum, other: UnitSum) -> dict[Unit, Curve]:
    return {node: curve for node, curve in total.parts.items() if node not in other.parts}


def _sources(content: Iterable[tuple[UnitSum, ...]], compiler: _Compiler) -> list[Unit]:
    """Return the nodes that a layer's sums are of, product nodes last."""
    found = dict.fromkeys(node for sums in content for total in sums for node in total.parts)
    return sorted(found, key=lambda node: (len(compiler.content[node]), node.number))


def _layer(sources: list[Unit], content: list[tuple[UnitSum, ...]]) -> Layer:
    """Return the layer from some nodes to sums, and then products of two."""
    totals = [total for sums in content for total in sums]
    place = {node: i for i, node in enumerate(sources)}
    curves = [
        CurveEdge(place[node], j, curve)
        for j, total in enumerate(totals)
        for node, curve in total.parts.items()
    ]
    p, q = len(sources), len(totals)
    basis = make_basis(np.tile([-1.0, 1.0], (p, 1)), 0, "none")
    return Layer(
        basis,
        np.zeros((p, basis.n_features, q)),
        np.array([total.constant for total in totals]),
        np.zeros((p, q), bool),
        sum(len(sums) - 1 for sums in content),
        sorted_curves(curves),
    )
