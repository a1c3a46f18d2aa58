"""From a network to SymPy expressions, exactly; what is no formula stands under a name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..network import Curve, Layer, Network, evaluate
from ..network._value import Value
from .primitives import as_primitive
from .source import callable_of, with_name, with_names
from .symbols import apply_named


@dataclass(frozen=True, eq=False)
class SplineEdge(Value):
    """The function of one spline edge.

    Parameters
    ----------
    layer : Layer
        Of one input, the edge's.
    output : int
    scale, shift : float
        The input node is ``scale * x + shift``.
    """

    layer: Layer
    output: int
    scale: float = 1.0
    shift: float = 0.0

    def __call__(self, x: Any) -> np.ndarray:
        """Return the edge at points of any shape."""
        points = self.scale * np.asarray(x, np.float64) + self.shift
        features = evaluate(self.layer.basis, points.reshape(-1, 1)).by_row()
        return (features @ self.layer.matrix[:, self.output]).reshape(points.shape)


@dataclass(frozen=True, eq=False)
class Assembled:
    """Expressions, and what evaluates the functions in them that SymPy does not know.

    Parameters
    ----------
    expressions : tuple of sympy.Expr
    functions : mapping of str to callable
        Spline edges by their names in the expressions, ``phi_<layer>_<input>_<output>``, and
        functions of a user's own.
    """

    expressions: tuple[Any, ...]
    functions: Mapping[str, Callable[[Any], Any]]


def expressions_of(
    network: Network, symbols: Sequence[Any], scales: np.ndarray | None = None
) -> Assembled:
    """Return the raw predictions of a network as expressions of its inputs.

    Parameters
    ----------
    network : Network
    symbols : sequence of sympy.Symbol
        One an input.
    scales : ndarray of shape (p, 2) or None
        Input i is ``scales[i, 0] * symbols[i] + scales[i, 1]``; None: the symbols themselves.

    Returns
    -------
    Assembled
        Equal to `predict` up to rounding wherever the expressions are defined: where a curve
        is held to the edge of its domain they are not.
    """
    import sympy

    functions: dict[str, Callable[[Any], Any]] = {}
    maps = np.tile([1.0, 0.0], (len(symbols), 1)) if scales is None else scales
    nodes = list(symbols)
    for index, layer in enumerate(network.layers):
        nodes = _nodes(_outputs(layer, index, nodes, functions, maps), layer)
        maps = np.tile([1.0, 0.0], (len(nodes), 1))
    if network.direct is not None:
        maps = np.tile([1.0, 0.0], (len(symbols), 1)) if scales is None else scales
        direct = _outputs(network.direct, len(network.layers), list(symbols), functions, maps)
        nodes = [sympy.Add(node, more) for node, more in zip(nodes, direct, strict=True)]
    return portable(nodes, functions)


def _outputs(
    layer: Layer,
    index: int,
    nodes: list[Any],
    functions: dict[str, Callable[[Any], Any]],
    maps: np.ndarray,
) -> list[Any]:
    """Return the outputs of a layer on nodes ``scale * node + shift``, one row of maps each."""
    import sympy

    sums = [[sympy.Float(float(bias))] if bias else [] for bias in layer.bias]
    curves = {(edge.input, edge.output): edge.curve for edge in layer.curves}
    for i, j in np.argwhere(layer.present).tolist():
        if (i, j) in curves:
            curve = curves[i, j].after(*maps[i].tolist())
            sums[j].append(curve_expression(curve, nodes[i], functions))
        else:
            name = edge_name(index, i, j)
            functions[name] = spline_edge(layer, i, j, *maps[i].tolist())
            sums[j].append(apply_named(name, nodes[i]))
    return [sympy.Add(*parts) for parts in sums]


def edge_name(layer: int, i: int, j: int) -> str:
    """Return the name of a spline edge in formulas."""
    return f"phi_{layer}_{i}_{j}"


def spline_edge(layer: Layer, i: int, j: int, scale: float = 1.0, shift: float = 0.0) -> SplineEdge:
    """Return the spline from input i to output j of a layer as a function."""
    basis = layer.basis.take(np.array([i]))
    weights, edges = layer.weights[i : i + 1], layer.edges[i : i + 1]
    return SplineEdge(Layer(basis, weights, layer.bias, edges), j, scale, shift)


def _nodes(outputs: list[Any], layer: Layer) -> list[Any]:
    import sympy

    sums = layer.n_sums
    pairs = zip(outputs[sums::2], outputs[sums + 1 :: 2], strict=True)
    return outputs[:sums] + [sympy.Mul(left, right) for left, right in pairs]


def curve_expression(
    curve: Curve, argument: Any, functions: dict[str, Callable[[Any], Any]] | None = None
) -> Any:
    """Return a curve of an expression as an expression.

    Functions of a user's own are put into `functions`, by their names in the expression; without
    it they carry what evaluates them.
    """
    import sympy

    parts = [_number(curve.constant)]
    for term in curve.terms:
        inner = affine(argument, term.scale, term.shift)
        value = as_primitive(term.function).expression(inner)
        if functions is not None and hasattr(value, "_imp_"):
            value = with_name(value, functions)
        parts.append(affine(value, term.coef))
    return sympy.Add(*parts)


def affine(expression: Any, scale: float, shift: float = 0.0) -> Any:
    """Return ``scale * expression + shift``: sums multiplied out, ones and zeros left out."""
    import sympy

    factor = _number(scale)
    parts = [sympy.Mul(factor, part) for part in sympy.Add.make_args(expression)]
    return sympy.Add(*parts, _number(shift))


def _number(value: float) -> Any:
    """Return a float for SymPy; what rounding makes of whole numbers is whole, and 1 * x is x."""
    import sympy

    nearest = round(value) if abs(value) < 1e9 else 0
    if abs(value - nearest) <= _ROUNDING * abs(value):
        return sympy.Integer(nearest)
    return sympy.Float(float(value))


_ROUNDING = 4 * float(np.finfo(float).eps)


def portable(
    expressions: Sequence[Any], functions: Mapping[str, Callable[[Any], Any]]
) -> Assembled:
    """Return expressions that pickle: functions that carry an implementation become names.

    Different functions have different names, the later ones with a number behind.
    """
    return Assembled(*with_names(expressions, functions))


def evaluate_rows(assembled: Assembled, symbols: Sequence[Any], X: np.ndarray) -> np.ndarray:
    """Return the values (n, q) of the expressions at rows X (n, p), without warnings."""
    columns = list(np.asarray(X, np.float64).T)
    values = np.empty((len(X), len(assembled.expressions)))
    for j, expression in enumerate(assembled.expressions):
        function = callable_of(expression, symbols, assembled.functions)
        with np.errstate(all="ignore"):
            found = np.asarray(function(*columns))
        values[:, j] = np.where(np.isreal(found), np.real(found), np.nan)
    return values
