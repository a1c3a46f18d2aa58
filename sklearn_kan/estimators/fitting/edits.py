"""Another network in place of the one of a fit, and what is known of it then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from ...network import Network
from ...training.descent.adam import AdamState
from ...training.objective.objective import Rows
from ...training.objective.safeguard import explained_share
from ...training.summaries.moments import Moments, curve_values, node_moments, with_curves
from ...training.summaries.profiles import layer_inputs, node_profiles
from .fitted import Fitted, made_up_rows, summaries

# A node that moves by less than this share of its spread is where it was.
_UNMOVED = 0.02


def with_network(fitted: Fitted, network: Network, rows: Rows | None = None) -> Fitted:
    """Return the fit with another network in place of the one at hand.

    Parameters
    ----------
    fitted : Fitted
    network : Network
    rows : Rows or None
        Rows for its moments and profiles. Without rows those of nodes that stay where they
        were are kept; those of others are worked out as if the columns were independent.
    """
    if rows is None:
        moments, profiles = _estimated(fitted, network)
        spreads = fitted.spreads
        explained = -np.inf  # a warm start is to go on from what a user has made
    else:
        moments, profiles, spreads = summaries(network, rows, fitted.loss)
        explained = explained_share(network, rows, fitted.loss)
    return replace(
        fitted,
        network=network,
        moments=moments,
        profiles=profiles,
        spreads=spreads,
        explained=explained,
        log_evidence=None,
        adam=AdamState.fresh(network.n_parameters).seeing(fitted.adam.weight_seen),
        predictive=None,
    )


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


def _estimated(
    fitted: Fitted, network: Network
) -> tuple[tuple[Moments, ...], tuple[np.ndarray, ...]]:
    """Return moments and profiles without rows, see `with_network`."""
    before = fitted.network
    rows = made_up_rows(fitted.profiles[0])
    moments, profiles = list(node_moments(network, rows)), list(node_profiles(network, rows))
    new, old = layer_inputs(network, rows.x), layer_inputs(before, rows.x)
    for index, layer in enumerate(network.all_layers):
        place = index if index < len(network.layers) else 0  # direct edges leave the inputs
        if place < len(old) and _alike(new[place], old[place]):
            profiles[index] = fitted.profiles[place]
            if np.array_equal(layer.basis.knots, before.layers[place].basis.knots):
                moments[index] = fitted.moments[place]
        bare = Moments(moments[index].mean, moments[index].covariance)
        at_quantiles = curve_values(layer, profiles[index].T)
        moments[index] = with_curves(bare, layer, at_quantiles, np.ones(len(at_quantiles)))
    return tuple(moments), tuple(profiles)


def _alike(new: np.ndarray, old: np.ndarray) -> bool:
    """Tell whether nodes have nearly the values that they had."""
    if new.shape != old.shape:
        return False
    deviation = old.std(axis=0)
    return bool((np.abs(new - old).max(axis=0) <= _UNMOVED * deviation + 1e-12).all())
