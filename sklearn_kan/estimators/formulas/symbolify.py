"""From a fitted estimator to formulas: what `symbolify` and ``symbolic=True`` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..._table import Table
from ...network import Network
from ...training.objective.objective import Rows, mean_loss
from ..encoding.data import Data
from ..fitting.edits import described, made_up_rows
from .compiled import compiled_for, own_functions
from .contest import Contest
from .formula import Symbolic, has_link
from .fronts import Choice, portable_fronts, rows_chosen, with_network_row
from .searched import ROUNDING, FormulaSearch
from .whole import COLUMNS, curve_records, whole_formula

# Edge by edge the loss may rise by as much as the network's would on new rows. Where that is not
# known it is taken to rise by a quarter of the network's numbers a row, up to a limit.
_SLACK, _A_NUMBER, _MOST_SLACK = 1.03, 0.25, 1.3


def without_rows(estimator: Any, library: Any) -> dict[str, Any]:
    """Return the fitted attributes after each edge became the function that it looks like."""
    from ...symbolic.networks.edge_by_edge import from_curves

    network, reports = from_curves(estimator.network_, estimator._profiles_, library)
    return _of_edges(estimator, network, reports, None)


def with_rows(estimator: Any, data: Data, rows: Rows, search: FormulaSearch) -> dict[str, Any]:
    """Return the fitted attributes after whole formulas, and then edges, were tried on rows.

    What is chosen is said by `RULE` in ``symbolic/choice.py``.
    """
    from ...symbolic.front.choice import RULE
    from ...symbolic.networks.edge_by_edge import judged_on_rows

    sought = search.sought(estimator, data)
    contest = Contest(estimator, data, rows, sought)
    found = whole_formula(estimator, sought, rows, search.library)
    network = estimator.network_
    if found is None or contest.is_won_by(network, found.network):
        loss = estimator._loss(estimator._encoding_.target)
        most = _most_loss(estimator, rows, mean_loss(network, rows, loss))
        network, reports = judged_on_rows(
            network, rows, loss, estimator._profiles_, search.library, most
        )
        if found is None or contest.is_won_by(network, found.network):
            functions = own_functions(search.library)
            known = Symbolic(
                network, functions=functions, fronts=portable_fronts(sought), rule=RULE
            )
            known = with_network_row(estimator, known, network, contest)
            return _of_edges(estimator, network, reports, rows, known)
    known = with_network_row(estimator, found, network, contest)
    return {**described(estimator, known.network, rows), "_symbolic_": known}


def _most_loss(estimator: Any, rows: Rows, before: float) -> float:
    """Return the loss that a formula may have at most."""
    if estimator._predictive_ is not None and not has_link(estimator):
        expected = 0.5 * estimator._predictive_.dispersion * rows.y.shape[1]
        return _SLACK * max(before, expected) + ROUNDING
    rise = 1.0 + _A_NUMBER * estimator.n_parameters_ / max(rows.total_weight, 1.0)
    return _SLACK * before * min(rise, _MOST_SLACK) + ROUNDING


def _of_edges(
    estimator: Any,
    network: Network,
    reports: Sequence[Any],
    rows: Rows | None,
    known: Symbolic | None = None,
) -> dict[str, Any]:
    if network is estimator.network_:
        attributes: dict[str, Any] = {}
    else:
        attributes = described(estimator, network, rows)
    records = [vars(report) for report in reports]
    known = known or Symbolic(network)
    known = replace(known, network=network, report=Table(records, COLUMNS))
    return {**attributes, "_symbolic_": known}


def with_choice(estimator: Any, choice: Choice) -> dict[str, Any]:
    """Return the fitted attributes after another row of a front was taken.

    Raises
    ------
    ValueError
        If there is no such row.
    """
    known: Symbolic = estimator._symbolic_
    front = known.fronts[choice.output]
    if not 0 <= choice.row < len(front):
        raise ValueError(f"i must be 0 to {len(front) - 1}, a row of formulas_; got {choice.row}.")
    current = rows_chosen(known, choice)
    known = replace(known, chosen=current, rule="chosen by hand", report=None)
    network = front[choice.row].network
    if network is None:
        expressions = [row[k].expression for row, k in zip(known.fronts, current, strict=True)]
        rows = made_up_rows(estimator._profiles_[0])
        network = compiled_for(estimator, expressions, rows, dict(known.functions))
        report = Table(curve_records(network), COLUMNS)
        known = replace(known, expressions=tuple(expressions), report=report)
    else:
        known = replace(known, expressions=None)
    known = replace(known, network=network)
    return {**described(estimator, network), "_symbolic_": known}
