"""Pruning without rows: weak edges become constants.

What describes the smaller network is worked out from what described the larger one. The
inputs have not moved, so all that concerns their edges stays exact. Hidden nodes have moved by
no more than the edges that went; the parts that are gone are taken to be uncorrelated with those
that stay.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...network import Layer, Network, drop_dangling, kept_nodes, remove_edges
from ..summaries.importance import Attribution, EdgeSpread, attribution
from ..summaries.moments import Moments


@dataclass(frozen=True, eq=False)
class Described:
    """A network, and what is known of it over the rows; one entry a layer of ``all_layers``."""

    network: Network
    moments: tuple[Moments, ...]
    profiles: tuple[np.ndarray, ...]
    spreads: tuple[EdgeSpread, ...]


@dataclass(frozen=True)
class WeakEdge:
    """An edge that went: its layer of ``all_layers``, input, output, and its importance."""

    layer: int
    input: int
    output: int
    importance: float


def without_weak_edges(described: Described, threshold: float) -> tuple[Described, list[WeakEdge]]:
    """Remove the edges whose importance is below a threshold; means go to the biases.

    Parameters
    ----------
    described : Described
    threshold : float
        In units of `Attribution.edges`: a share of the outputs' standard deviation.

    Returns
    -------
    Described
        Every raw prediction that varied has a path from the inputs left, the one that
        is strongest step by step.
    list of WeakEdge
        The least important first.
    """
    network = described.network
    scores = attribution(network, described.spreads)
    held = strongest_paths(network, scores)
    gone = [
        layer.present & (score < threshold) & ~hold
        for layer, score, hold in zip(network.all_layers, scores.edges, held, strict=True)
    ]
    weak = [
        WeakEdge(index, int(i), int(j), float(scores.edges[index][i, j]))
        for index, mask in enumerate(gone)
        for i, j in np.argwhere(mask)
    ]
    for index, mask in enumerate(gone):
        moment = described.moments[index]
        network = remove_edges(network, index, mask, moment.mean, moment.curve_mean)
    spreads = _without(described.spreads, gone, len(network.layers) - 1)
    smaller = replace(described, network=network, spreads=spreads)
    return without_dangling(smaller), sorted(weak, key=lambda edge: edge.importance)


def strongest_paths(network: Network, scores: Attribution) -> list[np.ndarray]:
    """Return masks (p, q) of one path to each output that varies, both factors of products.

    From each node that is reached, starting with the outputs, the path goes on along the edge
    with the highest score.
    """
    held = [np.zeros(layer.edges.shape, bool) for layer in network.all_layers]
    last = len(network.layers) - 1
    reached = np.ones(network.n_outputs, bool)
    if network.direct is not None:
        best, direct = (scores.edges[i].max(axis=0, initial=0.0) for i in (last, last + 1))
        reached[:] = direct <= best
        _hold(held[last + 1], scores.edges[last + 1], ~reached)
    for index in range(last, -1, -1):
        layer = network.layers[index]
        sums = layer.n_sums
        outputs = np.concatenate([reached[:sums], np.repeat(reached[sums:], 2)])
        _hold(held[index], scores.edges[index], outputs)
        reached = np.logical_or.reduce(held[index], axis=1)
    return held


def _hold(held: np.ndarray, scores: np.ndarray, outputs: np.ndarray) -> None:
    if not len(scores):
        return
    best = scores.argmax(axis=0)
    for output in np.flatnonzero(outputs & (scores.max(axis=0) > 0)):
        held[best[output], output] = True


def _without(
    spreads: tuple[EdgeSpread, ...], gone: list[np.ndarray], last: int
) -> tuple[EdgeSpread, ...]:
    """Return the spreads after edges have gone.

    What stays keeps its covariance with its output, whose variance is their sum then.
    """
    kept = [np.where(mask, 0.0, s.covariance) for s, mask in zip(spreads, gone, strict=True)]
    variances = [covariance.sum(axis=0) for covariance in kept[: last + 1]]
    for covariance in kept[last + 1 :]:
        variances[last] = variances[last] + covariance.sum(axis=0)
        variances.append(variances[last])
    result = []
    for spread, mask, covariance, variance in zip(spreads, gone, kept, variances, strict=True):
        same = ~mask.any(axis=0)
        output = np.where(same, spread.output, np.sqrt(np.maximum(variance, 0.0)))
        deviation = np.where(mask, 0.0, spread.deviation)
        result.append(EdgeSpread(deviation, covariance, output))
    return tuple(result)


def without_dangling(described: Described) -> Described:
    """Drop hidden nodes that have no input or no output, see `drop_dangling`."""
    before = described.network
    network = drop_dangling(before)
    if len(network.layers) < len(before.layers):
        # All hidden layers went: the inputs are described by the last entry.
        left = -1 if before.direct is not None else 0
        return _all_direct(described, network, left)
    masks = kept_nodes(before)
    inputs = [np.ones(before.n_inputs, bool), *masks]
    outputs = [*masks, np.ones(before.n_outputs, bool)]
    if before.direct is not None:
        inputs.append(inputs[0])
        outputs.append(outputs[-1])
    into = [_outputs_of(layer, k) for layer, k in zip(before.all_layers, outputs, strict=True)]
    return Described(
        network,
        tuple(
            _moments_of(m, k, o) for m, k, o in zip(described.moments, inputs, into, strict=True)
        ),
        tuple(profile[k] for profile, k in zip(described.profiles, inputs, strict=True)),
        tuple(
            EdgeSpread(s.deviation[k][:, o], s.covariance[k][:, o], s.output[o])
            for s, k, o in zip(described.spreads, inputs, into, strict=True)
        ),
    )


def _moments_of(moments: Moments, inputs: np.ndarray, outputs: np.ndarray) -> Moments:
    mean, deviation = moments.curve_mean, moments.curve_deviation
    return Moments(
        moments.mean[inputs],
        moments.covariance[inputs],
        None if mean is None else mean[inputs][:, outputs],
        None if deviation is None else deviation[inputs][:, outputs],
    )


def _all_direct(described: Described, network: Network, left: int) -> Described:
    moments, spread = described.moments[left], described.spreads[left]
    if left == 0:
        shape = network.layers[0].edges.shape
        moments = Moments(moments.mean, moments.covariance)
        spread = EdgeSpread(np.zeros(shape), np.zeros(shape), np.zeros(shape[1]))
    return Described(network, (moments,), (described.profiles[0],), (spread,))


def _outputs_of(layer: Layer, kept: np.ndarray) -> np.ndarray:
    sums = layer.n_sums
    return np.concatenate([kept[:sums], np.repeat(kept[sums:], 2)])
