"""Which functions a curve might be: every primitive, alone or beside a parabola; polynomials."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...network.curves import Curve, Term
from ...network.grids import weighted_quantiles
from ..judging.description import rough_length
from ..judging.linear import least_squares
from ..language.library import LIBRARY
from ..language.primitive import Array, Primitive
from ..text.user_primitives import as_primitive
from .argument_starts import starts_of
from .canonical import POWERS, canonical
from .varpro import Points, make_points, project

_POINTS = 200
# The first steps use about as many of them.
_SKETCH = 70
# How many primitives go on after the first steps of all.
_GO_ON = 10
# Powers that always go on; those that a line or parabola beside a function stands for.
_SIMPLE, _IN_POLYNOMIALS = (1.0, 2.0, -1.0), (1.0, 2.0, 3.0)


@dataclass(frozen=True)
class EdgeFit:
    """A curve in symbols for a curve in numbers.

    Parameters
    ----------
    name : str
        The primitives in it.
    curve : Curve
    r2 : float
        Share of the weighted variance that it explains.
    complexity : int
        Complexities of its primitives, and of their constants.
    score : float
        What fits are ranked by, smaller is better, see `fit_curve`.
    """

    name: str
    curve: Curve
    r2: float
    complexity: int
    score: float = 0.0


def fit_curve(
    x: Array,
    y: Array,
    weights: Array | None = None,
    library: Sequence[Primitive] | None = None,
    top: int = 5,
    *,
    noise: float = 1e-7,
    pairs: bool = True,
) -> list[EdgeFit]:
    """Return the best symbolic curves for points of a curve, best first.

    Parameters
    ----------
    x, y : ndarray of shape (m,)
        Points; samples of a spline edge or rows of a table with one column.
    weights : ndarray of shape (m,), optional
    library : sequence of Primitive, optional
        All of `LIBRARY` by default. Polynomials are tried where it has ``"x"`` and ``"x^2"``.
    top : int
        How many to return.
    noise : float
        How exact `y` is, as a share of its standard deviation: residuals below it tell
        nothing.
    pairs : bool
        Whether to try sums: a primitive beside a polynomial of degree up to two.

    Returns
    -------
    list of EdgeFit
        By the `rough_length` of what is left, and the noise, on at most 200 points.
    """
    weights = np.ones(len(x)) if weights is None else weights
    library = tuple(LIBRARY.values()) if library is None else tuple(library)
    x, y, weights = _thin(x, y, weights)
    scaling = _Scaling.of(x, y, weights)
    if scaling.flat:
        return [EdgeFit("0", Curve((), scaling.y_mean), 1.0, 0)]
    z, t = scaling.z(x), scaling.t(y)
    judge = _Judge(z, noise**2, scaling)
    fits = _singles(z, t, weights, library, judge)
    fits += _polynomials(z, t, weights, library, judge)
    fits.sort(key=lambda fit: fit.score)
    if pairs and fits and 1.0 - fits[0].r2 > 4 * noise**2:
        fits += _pairs(z, t, weights, library, judge)
    return _distinct(sorted(fits, key=lambda fit: fit.score))[:top]


@dataclass(frozen=True)
class _Scaling:
    """Means and standard deviations of the points."""

    x_mean: float
    x_sd: float
    y_mean: float
    y_sd: float
    flat: bool

    @classmethod
    def of(cls, x: Array, y: Array, weights: Array) -> _Scaling:
        share = weights / weights.sum()
        x_mean, y_mean = float(share @ x), float(share @ y)
        x_sd = float(np.sqrt(share @ (x - x_mean) ** 2))
        y_sd = float(np.sqrt(share @ (y - y_mean) ** 2))
        flat = not (x_sd > 0 and y_sd > 1e-14 * max(abs(y_mean), 1e-280))
        return cls(x_mean, x_sd, y_mean, y_sd, flat or not np.isfinite(x_sd * y_sd))

    def z(self, x: Array) -> Array:
        return (x - self.x_mean) / self.x_sd

    def t(self, y: Array) -> Array:
        return (y - self.y_mean) / self.y_sd

    def back(self, curve: Curve) -> Curve:
        """Return a curve of standardised points in the points' own units."""
        curve = curve.after(1.0 / self.x_sd, -self.x_mean / self.x_sd)
        return curve.times(self.y_sd).plus(self.y_mean)


@dataclass(frozen=True)
class _Judge:
    z: Array
    floor: float
    scaling: _Scaling

    @property
    def n(self) -> int:
        return len(self.z)

    def cancelling(self, terms: Sequence[Term]) -> float:
        """Return how many digits are lost because terms, or a term and the constant, cancel.

        A cosine of a small argument is a parabola to any accuracy asked for: such limits are
        told from functions by coefficients that grow without bound.
        """
        largest = max((np.abs(term.derivatives(self.z, 0)[0]).max() for term in terms), default=1)
        return max(float(np.log10(max(largest, 1.0))) - 1.0, 0.0)

    def fit(self, terms: Sequence[Term], constant: float, share: float) -> EdgeFit:
        """Return the fit of standardised terms that leave a share of the variance."""
        primitives = [as_primitive(term.function) for term in terms]
        numbers = 1 + sum(1 + sum(p.free) for p in primitives)
        complexity = sum(p.complexity for p in primitives) + 2 * len(terms)
        score = rough_length(max(share, 0.0) + self.floor, self.n, numbers, complexity)
        score += 8.0 * self.cancelling(terms)
        curve = self.scaling.back(Curve(tuple(terms), constant))
        name = " + ".join(p.name for p in primitives) or "0"
        return EdgeFit(name, canonical(curve), 1.0 - share, complexity, float(score))


def _thin(x: Array, y: Array, weights: Array) -> tuple[Array, Array, Array]:
    """Return the points of positive weight, about 200 of them, evenly by weight."""
    present = (weights > 0) & np.isfinite(x) & np.isfinite(y)
    order = np.flatnonzero(present)[np.argsort(x[present], kind="stable")]
    x, y, weights = x[order], y[order], weights[order]
    if len(x) <= _POINTS * 3 // 2:
        return x, y, weights
    shares = (np.arange(_POINTS) + 0.5) / _POINTS
    places = weighted_quantiles(x[:, None], weights, shares)[0]
    chosen = np.unique(np.concatenate([[0], np.searchsorted(x, places), [len(x) - 1]]))
    chosen = chosen[chosen < len(x)]
    return x[chosen], y[chosen], np.ones(len(chosen))


def _linear(z: Array, degree: int) -> Array:
    return np.stack([z**j for j in range(degree + 1)], axis=1)


def _singles(
    z: Array, t: Array, weights: Array, library: Sequence[Primitive], judge: _Judge
) -> list[EdgeFit]:
    points = make_points(z, t, weights, _linear(z, 0))
    sketch = _sketch(z, t, weights, 0)
    fits = [judge.fit((), 0.0, 1.0)] if any(f.name == "0" for f in library) else []
    first: list[tuple[Primitive, Array]] = []
    shares: list[float] = []
    for function in library:
        if function.name != "0":
            starts = starts_of(function, z, t)
            found = project(function, sketch, starts, free=function.free, n_steps=(6,))
            if len(found):
                first.append((function, found[:5, :2]))
                shares.append(float(found[0, 3]))
    simple = [place for place, (f, _) in enumerate(first) if f.degree in _SIMPLE]
    for place in sorted({*np.argsort(shares, kind="stable")[:_GO_ON].tolist(), *simple}):
        function, starts = first[place]
        found = project(function, points, starts, free=function.free, n_steps=(25,))
        fits += [
            judge.fit(*_with_linear(points, function, row, _linear(z, 0)), row[3])
            for row in found[:2]
            if _is_smooth(function, row, z)
        ]
    return fits


def _sketch(z: Array, t: Array, weights: Array, degree: int) -> Points:
    """Return every second or third point: enough to tell which starts are worth going on from."""
    every = max(1, len(z) // _SKETCH)
    some = slice(every // 2, None, every)
    return make_points(z[some], t[some], weights[some], _linear(z[some], degree))


def _is_smooth(function: Primitive, row: Array, z: Array) -> bool:
    ends = np.sort(row[0] * np.array([z.min(), z.max()]) + row[1])
    return function.is_smooth_on(*ends) or function.name == "abs"


def _with_linear(
    points: Points, function: Primitive, row: Array, linear: Array
) -> tuple[tuple[Term, ...], float]:
    """Return the terms of a fit, those of its linear part included."""
    scale, shift, coef, _ = map(float, row)
    term = Term(function, coef, scale, shift)
    rest = points.y - coef * function.value(scale * points.x + shift)
    beta = least_squares(points.root[:, None] * linear, points.root * rest)
    powers = [Term(POWERS[j], float(beta[j + 1])) for j in range(len(beta) - 1)]
    return (*powers, term), float(beta[0])


def _polynomials(
    z: Array, t: Array, weights: Array, library: Sequence[Primitive], judge: _Judge
) -> list[EdgeFit]:
    if not _has_parabolas(library):
        return []
    fits = []
    root = np.sqrt(weights / weights.sum())
    for degree in range(2, min(6, len(np.unique(z)))):
        powers = _linear(judge.scaling.x_sd * z + judge.scaling.x_mean, degree)
        size = np.maximum(np.abs(powers).max(axis=0), 1e-300)
        if not size.max() < 1e150:
            break
        beta = least_squares(root[:, None] * (powers / size), root * t)
        residual = root * (t - (powers / size) @ beta)
        share = float(residual @ residual)
        beta = beta / size * judge.scaling.y_sd
        terms = tuple(Term(POWERS[j - 1], float(beta[j])) for j in range(1, degree + 1))
        curve = Curve(terms, float(beta[0]) + judge.scaling.y_mean)
        numbers, complexity = degree + 1, 4 * degree
        score = rough_length(share + judge.floor, judge.n, numbers, complexity)
        fits.append(EdgeFit(f"polynomial {degree}", curve, 1 - share, complexity, float(score)))
    return fits


def _has_parabolas(library: Sequence[Primitive]) -> bool:
    return {1.0, 2.0} <= {primitive.degree for primitive in library}


def _pairs(
    z: Array, t: Array, weights: Array, library: Sequence[Primitive], judge: _Judge
) -> list[EdgeFit]:
    """Return fits with a primitive beside a line or a parabola."""
    degrees = (1, 2) if _has_parabolas(library) else ()
    fits = []
    rich = [p for p in library if p.name != "0" and p.degree not in _IN_POLYNOMIALS]
    for degree in degrees:
        linear = _linear(z, degree)
        points, sketch = make_points(z, t, weights, linear), _sketch(z, t, weights, degree)
        started = []
        for function in rich:
            starts = starts_of(function, z, t)
            found = project(function, sketch, starts, free=function.free, n_steps=(4,))
            if len(found):
                started.append((float(found[0, 3]), function, found[:3, :2]))
        started.sort(key=lambda each: each[0])
        for _, function, starts in started[:_GO_ON]:
            found = project(function, points, starts, free=function.free, n_steps=(15,))
            fits += [
                judge.fit(*_with_linear(points, function, row, linear), row[3])
                for row in found[:1]
                if _is_smooth(function, row, z)
            ]
    return fits


def _distinct(fits: list[EdgeFit]) -> list[EdgeFit]:
    """Leave out later fits of a name and quality seen before."""
    seen: set[tuple[str, int]] = set()
    kept = []
    for fit in fits:
        key = (fit.name, round(float(np.log(max(1.0 - fit.r2, 1e-16)))))
        if key not in seen:
            seen.add(key)
            kept.append(fit)
    return kept
