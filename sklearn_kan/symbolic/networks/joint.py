"""All numbers of a network with curves, fitted together: the curves' own, biases and splines.

Levenberg-Marquardt on the raw predictions: the damped step is solved by QR of the Jacobian, not
by normal equations, because the last digits of exact formulas depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from ...network import Curve, Network, forward, inputs_at, jacobian, row_blocks, sensitivities
from ...network.passes import LayerTape
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows, mean_loss
from ...training.objective.penalties import uniform_penalty
from ..text.user_primitives import as_primitive

# With more weights than this splines stay as they are.
_MOST_WEIGHTS = 400
# Numbers of a block of the Jacobian.
_BLOCK_NUMBERS = 2**21
# What a change of a spline's weights costs, in rows: they are fitted already.
_ANCHOR = 1.0
_FIRST_DAMPING, _RAISE, _LOWER, _LARGEST_DAMPING = 1e-3, 8.0, 0.2, 1e12
# Curvatures of a loss below this share of one count as this: a larger one makes shorter steps.
_LEAST_CURVATURE = 1e-6
# Gains below this share of the loss count as none; so many of them end the fit.
_NO_GAIN, _PATIENCE = 1e-9, 4
# A number of less effect than this share of the largest is not moved far.
_LEAST_EFFECT = 1e-12


@dataclass(frozen=True)
class Place:
    """Which parameters of which curve are free."""

    layer: int
    position: int
    free: tuple[int, ...]


def merge_constants(network: Network) -> Network:
    """Return the network with the curves' constants in the biases."""
    last = len(network.layers) - 1
    for index, layer in enumerate(network.all_layers):
        if not any(edge.curve.constant for edge in layer.curves):
            continue
        sums = np.zeros(layer.n_outputs)
        for edge in layer.curves:
            sums[edge.output] += edge.curve.constant
        bare = tuple(
            replace(edge, curve=edge.curve.plus(-edge.curve.constant)) for edge in layer.curves
        )
        network = network.replace_layer(index, curves=bare)
        receiver = min(index, last)
        network = network.replace_layer(receiver, bias=network.layers[receiver].bias + sums)
    return network


def refine_jointly(
    network: Network, rows: Rows, loss: Loss, *, max_iter: int = 60, splines: bool = True
) -> Network:
    """Return the network with all its numbers where the loss over the rows is least.

    Parameters
    ----------
    network : Network
        Where to start.
    rows : Rows
    loss : Loss
    max_iter : int
        Steps at most, those that are refused not counted.
    splines : bool
        Whether spline weights are fitted too.

    Returns
    -------
    Network
        No worse on the rows. Its curves have no constants: they are in the biases. Spline
        weights are held near what they were, and in place where there are many.
    """
    fit = _Fit(merge_constants(network), rows, loss, splines=splines)
    value, damping, waited = fit.value(fit.start), _FIRST_DAMPING, 0
    phi = fit.start
    for _ in range(max_iter):
        triangle, target = fit.linearised(phi)
        before = value
        while damping < _LARGEST_DAMPING:
            trial = phi - _damped_step(triangle, target, damping)
            trial_value = fit.value(trial)
            if trial_value < value:
                phi, value, damping = trial, trial_value, max(damping * _LOWER, 1e-15)
                break
            damping *= _RAISE
        waited = waited + 1 if before - value <= _NO_GAIN * before else 0
        if value == before or waited >= _PATIENCE:
            break
    return fit.network(phi)


def _damped_step(triangle: np.ndarray, target: np.ndarray, damping: float) -> np.ndarray:
    """Solve ``min |R d - t|^2 + damping |D d|^2``, D the norms of the columns of R."""
    scale = np.linalg.norm(triangle, axis=0)
    scale = np.maximum(scale, _LEAST_EFFECT * max(float(scale.max(initial=0.0)), 1e-300))
    stacked = np.concatenate([triangle / scale, np.sqrt(damping) * np.eye(len(scale))])
    right = np.concatenate([target, np.zeros(len(scale))])
    return np.linalg.lstsq(stacked, right, rcond=None)[0] / scale


class _Fit:
    """The rows and the layout of the numbers of a network."""

    def __init__(self, network: Network, rows: Rows, loss: Loss, *, splines: bool = True) -> None:
        self._template, self._rows, self._loss = network, rows, loss
        self._places = list(_places(network))
        self._theta = _free_weights(network, splines=splines)
        self._penalty = _anchor_rows(network, self._theta)
        self.start = self._pack(network)

    def _pack(self, network: Network) -> np.ndarray:
        parts = [network.theta[self._theta]]
        for place in self._places:
            curve = network.all_layers[place.layer].curves[place.position].curve
            parts.append(curve.parameters[list(place.free)])
        return np.concatenate(parts)

    def network(self, phi: np.ndarray) -> Network:
        """Return the network of a vector."""
        theta = self._template.theta.copy()
        start = int(self._theta.sum())
        theta[self._theta] = phi[:start]
        network = self._template.with_theta(theta)
        curves = [list(layer.curves) for layer in network.all_layers]
        for place in self._places:
            edge = curves[place.layer][place.position]
            parameters = edge.curve.parameters
            parameters[list(place.free)] = phi[start : start + len(place.free)]
            start += len(place.free)
            curves[place.layer][place.position] = replace(
                edge, curve=edge.curve.with_parameters(parameters)
            )
        layers = [
            replace(layer, curves=tuple(mine)) if mine else layer
            for layer, mine in zip(network.all_layers, curves, strict=True)
        ]
        return network.with_layers(layers)

    @np.errstate(all="ignore")
    def value(self, phi: np.ndarray) -> float:
        """Return the objective; infinite where it is no number."""
        value = mean_loss(self.network(phi), self._rows, self._loss) * self._rows.total_weight
        moved = self._penalty @ (phi - self.start)
        value += 0.5 * float(moved @ moved)
        return value if np.isfinite(value) else np.inf

    def linearised(self, phi: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return R (P, P) and t (P,) of the least-squares problem ``min |R d - t|``."""
        network = self.network(phi)
        size = len(phi)
        stack = np.column_stack([self._penalty, self._penalty @ (phi - self.start)])
        width = max(16, _BLOCK_NUMBERS // (size * network.n_outputs + 1))
        for block in row_blocks(network, len(self._rows.x), width):
            stack = np.asarray(
                np.linalg.qr(np.concatenate([stack, self._block(network, block)]), mode="r")
            )
        return stack[:, :size], stack[:, size]

    def _block(self, network: Network, block: slice) -> np.ndarray:
        """Return weighted rows of the Jacobian, and of the slope of the loss, one a number."""
        rows = self._rows.take(block)
        raw, tape = forward(network, inputs_at(network, rows.x))
        slope = self._loss.loss_gradient(rows.y, raw)[1]
        curvature = (
            self._loss.inverse_link(raw)
            if self._loss.couples_outputs
            else self._loss.hessian(rows.y, raw)
        )
        root = np.sqrt(np.maximum(curvature, _LEAST_CURVATURE))
        weight = np.sqrt(rows.weights)[:, None]
        by_theta = jacobian(network, tape)[:, :, self._theta]
        by_curves = curve_jacobian(network, self._places, tape)
        full = np.concatenate([by_theta, by_curves], axis=2) * (weight * root)[:, :, None]
        right = (weight * slope / root)[:, :, None]
        return np.concatenate([full, right], axis=2).reshape(-1, full.shape[2] + 1)


def _places(network: Network) -> Iterator[Place]:
    for index, layer in enumerate(network.all_layers):
        for position, edge in enumerate(layer.curves):
            yield Place(index, position, free_parameters(edge.curve))


def free_parameters(curve: Curve) -> tuple[int, ...]:
    """Return the positions of the parameters that say something of their own.

    The constant is the bias's. A line has a coefficient only; where there are several powers
    the others' shifts are in the lower ones' coefficients.
    """
    functions = [as_primitive(term.function) for term in curve.terms]
    n_whole = sum(function.is_whole_power for function in functions)
    free = []
    for t, function in enumerate(functions):
        coef, scale, shift = 3 * t + 1, 3 * t + 2, 3 * t + 3
        free.append(coef)
        if function.free[0]:
            free.append(scale)
        if function.free[1] and not (function.is_whole_power and n_whole > 1):
            free.append(shift)
    return tuple(free)


def curve_jacobian(network: Network, places: list[Place], tape: list[LayerTape]) -> np.ndarray:
    """Return the derivatives (n, q, P) of the raw predictions by the free numbers of curves."""
    n, q = len(tape[0].nodes), network.n_outputs
    size = sum(len(place.free) for place in places)
    result = np.zeros((n, q, size))
    local = [_own_jacobian(network, place, tape) for place in places]
    for output in range(q):
        seed = np.zeros((n, q))
        seed[:, output] = 1.0
        deltas = [*sensitivities(network, tape, seed), seed]
        start = 0
        for place, own in zip(places, local, strict=True):
            edge = network.all_layers[place.layer].curves[place.position]
            stop = start + len(place.free)
            result[:, output, start:stop] = deltas[place.layer][:, edge.output, None] * own
            start = stop
    return result


def _own_jacobian(network: Network, place: Place, tape: list[LayerTape]) -> np.ndarray:
    """Return the derivatives (n, k) of a curve at the rows by its free numbers."""
    is_direct = place.layer == len(network.layers)
    nodes = tape[0 if is_direct else place.layer].nodes
    edge = network.all_layers[place.layer].curves[place.position]
    return edge.curve.parameter_jacobian(nodes[:, edge.input])[:, list(place.free)]


def _free_weights(network: Network, *, splines: bool) -> np.ndarray:
    """Return which entries of theta are fitted: the biases, and splines if they are few."""
    is_bias = np.zeros(network.n_parameters, bool)
    start = 0
    for layer in network.all_layers:
        start += int(layer.edges.sum()) * layer.basis.n_features
        if layer is not network.direct:
            is_bias[start : start + layer.n_outputs] = True
            start += layer.n_outputs
    n_weights = network.n_parameters - int(is_bias.sum())
    if n_weights > _MOST_WEIGHTS or not splines:
        return is_bias
    return np.ones(network.n_parameters, bool)


def _anchor_rows(network: Network, theta: np.ndarray) -> np.ndarray:
    """Return a matrix (r, P) by which changes of spline weights are penalised."""
    n_curves = sum(len(place.free) for place in _places(network))
    rows = []
    start = 0
    for layer, penalty in zip(network.all_layers, uniform_penalty(network, _ANCHOR), strict=True):
        m = layer.basis.n_features
        for i, j in np.argwhere(layer.edges).tolist():
            block = penalty.roughness[i, j] * penalty.matrices[i]
            block = block + penalty.ridge[i, j] * np.eye(m)
            piece = np.zeros((m, len(theta)))
            piece[:, start : start + m] = np.linalg.cholesky(block).T
            rows.append(piece)
            start += m
        start += 0 if layer is network.direct else layer.n_outputs
    if not rows or not theta.all():
        return np.zeros((0, int(theta.sum()) + n_curves))
    stacked = np.concatenate(rows)
    return np.concatenate([stacked, np.zeros((len(stacked), n_curves))], axis=1)
