"""From rows to formulas: one strategy after the other until a formula is exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

import numpy as np

from .front.front import Formula, Judge, make_front
from .front.nominees import starts_of
from .judging.criteria import Criterion, LeastSquares, Search
from .judging.interpolant import Interpolant, interpolate
from .judging.noise import leaves_noise
from .judging.problem import Finds, Problem
from .language.expression import Constant, Node
from .language.permitted import names_of
from .language.primitive import Array, Primitive
from .restating.over_powers import search_times_powers
from .restating.separation import Separation, separations
from .restating.symmetry import reductions
from .restating.units import DecimalUnits
from .strategies.additive_under_outer import additive_fits, identify
from .strategies.beside_a_line import search_beside_lines
from .strategies.blocks import search_blocks
from .strategies.interactions import search_interactions
from .strategies.low_rank import search_low_rank
from .strategies.polynomials import (
    search_large_quotients,
    search_polynomials,
    search_quotients_of_waves,
)
from .strategies.power_laws import search_power_laws
from .strategies.power_sums import search_exact_power_sums, search_power_sums
from .strategies.power_sums_with_waves import search_power_sums_of_letters
from .strategies.rank_one import search_products
from .strategies.wave_products import search_wave_products
from .strategies.waves import search_waves
from .text.user_primitives import resolve_library

# The share of the rows that is held out from a search, and how many it takes.
_HELD_OUT, _FEW_ROWS = 0.2, 50
_MOST_ROWS = 2000
_DEEPEST = 3
_MOST_SEARCHES = 8
# Additive fits that leave more than this are not worth naming their curves at length.
_NEARLY_ADDITIVE = 0.02
# Interpolants with a larger error do not tell which columns interact.
_SEPARABLE = 0.2
# Where laws of the other groups are right, a group's interpolant leaves less than this.
_CLEAR = 0.01
# Laws of each group of columns that are joined with those of the others, and joined ones in all.
_FEW, _MOST_JOINED = 3, 27

Library = tuple[Primitive, ...] | None
Strategy = Callable[[Finds, Library], None]


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
    """Search for formulas of y, and return the front; see `search`."""
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
    Found

    Raises
    ------
    ValueError
        If no row has a positive weight.
    """
    import sympy

    X = np.asarray(X, dtype=np.float64)
    if symbols is None:
        symbols = [sympy.Symbol(f"x{i}") for i in range(X.shape[1])]
    chosen = None if library is None else resolve_library(library)
    whole, origin = _problem(X, np.asarray(y, dtype=np.float64), weights, seed)
    whole = replace(whole, permitted=names_of(chosen))
    criterion = (criterion or LeastSquares()).take(origin)
    train, held_out = _split(whole.n)
    nodes: list[Node] = []
    settled = []
    for rows in criterion.searches(whole.y):
        part = _with_target(whole, rows).take(train[rows.weights[train] > 0])
        units = DecimalUnits.of(part)
        finds = run(units.measured(part, rows.error), chosen)
        found = [replace(each, node=units.restored(each.node)) for each in finds.found]
        nodes += [rows.back(node) for node in starts_of(found, part)]
        settled.append(finds.settled)
    judge = Judge(whole, criterion)
    front = make_front(nodes, judge, judge.take(held_out) if len(held_out) else None, symbols)
    return Found(front, origin[held_out] if len(held_out) else origin, all(settled))


def _with_target(whole: Problem, rows: Search) -> Problem:
    weights = whole.weights * rows.weights
    return replace(whole, y=rows.y, weights=weights / weights.mean())


def _split(n: int) -> tuple[Array, Array]:
    """Return the rows to search on, and those held out: none of few; they are in random order."""
    n_held_out = int(_HELD_OUT * n) if n >= _FEW_ROWS else 0
    return np.arange(n_held_out, n), np.arange(n_held_out)


def _problem(X: Array, y: Array, weights: Array | None, seed: int) -> tuple[Problem, Array]:
    """Return rows, each once, in a random order of their own; and which of those given they are.

    So a weight of two is the row twice, and rows in another order are the same rows.
    """
    weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    present = np.flatnonzero(weights > 0)
    if len(present) == 0:
        raise ValueError("No row has a positive weight.")
    rows = np.column_stack([X[present], y[present]])
    _, first, index = np.unique(rows, axis=0, return_index=True, return_inverse=True)
    mass = np.bincount(index.ravel(), weights[present])
    order = np.random.default_rng(seed).permutation(len(first))[: _MOST_ROWS * 5 // 4]
    copies = max(float(mass.mean()), 1.0)
    used, origin = mass[order], present[first[order]]
    return Problem(X[origin], y[origin], used / used.mean(), copies=copies), origin


@dataclass(eq=False)
class _Budget:
    """How many more searches there may be within one, and how deep this one is."""

    searches: int = _MOST_SEARCHES
    depth: int = 0


def run(train: Problem, library: Library, budget: _Budget | None = None) -> Finds:
    """Try all strategies on rows, the cheap ones first; stop at an exact formula.

    Additive laws under an outer function; laws of fewer columns, and of groups of columns,
    which are searched for in turn; sums and products of few building blocks; blocks beside a line
    or beside free curves.
    """
    budget = budget or _Budget()
    budget.searches -= 1
    finds = Finds(train)
    finds.add(Constant(float(np.average(train.y, weights=train.weights))))
    for strategy in _FIRST:
        if train.p == 0 or finds.exact:
            return finds
        strategy(finds, library)
    smooth = interpolate(train) if train.p > 1 and not finds.exact else None
    if smooth is not None:
        _fewer_columns(finds, smooth, library, budget)
    checked = finds.best
    for strategy in (*_THEN, *_LAST):
        if smooth is not None and strategy in _LAST and finds.best is not checked:
            checked = finds.best
            leaves_noise(finds, smooth)
        if finds.exact or finds.settled or budget.searches < 0:
            break
        strategy(finds, library)
    return finds


def _within(train: Problem, library: Library, budget: _Budget) -> Finds:
    budget.depth += 1
    finds = run(train, library, budget)
    budget.depth -= 1
    return finds


def _additive(finds: Finds, library: Library) -> None:
    """Name the curves of the best additive fits, at length where these leave little."""
    train = finds.problem
    fits = additive_fits(train)[:3]
    for deep in (False, True):
        for fitted in fits:
            if not deep or train.p == 1 or fitted.loss < _NEARLY_ADDITIVE:
                identify(fitted, finds, library, deep=deep)
            if finds.exact:
                return


_FIRST: tuple[Strategy, ...] = (
    _additive,
    search_polynomials,
    search_beside_lines,
    search_exact_power_sums,
    search_wave_products,
)
_THEN: tuple[Strategy, ...] = (
    search_quotients_of_waves,
    search_products,
    search_low_rank,
    search_power_sums,
    search_power_laws,
    search_blocks,
)
_LAST: tuple[Strategy, ...] = (
    search_interactions,
    search_power_sums_of_letters,
    search_times_powers,
    search_large_quotients,
    search_waves,
)
"""Before and after laws of fewer columns are searched for; the last, if more than noise is left."""


def _fewer_columns(finds: Finds, smooth: Interpolant, library: Library, budget: _Budget) -> None:
    """Search for laws of fewer columns, as many as the budget allows."""
    problem = finds.problem
    if budget.depth == _DEEPEST or budget.searches <= 0 or leaves_noise(finds, smooth):
        return
    if problem.n < _FEW_ROWS and smooth.error > _CLEAR:
        return
    for reduction in reductions(problem, smooth):
        below = _within(reduction.problem, library, budget)
        for candidate in below.found[:3]:
            finds.add(reduction.restore(candidate.node))
        if finds.exact:
            return
    if smooth.error < _SEPARABLE:
        for separation in separations(problem, smooth):
            _apart(separation, finds, library, budget)
            if finds.exact:
                return
    leaves_noise(finds, smooth)


def _apart(separation: Separation, finds: Finds, library: Library, budget: _Budget) -> None:
    """Search for the law of each group of columns, and join the best few of each."""
    laws = []
    for problem in separation.problems:
        below = _within(problem, library, budget)
        laws.append([candidate.node for candidate in below.found[:_FEW]])
    for few in islice(product(*laws), _MOST_JOINED):
        finds.add(separation.joined(few))
        if finds.exact:
            return
    _one_by_one(separation, [few[0] for few in laws], finds, library, budget)


def _one_by_one(
    separation: Separation, laws: list[Node], finds: Finds, library: Library, budget: _Budget
) -> None:
    """Search for the law of each group in what those of the others leave of the rows."""
    for k in range(len(separation.groups)):
        rest = separation.rest(finds.problem, laws, k)
        if rest is None or budget.searches <= 0 or interpolate(rest).error > _CLEAR:
            continue
        below = _within(rest, library, budget)
        for candidate in below.found[:_FEW]:
            finds.add(separation.joined([*laws[:k], candidate.node, *laws[k + 1 :]]))
            if finds.exact:
                return
