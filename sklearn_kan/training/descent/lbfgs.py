"""One run of SciPy's L-BFGS-B on an objective with fixed grids."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from ...network import Network
from ..objective.objective import Objective
from .monitor import Monitor
from .whitening import Whitening

# Corrections kept. Splines have many weakly determined directions: 10 is SciPy's default and
# needed a third more iterations.
_MEMORY = 25
# With hidden layers a run has also converged when so many iterations gain less than `tol` each,
# as a share of the objective: their scales are loosely held, and drift on for ever.
_WINDOW = 10
# SciPy's status of a line search that found no lower value.
_ABNORMAL = 2


@dataclass(frozen=True, eq=False)
class Run:
    """How a run ended.

    Parameters
    ----------
    network : Network
        The best one met.
    value : float
        Its objective; infinite if no finite one was met.
    n_iter : int
    converged : bool
        Whether the optimality condition holds, or further steps gain next to nothing.
    stopped : bool
        Whether the monitor stopped it.
    """

    network: Network
    value: float
    n_iter: int
    converged: bool
    stopped: bool


class _Tracker:
    """Wraps the objective: remembers the best point, shields SciPy from non-finite values."""

    def __init__(self, objective: Objective, whitening: Whitening, monitor: Monitor) -> None:
        self._objective = objective
        self._whitening = whitening
        self._monitor = monitor
        self.best_value = np.inf
        self.best_phi: np.ndarray | None = None

    def __call__(self, phi: np.ndarray) -> tuple[float, np.ndarray]:
        self._monitor.begin_step()
        with np.errstate(over="ignore", invalid="ignore"):
            value, gradient = self._objective.value_gradient(self._whitening.to_theta(phi))
        if not (np.isfinite(value) and np.isfinite(gradient).all()):
            return self._wall(), np.zeros_like(phi)
        if value < self.best_value:
            self.best_value, self.best_phi = value, phi.copy()
        return value, self._whitening.gradient(gradient)

    def _wall(self) -> float:
        """Return a value that the line search turns back from.

        Only somewhat above the best: of a huge one it would interpolate a step of length
        zero, and take the stall for convergence.
        """
        return self.best_value + abs(self.best_value) + 1.0 if self.best_phi is not None else 0.0


def minimise(
    objective: Objective, whitening: Whitening, monitor: Monitor, *, max_iter: int, tol: float
) -> Run:
    """Minimise an objective from its network's parameters.

    Parameters
    ----------
    objective : Objective
    whitening : Whitening
        The coordinates to work in.
    monitor : Monitor
        Sees every step, may stop the run.
    max_iter : int
    tol : float
        The largest entry of the gradient, in whitened coordinates, that counts as zero; for
        networks with hidden layers also the gain of an iteration, as a share of the
        objective, that does.

    Returns
    -------
    Run
    """
    template = objective.network
    tracker = _Tracker(objective, whitening, monitor)
    may_settle = len(template.layers) > 1
    stopped = settled = False
    values: list[float] = []

    def callback(intermediate_result: OptimizeResult) -> None:
        nonlocal stopped, settled
        values.append(float(intermediate_result.fun))
        network = template.with_theta(whitening.to_theta(intermediate_result.x))
        stopped = monitor.record(network, values[-1])
        settled = may_settle and _has_settled(values, tol)
        if stopped or settled:
            raise StopIteration

    result = minimize(
        tracker,
        whitening.to_phi(template.theta),
        jac=True,
        method="L-BFGS-B",
        callback=callback,
        options={
            "maxcor": _MEMORY,
            "maxiter": max_iter,
            "maxfun": 3 * max_iter + 20,
            "gtol": tol,
            "ftol": 1e-15,
        },
    )
    phi = tracker.best_phi
    if phi is None:  # not finite at the start
        return Run(template, np.inf, 0, converged=False, stopped=False)
    network = template.with_theta(whitening.to_theta(phi))
    converged = (settled or bool(result.success) or _is_rounding(result)) and not stopped
    return Run(network, tracker.best_value, int(result.nit), converged, stopped)


def _is_rounding(result: OptimizeResult) -> bool:
    """Tell whether a line search gave up on gains that the objective is too coarse to show.

    Curvatures are about 1 in whitened coordinates: a gradient g promises g^2 / 2.
    """
    gain = 0.5 * np.square(result.jac).max(initial=0.0)
    return result.status == _ABNORMAL and bool(gain <= np.finfo(float).eps * abs(result.fun))


def _has_settled(values: list[float], tol: float) -> bool:
    if len(values) <= _WINDOW:
        return False
    return values[-1 - _WINDOW] - values[-1] <= _WINDOW * tol * abs(values[-1])
