"""From a fitted estimator to formulas: what `symbolify` and ``symbolic=True`` do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..._table import Table
from ...network import Network, fit_breaks, fold_scales, input_basis, make_basis, with_bases
from ...training.initial.network import Architecture
from ...training.objective.objective import Rows, mean_loss
from ...training.summaries.profiles import layer_inputs
from ..encoding.data import Data
from ..encoding.scaling import Scaling
from ..fitting.edits import described, made_up_rows
from .formula import (
    Candidate,
    Symbolic,
    assembled,
    column_symbols,
    has_link,
    has_log_link,
    output_maps,
    to_read,
)
from .searched import ROUNDING, FormulaSearch

# A formula may have this much more loss than the network would have on new rows. Where that is
# not known it is taken to rise by a quarter of the network's numbers a row, up to a limit.
_SLACK, _A_NUMBER, _MOST_SLACK = 1.03, 0.25, 1.3
# Steps over which a formula found on raw predictions is fitted to the target itself.
_LINKED_STEPS = 60
_COLUMNS = ("layer", "input", "output", "function", "r2", "fixed", "why")
RULE = (
    "The formula of the best score n log(1 - R2) + (free constants) log n + 2 (nodes), if its "
    "loss is no more than that of the network before, but for what fewer numbers explain; "
    "behind a link the simplest formula of such a loss."
)


def without_rows(estimator: Any, library: Any) -> dict[str, Any]:
    """Return the fitted attributes after each edge became the function that it looks like."""
    from ...symbolic.networks.edge_by_edge import from_curves

    network, reports = from_curves(estimator.network_, estimator._profiles_, library)
    return _of_edges(estimator, network, reports, None)


def with_rows(estimator: Any, data: Data, rows: Rows, search: FormulaSearch) -> dict[str, Any]:
    """Return the fitted attributes after whole formulas, and then edges, were tried on rows."""
    from ...symbolic.networks.edge_by_edge import judged_on_rows

    loss, library = estimator._loss(estimator._encoding_.target), search.library
    before = mean_loss(estimator.network_, rows, loss)
    most = _most_loss(estimator, rows, before)
    fronts = search.fronts(estimator, data)
    found = whole_formula(estimator, fronts, rows, library, most)
    if found is not None:
        return {**described(estimator, found.network, rows), "_symbolic_": found}
    network, reports = judged_on_rows(
        estimator.network_, rows, loss, estimator._profiles_, library, most
    )
    nothing = tuple(None for _ in fronts)
    functions = own_functions(library)
    known = Symbolic(network, None, functions, _portable_fronts(fronts), nothing, RULE)
    return _of_edges(estimator, network, reports, rows, known)


def whole_formula(
    estimator: Any, fronts: Sequence[Sequence[Any]], rows: Rows, library: Any, most: float
) -> Symbolic | None:
    """Return the formulas of all outputs whose loss is at most so much; None if there are none."""
    loss = estimator._loss(estimator._encoding_.target)
    for chosen in _choices(estimator, fronts):
        found = _network_of_rows(estimator, fronts, chosen, rows, library)
        if found is None or not _is_printable(estimator, found.network):
            continue
        if mean_loss(found.network, rows, loss) <= most:
            return found
    return None


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


def _choices(estimator: Any, fronts: Sequence[Sequence[Any]]) -> list[tuple[int | None, ...]]:
    """Return which formulas to try, in turn.

    A fitted network's raw prediction has no noise, so that the search for it goes on to formulas
    that say more than the rows do: behind a link simpler ones are tried first.
    """
    chosen = tuple(_chosen(front) for front in fronts)
    if len(fronts) == 1 and chosen[0] is not None and has_link(estimator):
        return [(k,) for k in range(chosen[0] + 1)]
    return [chosen]


def _is_printable(estimator: Any, network: Network) -> bool:
    """Tell whether exp of the formula's constant is a number."""
    return not has_log_link(estimator) or bool(
        (np.abs(network.layers[-1].bias) < _LARGEST_EXPONENT).all()
    )


_LARGEST_EXPONENT = 500.0


def _chosen(front: Sequence[Any]) -> int | None:
    return next((k for k, formula in enumerate(front) if formula.chosen), None)


def _network_of_rows(
    estimator: Any,
    fronts: Sequence[Sequence[Any]],
    chosen: tuple[int | None, ...],
    rows: Rows,
    library: Any,
) -> Symbolic | None:
    """Return the chosen formulas with the network that computes them; None if one is missing."""
    from ...symbolic.networks.compile import SeveralVariablesError
    from ...symbolic.networks.joint import refine_jointly

    if any(choice is None for choice in chosen):
        return None
    expressions = [front[k].expression for front, k in zip(fronts, chosen, strict=True)]  # type: ignore[index]
    portable = _portable_fronts(fronts)
    functions = own_functions(library)
    try:
        network = compiled_for(estimator, _portable(expressions), rows, functions)
    except SeveralVariablesError:
        return None
    found: tuple[Any, ...] | None = tuple(_portable(expressions))
    if has_link(estimator):
        loss = estimator._loss(estimator._encoding_.target)
        network = refine_jointly(network, rows, loss, max_iter=_LINKED_STEPS)
        found = None
    report = Table(_curve_records(network), _COLUMNS)
    return Symbolic(network, found, functions, portable, chosen, RULE, report)


def _portable(expressions: Sequence[Any]) -> list[Any]:
    """Return expressions that pickle, products of exponentials in one."""
    from sympy import powsimp

    from ...symbolic.networks.assemble import portable

    return [powsimp(e, combine="exp") for e in portable(expressions, {}).expressions]


def _portable_fronts(fronts: Sequence[Sequence[Any]]) -> tuple[tuple[Candidate, ...], ...]:
    return tuple(tuple(map(_candidate, front)) for front in fronts)


def _candidate(formula: Any) -> Candidate:
    from ...symbolic.language.primitive import count_nodes

    (expression,) = _portable([formula.expression])
    return Candidate(expression, count_nodes(expression), formula.r2, formula.r2_held_out)


def own_functions(library: Any) -> dict[str, Any]:
    """Return the primitives of a library that SymPy does not know, by their names in formulas."""
    import sympy

    found = {}
    for primitive in library:
        expression = primitive.expression(sympy.Symbol("x"))
        if hasattr(expression, "_imp_"):
            found[type(expression).__name__] = primitive
    return found


@dataclass(frozen=True, eq=False)
class Units:
    """The user's columns and units, and how the network's are made from them.

    Parameters
    ----------
    symbols : list of sympy.Symbol
        The columns.
    x_scaling : Scaling
    y_scale, y_center : ndarray of shape (q,)
        What is searched for is ``y_scale * raw + y_center``; scales are positive.
    """

    symbols: list[Any]
    x_scaling: Scaling
    y_scale: np.ndarray
    y_center: np.ndarray


def units_of(estimator: Any) -> Units:
    """Return the units of a fitted estimator; behind a link those of the raw prediction."""
    scale, center = output_maps(estimator).T
    if has_link(estimator):
        scale, center = np.ones(len(scale)), np.zeros(len(scale))
    scale = np.where(scale > 0, scale, 1.0)
    return Units(column_symbols(estimator), estimator._encoding_.x_scaling, scale, center)


def compiled_for(
    estimator: Any, expressions: Sequence[Any], rows: Rows, functions: dict[str, Any]
) -> Network:
    """Return the network of a fitted estimator that computes formulas in the user's units."""
    return compiled(expressions, units_of(estimator), estimator._asked_, rows, functions)


def compiled(
    expressions: Sequence[Any],
    units: Units,
    shape: Architecture,
    rows: Rows,
    functions: dict[str, Any],
) -> Network:
    """Return the network that computes formulas in the user's units, on grids over the rows."""
    from ...symbolic.networks.compile import network_of

    network = network_of(expressions, units.symbols, functions)
    scaling = units.x_scaling
    network = fold_scales(network, scaling.center, scaling.unit, units.y_center, units.y_scale)
    grid = shape.grid_size, shape.grid_eps
    inputs, *hidden = layer_inputs(network, rows.x)
    bases = [input_basis(inputs, rows.weights, grid[0], shape.degree, shape.base, grid[1])]
    for nodes in hidden:
        breaks = fit_breaks(np.clip(nodes, -_FAR, _FAR), rows.weights, *grid)
        bases.append(make_basis(breaks, shape.degree, shape.base))
    return with_bases(network, bases)


# Grids reach no further: poles have no place on them.
_FAR = 1e12


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


@dataclass(frozen=True)
class Choice:
    """A row of the front of one output."""

    row: int
    output: int


def with_choice(estimator: Any, choice: Choice) -> dict[str, Any]:
    """Return the fitted attributes after another row of a front was taken.

    Raises
    ------
    ValueError
        If there is no such row, or no formula of another output to go with it.
    """
    known: Symbolic = estimator._symbolic_
    front = known.fronts[choice.output]
    if not 0 <= choice.row < len(front):
        raise ValueError(f"i must be 0 to {len(front) - 1}, a row of formulas_; got {choice.row}.")
    best = [_best(front) for front in known.fronts]
    current = [old if old is not None else k for old, k in zip(known.chosen, best, strict=True)]
    current[choice.output] = choice.row
    expressions = [front[k].expression for front, k in zip(known.fronts, current, strict=True)]
    rows = made_up_rows(estimator._profiles_[0])
    functions = dict(known.functions)
    network = compiled_for(estimator, expressions, rows, functions)
    stored = None if has_link(estimator) else tuple(expressions)
    report = Table(_curve_records(network), _COLUMNS)
    chosen = tuple(current)
    rule = "chosen by hand"
    symbolic = Symbolic(network, stored, functions, known.fronts, chosen, rule, report)
    return {**described(estimator, network), "_symbolic_": symbolic}


def _best(front: Sequence[Candidate]) -> int:
    return max(range(len(front)), key=lambda k: front[k].r2)


def formula_rows(estimator: Any, output: int) -> tuple[list[dict[str, Any]], str]:
    """Return the records of the front of an output, and the rule; one record without a search."""
    from ...symbolic.language.primitive import count_nodes

    known: Symbolic | None = estimator._symbolic_
    if known is not None and known.fronts:
        is_current = known.network is estimator.network_
        chosen = known.chosen[output] if is_current else None
        rows = [
            vars(row) | {"expression": to_read(estimator, row.expression), "chosen": k == chosen}
            for k, row in enumerate(known.fronts[output])
        ]
        return rows, known.rule
    expression = assembled(estimator).expressions[output]
    only = vars(Candidate(expression, count_nodes(expression), np.nan, np.nan)) | {"chosen": True}
    return [only], "the formula of the network as it is"
