"""Formulas that were found whole, with the network that computes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._table import Table
from ...network import Network
from ...training.objective.objective import Rows, mean_loss
from ..fitting.fitted import Setup
from ..fitting.known_formulas import Symbolic
from .compiled import compiled_for, own_functions
from .formula import has_log_link
from .fronts import portable_fronts
from .sought import Sought

# Steps over which formulas of coupled outputs are fitted together.
_COUPLED_STEPS = 60
# Of the constant of a formula behind a log link.
_LARGEST_EXPONENT = 500.0
REPORT_COLUMNS = ("layer", "input", "output", "function", "r2", "fixed", "why")


def whole_formula(
    setup: Setup, sought: Sequence[Sought], rows: Rows, library: Any, most: float = np.inf
) -> Symbolic | None:
    """Return the chosen formulas if their loss is at most so much; None where there is none."""
    found = _network_of_rows(setup, sought, rows, library)
    if found is None or not _is_printable(setup, found.network):
        return None
    return found if mean_loss(found.network, rows, setup.loss) <= most else None


def _network_of_rows(
    setup: Setup, sought: Sequence[Sought], rows: Rows, library: Any
) -> Symbolic | None:
    """Return the chosen formulas with the network that computes them; None if one is missing."""
    from ...symbolic.front.choice import RULE
    from ...symbolic.networks.compile import SeveralVariablesError
    from ...symbolic.networks.joint import refine_jointly

    chosen = tuple(one.chosen for one in sought)
    if any(choice is None for choice in chosen):
        return None
    fronts = portable_fronts(sought)
    expressions = tuple(front[k].expression for front, k in zip(fronts, chosen, strict=True))  # type: ignore[index]
    functions = own_functions(library)
    try:
        network = compiled_for(setup, expressions, rows, functions)
    except SeveralVariablesError:
        return None
    found: tuple[Any, ...] | None = expressions
    loss = setup.loss
    if loss.couples_outputs:  # each was found with those of the others given
        network = refine_jointly(network, rows, loss, max_iter=_COUPLED_STEPS)
        found = None
    report = Table(curve_records(network), REPORT_COLUMNS)
    return Symbolic(network, found, functions, fronts, chosen, RULE, report)  # type: ignore[arg-type]


def _is_printable(setup: Setup, network: Network) -> bool:
    """Tell whether exp of the formula's constant is a number."""
    return not has_log_link(setup) or bool(
        (np.abs(network.layers[-1].bias) < _LARGEST_EXPONENT).all()
    )


def curve_records(network: Network) -> list[dict[str, Any]]:
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
