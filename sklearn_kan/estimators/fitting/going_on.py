"""Where a fit goes on: what a fitted network is worth to other rows, and how it gets there."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from ...network import Network, without_far
from ...training.descent.adam import AdamState
from ...training.initial.grids import (
    follow,
    with_hidden_covered,
    with_inputs_covered,
    with_rows_before,
)
from ...training.initial.network import initial_network
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows
from ...training.objective.safeguard import explained_share
from ..encoding.data import Data
from ..encoding.encoding import Encoding, encoding_of
from ..encoding.target_kind import TargetKind
from .adapting import encoded_anew, is_new, translated, widened, without_columns
from .fitted import Fitted
from .hyperparameters import Hyperparameters

_ROUNDING = 1e-6
# A warm start needs so much of the share that the network explained of its own rows.
_STILL_EXPLAINED = 0.5


def fitted_network(fitted: Fitted, asked: Hyperparameters, kind: TargetKind) -> Network:
    """Return the fitted network to go on from, if it still fits the hyperparameters.

    Raises
    ------
    ValueError
        If it does not.
    """
    network, before, wanted = fitted.network, fitted.asked, asked.architecture()
    for name, old, given in (
        ("hidden_layer_sizes", before.hidden, wanted.hidden),
        ("spline_order", before.degree, wanted.degree),
        ("base_function", before.base, wanted.base),
        ("direct_edges", before.direct, wanted.direct),
        *kind.fixed(fitted.encoding.target),
    ):
        if old != given:
            raise ValueError(
                f"{name} is {given!r}, the network to go on from has {old!r}: only "
                "grid_size may change. Use warm_start=False, or a clone, to start afresh."
            )
    if wanted.grid_size < min(before.grid_size, network.grid_size):
        raise ValueError(
            "The grid can be refined but not coarsened: the network to go on from has "
            f"{network.grid_size} intervals, grid_size={asked.grid_given!r}."
        )
    return network


def _fresh_encoding(fitted: Fitted, kind: TargetKind, data: Data) -> Encoding:
    """Return the encoding of other rows alone; classes are those that are known.

    Raises
    ------
    ValueError
        If the rows do not go with what was fitted before.
    """
    old = fitted.encoding
    old.rows(data)
    labels = data.y if old.target.classes is None else old.target.classes
    fresh = encoding_of(kind, data, labels, old.target_names)
    return replace(fresh, names=old.names)


def gone_on(
    fitted: Fitted, asked: Hyperparameters, kind: TargetKind, data: Data
) -> tuple[Encoding, Network | None]:
    """Return the encoding and the network that a warm start begins with.

    The fitted network is taken as it is, or in standardised units: X and y may have come in
    others. Its grids are moved where the rows are elsewhere.

    Parameters
    ----------
    fitted : Fitted
    asked : Hyperparameters
    kind : TargetKind
    data : Data

    Returns
    -------
    encoding : Encoding
    network : Network or None
        None if the fitted one does not explain the rows, of which the user is warned; and if there
        was nothing to be learnt before.

    Raises
    ------
    ValueError
        If the rows, or the hyperparameters, do not go with what was fitted before.
    """
    old, network = fitted.encoding, fitted_network(fitted, asked, kind)
    encoding = _fresh_encoding(fitted, kind, data)
    if network.has_curves:
        return old, network
    if _knew_nothing(fitted):
        return encoding, None
    rows, loss = encoding.rows(data), encoding.target.loss
    start, share = _best_start(fitted, encoding, rows, loss)
    if start is None or not share >= _STILL_EXPLAINED * fitted.explained - _ROUNDING:
        warnings.warn(
            f"warm_start=True, but the fitted network explains {max(share, 0.0):.0%} of y in these "
            f"rows, and {max(fitted.explained, 0.0):.0%} in those that it was fitted to: the "
            "fit starts anew.",
            UserWarning,
            stacklevel=5,
        )
        return encoding, None
    new, grid_eps = is_new(old, encoding), asked.grid_eps
    covered = with_inputs_covered(start, rows, rows, new, grid_eps, evenly=True)
    return encoding, start if covered is start else follow(covered, rows, grid_eps)


def _best_start(
    fitted: Fitted, encoding: Encoding, rows: Rows, loss: Loss
) -> tuple[Network | None, float]:
    """Return the network in the user's units or in standardised ones, and what it explains.

    Of rows that are far from those before only what the network says at the ends of these.
    """
    old, network = fitted.encoding, fitted.network
    before = old.x_scaling.restore(fitted.x_range)
    found: tuple[Network | None, float] = None, -np.inf
    for start, seen in (
        (translated(network, old, encoding, loss), encoding.x_scaling.apply(before)),
        (without_columns(network, old, encoding), fitted.x_range),
    ):
        if start is None:
            continue
        held = Rows(without_far(rows.x, *seen), rows.y, rows.weights)
        share = explained_share(start, held, loss)
        if share > found[1]:
            found = start, share
    return found


def _knew_nothing(fitted: Fitted) -> bool:
    """Tell whether no column has varied so far, or no target."""
    fixed = np.isinf(fitted.encoding.x_scaling.scale).all()
    return bool(fixed or not np.ptp(fitted.y_range, axis=0).any())


class Ready(NamedTuple):
    """What a pass over a batch begins with; the ranges (2, p) and (2, q) are of rows before."""

    encoding: Encoding
    network: Network
    state: AdamState
    x_range: np.ndarray
    y_range: np.ndarray


def ready_for(
    fitted: Fitted,
    asked: Hyperparameters,
    kind: TargetKind,
    data: Data,
    seed: np.random.SeedSequence,
) -> Ready:
    """Make a fitted estimator ready for a batch, of which it does not learn yet.

    Where the rows before did not say what scale or grid a column or y needs, these rows do; where
    there was nothing to be learnt from them, a network is begun. One with formulas stays as it is.

    Parameters
    ----------
    fitted : Fitted
    asked : Hyperparameters
    kind : TargetKind
    data : Data
    seed : SeedSequence
        For a network to start with, where there was nothing to be learnt so far.

    Raises
    ------
    ValueError
        See `gone_on`.
    """
    old, network, state = fitted.encoding, fitted_network(fitted, asked, kind), fitted.adam
    fresh = _fresh_encoding(fitted, kind, data)
    x_range, y_range = fitted.x_range, fitted.y_range
    if network.has_curves:
        return Ready(old, network, state, x_range, y_range)
    grid_eps = asked.grid_eps
    weight = max(state.weight_seen, np.finfo(float).tiny)  # none yet, of a formula
    encoding = widened(old, fresh, data, weight)
    rows, loss = encoding.rows(data), encoding.target.loss
    new = is_new(old, encoding)
    # Grids are looked at whenever there are twice as many rows.
    more = np.log2(weight + rows.total_weight) // 1 > np.log2(weight) // 1
    if new.any():
        x_range = np.where(new, encoding.x_scaling.apply(old.x_scaling.center[None]), x_range)
    pool = with_rows_before(network, rows, weight, x_range)
    moved = None if _knew_nothing(fitted) else translated(network, old, encoding, loss)
    if moved is None:
        network = begun(asked, loss, rows, pool, seed)
    else:
        network = with_inputs_covered(moved, rows, pool, new, grid_eps, evenly=more)
        network = with_hidden_covered(network, rows, weight, grid_eps)
    same = moved is not None and encoding.target is old.target
    if not same or len(state.first) != network.n_parameters:
        state = AdamState.fresh(network.n_parameters).seeing(weight)
    y_range = encoded_anew(y_range, old.target, encoding.target)
    return Ready(encoding, network, state, x_range, y_range)


def begun(
    asked: Hyperparameters, loss: Loss, rows: Rows, pool: Rows, seed: np.random.SeedSequence
) -> Network:
    """Return a network to start with on some rows, its grids over those of a pool.

    Rows of a total weight W do not tell a class that is missing from one of share 1 / (2 W).
    """
    farthest = np.log(2.0 * rows.total_weight + 1.0)
    return initial_network(
        asked.architecture(),
        pool,
        np.clip(loss.best_constant(rows.y, rows.weights), -farthest, farthest),
        np.random.default_rng(seed),
    )
