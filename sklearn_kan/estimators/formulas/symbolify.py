"""From a fit to formulas: what `symbolify` and ``symbolic=True`` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..._table import Table
from ...network import Network
from ...training.objective.objective import Rows, mean_loss
from ..encoding.data import Data
from ..fitting.edits import with_network
from ..fitting.fitted import Fitted, made_up_rows
from ..fitting.known_formulas import Symbolic
from .compiled import compiled_for, own_functions
from .contest import Contest
from .formula import has_link
from .fronts import Choice, portable_fronts, rows_chosen, with_network_row
from .searched import ROUNDING, FormulaSearch
from .whole import REPORT_COLUMNS, curve_records, whole_formula

# Edge by edge the loss may rise by as much as the network's would on new rows. Where that is not
# known it is taken to rise by a quarter of the network's numbers a row, up to a limit.
_SLACK, _A_NUMBER, _MOST_SLACK = 1.03, 0.25, 1.3


def without_rows(fitted: Fitted, library: Any) -> Fitted:
    """Return the fit after each edge became the function that it looks like."""
    from ...symbolic.networks.edge_by_edge import from_curves

    network, reports = from_curves(fitted.network, fitted.profiles, library)
    return _of_edges(fitted, network, reports, None)


def with_rows(fitted: Fitted, data: Data, search: FormulaSearch) -> Fitted:
    """Return the fit after whole formulas, and then edges, were tried on rows.

    What is chosen is said by `RULE` in ``symbolic/choice.py``.
    """
    from ...symbolic.front.choice import RULE
    from ...symbolic.networks.edge_by_edge import judged_on_rows

    rows = fitted.encoding.rows(data)
    sought = search.sought(fitted, data, fitted.network)
    contest = Contest(fitted, data, rows, sought)
    found = whole_formula(fitted, sought, rows, search.library)
    network = fitted.network
    if found is None or contest.is_won_by(network, found.network):
        most = _most_loss(fitted, rows, mean_loss(network, rows, fitted.loss))
        network, reports = judged_on_rows(
            network, rows, fitted.loss, fitted.profiles, search.library, most
        )
        if found is None or contest.is_won_by(network, found.network):
            functions = own_functions(search.library)
            known = Symbolic(
                network, functions=functions, fronts=portable_fronts(sought), rule=RULE
            )
            known = with_network_row(fitted, known, network, contest)
            return _of_edges(fitted, network, reports, rows, known)
    known = with_network_row(fitted, found, network, contest)
    return replace(with_network(fitted, known.network, rows), symbolic=known)


def _most_loss(fitted: Fitted, rows: Rows, before: float) -> float:
    """Return the loss that a formula may have at most."""
    if fitted.predictive is not None and not has_link(fitted):
        expected = 0.5 * fitted.predictive.dispersion * rows.y.shape[1]
        return _SLACK * max(before, expected) + ROUNDING
    rise = 1.0 + _A_NUMBER * fitted.network.n_parameters / max(rows.total_weight, 1.0)
    return _SLACK * before * min(rise, _MOST_SLACK) + ROUNDING


def _of_edges(
    fitted: Fitted,
    network: Network,
    reports: Sequence[Any],
    rows: Rows | None,
    known: Symbolic | None = None,
) -> Fitted:
    if network is not fitted.network:
        fitted = with_network(fitted, network, rows)
    records = [vars(report) for report in reports]
    known = known or Symbolic(network)
    known = replace(known, network=network, report=Table(records, REPORT_COLUMNS))
    return replace(fitted, symbolic=known)


def with_choice(fitted: Fitted, known: Symbolic, choice: Choice) -> Fitted:
    """Return the fit after another row of a front was taken.

    Raises
    ------
    ValueError
        If there is no such row.
    """
    front = known.fronts[choice.output]
    if not 0 <= choice.row < len(front):
        raise ValueError(f"i must be 0 to {len(front) - 1}, a row of formulas_; got {choice.row}.")
    current = rows_chosen(known, choice)
    known = replace(known, chosen=current, rule="chosen by hand", report=None)
    network = front[choice.row].network
    if network is None:
        expressions = [row[k].expression for row, k in zip(known.fronts, current, strict=True)]
        rows = made_up_rows(fitted.profiles[0])
        network = compiled_for(fitted, expressions, rows, known.functions)
        report = Table(curve_records(network), REPORT_COLUMNS)
        known = replace(known, expressions=tuple(expressions), report=report)
    else:
        known = replace(known, expressions=None)
    known = replace(known, network=network)
    return replace(with_network(fitted, network), symbolic=known)
