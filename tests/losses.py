"""The losses that every law of training is tried on.

A new loss joins `LOSSES`, says in `make_target` what its targets look like, joins `ROBUST` if it
predicts another middle than the mean, and inherits the laws.
"""

import numpy as np
import pytest

from sklearn_kan.training.objective.losses import (
    BinaryLogLoss,
    Gamma,
    Huber,
    MultinomialLogLoss,
    Poisson,
    SquaredError,
)

LOSSES = [
    pytest.param(SquaredError(), id="squared-error"),
    pytest.param(Huber(), id="huber"),
    pytest.param(Huber(0.3), id="narrow-huber"),
    pytest.param(BinaryLogLoss(), id="binary"),
    pytest.param(MultinomialLogLoss(), id="multinomial"),
    pytest.param(Poisson(), id="poisson"),
    pytest.param(Gamma(), id="gamma"),
]

# Of these the best constant is the middle of the target, not its mean.
ROBUST = (Huber,)


def make_target(loss, raw, rng):
    """Return targets (n, q) for a loss, at which it is smooth near the raw predictions."""
    n, q = raw.shape
    if isinstance(loss, Huber):
        # Well inside or well outside: the second derivative jumps at delta.
        size = np.where(rng.random((n, q)) < 0.5, 0.5, 2.0) * rng.uniform(0.6, 1.4, (n, q))
        return raw + loss.delta * size * rng.choice([-1.0, 1.0], (n, q))
    if isinstance(loss, BinaryLogLoss):
        return rng.integers(2, size=(n, q)).astype(float)
    if isinstance(loss, MultinomialLogLoss):
        return np.eye(q)[rng.integers(q, size=n)]
    if isinstance(loss, Poisson):
        return rng.poisson(2.0, (n, q)).astype(float)
    if isinstance(loss, Gamma):
        return rng.gamma(2.0, 1.5, (n, q))
    return rng.normal(size=(n, q))
