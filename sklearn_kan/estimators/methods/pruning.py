"""Importances, pruning and refining of a fitted estimator."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from ...training.report.history import record_of
from ...training.summaries.importance import Spreads, attribution, variance_shares
from ..encoding.checks import Checks
from ..encoding.table_order import OrderedTable, in_one_order
from ..fitting.attributes import at_once, of_one_fit
from ..fitting.edits import has_rows, with_network
from ..fitting.fitted import Fitted, with_record
from ..fitting.learning import Learning

# Hyperparameters that say how edits learn from rows; they may have been changed since `fit`.
_LEARNING = tuple(field.name for field in fields(Learning))


class PruningMixin:
    """What matters in a fitted network, and how it is made smaller or finer.

    Layers of edges count from the inputs; direct edges come last. Methods change the estimator
    in place; ``copy.deepcopy(model)`` is a copy to try them on.
    """

    if TYPE_CHECKING:
        prune_threshold: float | None
        _fit: Fitted

        def _validated(self, *names: str) -> None: ...
        def _checks(self, fitted: Fitted | None) -> Checks: ...

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
        return attribution(self._fit.network, self._fit.edge_spreads).edges

    @property
    @of_one_fit
    def node_importances_(self) -> list[np.ndarray]:
        """Importance (p,) of the input nodes of each layer: the sum over their edges.

        The first entry has the columns, direct edges counted in; the others the hidden nodes.
        """
        return attribution(self._fit.network, self._fit.edge_spreads).nodes

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
        effects = self._fit.total_effects
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
        return variance_shares(self._fit.edge_spreads)

    @at_once
    def prune_(
        self, X: Any = None, y: Any = None, sample_weight: Any = None, threshold: Any = None
    ) -> Fitted:
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
        return self._pruned(self._fit, X, y, sample_weight, threshold)

    def _pruned(
        self, fitted: Fitted, X: Any, y: Any, sample_weight: Any, threshold: Any = None
    ) -> Fitted:
        from .prune_rows import checked_threshold, pruned_by_threshold, pruned_on_rows

        self._validated("prune_threshold", *_LEARNING)
        learning = Learning.of(self)
        table = self._table_to_judge(fitted, X, y, sample_weight)
        limit = checked_threshold(threshold, self.prune_threshold, table is not None)
        if table is None:
            return pruned_by_threshold(fitted, limit, verbose=learning.verbose)
        return pruned_on_rows(fitted, learning, table, limit)

    @at_once
    def refine_(
        self, grid_size: Any, X: Any = None, y: Any = None, sample_weight: Any = None
    ) -> Fitted:
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
        from .prune_rows import refined, refitted_on_rows

        self._validated(*_LEARNING)
        fitted, learning = self._fit, Learning.of(self)
        network = refined(fitted.network, grid_size)
        table = self._table_to_judge(fitted, X, y, sample_weight)
        if table is not None:
            return refitted_on_rows(fitted, learning, network, table)
        spreads = Spreads(network, fitted.edge_spreads, fitted.total_effects)
        finer = replace(with_network(fitted, network), spreads=spreads)
        return with_record(finer, record_of("refined", network), verbose=learning.verbose)

    def _table_to_judge(
        self, fitted: Fitted, X: Any, y: Any, sample_weight: Any
    ) -> OrderedTable | None:
        if not has_rows(X, y, sample_weight):
            return None
        return in_one_order(self._checks(fitted).data(X, y, sample_weight)[0])
