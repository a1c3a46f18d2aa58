"""Edges of a network made into curves: each from its own function, or all judged on the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ...network import Network, edge_values, set_curve
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows, mean_loss
from ..curves.cancellation import steady_fits
from ..curves.curve_fits import EdgeFit, fit_curve
from ..judging.description import rough_length
from ..language.primitive import Primitive
from .joint import free_parameters, refine_jointly

# An edge alone becomes a curve that leaves no more than this share of its variance.
UNEXPLAINED = 1e-3
# What a fitted spline is exact to, as a share of its deviation, as a rule.
SPLINE_NOISE = 1e-3
# Candidates an edge and networks in the beam, one where edges are many, which say no law; steps of
# a trial and of the last fit.
_CANDIDATES, _BEAM, _MANY_EDGES, _TRIAL_STEPS, _LAST_STEPS = 3, 3, 12, 8, 60
# Sums of two functions, which take a second, are tried for no more edges than this.
_FEW_EDGES = 8
# More spline edges than this are taken one by one, not judged jointly.
_MOST_EDGES = 24
# Shares of the variance below this are rounding.
_ROUNDING = 1e-28


@dataclass(frozen=True)
class EdgeReport:
    """What became of an edge.

    Parameters
    ----------
    layer, input, output : int
    function : str
        The curve's name, or the best candidate's where the edge stays a spline.
    r2 : float
        What that explains of the spline.
    fixed : bool
    why : str
    """

    layer: int
    input: int
    output: int
    function: str
    r2: float
    fixed: bool
    why: str


@dataclass(frozen=True)
class _Edge:
    place: tuple[int, int, int]
    fits: tuple[EdgeFit, ...]

    @property
    def r2(self) -> float:
        return self.fits[0].r2 if self.fits else -np.inf


def from_curves(
    network: Network, profiles: Sequence[np.ndarray], library: Sequence[Primitive]
) -> tuple[Network, list[EdgeReport]]:
    """Make every spline edge a curve that is one, from the function of the edge alone.

    Parameters
    ----------
    network : Network
    profiles : sequence of ndarray of shape (p, s)
        Points of the input nodes of each of ``network.all_layers``.
    library : sequence of Primitive

    Returns
    -------
    Network
    list of EdgeReport
        One for each spline edge.
    """
    reports = []
    for edge in _candidates(network, profiles, library, 1):
        fixed = edge.r2 >= 1.0 - UNEXPLAINED
        if fixed:
            network = set_curve(network, *edge.place, edge.fits[0].curve)
        why = f"R2 {'of at least' if fixed else 'below'} {1.0 - UNEXPLAINED:g}"
        reports.append(_report(edge, 0, fixed, why))
    return network, reports


def _candidates(
    network: Network,
    profiles: Sequence[np.ndarray],
    library: Sequence[Primitive],
    top: int,
) -> list[_Edge]:
    """Return the spline edges with their candidates."""
    edges = []
    few = sum(int(layer.edges.sum()) for layer in network.all_layers) <= _FEW_EDGES
    for index, layer in enumerate(network.all_layers):
        for i, j in np.argwhere(layer.edges).tolist():
            x = profiles[index][i]
            y = edge_values(layer, i, j, x)
            fits = fit_curve(x, y, None, library, top, noise=SPLINE_NOISE, pairs=False)
            if few and (not fits or fits[0].r2 < 1.0 - UNEXPLAINED):
                fits = fit_curve(x, y, None, library, top, noise=SPLINE_NOISE)
            edges.append(_Edge((index, i, j), tuple(steady_fits(fits, x, y))))
    return edges


def _report(edge: _Edge, choice: int, fixed: bool, why: str) -> EdgeReport:
    if not edge.fits:
        return EdgeReport(*edge.place, "", np.nan, False, "no function of the library fits")
    fit = edge.fits[choice]
    return EdgeReport(*edge.place, fit.name, fit.r2, fixed, why)


@dataclass(frozen=True)
class _Trial:
    """A network in the beam: which candidate each edge so far has, None for its spline."""

    network: Network
    choices: tuple[int | None, ...]
    loss: float
    score: float


def judged_on_rows(
    network: Network,
    rows: Rows,
    loss: Loss,
    profiles: Sequence[np.ndarray],
    library: Sequence[Primitive],
    tolerance: float,
) -> tuple[Network, list[EdgeReport]]:
    """Make spline edges curves where the rows do not mind, judged together.

    Edges that look most like a function come first. Each candidate, and the spline, is tried
    in each network of a beam with all numbers fitted jointly; the best by loss and size go on.

    Parameters
    ----------
    network : Network
    rows : Rows
    loss : Loss
    profiles, library
        See `from_curves`.
    tolerance : float
        The loss that the result may have at most.

    Returns
    -------
    Network
        Fitted jointly.
    list of EdgeReport
    """
    edges = sorted(_candidates(network, profiles, library, _CANDIDATES), key=lambda e: -e.r2)
    if len(edges) > _MOST_EDGES:
        return from_curves(network, profiles, library)
    width = _BEAM
    if len(edges) > _MANY_EDGES:
        width, edges = 1, [replace(edge, fits=edge.fits[:1]) for edge in edges]
    beam = [_Trial(network, (), mean_loss(network, rows, loss), 0.0)]
    for edge in edges:
        trials = [
            trial
            for before in beam
            for trial in _with(before, edge, rows, loss)
            if trial.loss <= tolerance or trial.choices[-1] is None
        ]
        beam = sorted(trials, key=lambda trial: trial.score)[:width]
    last = [
        replace(t, network=fitted, loss=mean_loss(fitted, rows, loss))
        for t in beam
        for fitted in [_fitted(t.network, rows, loss, _LAST_STEPS)]
    ]
    best = min(last, key=lambda trial: _score(trial.loss, trial.network, rows))
    reports = [
        _report(edge, choice or 0, choice is not None, _why(choice))
        for edge, choice in zip(edges, best.choices, strict=True)
    ]
    return best.network, sorted(reports, key=lambda r: (r.layer, r.input, r.output))


def _why(choice: int | None) -> str:
    if choice is None:
        return "every candidate raised the loss by more than it may"
    return "the loss on the rows does not mind"


def _fitted(network: Network, rows: Rows, loss: Loss, steps: int) -> Network:
    if not network.has_curves:
        return network
    return refine_jointly(network, rows, loss, max_iter=steps)


def _with(before: _Trial, edge: _Edge, rows: Rows, loss: Loss) -> list[_Trial]:
    """Return the network with each candidate in place of an edge, and as it is."""
    trials = [replace(before, choices=(*before.choices, None))]
    for choice, fit in enumerate(edge.fits):
        network = set_curve(before.network, *edge.place, fit.curve)
        network = _fitted(network, rows, loss, _TRIAL_STEPS)
        value = mean_loss(network, rows, loss)
        if np.isfinite(value):
            score = _score(value, network, rows)
            trials.append(_Trial(network, (*before.choices, choice), value, score))
    trials[0] = replace(trials[0], score=_score(before.loss, before.network, rows))
    return trials


def _score(value: float, network: Network, rows: Rows) -> float:
    """Return the `rough_length` of what a network leaves, smaller is better."""
    nodes = sum(
        getattr(term.function, "complexity", 2)
        for layer in network.all_layers
        for edge in layer.curves
        for term in edge.curve.terms
    )
    left, size = max(2.0 * value, _ROUNDING), n_numbers(network)
    return float(rough_length(left, rows.total_weight, size, nodes))


def n_numbers(network: Network) -> int:
    """Return how many free numbers a network has, those of its curves and its theta."""
    curves = [edge.curve for layer in network.all_layers for edge in layer.curves]
    return network.n_parameters + sum(len(free_parameters(curve)) for curve in curves)
