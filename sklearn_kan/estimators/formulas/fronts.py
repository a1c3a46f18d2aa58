"""The rows of `formulas_`: formulas that a search found, and the network among them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...network import Network
from ..fitting.fitted import Fitted, Setup
from ..fitting.known_formulas import Candidate, Symbolic
from .contest import Contest
from .formula import assembled, assembled_network, to_read
from .sought import Sought

# A formula that leaves this share of the loss of a constant leaves nothing for a network.
_EXACT = 1e-12
_AS_IT_IS = "the formula of the network as it is"


def portable(expressions: Sequence[Any]) -> list[Any]:
    """Return expressions that pickle, products of exponentials in one."""
    from sympy import powsimp

    from ...symbolic.networks.assemble import portable

    return [powsimp(e, combine="exp") for e in portable(expressions, {}).expressions]


def portable_fronts(sought: Sequence[Sought]) -> tuple[tuple[Candidate, ...], ...]:
    """Return the formulas that were found for each output."""
    return tuple(tuple(map(_candidate, one.found.front)) for one in sought)


def _candidate(formula: Any) -> Candidate:
    from ...symbolic.language.primitive import count_nodes

    (expression,) = portable([formula.expression])
    return Candidate(expression, count_nodes(expression), formula.r2, formula.r2_held_out)


def with_network_row(setup: Setup, known: Symbolic, network: Network, contest: Contest) -> Symbolic:
    """Return formulas with a network among them; it is chosen where no formula is.

    Beside formulas that leave nothing it has no place.
    """
    from ...symbolic.language.primitive import count_nodes

    if known.chosen and all(
        1.0 - front[k].r2 < _EXACT for front, k in zip(known.fronts, known.chosen, strict=True)
    ):
        return known
    expressions = assembled_network(setup, network).expressions
    fronts, chosen = [], []
    for k, (expression, r2) in enumerate(zip(expressions, contest.r2(network), strict=True)):
        row = Candidate(expression, count_nodes(expression), *r2, network=network)
        front = sorted([*known.fronts[k], row], key=lambda one: one.complexity)
        current = known.fronts[k][known.chosen[k]] if known.chosen else row
        fronts.append(tuple(front))
        chosen.append(next(i for i, one in enumerate(front) if one is current))
    return replace(known, fronts=tuple(fronts), chosen=tuple(chosen))


@dataclass(frozen=True)
class Choice:
    """A row of the front of one output."""

    row: int
    output: int


def rows_chosen(known: Symbolic, choice: Choice) -> tuple[int, ...]:
    """Return the rows of all fronts when one is taken of one of them.

    A network is that of all outputs; beside a formula others have their most accurate one.
    """
    front = known.fronts[choice.output]
    if front[choice.row].network is not None:
        return tuple(_row_of_network(front) for front in known.fronts)
    rows = [
        _best(front) if front[k].network is not None else k
        for front, k in zip(known.fronts, known.chosen, strict=True)
    ]
    rows[choice.output] = choice.row
    return tuple(rows)


def _row_of_network(front: Sequence[Candidate]) -> int:
    return next(k for k, row in enumerate(front) if row.network is not None)


def _best(front: Sequence[Candidate]) -> int:
    formulas = [k for k, row in enumerate(front) if row.network is None]
    return max(formulas, key=lambda k: front[k].r2)


def formula_rows(fitted: Fitted, output: int) -> tuple[list[dict[str, Any]], str]:
    """Return the records of the front of an output, and the rule; one of them is chosen.

    A network that was edited, or that no search was made beside, is a row of its own, the last.
    """
    from ...symbolic.language.primitive import count_nodes

    known = fitted.symbolic
    front = () if known is None or not known.fronts else known.fronts[output]
    if front and known is not None and known.network is fitted.network:
        chosen = known.chosen[output]
        rows = [_record(fitted, row, chosen=k == chosen) for k, row in enumerate(front)]
        return rows, known.rule
    expression = assembled(fitted).expressions[output]
    current = Candidate(expression, count_nodes(expression), np.nan, np.nan)
    records = [_record(fitted, row, chosen=False) for row in front]
    return [*records, _record(fitted, current, chosen=True)], _AS_IT_IS


def _record(setup: Setup, row: Candidate, *, chosen: bool) -> dict[str, Any]:
    return {
        "expression": to_read(setup, row.expression),
        "complexity": row.complexity,
        "r2": row.r2,
        "r2_held_out": row.r2_held_out,
        "chosen": chosen,
    }
