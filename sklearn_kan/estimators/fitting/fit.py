"""What `fit` does: from the user's rows to a fit."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from ...network import Network, with_inputs_in_order
from ...training.descent.held_out_strength import with_held_out_alpha
from ...training.descent.restarts import Task, fit_best
from ...training.objective.losses import Loss
from ...training.objective.objective import Rows
from ...training.objective.safeguard import at_least_constant, explained_share
from ..encoding.checks import Checks
from ..encoding.data import Data
from ..encoding.encoding import Encoding, encoding_of, names_of_target
from ..encoding.holdout import split_for_validation
from ..encoding.table_order import OrderedTable, in_one_order
from .fitted import Fitted, Setup, fitted_to
from .going_on import gone_on
from .hyperparameters import Hyperparameters

if TYPE_CHECKING:
    from ...training.report.progress import Progress
    from .progress import Report


class Given(NamedTuple):
    """Rows to fit and rows for early stopping, as the user gives them."""

    X: Any
    y: Any
    sample_weight: Any = None
    X_val: Any = None
    y_val: Any = None
    sample_weight_val: Any = None


@dataclass(frozen=True, eq=False)
class Described:
    """What of a fit does not depend on its network.

    Parameters
    ----------
    setup : Setup
        Columns as the user has them.
    rows : Rows
        Columns in an order of their own.
    places : ndarray of shape (p,), int
        See `OrderedTable.places`.
    """

    setup: Setup
    rows: Rows
    places: np.ndarray

    def fitted(self, network: Network, *, with_effects: bool = False) -> Fitted:
        """Return the fit of a network of the rows, its inputs back in the user's order."""
        network = with_inputs_in_order(network, self.places)
        rows = replace(self.rows, x=self.rows.x[:, self.places])
        explained = explained_share(network, rows, self.setup.loss)
        return fitted_to(self.setup, network, rows, explained, with_effects=with_effects)


def fit(
    given: Given,
    asked: Hyperparameters,
    checks: Checks,
    before: Fitted | None,
    report: Report,
    is_solved: Callable[[Setup, Data], bool] | None,
) -> Fitted:
    """Train on all rows; the report is begun.

    Parameters
    ----------
    given : Given
    asked : Hyperparameters
    checks : Checks
        Of the columns of `before`, if there is one.
    before : Fitted or None
        A fit to go on from.
    report : Report
    is_solved : callable or None
        Tells whether formulas make hidden nodes needless.
    """
    from .evidence import uses_evidence  # heavy, and not needed to import the package

    data, columns = checks.data(given.X, given.y, given.sample_weight)
    checks = checks.of(columns if before is None else before.columns)
    split_seed, *seeds = asked.seeds().spawn(1 + asked.n_starts)
    labels = data.y
    table = in_one_order(data)
    data, held_out = _hold_out(given, asked, checks, table, split_seed)
    if before is not None:
        columns = before.columns
        encoding, start = gone_on(before, asked, checks.kind, data.in_order(table.places))
        encoding = encoding.in_order(table.columns)
    else:
        encoding = encoding_of(checks.kind, data, labels, names_of_target(given.y))
        start = None
    rows = encoding.rows(data)
    check_shape(asked, rows, encoding)
    if start is not None:
        seeds = seeds[:1]
        start = with_inputs_in_order(start, table.columns)
    setup = Setup(encoding.in_order(table.places), asked.architecture(), columns)
    described = Described(setup, rows, table.places)
    begin = partial(report.begin, fitted=described.fitted)
    if uses_evidence(asked, rows, start):
        solved = None
        if is_solved is not None:
            solved = partial(is_solved, setup, data.in_order(table.places))
        return _fit_under_evidence(asked, described, seeds, begin, start, solved)
    validation = None if held_out is None else encoding.rows(held_out)
    task = asked.task(setup.loss, rows, validation, start)
    learns_alpha = _learns_alpha(asked, task)
    task = replace(task, progress=begin(len(seeds) + learns_alpha))
    if learns_alpha:
        task = with_held_out_alpha(task, split_seed)
    best = fit_best(task, seeds, asked.n_jobs)
    trained = with_curves_fitted(best.network, rows, setup.loss, _CURVE_STEPS)
    network = at_least_constant(trained, rows, setup.loss)
    if network is not trained:
        _warn_of("it led to a worse fit than a constant, towards which the network was shrunk")
    elif best.outcome.shortfall:
        _warn_of(best.outcome.shortfall)
    return replace(
        described.fitted(network, with_effects=True),
        n_iter=max(best.outcome.n_iter, 1),
        loss_curve=best.loss_curve,
        validation_loss_curve=best.validation_curve if held_out is not None else None,
        history=[asdict(record) for record in best.outcome.records],
    )


def _learns_alpha(asked: Hyperparameters, task: Task) -> bool:
    """Tell whether L-BFGS is to find a strength by itself."""
    is_free = asked.alpha is None and asked.sparsity == 0 and asked.n_starts == 1
    return is_free and task.batches is None and task.start is None and task.validation is None


def _fit_under_evidence(
    asked: Hyperparameters,
    described: Described,
    seeds: list[np.random.SeedSequence],
    begin: Callable[[int], Progress],
    start: Network | None,
    is_solved: Callable[[], bool] | None,
) -> Fitted:
    from .evidence import fit_under_evidence

    rows, loss = described.rows, described.setup.loss
    found = fit_under_evidence(asked, rows, loss, seeds, begin, start=start, is_solved=is_solved)
    network = at_least_constant(found.network, rows, loss)
    predictive = None
    if found.predictive is not None and network is found.network:
        predictive = found.predictive.with_inputs_in_order(described.places)
    return replace(
        described.fitted(network, with_effects=True),
        n_iter=max(found.n_iter, 1),
        loss_curve=found.loss_curve,
        log_evidence=found.log_evidence,
        history=[asdict(record) for record in found.records],
        predictive=predictive,
    )


# Steps that numbers of curves are fitted with, after the weights.
_CURVE_STEPS = 60


def with_curves_fitted(network: Network, rows: Rows, loss: Loss, max_iter: int) -> Network:
    """Fit the numbers of a network's curves to the rows, where it has some."""
    if not network.has_curves:
        return network
    from ...symbolic.networks.joint import refine_jointly

    return refine_jointly(network, rows, loss, max_iter=max_iter, splines=False)


def check_shape(asked: Hyperparameters, rows: Rows, encoding: Encoding) -> None:
    """Refuse networks that are too large; warn of shapes that are probably not meant."""
    n_columns, n_outputs = rows.x.shape[1], rows.y.shape[1]
    asked.check_size(n_columns, n_outputs)
    classes = encoding.target.classes
    asked.warn_of_pykan_shape(n_columns, {n_outputs, 0 if classes is None else len(classes)})


def _hold_out(
    given: Given,
    asked: Hyperparameters,
    checks: Checks,
    table: OrderedTable,
    seed: np.random.SeedSequence,
) -> tuple[Data, Data | None]:
    """Return the rows to fit, and those for early stopping."""
    X_val, y_val, weights_val = given[3:]
    if (X_val is None) != (y_val is None) or (X_val is None and weights_val is not None):
        raise ValueError("X_val and y_val must be given together, and sample_weight_val with them.")
    if X_val is not None and not asked.early_stopping:
        raise ValueError("X_val and y_val are for early_stopping=True, but it is False.")
    if not asked.early_stopping:
        return table.data, None
    if X_val is None:
        return split_for_validation(
            table.data,
            asked.validation_fraction,
            np.random.default_rng(seed),
            checks.kind.strata(table.data.y),
        )
    return table.data, checks.validation(X_val, y_val, weights_val).in_order(table.columns)


def _warn_of(shortfall: str) -> None:
    warnings.warn(
        f"Training ended before the optimum: {shortfall}. The best network so far is kept. "
        "More iterations (max_iter), a larger alpha, a coarser grid_size or a larger tol help.",
        ConvergenceWarning,
        stacklevel=5,
    )
