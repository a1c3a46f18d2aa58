"""One edge function in the units that people use, with its uncertainty and its data."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import Curve, edge_values, evaluate
from ..network._value import Value
from ..training.evidence.predictive import Predictive
from .distinct import distinct_values
from .edges import Edge, node_ranges
from .subject import Subject

_DIGITS = 13  # that survive scaling and back


@dataclass(frozen=True, eq=False)
class EdgeCurve(Value):
    """An edge function, centred: its mean over the training rows is zero.

    Parameters
    ----------
    x : ndarray of shape (n,)
        In the units of the column, or of the hidden node (mean 0, deviation 1 over the rows
        a network was fitted to under evidence).
    y : ndarray of shape (n,)
        In units of the target where the edge adds to a prediction; on the scale of the log
        or of the log-odds where the model is linear in that.
    std : ndarray of shape (n,) or None
        Standard deviations of `y`, in the same units; None for a fit without evidence and
        for symbolic edges.
    sample : ndarray of shape (m,)
        Values that are spread as the node is over the training rows, in the units of `x`.
    values : ndarray of shape (d,) or None
        All values that the node takes, where those are few.
    mean : float
        What was subtracted from the edge function, in the network's units.
    formula : Curve or None
        A symbolic edge as a curve from `x` to `y`.
    """

    edge: Edge
    x: np.ndarray
    y: np.ndarray
    std: np.ndarray | None
    sample: np.ndarray
    values: np.ndarray | None
    mean: float
    formula: Curve | None


def edge_curve(subject: Subject, edge: Edge, n_points: int = 200) -> EdgeCurve:
    """Evaluate an edge function over the range that its input node had in the training rows."""
    fitted = subject.fitted
    network = fitted.network
    layer = network.all_layers[edge.layer]
    first, last = node_ranges(subject, edge.layer)[edge.input]
    u = np.linspace(first, last, n_points)
    quantiles = fitted.profiles[edge.layer][edge.input]
    mean = edge_mean(subject, edge)
    y = edge_values(layer, edge.input, edge.output, u) - mean
    std = None
    if fitted.predictive is not None and edge.curve is None:
        std = curve_deviations(fitted.predictive, edge.place, u)
    factor = subject.output_scales[edge.output] if edge.leads_out else 1.0
    y, std = y * factor, None if std is None else std * factor
    scale, center = subject.units_of_input(edge.layer, edge.input)
    formula = formula_of(subject, edge)
    if formula is not None:
        formula = formula.plus(-mean * factor)
    few = distinct_values(quantiles)
    values = None if few is None else shown(few, scale, center)
    sample, u = shown(quantiles, scale, center), shown(u, scale, center)
    return EdgeCurve(edge, u, y, std, sample, values, mean, formula)


def shown(nodes: np.ndarray, scale: float, center: float) -> np.ndarray:
    """Return values of a node in the units shown, without the rounding of the way back."""
    values = nodes * scale + center
    size = max(abs(center), float(np.abs(nodes * scale).max(initial=0.0)))
    unit = 10.0 ** np.floor(np.log10(size)) if size > 0 else 1.0
    rounded: np.ndarray = np.round(values / unit, _DIGITS) * unit
    return rounded


def formula_of(subject: Subject, edge: Edge) -> Curve | None:
    """Return a symbolic edge in the units shown; None for a spline."""
    scale, center = subject.units_of_input(edge.layer, edge.input)
    if edge.curve is None or scale <= 0:
        return edge.curve
    factor = float(subject.output_scales[edge.output]) if edge.leads_out else 1.0
    return edge.curve.times(factor).after(1.0 / scale, -center / scale)


def edge_mean(subject: Subject, edge: Edge) -> float:
    """Return the mean of an edge function over the training rows."""
    moments = subject.fitted.moments[edge.layer]
    if edge.curve is not None:
        assert moments.curve_mean is not None
        return float(moments.curve_mean[edge.input, edge.output])
    layer = subject.fitted.network.all_layers[edge.layer]
    return float(moments.mean[edge.input] @ layer.weights[edge.input, :, edge.output])


def curve_deviations(
    predictive: Predictive, place: tuple[int, int, int], u: np.ndarray
) -> np.ndarray:
    """Return the standard deviations (n,) of a centred edge function at values u (n,).

    The edge is (layer, input, output). Its node's scale, the other edges and the bias are taken
    as they are: it is the uncertainty of the curve, not of the prediction.
    """
    chart, (index, node, output) = predictive.chart, place
    basis, coordinates = chart.network.all_layers[index].basis, chart.coordinates[index]
    columns, outputs = chart.entries(index)
    mine = (outputs == output) & (coordinates.node[columns] == node)
    entries = chart.parts()[index].start + np.flatnonzero(mine)
    features = evaluate(basis.take(np.array([node])), u[:, None]).by_row()
    block = slice(node * basis.n_features, (node + 1) * basis.n_features)
    functions = features @ coordinates.maps[block, columns[mine]]
    functions = functions - coordinates.center[columns[mine]]
    spread = functions @ predictive.root[:, entries].T
    return np.sqrt(predictive.dispersion * np.einsum("nf,nf->n", spread, spread))
