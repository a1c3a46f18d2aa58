"""From rows to formulas: the front of accuracy against complexity."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .front.front import Formula, Judge, make_front
from .front.nominees import starts_of
from .judging.criteria import Criterion, LeastSquares, Search
from .judging.problem import EXACT, LawProblem
from .judging.rows import distinct_rows, split
from .language.expression import Node
from .language.primitive import Array
from .restating.units import DecimalUnits
from .run import run
from .text.user_primitives import resolve_library


@dataclass(frozen=True, eq=False)
class Found:
    """What a search finds.

    Parameters
    ----------
    front : list of Formula
        Simplest first; one of them is `chosen`. Where no law was found, that is the best
        approximation, and its R2 says how good.
    held_out : ndarray of int
        Which of the rows given were held out; all where they are few.
    settled : bool
        Whether what the best formula leaves is noise.
    """

    front: list[Formula]
    held_out: Array
    settled: bool


def search_formulas(
    X: Array,
    y: Array,
    weights: Array | None = None,
    *,
    library: Iterable[Any] | None = None,
    seed: int = 0,
    symbols: Sequence[Any] | None = None,
    criterion: Criterion | None = None,
) -> list[Formula]:
    """Search for formulas of y, along the front of accuracy against complexity.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Rows in their own units.
    y : ndarray of shape (n,)
    weights : ndarray of shape (n,), optional
        A weight of two is the row twice, rows of weight zero count as absent.
    library : iterable, optional
        Anything that `as_primitive` takes, or pairs (that, complexity); all functions by default.
    seed : int
        Decides which rows are held out, and which are used of more than 2,500.
    symbols : sequence of SymPy symbols, optional
        For the columns; x0, x1, ... by default.
    criterion : Criterion, optional
        What formulas are judged by; squared error by default.

    Returns
    -------
    list of Formula
        Simplest first; one of them is `chosen`. Where no law was found, that is the best
        approximation, and its R2 says how good.

    Raises
    ------
    ValueError
        If no row has a positive weight.
    """
    options: dict[str, Any] = {"library": library, "seed": seed, "symbols": symbols}
    return search(X, y, weights, criterion=criterion, **options).front


@np.errstate(all="ignore")
def search(
    X: Array,
    y: Array,
    weights: Array | None = None,
    *,
    library: Iterable[Any] | None = None,
    seed: int = 0,
    symbols: Sequence[Any] | None = None,
    criterion: Criterion | None = None,
) -> Found:
    """Return what `search_formulas` does, and how the search went."""
    import sympy

    X = np.asarray(X, dtype=np.float64)
    if symbols is None:
        symbols = [sympy.Symbol(f"x{i}") for i in range(X.shape[1])]
    chosen = None if library is None else resolve_library(library)
    whole, origin = distinct_rows(X, np.asarray(y, dtype=np.float64), weights, seed)
    whole = replace(whole, library=chosen)
    criterion = (criterion or LeastSquares()).take(origin)
    train, held_out = split(whole.n)
    nodes: list[Node] = []
    settled = []
    for rows in criterion.searches(whole.y):
        part = _with_target(whole, rows).take(train[rows.weights[train] > 0])
        units = DecimalUnits.of(replace(part, floor=max(rows.error, EXACT)))
        (measured,) = units.problems
        finds = run(measured)
        found = [replace(each, node=units.restored([each.node])) for each in finds.found]
        nodes += [rows.back(node) for node in starts_of(found, part)]
        settled.append(finds.settled)
    judge = Judge(whole, criterion)
    front = make_front(nodes, judge, judge.take(held_out) if len(held_out) else None, symbols)
    return Found(front, origin[held_out] if len(held_out) else origin, all(settled))


def _with_target(whole: LawProblem, rows: Search) -> LawProblem:
    weights = whole.weights * rows.weights
    return replace(whole, y=rows.y, weights=weights / weights.mean())
