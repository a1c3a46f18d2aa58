"""Editing single edges of a fitted estimator by hand."""

from __future__ import annotations

from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._table import Table
from ...network import Curve, Term, curve_at, edge_values, restore_spline, set_curve
from ..encoding.data import numeric
from ..fitting.attributes import at_once, of_one_fit
from ..fitting.edits import with_network
from ..fitting.fitted import Fitted
from ..fitting.library import function_of, library_of
from .addresses import Place, edge_at, places_of, present_edge

_COLUMNS = ("function", "r2", "complexity", "a", "b", "c", "d")


class EdgeEditsMixin:
    """Suggestions for edges, and edges fixed to functions and back.

    An edge is (layer, input, output). Layers count from 0; ``"direct"``, or the number of layers
    in a row, names the direct edges. Inputs of layer 0 and of direct edges are columns, by
    number or name. The two factors of a product node are outputs one by one, after the sum
    nodes. Where columns are inputs, functions are of the columns in their own units; hidden
    nodes and outputs are in the network's.

    Methods change the estimator in place; ``copy.deepcopy(model)`` is the copy to edit
    (`sklearn.base.clone` returns an unfitted one).
    """

    if TYPE_CHECKING:
        symbolic_library: Any
        _fit: Fitted

    @of_one_fit
    def suggest_symbolic(self, layer: Any, input: Any, output: Any, top: int = 5) -> Table:
        """Return functions that an edge might be, best first.

        Where the curve is a line within its own standard deviation, the line comes first,
        however well others follow it.

        Parameters
        ----------
        layer, input, output : int or str
            The edge, see the class.
        top : int, default=5
            How many.

        Returns
        -------
        Table
            A sequence of records, with ``to_frame()`` for a pandas DataFrame: ``function``,
            ``r2`` (over the quantiles of the input node), ``complexity``, and for single
            functions the numbers of ``c * f(a * x + b) + d``. ``record["curve"]`` is what
            `fix_symbolic` takes.

        Raises
        ------
        ValueError
            If there is no such edge.
        """
        from ...symbolic.curves.cancellation import steady_fits
        from ...symbolic.curves.curve_fits import fit_curve
        from ...symbolic.networks.edge_by_edge import SPLINE_NOISE

        top = _whole(top, "top", 1)
        fitted = self._fit
        place = present_edge(fitted, layer, input, output)
        x, y = _edge_points(fitted, *place)
        library = self._library()
        found = fit_curve(x, y, library=library, top=top, noise=SPLINE_NOISE)
        line = [primitive for primitive in library if primitive.name == "x"]
        if line and _may_be_a_line(fitted, *place):
            found = fit_curve(x, y, library=line, top=1, pairs=False) + [
                fit for fit in found if fit.name != "x"
            ]
        return Table([_record(fit) for fit in steady_fits(found[:top], x, y)], _COLUMNS)

    @at_once
    def fix_symbolic(self, layer: Any, input: Any, output: Any, function: Any) -> Fitted:
        """Replace the function of an edge by the nearest ``c * f(a * x + b) + d``.

        Parameters
        ----------
        layer, input, output : int or str
            The edge, see the class.
        function : object
            f: a name in the library, a SymPy expression in one symbol, a pair (function,
            derivative), or a record of `suggest_symbolic`.

        Returns
        -------
        self : object
            Edited in place; `unfix_symbolic` brings the spline back.

        Raises
        ------
        ValueError
            If there is no such edge or function, or no such function is defined where the
            edge is.
        """
        from ...symbolic.curves.cancellation import steady_fits
        from ...symbolic.curves.curve_fits import fit_curve

        fitted = self._fit
        place = present_edge(fitted, layer, input, output)
        if isinstance(function, dict) and isinstance(function.get("curve"), Curve):
            return with_edge(fitted, place, function["curve"])
        x, y = _edge_points(fitted, *place)
        found = fit_curve(x, y, library=(function_of(function),), top=5, pairs=False)
        found = steady_fits(found, x, y)
        if not found:
            raise ValueError(
                f"function={function!r} could not be fitted to edge {place}: it is not defined "
                "where the edge is."
            )
        return with_edge(fitted, place, found[0].curve)

    @at_once
    def unfix_symbolic(self, layer: Any, input: Any, output: Any) -> Fitted:
        """Undo `fix_symbolic` or `set_edge`: the spline that was there is there again, exactly.

        Where no spline was, one is fitted to the function.

        Parameters
        ----------
        layer, input, output : int or str
            The edge, see the class.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If the edge has no symbolic function.
        """
        fitted = self._fit
        index, i, j = edge_at(fitted, layer, input, output)
        edge = curve_at(fitted.network.all_layers[index], i, j)
        if edge is None:
            raise ValueError(
                f"Edge (layer={layer!r}, {input!r}, {output!r}) is not symbolic. "
                f"{places_of(fitted, index, i)}"
            )
        x = fitted.profiles[index][i]
        return with_network(fitted, restore_spline(fitted.network, index, i, j, x))

    @at_once
    def set_edge(
        self,
        layer: Any,
        input: Any,
        output: Any,
        function: Any,
        *,
        a: float = 1.0,
        b: float = 0.0,
        c: float = 1.0,
        d: float = 0.0,
    ) -> Fitted:
        """Make an edge ``c * f(a * x + b) + d``, whatever it was, and if it was none.

        Parameters
        ----------
        layer, input, output : int or str
            The edge, see the class.
        function : object
            f, as in `fix_symbolic`.
        a, b, c, d : float
            `d` is a constant of its own; nothing else of the network changes.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If there is no such place, no such function, or a number is not finite.
        """
        fitted = self._fit
        place = edge_at(fitted, layer, input, output)
        numbers = [_finite(value, name) for name, value in zip("abcd", (a, b, c, d), strict=True)]
        term = Term(function_of(function), numbers[2], numbers[0], numbers[1])
        return with_edge(fitted, place, Curve((term,), numbers[3]))

    def _library(self) -> Any:
        return library_of(self.symbolic_library)


def with_edge(fitted: Fitted, place: Place, curve: Curve) -> Fitted:
    """Return the fit with a curve, of a column where the input is one, on an edge."""
    index, i, j = place
    scale, center = _units(fitted, index, i)
    return with_network(fitted, set_curve(fitted.network, index, i, j, curve.after(scale, center)))


def _units(fitted: Fitted, index: int, i: int) -> tuple[float, float]:
    """Return scale and center: the user's input is ``scale * node + center``."""
    if 0 < index < len(fitted.network.layers):
        return 1.0, 0.0
    scaling = fitted.encoding.x_scaling
    return float(scaling.unit[i]), float(scaling.center[i])


def _edge_points(fitted: Fitted, index: int, i: int, j: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the function of an edge at the quantiles of its input, in the user's units."""
    nodes = fitted.profiles[index][i]
    scale, center = _units(fitted, index, i)
    return scale * nodes + center, edge_values(fitted.network.all_layers[index], i, j, nodes)


def _may_be_a_line(fitted: Fitted, index: int, i: int, j: int) -> bool:
    """Tell whether a spline is no further from a line than it may be off, over the rows."""
    from ...inspection.edge_curves import curve_deviations

    layer, nodes = fitted.network.all_layers[index], fitted.profiles[index][i]
    if fitted.predictive is None or not layer.edges[i, j]:
        return False
    values = edge_values(layer, i, j, nodes)
    line = np.column_stack([np.ones_like(nodes), nodes])
    beside = values - line @ np.linalg.lstsq(line, values, rcond=None)[0]
    std = curve_deviations(fitted.predictive, (index, i, j), nodes)
    return bool(np.sum(beside**2) <= np.sum(std**2))


def _record(fit: Any) -> dict[str, Any]:
    curve: Curve = fit.curve
    record = {"function": fit.name, "r2": fit.r2, "complexity": fit.complexity, "curve": curve}
    numbers: tuple[float | None, ...] = (None,) * 4
    if len(curve.terms) == 1:
        term = curve.terms[0]
        numbers = (term.scale, term.shift, term.coef, curve.constant)
    return record | dict(zip("abcd", numbers, strict=True))


def _whole(given: Any, name: str, least: int) -> int:
    if not isinstance(given, Integral) or given < least:
        raise ValueError(f"{name} must be a whole number of at least {least}; got {given!r}.")
    return int(given)


def _finite(given: Any, name: str) -> float:
    with numeric(name):
        number = float(given) if isinstance(given, Real) else np.nan
    if not np.isfinite(number):
        raise ValueError(f"{name} must be a finite number; got {given!r}.")
    return number
