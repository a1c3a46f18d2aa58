"""Curves whose parts do not cancel: large ones that nearly do would cost digits of predictions.

A line is the limit of ``c sin(a x)`` for small a and large c, and a least-squares fit goes as
near to it as the floating point lets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ...network import Curve, Term
from .curve_fits import EdgeFit

# How many times larger than a curve's values its parts may be.
_LARGEST = 1e5
# The argument's range grows by this factor until they are.
_STEP = 2.0
_MOST_STEPS = 60


def steady_fits(fits: Sequence[EdgeFit], x: np.ndarray, y: np.ndarray) -> list[EdgeFit]:
    """Return fits without cancellation: changed where one term can be, else left out."""
    found = []
    for fit in fits:
        curve = steadied(fit.curve, x, y)
        if curve is fit.curve:
            found.append(fit)
        elif curve is not None:
            found.append(replace(fit, curve=curve, r2=r2_of(curve, x, y)))
    return found


def steadied(curve: Curve, x: np.ndarray, y: np.ndarray) -> Curve | None:
    """Return the curve if its parts hardly cancel, else one near it for which that holds.

    Parameters
    ----------
    curve : Curve
        Fitted to the points.
    x, y : ndarray of shape (m,)

    Returns
    -------
    Curve or None
        None where there is none with the same function.
    """
    if cancellation(curve, x) <= _LARGEST:
        return curve
    if len(curve.terms) != 1:
        return None
    (term,) = curve.terms
    middle = 0.5 * (float(x.min()) + float(x.max()))
    centre, scale = term.scale * middle + term.shift, term.scale
    for _ in range(_MOST_STEPS):
        scale *= _STEP
        trial = _refitted(Term(term.function, 1.0, scale, centre - scale * middle), x, y)
        if cancellation(trial, x) <= _LARGEST:
            return trial
    return None


def cancellation(curve: Curve, x: np.ndarray) -> float:
    """Return how many times larger than its values over points a curve's parts are."""
    parts = [abs(curve.constant)]
    parts += [float(np.abs(term.derivatives(x, 0)[0]).max()) for term in curve.terms]
    return max(parts) / max(float(np.abs(curve.values(x)).max()), 1e-300)


def _refitted(term: Term, x: np.ndarray, y: np.ndarray) -> Curve:
    """Return the term with coefficient and constant by least squares."""
    values = term.derivatives(x, 0)[0]
    centred = values - values.mean()
    square = float(centred @ centred)
    coef = float(centred @ (y - y.mean())) / square if square > 0 else 0.0
    return Curve((replace(term, coef=coef),), float(y.mean() - coef * values.mean()))


def r2_of(curve: Curve, x: np.ndarray, y: np.ndarray) -> float:
    """Return the share of the variance over points that a curve explains."""
    variance = float(np.var(y))
    left = float(np.mean((y - curve.values(x)) ** 2))
    return 1.0 - left / variance if variance > 0 else 1.0
