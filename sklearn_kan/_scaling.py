"""Affine scalings of columns, fitted with weights, safe for any finite numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .network import bulk_ends, weighted_quantiles
from .network._value import Value

# Scaled values are held to this range: powers of them must not overflow.
_LIMIT = 1e50
# A spread below this share of the column's magnitude is rounding.
_ROUNDING = 8 * np.finfo(float).eps
_MAD_TO_DEVIATION = 1.4826


@dataclass(frozen=True, eq=False)
class Scaling(Value):
    """``(values - center) / scale`` by column, and back.

    Parameters
    ----------
    center : ndarray of shape (d,)
    scale : ndarray of shape (d,)
        Positive; infinite for a constant column, whose scaled value is zero whatever comes.
    """

    center: np.ndarray
    scale: np.ndarray

    @property
    def unit(self) -> np.ndarray:
        """What one scaled unit is in the original ones, (d,): zero for a constant column."""
        return np.where(np.isinf(self.scale), 0.0, self.scale)

    def take(self, columns: np.ndarray) -> Scaling:
        """Return the scaling of some of the columns, in the order given."""
        return Scaling(self.center[columns], self.scale[columns])

    def apply(self, values: np.ndarray) -> np.ndarray:
        """Return scaled values (n, d), held to a range that cannot overflow later."""
        with np.errstate(over="ignore"):
            scaled = (values - self.center) / self.scale
        return np.clip(scaled, -_LIMIT, _LIMIT)

    def restore(self, scaled: np.ndarray) -> np.ndarray:
        """Return values in the original units (n, d), held to the floating-point range."""
        largest = np.finfo(float).max
        with np.errstate(over="ignore"):
            return np.clip(scaled * self.unit + self.center, -largest, largest)


def standardise(values: np.ndarray, weights: np.ndarray) -> Scaling:
    """Return the scaling to weighted mean 0 and variance 1 of each column of values (n, d)."""
    size, unit = _in_units(values)
    mean = np.average(unit, axis=0, weights=weights)
    deviation = np.sqrt(np.average((unit - mean) ** 2, axis=0, weights=weights))
    return _scaling(mean, deviation, size)


def standardise_bulk(values: np.ndarray, weights: np.ndarray) -> Scaling:
    """Return the scaling to mean 0 and variance 1 of the bulk of each column, see `bulk_ends`.

    What is far out has no say. Without far values it is that of `standardise`.
    """
    low, high = bulk_ends(values, weights)
    held = np.clip(values, low, high)
    in_bulk = np.where(held == values, weights[:, None], 0.0)
    size, unit = _in_units(held)
    mean = np.average(unit, axis=0, weights=in_bulk)
    deviation = np.sqrt(np.average((unit - mean) ** 2, axis=0, weights=in_bulk))
    return _scaling(mean, deviation, size)


def standardise_robustly(values: np.ndarray, weights: np.ndarray) -> Scaling:
    """Return the scaling by weighted median and median absolute deviation.

    Columns more than half of whose weight is on one value get their standard deviation.
    """
    size, unit = _in_units(values)
    median = weighted_quantiles(unit, weights, np.array([0.5]))[:, 0]
    spread = weighted_quantiles(np.abs(unit - median), weights, np.array([0.5]))[:, 0]
    deviation = np.sqrt(np.average((unit - median) ** 2, axis=0, weights=weights))
    robust = _MAD_TO_DEVIATION * spread
    return _scaling(median, np.where(robust > 1e-6 * deviation, robust, deviation), size)


def pooled(one: Scaling, other: Scaling, weight: float, other_weight: float) -> Scaling:
    """Return the scaling of all rows, given those of two parts of them and the parts' weights."""
    a, b = np.array([weight, other_weight]) / (weight + other_weight)
    # Half the difference cannot overflow.
    apart = 2.0 * np.sqrt(a * b) * np.abs(0.5 * one.center - 0.5 * other.center)
    within = np.hypot(np.sqrt(a) * one.unit, np.sqrt(b) * other.unit)
    scale = np.minimum(np.hypot(within, apart), np.finfo(float).max)
    center = a * one.center + b * other.center
    return Scaling(center, np.where(scale > _ROUNDING * np.abs(center), scale, np.inf))


def by_mean(values: np.ndarray, weights: np.ndarray, least: float = 0.0) -> Scaling:
    """Return the division of non-negative columns by their weighted mean, or by `least`."""
    size, unit = _in_units(values)
    mean = size * np.average(unit, axis=0, weights=weights)
    return Scaling(np.zeros(len(mean)), np.maximum(mean, max(least, np.finfo(float).tiny)))


def _in_units(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each column's largest magnitude, and the columns in units of it.

    Squares of 1e200 overflow and those of 1e-200 vanish; in these units neither happens.
    """
    size = np.abs(values).max(axis=0)
    size = np.where(size > 0, size, 1.0)
    return size, values / size


def _scaling(center: np.ndarray, deviation: np.ndarray, size: np.ndarray) -> Scaling:
    scale = deviation * size
    constant = (deviation <= _ROUNDING) | (scale == 0)
    return Scaling(center * size, np.where(constant, np.inf, scale))
