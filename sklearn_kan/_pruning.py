"""Importances, pruning and refining of a fitted estimator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._edits import checked_table, described, has_rows, loss_of, made_up_rows
from ._fitted import at_once, of_one_fit, take
from ._table_order import OrderedTable
from .network import Network
from .training import Spreads, edge_spreads, node_moments, record_of, total_effects
from .training.importance import EdgeSpread, attribution, variance_shares

# Hyperparameters that say how edits learn from rows; they may have been changed since `fit`.
_LEARNING = (
    "grid_eps",
    "alpha",
    "sparsity",
    "max_iter",
    "tol",
    "n_jobs",
    "random_state",
    "verbose",
)


def spreads_of(estimator: Any) -> tuple[EdgeSpread, ...]:
    """Return how the edges of a fitted estimator vary.

    After edits that had no rows: over made-up ones, as if the columns were independent.
    """
    network: Network = estimator.network_
    if estimator._spreads_.network is network:
        layers: tuple[EdgeSpread, ...] = estimator._spreads_.layers
        return layers
    rows = made_up_rows(estimator._profiles_[0])
    return edge_spreads(network, rows, node_moments(network, rows))


def effects_of(estimator: Any) -> np.ndarray:
    """Return the total effects of the columns, over made-up rows where no others are known of."""
    network: Network = estimator.network_
    spreads: Spreads = estimator._spreads_
    if spreads.network is network and spreads.effects is not None:
        return spreads.effects
    couples = loss_of(estimator).couples_outputs
    rows = made_up_rows(estimator._profiles_[0])
    return total_effects(network, rows, couples_outputs=couples)


class PruningMixin:
    """What matters in a fitted network, and how it is made smaller or finer.

    Layers of edges count from the inputs; direct edges come last. Methods change the estimator
    in place; ``copy.deepcopy(model)`` is a copy to try them on.
    """

    if TYPE_CHECKING:
        network_: Network
        prune_threshold: float | None
        _spreads_: Spreads

        def _validated(self, *names: str) -> None: ...

    @property
    @of_one_fit
    def edge_importances_(self) -> list[np.ndarray]:
        """Importance (p, q) of the edges of each layer, the direct ones last.

        KAN 2.0's attribution, backwards from the outputs: the standard deviation of an edge
        function over the training rows, as a share of that of the node it leads to, times
        the importance of that node. A raw prediction has importance 1; the two factors of a
        product node, which are outputs of their layer one by one, have the product's. Edges that
        are not there, or constant, have exactly 0.
        """
        return attribution(self.network_, spreads_of(self)).edges

    @property
    @of_one_fit
    def node_importances_(self) -> list[np.ndarray]:
        """Importance (p,) of the input nodes of each layer: the sum over their edges.

        The first entry has the columns, direct edges counted in; the others the hidden nodes.
        """
        return attribution(self.network_, spreads_of(self)).nodes

    @property
    @of_one_fit
    def feature_importances_(self) -> np.ndarray:
        """Importance ``(n_features_in_,)`` of the columns: shares that sum to 1.

        A column's share of the total effects ``E |f(X) - f(X')|^2 / 2``, where f are the raw
        predictions, X the training rows and X' the same with the column's values exchanged for
        independent ones out of the column: the variance of the prediction that is lost with the
        column, its interactions included. In an additive model these are the variances of its
        curves; permutation importances on the training rows have the same order, but for
        what residuals add. Several outputs count alike, each in units of its standard
        deviation; logits are taken less their mean. A column without effect has exactly 0; all
        have for a network that is constant.

        `edge_importances_` and `node_importances_` follow the edges one by one instead, and do
        not know what cancels on the way.

        Worked out in `fit`; after edits without rows, and `partial_fit`, over made-up rows, as
        if the columns were independent.
        """
        effects = effects_of(self)
        total = effects.sum()
        return effects / total if total > 0 else np.zeros(len(effects))

    @property
    @of_one_fit
    def edge_variance_shares_(self) -> list[np.ndarray]:
        """Share (p, q) of the variance of the node it leads to, for each edge of each layer.

        ``Cov(phi_ij, z_j) / Var(z_j)`` over the training rows. The shares of all edges that lead
        to a node sum to 1, direct ones included; an edge that works against others has a
        negative one.
        """
        return variance_shares(spreads_of(self))

    @at_once
    def prune_(
        self, X: Any = None, y: Any = None, sample_weight: Any = None, threshold: Any = None
    ) -> Any:
        """Remove what the network can do without, in place.

        Without rows, edges go whose importance (`edge_importances_`) is below `threshold`.
        Their means go to the biases, and hidden nodes that lead nowhere, or come from nowhere,
        go too.

        With rows the evidence decides: smaller shapes (fewer layers, nodes, no direct edges) are
        fitted afresh, smallest first, and take over where the log-evidence does not fall by more
        than a nat an edge, or the loss not at all; edges are eliminated, cheapest first; what
        stays is fitted again. Grids become finer where a smaller shape then does as well. In
        networks of more than 1,500 parameters smaller shapes are tried too; where none will do,
        and where hidden nodes have fewer than 40 rows, the weak edges are removed and the others
        trained again, if that lowers the Bayesian information criterion.

        A raw prediction that varies keeps a path from the inputs unless the rows say that it is
        a constant. `pruning_report_` tells what went.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features), default=None
            Rows to judge by: those of `fit`, or others like them.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Their target.
        sample_weight : array-like of shape (n_samples,), default=None
        threshold : float, default=None
            Edges below this importance go in any case. None is `prune_threshold`, and where
            that is None too: 0.01 without rows, 0 with rows.

        Returns
        -------
        self : object
            With `pruning_report_`. `log_evidence_` and standard deviations of predictions are
            known afterwards only where edges were removed under the evidence.

        Raises
        ------
        ValueError
            If an argument is not usable; the estimator stays as it was.
        """
        from ._prune_rows import checked_threshold, pruned_by_threshold, pruned_on_rows

        self._validated("prune_threshold", *_LEARNING)
        table = self._table_to_judge(X, y, sample_weight)
        limit = checked_threshold(threshold, self.prune_threshold, table is not None)
        if table is None:
            return take(self, pruned_by_threshold(self, limit))
        return take(self, pruned_on_rows(self, table, limit))

    @at_once
    def refine_(
        self, grid_size: Any, X: Any = None, y: Any = None, sample_weight: Any = None
    ) -> Any:
        """Make all grids finer, in place.

        Without rows no prediction changes: knots are inserted. With rows the fit goes on from
        there under the evidence, which may use what the finer grids can do.

        Parameters
        ----------
        grid_size : int
            Intervals of the grids of the columns, a multiple of those at hand; intervals of
            hidden nodes' grids are cut into as many parts.
        X, y, sample_weight : array-like, default=None
            Rows to go on with.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If `grid_size` is no multiple of the number of intervals at hand, or rows are not
            usable; the estimator stays as it was.
        """
        from ._prune_rows import refined, refitted_on_rows, with_record

        self._validated(*_LEARNING)
        network = refined(self.network_, grid_size)
        table = self._table_to_judge(X, y, sample_weight)
        if table is None:
            attributes = described(self, network)
            attributes["_spreads_"] = Spreads(network, spreads_of(self), effects_of(self))
            attributes["history_"] = with_record(self, record_of("refined", network))
            return take(self, attributes)
        return take(self, refitted_on_rows(self, network, table))

    def _table_to_judge(self, X: Any, y: Any, sample_weight: Any) -> OrderedTable | None:
        if not has_rows(X, y, sample_weight):
            return None
        return checked_table(self, X, y, sample_weight)
