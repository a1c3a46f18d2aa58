"""What a page knows of a model: plain numbers and strings, none of the user's rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...network import Curve, Layer
from ...symbolic.language.library import is_of_library
from ..curve_artists import OUTER
from ..distinct import distinct_values, is_constant
from ..edge_curves import curve_deviations, edge_mean, shown
from ..edges import Edge
from ..formula_text import curve_text
from ..subject import Subject
from .suggestions import suggestions_for

# Points of the band of an edge, and of the table of a function that the page cannot compute.
_BAND_POINTS, _TABLE_POINTS = 41, 801
_BINS = 30
# Digits of splines: where curves bend in a narrow cell, large coefficients nearly cancel.
_IN_FULL = 16
# Stands for the argument in texts of curves: a letter that no written name has.
ARGUMENT = "\ue000"
# Rows to measure edits on: about so many numbers, but at least so many rows.
_REFERENCE_NUMBERS, _FEWEST_ROWS = 10_000, 25


def model_record(subject: Subject, edges: list[Edge], most_suggestions: int) -> dict[str, Any]:
    """Return what a page needs to predict, to draw and to suggest.

    Parameters
    ----------
    subject : Subject
    edges : list of Edge
        Strongest first.
    most_suggestions : int
        For so many edges, the strongest, formulas are suggested.
    """
    network, classes = subject.fitted.network, subject.fitted.encoding.target.classes
    return {
        "inputs": _inputs(subject),
        "outputs": _outputs(subject),
        "link": _link(subject),
        "effect": subject.effect_kind,
        "target": subject.heading,
        "classes": None if classes is None else [str(c) for c in classes],
        "layers": [_layer(subject, index, layer) for index, layer in enumerate(network.all_layers)],
        "has_direct": network.direct is not None,
        "argument": ARGUMENT,
        "edges": [
            _edge(subject, edge, number < most_suggestions) for number, edge in enumerate(edges)
        ],
    }


def _inputs(subject: Subject) -> list[dict[str, Any]]:
    fitted = subject.fitted
    held = subject.model.extrapolation != "linear"
    records = []
    for i, name in enumerate(subject.input_names):
        scale, center = subject.units_of_input(0, i)
        sample = shown(fitted.profiles[0][i], scale, center)
        low, middle, high = sample[[0, len(sample) // 2, -1]]
        records.append(
            {
                "name": name,
                "center": center,
                # A constant column counts for nothing.
                "scale": scale if scale > 0 else None,
                "range": fitted.x_range[:, i].tolist() if held else None,
                "low": float(low),
                "middle": float(middle),
                "high": float(high),
            }
        )
    return records


def _outputs(subject: Subject) -> list[dict[str, Any]]:
    """Return names and scales; a raw prediction times `scale` is an effect in the units shown."""
    names = [subject.full_name(j) for j in range(len(subject.output_names))]
    if subject.fitted.encoding.target.classes is not None:
        return [{"name": name, "center": 0.0, "scale": 1.0} for name in names]
    scaling = subject.output_scaling
    scales = np.where(np.isfinite(scaling.scale), scaling.scale, 0.0)
    return [
        {"name": name, "center": float(center), "scale": float(scale)}
        for name, center, scale in zip(names, scaling.center, scales, strict=True)
    ]


def _link(subject: Subject) -> str:
    if subject.effect_kind == "log-odds":
        return "logistic" if len(subject.output_names) == 1 else "softmax"
    return "log" if subject.effect_kind == "log" else "identity"


def _layer(subject: Subject, index: int, layer: Layer) -> dict[str, Any]:
    record = {
        "bias": layer.bias.tolist(),
        "n_outputs": layer.n_outputs,
        "n_sums": layer.n_sums,
    }
    if layer is subject.fitted.network.direct:
        return record  # its inputs are those of the first layer
    basis, profiles = layer.basis, subject.fitted.profiles[index]
    return {
        **record,
        "knots": rounded(basis.knots, _IN_FULL),
        "degree": basis.degree,
        "base": basis.base,
        "base_map": rounded(basis.base_map),
        "range": rounded(profiles[:, [0, -1]]),
        "inner": rounded(np.quantile(profiles, [OUTER, 1.0 - OUTER], axis=1).T),
        "values": [_few(profile) for profile in profiles],
        "density": [_histogram(profile) for profile in profiles],
    }


def _few(profile: np.ndarray) -> list[float] | None:
    values = distinct_values(profile)
    return None if values is None else rounded(values)


def _histogram(profile: np.ndarray) -> list[int]:
    if is_constant(profile):
        return [len(profile)]
    counts = np.histogram(profile, bins=_BINS, range=(profile[0], profile[-1]))[0]
    return [int(count) for count in counts]


def _edge(subject: Subject, edge: Edge, suggest: bool) -> dict[str, Any]:
    layer = subject.fitted.network.all_layers[edge.layer]
    profile = subject.fitted.profiles[edge.layer][edge.input]
    record: dict[str, Any] = {
        "layer": edge.layer,
        "input": edge.input,
        "output": edge.output,
        "strength": float(f"{edge.strength:.3g}"),
        "mean": edge_mean(subject, edge),
    }
    band = _band(subject, edge, profile)
    if band is not None:
        record["std"] = band
    if suggest:
        record["suggestions"] = [
            {"name": fit.name, "r2": fit.r2, **curve_record(fit.curve, profile)}
            for fit in suggestions_for(subject, edge)
        ]
    if edge.curve is not None:
        return {**record, **curve_record(edge.curve, profile)}
    weights = layer.weights[edge.input, :, edge.output]
    n_splines = layer.basis.n_splines
    return {
        **record,
        "coef": rounded(weights[:n_splines], _IN_FULL),
        "base_weight": float(weights[-1]) if layer.basis.has_base else 0.0,
    }


def _band(subject: Subject, edge: Edge, profile: np.ndarray) -> list[float] | None:
    """Return the deviations of an edge along its range, in the units shown."""
    if subject.fitted.predictive is None or edge.curve is not None:
        return None
    u = np.linspace(profile[0], profile[-1], _BAND_POINTS)
    std = curve_deviations(subject.fitted.predictive, edge.place, u)
    scale = subject.output_scales[edge.output] if edge.leads_out else 1.0
    return rounded(std * scale, 3)


def curve_record(curve: Curve, profile: np.ndarray) -> dict[str, Any]:
    """Return a curve for the page: terms of functions that it knows, or else a table."""
    text = curve_text(curve, ARGUMENT)
    record: dict[str, Any] = {"constant": float(curve.constant), "text": text}
    if all(is_of_library(term.function) for term in curve.terms):
        terms = [(t.function.name, t.coef, t.scale, t.shift) for t in curve.terms]
        return {**record, "terms": [[name, *map(float, numbers)] for name, *numbers in terms]}
    spread = profile[-1] - profile[0]
    x = np.linspace(profile[0] - spread, profile[-1] + spread, _TABLE_POINTS)
    values, slopes = curve.derivatives(x, 1)
    return {
        **record,
        "terms": [],
        "table": {
            "first": float(x[0]),
            "step": float(x[1] - x[0]),
            "values": rounded(values),
            "slopes": rounded(slopes, 9),
        },
    }


def rounded(values: np.ndarray, digits: int = 11) -> Any:
    """Return an array as nested lists of numbers with so many significant digits."""
    values = np.asarray(values, dtype=float)
    if values.ndim > 1:
        return [rounded(row, digits) for row in values]
    return [float(f"{value:.{digits}g}") for value in values]


def reference_record(subject: Subject, X: Any, y: Any) -> dict[str, Any]:
    """Return the rows on which a page measures what an edit does.

    Without X these are no rows of the user's: the quantiles of every column, shuffled
    independently. What is compared then is the model before and after the edit.
    """
    fitted = subject.fitted
    classes = fitted.encoding.target.classes
    if X is None:
        rng = np.random.default_rng(0)
        scaling = fitted.encoding.x_scaling
        shuffled = [rng.permutation(profile[::2]) for profile in fitted.profiles[0]]
        scaled = np.stack(shuffled, axis=1)
        scaled = scaled[: max(_REFERENCE_NUMBERS // scaled.shape[1], _FEWEST_ROWS)]
        return {"rows": rounded(scaling.restore(scaled), 8), "target": None}
    target = None
    if y is not None and classes is not None:
        target = [int(k) for k in np.searchsorted(classes, y)]
    elif y is not None:
        target = rounded(np.asarray(y, dtype=float).reshape(len(X), -1))
    return {"rows": rounded(X), "target": target}
