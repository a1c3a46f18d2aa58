"""Adam on mini-batches (Kingma and Ba 2015), for `partial_fit`, streams and many rows."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Network, inputs_at
from ..initial.grids import follow
from ..objective.losses import Loss
from ..objective.objective import Rows, loss_gradient, penalty_gradient
from ..objective.penalties import LayerSparsity, uniform_penalty
from ..summaries.moments import node_moments
from .monitor import Monitor
from .schedule import Outcome, Plan, sparsities

_DECAY_FIRST, _DECAY_SECOND, _EPSILON = 0.9, 0.999, 1e-8
# Hidden grids follow their activations after these epochs only; later they stay.
_FOLLOW_AFTER = (1, 2, 4, 8, 16)


@dataclass(frozen=True, eq=False)
class AdamState:
    """The optimiser's moments, of the length of theta, and the number of steps so far."""

    first: np.ndarray
    second: np.ndarray
    n_steps: int = 0
    weight_seen: float = 0.0

    @classmethod
    def fresh(cls, n_parameters: int) -> AdamState:
        """Return the state before the first step."""
        return cls(np.zeros(n_parameters), np.zeros(n_parameters))

    def seeing(self, weight: float) -> AdamState:
        """Return the state after rows of this total weight have arrived.

        The penalty is shared out over all weight seen, as over the rows of one `fit`.
        """
        return replace(self, weight_seen=self.weight_seen + weight)

    def step(self, gradient: np.ndarray, learning_rate: float) -> tuple[np.ndarray, AdamState]:
        """Return the change of theta and the next state."""
        first = _DECAY_FIRST * self.first + (1 - _DECAY_FIRST) * gradient
        second = _DECAY_SECOND * self.second + (1 - _DECAY_SECOND) * gradient**2
        n_steps = self.n_steps + 1
        mean = first / (1 - _DECAY_FIRST**n_steps)
        spread = np.sqrt(second / (1 - _DECAY_SECOND**n_steps)) + _EPSILON
        state = AdamState(first, second, n_steps, self.weight_seen)
        return -learning_rate * mean / spread, state


@np.errstate(over="ignore", invalid="ignore")
def epoch(
    network: Network,
    state: AdamState,
    rows: Rows,
    plan: Plan,
    batch_size: int,
    learning_rate: float,
    rng: np.random.Generator,
) -> tuple[Network, AdamState, float]:
    """Visit all rows once in random order; return network, state and the mean objective.

    A step that is not finite is not taken.
    """
    penalties = uniform_penalty(network, plan.alpha)
    sparsity = _sparsities(network, rows, plan.sparsity)
    total = max(rows.total_weight, state.weight_seen)
    theta, order, value = network.theta, rng.permutation(len(rows.x)), 0.0
    for start in range(0, len(order), batch_size):
        batch = rows.take(order[start : start + batch_size])
        loss, gradient = _batch_gradient(network, batch, plan.loss)
        penalty, slope = penalty_gradient(penalties, network)
        sparse, sparse_slope = penalty_gradient(sparsity, network)
        value += loss + (penalty / total + sparse) * batch.total_weight
        change, next_state = state.step(
            gradient / batch.total_weight + slope / total + sparse_slope, learning_rate
        )
        if np.isfinite(change).all():
            theta, state = theta + change, next_state
            network = network.with_theta(theta)
    return network, state, value / rows.total_weight


def _sparsities(network: Network, rows: Rows, strength: float) -> tuple[LayerSparsity, ...]:
    return sparsities(network, node_moments(network, rows), strength) if strength else ()


def _batch_gradient(network: Network, batch: Rows, loss: Loss) -> tuple[float, np.ndarray]:
    return loss_gradient(network, inputs_at(network, batch.x), batch, loss)


def train_adam(
    network: Network,
    rows: Rows,
    sample: Rows,
    plan: Plan,
    monitor: Monitor,
    *,
    batch_size: int,
    learning_rate: float,
    patience: int,
    rng: np.random.Generator,
) -> Outcome:
    """Run epochs until the mean objective, or the validation loss, stops falling.

    Parameters
    ----------
    network, rows, sample, plan, monitor
        As for `train`; ``plan.max_iter`` counts epochs, ``plan.tol`` is the fall of the mean
        objective that counts.
    batch_size : int
    learning_rate : float
    patience : int
        Epochs without such a fall before training ends.
    rng : Generator
    """
    state = AdamState.fresh(network.n_parameters)
    best_value, best, waited = np.inf, network, 0
    for n_epochs in range(1, plan.max_iter + 1):
        monitor.begin_step()
        network, state, value = epoch(network, state, rows, plan, batch_size, learning_rate, rng)
        waited = 0 if value < best_value - plan.tol else waited + 1
        if value < best_value:
            best_value, best = value, network
        stopped = monitor.record(network, value)
        if stopped or (monitor.validation is None and waited >= patience):
            return Outcome(monitor.best or best, n_epochs, best_value)
        if n_epochs in _FOLLOW_AFTER:
            network = follow(network, sample, plan.grid_eps)
    shortfall = f"max_iter={plan.max_iter} epochs were not enough"
    return Outcome(monitor.best or best, plan.max_iter, best_value, shortfall)
