"""A fitted model's effect and its first two derivatives at points, in the user's units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..network import input_derivatives
from .subject import Subject

# Points made up where none are given, and the most that are looked at.
_MOST_POINTS = 1000
# Derivatives are least certain at the ends: points of the outermost share of a column are left
# out, unless too few would be left.
_OUTER, _FEWEST_POINTS = 0.03, 50


@dataclass(frozen=True, eq=False)
class Derivatives:
    """An effect f at n points of p columns.

    Parameters
    ----------
    x : ndarray of shape (n, p)
    spread : ndarray of shape (p,)
        The standard deviation of each column; 0 for constant ones.
    value : ndarray of shape (n,)
    gradient : ndarray of shape (n, p)
    hessian : ndarray of shape (n, p, p)
    """

    x: np.ndarray
    spread: np.ndarray
    value: np.ndarray
    gradient: np.ndarray
    hessian: np.ndarray

    def matters(self, least: float) -> np.ndarray:
        """Return which columns (p,) have at least a share of the largest column's effect."""
        sizes = np.sqrt(np.mean((self.gradient * self.spread) ** 2, axis=0))
        return sizes > least * max(sizes.max(initial=0.0), np.finfo(float).tiny)


def derivatives_of(subject: Subject, X: Any, output: int) -> Derivatives:
    """Return the derivatives of one output.

    Parameters
    ----------
    subject : Subject
    X : array-like of shape (n_samples, n_features) or None
        Points. None for points made up from the quantiles of the columns in `fit`, as if the
        columns were independent.
    output : int

    Raises
    ------
    ValueError
        If there is no such output, or X does not fit the model.
    """
    fitted = subject.fitted
    n_outputs = fitted.network.n_outputs
    if not isinstance(output, (int, np.integer)) or not 0 <= output < n_outputs:
        raise ValueError(f"output must be a whole number below {n_outputs}; got {output!r}.")
    if X is None:
        scaled = _made_up(fitted.profiles[0])
    else:
        scaled = _thinned(fitted.encoding.x_scaling.apply(subject.rows(X)))
    scaled = _inner(scaled, fitted.profiles[0])
    raw, gradient, hessian = input_derivatives(fitted.network, scaled, order=2)
    assert hessian is not None
    scaling = fitted.encoding.x_scaling
    per_unit = 1.0 / scaling.scale  # zero for a constant column
    unit, offset = _output_units(subject, output)
    return Derivatives(
        scaling.restore(scaled),
        scaling.unit,
        raw[:, output] * unit + offset,
        gradient[:, output] * unit * per_unit,
        hessian[:, output] * unit * per_unit[:, None] * per_unit,
    )


def _output_units(subject: Subject, output: int) -> tuple[float, float]:
    """Return (unit, offset): raw * unit + offset is the effect."""
    if subject.effect_kind:
        return 1.0, 0.0
    scaling = subject.output_scaling
    return float(subject.output_scales[output]), float(scaling.center[output])


def _made_up(profile: np.ndarray) -> np.ndarray:
    rng = np.random.default_rng(0)
    shares = rng.uniform(size=(_MOST_POINTS, len(profile)))
    grid = np.linspace(0.0, 1.0, profile.shape[1])
    columns = [np.interp(s, grid, values) for s, values in zip(shares.T, profile, strict=True)]
    return np.stack(columns, axis=1)


def _thinned(x: np.ndarray) -> np.ndarray:
    return x[:: -(-len(x) // _MOST_POINTS)]


def _inner(x: np.ndarray, profile: np.ndarray) -> np.ndarray:
    last = profile.shape[1] - 1
    outer = round(_OUTER * last)
    low, high = profile[:, outer], profile[:, last - outer]
    inside = ((x >= low) & (x <= high)).all(axis=1)
    return x[inside] if inside.sum() >= _FEWEST_POINTS else x
