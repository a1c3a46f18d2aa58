"""From a fitted estimator to formulas: what `symbolify` and ``symbolic=True`` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ._compiling import compiled_for, own_functions
from ._contest import Contest
from ._data import Data
from ._edits import described, made_up_rows
from ._formula import Symbolic, has_link, has_log_link
from ._formula_search import ROUNDING, FormulaSearch, Sought
from ._fronts import Choice, portable_fronts, rows_chosen, with_network_row
from ._table import Table
from .network import Network
from .training import Rows
from .training.objective import mean_loss

# Edge by edge the loss may rise by as much as the network's would on new rows. Where that is not
# known it is taken to rise by a quarter of the network's numbers a row, up to a limit.
_SLACK, _A_NUMBER, _MOST_SLACK = 1.03, 0.25, 1.3
# Steps over which formulas of coupled outputs are fitted together.
_COUPLED_STEPS = 60
_COLUMNS = ("layer", "input", "output", "function", "r2", "fixed", "why")


def without_rows(estimator: Any, library: Any) -> dict[str, Any]:
    """Return the fitted attributes after each edge became the function that it looks like."""
    from .symbolic.edges import from_curves

    network, reports = from_curves(estimator.network_, estimator._profiles_, library)
    return _of_edges(estimator, network, reports, None)


def with_rows(estimator: Any, data: Data, rows: Rows, search: FormulaSearch) -> dict[str, Any]:
    """Return the fitted attributes after whole formulas, and then edges, were tried on rows.

    What is chosen is said by `RULE` in ``symbolic/choice.py``.
    """
    from .symbolic.choice import RULE
    from .symbolic.edges import judged_on_rows

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


def whole_formula(
    estimator: Any, sought: Sequence[Sought], rows: Rows, library: Any, most: float = np.inf
) -> Symbolic | None:
    """Return the chosen formulas if their loss is at most so much; None where there is none."""
    found = _network_of_rows(estimator, sought, rows, library)
    if found is None or not _is_printable(estimator, found.network):
        return None
    loss = estimator._loss(estimator._encoding_.target)
    return found if mean_loss(found.network, rows, loss) <= most else None


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
    known = replace(known, network=network, report=Table(records, _COLUMNS))
    return {**attributes, "_symbolic_": known}


def _is_printable(estimator: Any, network: Network) -> bool:
    """Tell whether exp of the formula's constant is a number."""
    return not has_log_link(estimator) or bool(
        (np.abs(network.layers[-1].bias) < _LARGEST_EXPONENT).all()
    )


_LARGEST_EXPONENT = 500.0


def _network_of_rows(
    estimator: Any, sought: Sequence[Sought], rows: Rows, library: Any
) -> Symbolic | None:
    """Return the chosen formulas with the network that computes them; None if one is missing."""
    from .symbolic.choice import RULE
    from .symbolic.compile import SeveralVariablesError
    from .symbolic.joint import refine_jointly

    chosen = tuple(one.chosen for one in sought)
    if any(choice is None for choice in chosen):
        return None
    fronts = portable_fronts(sought)
    expressions = tuple(front[k].expression for front, k in zip(fronts, chosen, strict=True))  # type: ignore[index]
    functions = own_functions(library)
    try:
        network = compiled_for(estimator, expressions, rows, functions)
    except SeveralVariablesError:
        return None
    found: tuple[Any, ...] | None = expressions
    loss = estimator._loss(estimator._encoding_.target)
    if loss.couples_outputs:  # each was found with those of the others given
        network = refine_jointly(network, rows, loss, max_iter=_COUPLED_STEPS)
        found = None
    report = Table(_curve_records(network), _COLUMNS)
    return Symbolic(network, found, functions, fronts, chosen, RULE, report)  # type: ignore[arg-type]


def _curve_records(network: Network) -> list[dict[str, Any]]:
    """Return a record for each edge of a network that a formula was compiled to."""
    return [
        {
            "layer": index,
            "input": edge.input,
            "output": edge.output,
            "function": " + ".join(term.function.name for term in edge.curve.terms) or "constant",
            "r2": 1.0,
            "fixed": True,
            "why": "found in a search for the whole formula",
        }
        for index, layer in enumerate(network.all_layers)
        for edge in layer.curves
    ]


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
        report = Table(_curve_records(network), _COLUMNS)
        known = replace(known, expressions=tuple(expressions), report=report)
    else:
        known = replace(known, expressions=None)
    known = replace(known, network=network)
    return {**described(estimator, network), "_symbolic_": known}
