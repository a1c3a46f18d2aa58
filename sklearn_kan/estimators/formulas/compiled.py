"""From formulas in the user's units to the network that computes them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...network import Network, fit_breaks, fold_scales, input_basis, make_basis, with_bases
from ...training.initial.network import Architecture
from ...training.objective.objective import Rows
from ...training.summaries.profiles import layer_inputs
from ..encoding.scaling import Scaling
from ..fitting.fitted import Setup
from .formula import column_symbols, has_log_link, output_maps

if TYPE_CHECKING:
    from ...symbolic.language.primitive import Primitive


def own_functions(library: Iterable[Primitive]) -> dict[str, Primitive]:
    """Return the primitives of a library that SymPy does not know, by their names in formulas."""
    import sympy

    found = {}
    for primitive in library:
        expression = primitive.expression(sympy.Symbol("x"))
        if hasattr(expression, "_imp_"):
            found[type(expression).__name__] = primitive
    return found


@dataclass(frozen=True, eq=False)
class Units:
    """The user's columns and units, and how the network's are made from them.

    Parameters
    ----------
    symbols : list of sympy.Symbol
        The columns.
    x_scaling : Scaling
    y_scale, y_center : ndarray of shape (q,)
        What is searched for is ``y_scale * raw + y_center``; scales are positive.
    """

    symbols: list[Any]
    x_scaling: Scaling
    y_scale: np.ndarray
    y_center: np.ndarray


def units_of(setup: Setup) -> Units:
    """Return the units of a fit; behind a log link those of a logarithm."""
    scale, center = output_maps(setup).T
    scale = np.where(scale > 0, scale, 1.0)
    if has_log_link(setup):
        scale, center = np.ones(len(scale)), np.log(scale)
    return Units(column_symbols(setup), setup.encoding.x_scaling, scale, center)


def compiled_for(
    setup: Setup, expressions: Sequence[Any], rows: Rows, functions: Mapping[str, Primitive]
) -> Network:
    """Return the network of a fit that computes formulas in the user's units."""
    units = units_of(setup)
    if has_log_link(setup):
        positive = units.x_scaling.restore(rows.x).min(axis=0) > 0
        expressions = [_logarithm(e, units.symbols, positive) for e in expressions]
    return compiled(expressions, units, setup.asked, rows, functions)


def _logarithm(expression: Any, symbols: Sequence[Any], positive: np.ndarray) -> Any:
    """Return the logarithm of a formula, of products in parts; some columns are positive."""
    import sympy

    stand_ins = [sympy.Dummy(real=True, positive=bool(p) or None) for p in positive]
    known = expression.xreplace(dict(zip(symbols, stand_ins, strict=True)))
    found = sympy.expand_log(sympy.log(known))
    return found.xreplace(dict(zip(stand_ins, symbols, strict=True)))


def compiled(
    expressions: Sequence[Any],
    units: Units,
    shape: Architecture,
    rows: Rows,
    functions: Mapping[str, Primitive],
) -> Network:
    """Return the network that computes formulas in the user's units, on grids over the rows."""
    from ...symbolic.networks.compile import network_of

    network = network_of(expressions, units.symbols, functions)
    scaling = units.x_scaling
    network = fold_scales(network, scaling.center, scaling.unit, units.y_center, units.y_scale)
    grid = shape.grid_size, shape.grid_eps
    inputs, *hidden = layer_inputs(network, rows.x)
    bases = [input_basis(inputs, rows.weights, grid[0], shape.degree, shape.base, grid[1])]
    for nodes in hidden:
        breaks = fit_breaks(np.clip(nodes, -_FAR, _FAR), rows.weights, *grid)
        bases.append(make_basis(breaks, shape.degree, shape.base))
    return with_bases(network, bases)


# Grids reach no further: poles have no place on them.
_FAR = 1e12
