"""Losses of raw predictions, each with its link in place.

Conventions: n rows, q raw predictions a row; `y` is of shape (n, q), one-hot for the
multinomial loss. Losses are half deviances up to a constant, so that the Hessian of the
squared error is one. All are convex in the raw prediction; weights are the caller's business.

To add a loss, subclass `Loss` and list an instance in the tests' ``LOSSES``.
"""

# ruff: noqa: D102  (`Loss` describes the methods of all)

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, softmax, xlogy

# exp is continued linearly from here, so that no trial step overflows.
_LARGEST_EXPONENT = 300.0


class Loss(ABC):
    """A convex loss per row; `value`, `gradient` and `hessian` take y and raw (n, q)."""

    #: Whether predictions are exp of the raw ones.
    has_log_link: ClassVar[bool] = False
    #: Whether the Hessian of a row is diag(p) - p p' with p the predictions, not diagonal.
    couples_outputs: ClassVar[bool] = False
    #: Whether `loss` is -log of a likelihood with known dispersion one.
    is_likelihood: ClassVar[bool] = True
    #: What an estimated dispersion is no lower than: rounding, for losses that are not exact.
    least_dispersion: ClassVar[float] = 1e-8

    def value(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        """Return the loss of each row, (n,)."""
        return self.loss_gradient(y, raw)[0]

    @abstractmethod
    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the loss of each row (n,) and its gradient by the raw predictions (n, q)."""

    @abstractmethod
    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        """Return the curvature: (n, q), a diagonal, or (n, q, q) where outputs interact.

        Positive semi-definite; for the Huber loss the reweighted one, which majorises it.
        """

    @abstractmethod
    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        """Return predictions from raw predictions."""

    @abstractmethod
    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        """Return the raw prediction (q,) that fits weighted rows best without any feature."""


class SquaredError(Loss):
    """(raw - y)^2 / 2, summed over outputs."""

    is_likelihood = False
    least_dispersion = 1e-28

    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        residual = raw - y
        return 0.5 * np.einsum("ij,ij->i", residual, residual), residual

    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        return np.ones_like(raw)

    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        return raw

    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.average(y, axis=0, weights=weights)


@dataclass(frozen=True)
class Huber(Loss):
    """Quadratic up to residuals of delta, linear beyond, summed over outputs.

    Parameters
    ----------
    delta : float
        In units of the scaled target. 1.35 keeps 95 % efficiency under normal noise of unit
        scale (Huber 1981).
    """

    delta: float = 1.35
    is_likelihood: ClassVar[bool] = False

    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        residual = raw - y
        gradient = np.clip(residual, -self.delta, self.delta)
        return (gradient * (residual - 0.5 * gradient)).sum(axis=1), gradient

    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        return self.delta / np.maximum(np.abs(raw - y), self.delta)

    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        return raw

    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.array([self._location(column, weights) for column in y.T])

    def _location(self, column: np.ndarray, weights: np.ndarray) -> float:
        """Return where the gradient, monotone in the constant, changes its sign."""

        def slope(constant: float) -> float:
            return float(weights @ np.clip(constant - column, -self.delta, self.delta))

        return float(brentq(slope, column.min(), column.max()))


class BinaryLogLoss(Loss):
    """log(1 + exp(raw)) - y * raw for y of 0 or 1; the raw prediction is the log-odds."""

    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        loss = np.logaddexp(0.0, raw) - y * raw
        return loss.sum(axis=1), expit(raw) - y

    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        probability = expit(raw)
        return probability * (1.0 - probability)

    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        return expit(raw)

    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        share = np.clip(np.average(y, axis=0, weights=weights), 1e-12, 1.0 - 1e-12)
        return np.log(share / (1.0 - share))


class MultinomialLogLoss(Loss):
    """log(sum_j exp(raw_j)) - raw_y for one-hot y; raw predictions up to a common constant."""

    couples_outputs = True

    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        probability = softmax(raw, axis=1)
        highest = raw.max(axis=1, keepdims=True)
        total = np.log(np.exp(raw - highest).sum(axis=1)) + highest[:, 0]
        return total - (y * raw).sum(axis=1), probability - y

    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        probability = softmax(raw, axis=1)
        outer = -probability[:, :, None] * probability[:, None, :]
        diagonal = np.arange(raw.shape[1])
        outer[:, diagonal, diagonal] += probability
        return outer

    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        return softmax(raw, axis=1)

    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        share = np.clip(np.average(y, axis=0, weights=weights), 1e-12, None)
        return np.log(share) - np.log(share).mean()


def _mean_of_log(raw: np.ndarray) -> np.ndarray:
    """Return exp, held where it would overflow: predictions are finite."""
    return np.exp(np.minimum(raw, 709.0))


def _exp(raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return exp, continued linearly where it would become huge, and its slope."""
    slope = _slope_of_exp(raw)
    return slope * (1.0 + np.maximum(raw - _LARGEST_EXPONENT, 0.0)), slope


def _slope_of_exp(raw: np.ndarray) -> np.ndarray:
    return np.exp(np.minimum(raw, _LARGEST_EXPONENT))


class Poisson(Loss):
    """exp(raw) - y * raw, less its value at the saturated fit, for y >= 0 and a log link.

    The dispersion is estimated like that of a quasi-likelihood: counts are often spread more
    than Poisson's, and a target that was divided by its mean is not a count.
    """

    has_log_link = True
    is_likelihood = False

    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        mean, slope = _exp(raw)
        loss = mean - y * raw + xlogy(y, y) - y
        return loss.sum(axis=1), slope - y

    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        return _slope_of_exp(raw)

    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        return _mean_of_log(raw)

    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.log(np.maximum(np.average(y, axis=0, weights=weights), 1e-12))


class Gamma(Loss):
    """y * exp(-raw) + raw, less its value at the saturated fit, for y > 0 and a log link.

    Its gradient does not depend on the dispersion, which therefore needs no estimate here.
    """

    has_log_link = True
    is_likelihood = False

    def loss_gradient(self, y: np.ndarray, raw: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        ratio, slope = _exp(np.log(y) - raw)
        return (ratio - 1.0 + raw - np.log(y)).sum(axis=1), 1.0 - slope

    def hessian(self, y: np.ndarray, raw: np.ndarray) -> np.ndarray:
        return _slope_of_exp(np.log(y) - raw)

    def inverse_link(self, raw: np.ndarray) -> np.ndarray:
        return _mean_of_log(raw)

    def best_constant(self, y: np.ndarray, weights: np.ndarray) -> np.ndarray:
        return np.log(np.average(y, axis=0, weights=weights))


REGRESSION_LOSSES: dict[str, Loss] = {
    "squared_error": SquaredError(),
    "huber": Huber(),
    "poisson": Poisson(),
    "gamma": Gamma(),
}
