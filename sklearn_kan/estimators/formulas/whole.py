"""Formulas of all outputs as one network: whether the search alone solves a fit."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._table import Table
from ...network import Network
from ...training.objective.objective import Rows, mean_loss
from ..encoding.data import Data
from ..fitting.fitted import take
from ..fitting.hyperparameters import architecture_of, refinement_schedule
from .compiled import compiled_for, own_functions
from .formula import Symbolic, has_link, has_log_link
from .fronts import portable_fronts
from .searched import ROUNDING, FormulaSearch, Sought

if TYPE_CHECKING:
    from ..encoding.encoding import Encoding

# Steps over which formulas of coupled outputs are fitted together.
_COUPLED_STEPS = 60
COLUMNS = ("layer", "input", "output", "function", "r2", "fixed", "why")


def solves(search: FormulaSearch, estimator: Any, encoding: Encoding, data: Data) -> bool:
    """Tell whether formulas leave nothing but rounding or noise, before there is a network.

    Parameters
    ----------
    search : FormulaSearch
    estimator : BaseKAN
        Under way to be fitted.
    encoding : Encoding
    data : Data
        The rows that count.
    """
    estimator = copy.copy(estimator)
    asked = architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1])
    take(estimator, {"_encoding_": encoding, "_asked_": asked})
    if has_link(estimator):
        return False
    sought, rows = search.sought(estimator, data), encoding.rows(data)
    most = np.inf if all(each.found.settled for each in sought) else ROUNDING
    return whole_formula(estimator, sought, rows, search.library, most) is not None


def whole_formula(
    estimator: Any, sought: Sequence[Sought], rows: Rows, library: Any, most: float = np.inf
) -> Symbolic | None:
    """Return the chosen formulas if their loss is at most so much; None where there is none."""
    found = network_of_rows(estimator, sought, rows, library)
    if found is None or not _is_printable(estimator, found.network):
        return None
    loss = estimator._loss(estimator._encoding_.target)
    return found if mean_loss(found.network, rows, loss) <= most else None


def _is_printable(estimator: Any, network: Network) -> bool:
    """Tell whether exp of the formula's constant is a number."""
    return not has_log_link(estimator) or bool(
        (np.abs(network.layers[-1].bias) < _LARGEST_EXPONENT).all()
    )


_LARGEST_EXPONENT = 500.0


def network_of_rows(
    estimator: Any, sought: Sequence[Sought], rows: Rows, library: Any
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
        network = compiled_for(estimator, expressions, rows, functions)
    except SeveralVariablesError:
        return None
    found: tuple[Any, ...] | None = expressions
    loss = estimator._loss(estimator._encoding_.target)
    if loss.couples_outputs:  # each was found with those of the others given
        network = refine_jointly(network, rows, loss, max_iter=_COUPLED_STEPS)
        found = None
    report = Table(curve_records(network), COLUMNS)
    return Symbolic(network, found, functions, fronts, chosen, RULE, report)  # type: ignore[arg-type]


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
