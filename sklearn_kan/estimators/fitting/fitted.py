"""Everything that a fit leaves, as one value.

A thread that predicts while another one fits, and an interrupt in between, meet the old fit or
the new one, never a mixture: whoever reads takes the record once, whoever edits puts another one
in its place by one assignment.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._table import Table
from ...network import Network
from ...network._value import Value
from ...training.descent.adam import AdamState
from ...training.initial.network import Architecture
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows
from ...training.report.history import Record
from ...training.summaries.effects import total_effects
from ...training.summaries.importance import EdgeSpread, Spreads, edge_spreads
from ...training.summaries.moments import Moments, node_moments
from ...training.summaries.profiles import node_profiles
from ..encoding.data import KnownColumns
from ..encoding.encoding import Encoding
from .known_formulas import Symbolic

if TYPE_CHECKING:
    from ...training.evidence.predictive import Predictive

# Rows made up where none are given, per quantile of a profile.
_ROWS_A_QUANTILE = 5


@dataclass(frozen=True, eq=False)
class Setup(Value):
    """What is known of a fit before there is a network.

    Parameters
    ----------
    encoding : Encoding
        Scalings and names of columns, how the target is encoded, and its loss.
    asked : Architecture
        What was asked for.
    columns : KnownColumns
        As the user has them.
    """

    encoding: Encoding
    asked: Architecture
    columns: KnownColumns

    @property
    def loss(self) -> Loss:
        """The loss that the target is fitted with, whatever has become of `loss` since."""
        return self.encoding.target.loss


@dataclass(frozen=True, eq=False)
class Fitted(Setup):
    """A fit: its network, and what stays of the rows that it was fitted to.

    Parameters
    ----------
    network : Network
    moments, profiles : tuple
        What the training rows looked like at the nodes of each layer.
    spreads : Spreads
        How edges varied over them; of `spreads.network`, from which `network` may be an edit.
    x_range, y_range : ndarray of shape (2, p) and (2, q)
        The ranges of the scaled columns, and of the encoded target.
    explained : float
        The share of the loss that the network explained of its rows; minus infinity for one
        that a user has made.
    adam : AdamState
        What `partial_fit` goes on with.
    n_iter : int
    loss_curve : list of float
    history : list of dict
        Records for the user.
    validation_loss_curve : list of float or None
    log_evidence : float or None
    predictive : Predictive or None
        Standard deviations of predictions.
    pruning_report : Table or None
    symbolic : Symbolic or None
        Formulas.
    """

    network: Network
    moments: tuple[Moments, ...]
    profiles: tuple[np.ndarray, ...]
    spreads: Spreads
    x_range: np.ndarray
    y_range: np.ndarray
    explained: float
    adam: AdamState
    n_iter: int = 1
    loss_curve: list[float] = field(default_factory=list)
    history: list[dict[str, Any]] = field(default_factory=list)
    validation_loss_curve: list[float] | None = None
    log_evidence: float | None = None
    predictive: Predictive | None = None
    pruning_report: Table | None = None
    symbolic: Symbolic | None = None

    @property
    def edge_spreads(self) -> tuple[EdgeSpread, ...]:
        """How the edges of each layer vary.

        After edits that had no rows: over made-up ones, as if the columns were independent.
        """
        if self.spreads.network is self.network:
            return self.spreads.layers
        rows = made_up_rows(self.profiles[0])
        return edge_spreads(self.network, rows, node_moments(self.network, rows))

    @property
    def total_effects(self) -> np.ndarray:
        """The total effects of the columns, over made-up rows where no others are known of."""
        if self.spreads.network is self.network and self.spreads.effects is not None:
            return self.spreads.effects
        rows = made_up_rows(self.profiles[0])
        return total_effects(self.network, rows, couples_outputs=self.loss.couples_outputs)


def fitted_to(
    setup: Setup, network: Network, rows: Rows, explained: float, *, with_effects: bool = False
) -> Fitted:
    """Return the fit of a network to rows, before anything is said of the way to it.

    Parameters
    ----------
    setup : Setup
    network : Network
    rows : Rows
        Columns as the user has them.
    explained : float
        See `Fitted`.
    with_effects : bool
        Without the columns' effects these are worked out when asked for, over made-up rows.
    """
    moments, profiles, spreads = summaries(network, rows, setup.loss if with_effects else None)
    return Fitted(
        encoding=setup.encoding,
        asked=setup.asked,
        columns=setup.columns,
        network=network,
        moments=moments,
        profiles=profiles,
        spreads=spreads,
        x_range=range_of(rows.x),
        y_range=range_of(rows.y),
        explained=explained,
        adam=AdamState.fresh(network.n_parameters).seeing(rows.total_weight),
    )


def summaries(
    network: Network, rows: Rows, loss: Loss | None
) -> tuple[tuple[Moments, ...], tuple[np.ndarray, ...], Spreads]:
    """Return moments, profiles and spreads of a network over rows; effects with a loss alone."""
    moments = node_moments(network, rows)
    effects = None
    if loss is not None:
        effects = total_effects(network, rows, couples_outputs=loss.couples_outputs)
    spreads = Spreads(network, edge_spreads(network, rows, moments), effects)
    return moments, node_profiles(network, rows), spreads


def with_record(fitted: Fitted, record: Record, *, verbose: bool) -> Fitted:
    """Return the fit with one more record in its history; it is printed if asked for."""
    if verbose:
        print(record)  # noqa: T201
    return replace(fitted, history=[*fitted.history, asdict(record)])


def range_of(values: np.ndarray) -> np.ndarray:
    """Return the smallest and the largest value (2, d) of each column (n, d)."""
    return np.stack([values.min(axis=0), values.max(axis=0)])


def made_up_rows(profile: np.ndarray) -> Rows:
    """Return rows whose columns have a profile (p, s), each in a random order of its own."""
    rng = np.random.default_rng(0)
    repeated = np.tile(profile, (1, _ROWS_A_QUANTILE))
    x = rng.permuted(repeated, axis=1).T
    return Rows(np.ascontiguousarray(x), np.zeros((len(x), 1)), np.ones(len(x)))
