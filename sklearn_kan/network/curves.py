"""Symbolic edges: a curve is a sum of functions of affine arguments.

    curve(x) = constant + sum_t coef_t * f_t(scale_t * x + shift_t)

Curves are closed under affine maps of argument and value, so a gauge of the nodes on either
side goes into them exactly. Training holds them fixed; they are no part of `Network.theta`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from ._value import Value

# Values and derivatives of functions are held to this, so that poles and overflows stay finite
# also where two of them are multiplied.
_LARGEST = 1e100


class Function(Protocol):
    """A smooth function of one variable with two derivatives, all vectorised on float64.

    Where an argument lies outside its domain a function gives its value at the domain's edge. If
    it gives NaN there, its `Term` is left out; infinities a `Term` makes finite.
    """

    @property
    def name(self) -> str:
        """What it is called."""
        ...

    def value(self, u: np.ndarray) -> np.ndarray:
        """Return f(u)."""
        ...

    def slope(self, u: np.ndarray) -> np.ndarray:
        """Return f'(u)."""
        ...

    def curvature(self, u: np.ndarray) -> np.ndarray:
        """Return f''(u)."""
        ...


@dataclass(frozen=True)
class Term:
    """``coef * function(scale * x + shift)``."""

    function: Function
    coef: float = 1.0
    scale: float = 1.0
    shift: float = 0.0

    def derivatives(self, x: np.ndarray, order: int) -> list[np.ndarray]:
        """Return the term and its derivatives up to an order of at most two, as `x` shaped."""
        raw = self.raw_derivatives(x, order)
        return [self.coef * self.scale**j * values for j, values in enumerate(raw)]

    @np.errstate(all="ignore")
    def raw_derivatives(self, x: np.ndarray, order: int) -> list[np.ndarray]:
        """Return the function's own derivatives at the term's argument, all of them finite."""
        u = self.scale * x + self.shift
        methods = (self.function.value, self.function.slope, self.function.curvature)
        found = [np.clip(method(u), -_LARGEST, _LARGEST) for method in methods[: order + 1]]
        # A term has no part in its curve where its function is not defined.
        return [np.where(np.isnan(values), 0.0, values) for values in found]


@dataclass(frozen=True)
class Curve:
    """A function of one variable, see the module's docstring.

    Parameters
    ----------
    terms : tuple of Term
    constant : float
    """

    terms: tuple[Term, ...]
    constant: float = 0.0

    def values(self, x: np.ndarray) -> np.ndarray:
        """Return the curve at points x of any shape."""
        return self.derivatives(x, 0)[0]

    def derivatives(self, x: np.ndarray, order: int) -> list[np.ndarray]:
        """Return the curve and its derivatives up to an order of at most two."""
        x = np.asarray(x, np.float64, order="C")  # NumPy's functions round strided rows unlike
        total = [np.full(x.shape, self.constant)]
        total += [np.zeros(x.shape) for _ in range(order)]
        for term in self.terms:
            for sums, values in zip(total, term.derivatives(x, order), strict=True):
                sums += values
        return total

    @property
    def parameters(self) -> np.ndarray:
        """The constant, then coef, scale and shift of each term, of shape (1 + 3 terms,)."""
        by_term = [(term.coef, term.scale, term.shift) for term in self.terms]
        return np.array([self.constant, *(number for three in by_term for number in three)])

    def with_parameters(self, parameters: np.ndarray) -> Curve:
        """Return the curve with other parameters, laid out like `parameters`."""
        constant, *rest = (float(number) for number in parameters)
        terms = [Term(term.function, *rest[3 * t : 3 * t + 3]) for t, term in enumerate(self.terms)]
        return Curve(tuple(terms), constant)

    def parameter_jacobian(self, x: np.ndarray) -> np.ndarray:
        """Return the derivatives (n, 1 + 3 terms) at x (n,) by the parameters."""
        columns = [np.ones(len(x))]
        for term in self.terms:
            value, slope = term.raw_derivatives(x, 1)
            columns += [value, term.coef * slope * x, term.coef * slope]
        return np.stack(columns, axis=1)

    def after(self, scale: float, shift: float) -> Curve:
        """Return ``curve(scale * x + shift)`` as a curve of x."""
        terms = [
            replace(t, scale=t.scale * scale, shift=_sum(t.shift, t.scale * shift))
            for t in self.terms
        ]
        return Curve(tuple(terms), self.constant)

    def times(self, factor: float) -> Curve:
        """Return ``factor * curve``."""
        terms = [replace(term, coef=factor * term.coef) for term in self.terms]
        return Curve(tuple(terms), factor * self.constant)

    def plus(self, constant: float) -> Curve:
        """Return ``curve + constant``."""
        return Curve(self.terms, self.constant + constant)


def _sum(a: float, b: float) -> float:
    """Return a + b; zero where that is only what rounding left of them."""
    total = a + b
    return 0.0 if abs(total) <= _ROUNDING * max(abs(a), abs(b)) else total


_ROUNDING = 4 * float(np.finfo(float).eps)


@dataclass(frozen=True, eq=False)
class CurveEdge(Value):
    """A curve on an edge of a layer.

    Parameters
    ----------
    input, output : int
        The edge joins this input node to this output.
    curve : Curve
    replaced : ndarray of shape (m,) or None
        The weights of the spline edge in whose place the curve is; None where there was none.
        They follow every change of the layer's basis, so that the spline can come back.
    """

    input: int
    output: int
    curve: Curve
    replaced: np.ndarray | None = None

    def scaled(self, factor: float) -> CurveEdge:
        """Return ``factor`` times the edge, the replaced spline likewise."""
        old = self.replaced
        spline = None if old is None else factor * old
        return replace(self, curve=self.curve.times(factor), replaced=spline)


Curves = tuple[CurveEdge, ...]


def curve_outputs(curves: Curves, nodes: np.ndarray, n_outputs: int) -> np.ndarray:
    """Return what curves add to the outputs (n, q) of a layer at its input nodes (n, p)."""
    outputs = np.zeros((len(nodes), n_outputs))
    for edge in curves:
        outputs[:, edge.output] += edge.curve.values(nodes[:, edge.input])
    return outputs


def curve_sensitivity(curves: Curves, nodes: np.ndarray, delta: np.ndarray) -> np.ndarray:
    """Carry a sensitivity of the outputs (n, q) back to the nodes (n, p), through curves alone."""
    sensitivity = np.zeros(nodes.shape)
    for edge in curves:
        slope = edge.curve.derivatives(nodes[:, edge.input], 1)[1]
        sensitivity[:, edge.input] += slope * delta[:, edge.output]
    return sensitivity


def curve_derivatives(
    curves: Curves, nodes: np.ndarray, n_outputs: int, order: int
) -> list[np.ndarray]:
    """Return values and derivatives of the curves, each (n, p, q), zero on other edges."""
    n, p = nodes.shape
    result = [np.zeros((n, p, n_outputs)) for _ in range(order + 1)]
    for edge in curves:
        found = edge.curve.derivatives(nodes[:, edge.input], order)
        for total, values in zip(result, found, strict=True):
            total[:, edge.input, edge.output] = values
    return result


def renumbered(
    curves: Curves,
    input_order: np.ndarray | None = None,
    output_order: np.ndarray | None = None,
) -> Curves:
    """Return the curves of the nodes that stay, under their new numbers.

    Parameters
    ----------
    curves : tuple of CurveEdge
    input_order, output_order : ndarray of int or None
        The old number of each node that stays, in the new order; None for all as they are.
    """
    inputs = _new_numbers(input_order)
    outputs = _new_numbers(output_order)
    moved = []
    for edge in curves:
        i, j = edge.input, edge.output
        i = i if inputs is None else inputs.get(i, -1)
        j = j if outputs is None else outputs.get(j, -1)
        if i >= 0 and j >= 0:
            moved.append(replace(edge, input=i, output=j))
    return sorted_curves(moved)


def _new_numbers(order: np.ndarray | None) -> dict[int, int] | None:
    return None if order is None else {int(old): new for new, old in enumerate(order)}


def sorted_curves(curves: list[CurveEdge]) -> Curves:
    """Return curves sorted by input, then output."""
    return tuple(sorted(curves, key=lambda edge: (edge.input, edge.output)))
