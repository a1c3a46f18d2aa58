"""What a fitted estimator says of its network, after the network was edited."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from ._data import Data, checked_weights
from ._table_order import OrderedTable, in_one_order
from .network import Network
from .training import (
    AdamState,
    Loss,
    Moments,
    Rows,
    Spreads,
    edge_spreads,
    explained_share,
    node_moments,
    node_profiles,
    total_effects,
)
from .training.moments import curve_values, with_curves
from .training.profiles import layer_inputs

# Rows made up where none are given, per quantile of a profile.
_ROWS_A_QUANTILE = 5
# A node that moves by less than this share of its spread is where it was.
_UNMOVED = 0.02


def described(estimator: Any, network: Network, rows: Rows | None = None) -> dict[str, Any]:
    """Return the fitted attributes for another network in place of the one at hand.

    Parameters
    ----------
    estimator : BaseKAN
        A fitted one.
    network : Network
    rows : Rows or None
        Rows for its moments and profiles. Without rows those of nodes that stay where they
        were are kept; those of others are worked out as if the columns were independent.
    """
    if rows is None:
        moments, profiles = _estimated(estimator, network)
        of_network = {
            "network_": network,
            "n_parameters_": network.n_parameters,
            "_moments_": moments,
            "_profiles_": profiles,
            "_explained_": -np.inf,  # a warm start is to go on from what a user has made
        }
    else:
        loss = loss_of(estimator)
        of_network = {
            **network_attributes(network, rows, loss),
            "_explained_": explained_share(network, rows, loss),
        }
    return {
        **of_network,
        "log_evidence_": None,
        "_adam_": AdamState.fresh(network.n_parameters).seeing(estimator._adam_.weight_seen),
        "_predictive_": None,
    }


def network_attributes(network: Network, rows: Rows, loss: Loss | None = None) -> dict[str, Any]:
    """Return the fitted attributes that a network and its rows determine.

    Without the loss the columns' effects are left out: they are worked out when asked for, over
    made-up rows.
    """
    moments = node_moments(network, rows)
    effects = None
    if loss is not None:
        effects = total_effects(network, rows, couples_outputs=loss.couples_outputs)
    return {
        "network_": network,
        "n_parameters_": network.n_parameters,
        "_moments_": moments,
        "_profiles_": node_profiles(network, rows),
        "_spreads_": Spreads(network, edge_spreads(network, rows, moments), effects),
    }


def loss_of(estimator: Any) -> Loss:
    """Return the loss of a fitted estimator."""
    loss: Loss = estimator._loss(estimator._encoding_.target)
    return loss


def has_rows(X: Any, y: Any, sample_weight: Any) -> bool:
    """Tell whether a method is given rows.

    Raises
    ------
    ValueError
        If only some of the arguments are given.
    """
    if (X is None) != (y is None) or (X is None and sample_weight is not None):
        raise ValueError("X and y must be given together, and sample_weight with them.")
    return X is not None


def checked_table(estimator: Any, X: Any, y: Any, sample_weight: Any) -> OrderedTable:
    """Return rows of the user's that a fitted estimator is to learn from, checked, in one order."""
    probe = copy.copy(estimator)  # checks may record names of columns
    X, y = probe._check(X, y, reset=False)
    return in_one_order(probe._balanced(Data(X, y, checked_weights(sample_weight, X))))


def _estimated(
    estimator: Any, network: Network
) -> tuple[tuple[Moments, ...], tuple[np.ndarray, ...]]:
    """Return moments and profiles without rows, see `described`."""
    before = estimator.network_
    rows = made_up_rows(estimator._profiles_[0])
    moments, profiles = list(node_moments(network, rows)), list(node_profiles(network, rows))
    new, old = layer_inputs(network, rows.x), layer_inputs(before, rows.x)
    for index, layer in enumerate(network.all_layers):
        place = index if index < len(network.layers) else 0  # direct edges leave the inputs
        if place < len(old) and _alike(new[place], old[place]):
            profiles[index] = estimator._profiles_[place]
            if np.array_equal(layer.basis.knots, before.layers[place].basis.knots):
                moments[index] = estimator._moments_[place]
        bare = Moments(moments[index].mean, moments[index].covariance)
        at_quantiles = curve_values(layer, profiles[index].T)
        moments[index] = with_curves(bare, layer, at_quantiles, np.ones(len(at_quantiles)))
    return tuple(moments), tuple(profiles)


def made_up_rows(profile: np.ndarray) -> Rows:
    """Return rows whose columns have a profile (p, s), each in a random order of its own."""
    rng = np.random.default_rng(0)
    repeated = np.tile(profile, (1, _ROWS_A_QUANTILE))
    x = rng.permuted(repeated, axis=1).T
    return Rows(np.ascontiguousarray(x), np.zeros((len(x), 1)), np.ones(len(x)))


def _alike(new: np.ndarray, old: np.ndarray) -> bool:
    """Tell whether nodes have nearly the values that they had."""
    if new.shape != old.shape:
        return False
    deviation = old.std(axis=0)
    return bool((np.abs(new - old).max(axis=0) <= _UNMOVED * deviation + 1e-12).all())
