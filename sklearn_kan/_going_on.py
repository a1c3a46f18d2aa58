"""Where a fit goes on: what a fitted network is worth to other rows, and how it gets there."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from ._adapting import encoded_anew, is_new, translated, widened, without_columns
from ._data import Data
from ._encoding import Encoding, encoding_of
from ._hyperparameters import architecture_of, refinement_schedule
from ._target import ClassTarget
from .network import Network, without_far
from .training import AdamState, Architecture, explained_share, initial_network
from .training.grids import follow, with_hidden_covered, with_inputs_covered, with_rows_before
from .training.losses import Loss
from .training.objective import Rows

if TYPE_CHECKING:
    from ._base import BaseKAN

_ROUNDING = 1e-6
# A warm start needs so much of the share that the network explained of its own rows.
_STILL_EXPLAINED = 0.5


def fitted_network(estimator: BaseKAN) -> Network:
    """Return the fitted network to go on from, if it still fits the hyperparameters.

    Raises
    ------
    ValueError
        If it does not.
    """
    network: Network = estimator.network_
    wanted = architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1])
    asked: Architecture = estimator._asked_
    for name, fitted, given in (
        ("hidden_layer_sizes", asked.hidden, wanted.hidden),
        ("spline_order", asked.degree, wanted.degree),
        ("base_function", asked.base, wanted.base),
        ("direct_edges", asked.direct, wanted.direct),
        *estimator._also_fixed(),
    ):
        if fitted != given:
            raise ValueError(
                f"{name} is {given!r}, the network to go on from has {fitted!r}: only "
                "grid_size may change. Use warm_start=False, or a clone, to start afresh."
            )
    if wanted.grid_size < min(asked.grid_size, network.grid_size):
        raise ValueError(
            "The grid can be refined but not coarsened: the network to go on from has "
            f"{network.grid_size} intervals, grid_size={estimator.grid_size!r}."
        )
    return network


def _fresh_encoding(estimator: BaseKAN, data: Data) -> Encoding:
    """Return the encoding of other rows alone; classes are those that are known.

    Raises
    ------
    ValueError
        If the rows do not go with what was fitted before.
    """
    old: Encoding = estimator._encoding_
    old.rows(data)
    labels = old.target.classes if isinstance(old.target, ClassTarget) else data.y
    fresh = encoding_of(estimator, data, labels, old.target_names)
    return replace(fresh, names=old.names)


def gone_on(estimator: BaseKAN, data: Data) -> tuple[Encoding, Network | None]:
    """Return the encoding and the network that a warm start begins with.

    The fitted network is taken as it is, or in standardised units: X and y may have come in
    others. Its grids are moved where the rows are elsewhere.

    Parameters
    ----------
    estimator : BaseKAN
        A fitted one.
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
    old, network = estimator._encoding_, fitted_network(estimator)
    encoding = _fresh_encoding(estimator, data)
    if network.has_curves:
        return old, network
    if _knew_nothing(estimator):
        return encoding, None
    rows, loss = encoding.rows(data), estimator._loss(encoding.target)
    start, share = _best_start(estimator, encoding, rows, loss)
    if start is None or not share >= _STILL_EXPLAINED * estimator._explained_ - _ROUNDING:
        warnings.warn(
            f"warm_start=True, but the fitted network explains {max(share, 0.0):.0%} of y in these "
            f"rows, and {max(estimator._explained_, 0.0):.0%} in those that it was fitted to: the "
            "fit starts anew.",
            UserWarning,
            stacklevel=5,
        )
        return encoding, None
    new, grid_eps = is_new(old, encoding), float(estimator.grid_eps)
    covered = with_inputs_covered(start, rows, rows, new, grid_eps, evenly=True)
    return encoding, start if covered is start else follow(covered, rows, grid_eps)


def _best_start(
    estimator: BaseKAN, encoding: Encoding, rows: Rows, loss: Loss
) -> tuple[Network | None, float]:
    """Return the network in the user's units or in standardised ones, and what it explains.

    Of rows that are far from those before only what the network says at the ends of these.
    """
    old, network = estimator._encoding_, estimator.network_
    before = old.x_scaling.restore(estimator._x_range_)
    found: tuple[Network | None, float] = None, -np.inf
    for start, seen in (
        (translated(network, old, encoding, loss), encoding.x_scaling.apply(before)),
        (without_columns(network, old, encoding), estimator._x_range_),
    ):
        if start is None:
            continue
        held = Rows(without_far(rows.x, *seen), rows.y, rows.weights)
        share = explained_share(start, held, loss)
        if share > found[1]:
            found = start, share
    return found


def _knew_nothing(estimator: BaseKAN) -> bool:
    """Tell whether no column has varied so far, or no target."""
    fixed = np.isinf(estimator._encoding_.x_scaling.scale).all()
    return bool(fixed or not np.ptp(estimator._y_range_, axis=0).any())


class Ready(NamedTuple):
    """What a pass over a batch begins with; the ranges (2, p) and (2, q) are of rows before."""

    encoding: Encoding
    network: Network
    state: AdamState
    x_range: np.ndarray
    y_range: np.ndarray


def ready_for(estimator: BaseKAN, data: Data, seed: np.random.SeedSequence) -> Ready:
    """Make a fitted estimator ready for a batch, of which it does not learn yet.

    Where the rows before did not say what scale or grid a column or y needs, these rows do; where
    there was nothing to be learnt from them, a network is begun. One with formulas stays as it is.

    Parameters
    ----------
    estimator : BaseKAN
        A fitted one.
    data : Data
    seed : SeedSequence
        For a network to start with, where there was nothing to be learnt so far.

    Raises
    ------
    ValueError
        See `gone_on`.
    """
    old, network, state = estimator._encoding_, fitted_network(estimator), estimator._adam_
    fresh = _fresh_encoding(estimator, data)
    x_range, y_range = estimator._x_range_, estimator._y_range_
    if network.has_curves:
        return Ready(old, network, state, x_range, y_range)
    grid_eps = float(estimator.grid_eps)
    weight = max(state.weight_seen, np.finfo(float).tiny)  # none yet, of a formula
    encoding = widened(old, fresh, data, weight)
    rows, loss = encoding.rows(data), estimator._loss(encoding.target)
    new = is_new(old, encoding)
    # Grids are looked at whenever there are twice as many rows.
    more = np.log2(weight + rows.total_weight) // 1 > np.log2(weight) // 1
    if new.any():
        x_range = np.where(new, encoding.x_scaling.apply(old.x_scaling.center[None]), x_range)
    pool = with_rows_before(network, rows, weight, x_range)
    moved = None if _knew_nothing(estimator) else translated(network, old, encoding, loss)
    if moved is None:
        network = begun(estimator, loss, rows, pool, seed)
    else:
        network = with_inputs_covered(moved, rows, pool, new, grid_eps, evenly=more)
        network = with_hidden_covered(network, rows, weight, grid_eps)
    same = moved is not None and encoding.target is old.target
    if not same or len(state.first) != network.n_parameters:
        state = AdamState.fresh(network.n_parameters).seeing(weight)
    y_range = encoded_anew(y_range, old.target, encoding.target)
    return Ready(encoding, network, state, x_range, y_range)


def begun(
    estimator: BaseKAN, loss: Loss, rows: Rows, pool: Rows, seed: np.random.SeedSequence
) -> Network:
    """Return a network to start with on some rows, its grids over those of a pool.

    Rows of a total weight W do not tell a class that is missing from one of share 1 / (2 W).
    """
    farthest = np.log(2.0 * rows.total_weight + 1.0)
    return initial_network(
        architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1]),
        pool,
        np.clip(loss.best_constant(rows.y, rows.weights), -farthest, farthest),
        np.random.default_rng(seed),
    )
