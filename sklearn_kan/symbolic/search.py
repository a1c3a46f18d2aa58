"""From rows to formulas: one strategy after the other until a formula is exact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from .dictionary import make_dictionary, search_dictionary
from .expression import Constant
from .front import Formula, make_front
from .generalised import additive_fits, identify
from .polynomials import search_polynomials
from .primitive import Array, Primitive
from .primitives import resolve_library
from .problem import Finds, Problem
from .products import search_products
from .symmetry import reductions

_HELD_OUT = 0.2
_MOST_ROWS = 2000
_DEEPEST = 3
# Additive fits that leave more than this are not worth naming their curves at length.
_NEARLY_ADDITIVE = 0.02


@np.errstate(all="ignore")
def search_formulas(
    X: Array,
    y: Array,
    weights: Array | None = None,
    *,
    library: Iterable[Any] | None = None,
    seed: int = 0,
    symbols: Sequence[Any] | None = None,
) -> list[Formula]:
    """Search for formulas of y, and return the front of accuracy against complexity.

    Parameters
    ----------
    X : ndarray of shape (n, p)
        Rows in their own units.
    y : ndarray of shape (n,)
    weights : ndarray of shape (n,), optional
        Rows of weight zero count as absent.
    library : iterable, optional
        See `resolve_library`.
    seed : int
        Decides which rows are held out, and which are used of more than 2,500.
    symbols : sequence of SymPy symbols, optional
        For the columns; x0, x1, ... by default.

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
    import sympy

    X = np.asarray(X, dtype=np.float64)
    if symbols is None:
        symbols = [sympy.Symbol(f"x{i}") for i in range(X.shape[1])]
    whole = _problem(X, np.asarray(y, dtype=np.float64), weights, seed)
    order = np.random.default_rng(seed).permutation(whole.n)
    n_held_out = int(_HELD_OUT * whole.n) if whole.n >= 10 else 0
    train = whole.take(np.sort(order[n_held_out:]))
    held_out = whole.take(np.sort(order[:n_held_out])) if n_held_out else whole
    chosen = None if library is None else resolve_library(library)
    finds = run(train, chosen)
    return make_front(finds.found, whole, train, held_out, symbols)


def _problem(X: Array, y: Array, weights: Array | None, seed: int) -> Problem:
    weights = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=np.float64)
    present = np.flatnonzero(weights > 0)
    if len(present) == 0:
        raise ValueError("No row has a positive weight.")
    if len(present) > _MOST_ROWS * 5 // 4:
        rng = np.random.default_rng(seed)
        present = np.sort(rng.choice(present, _MOST_ROWS * 5 // 4, replace=False))
    used = weights[present]
    return Problem(X[present], y[present], used / used.mean())


def run(train: Problem, library: tuple[Primitive, ...] | None, depth: int = 0) -> Finds:
    """Try all strategies on rows, the cheap ones first; stop at an exact formula.

    Additive laws under an outer function; laws of fewer columns, which are searched for in
    turn; sums and products of few building blocks.
    """
    finds = Finds(train)
    finds.add(Constant(float(np.average(train.y, weights=train.weights))))
    if train.p == 0 or finds.exact:
        return finds
    for strategy in (_additive, _polynomial, _fewer_columns(depth), search_products, _blocks):
        strategy(finds, library)
        if finds.exact:
            break
    return finds


Library = tuple[Primitive, ...] | None


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


def _polynomial(finds: Finds, library: Library) -> None:
    search_polynomials(finds)


def _blocks(finds: Finds, library: Library) -> None:
    search_dictionary(make_dictionary(finds.problem, list(range(finds.problem.p))), finds)


def _fewer_columns(depth: int) -> Callable[[Finds, Library], None]:
    """Return the search for laws of fewer columns, within one of that depth."""

    def search(finds: Finds, library: Library) -> None:
        if finds.problem.p == 1 or depth == _DEEPEST:
            return
        for reduction in reductions(finds.problem):
            below = run(reduction.problem, library, depth + 1)
            for candidate in below.found[:3]:
                finds.add(reduction.restore(candidate.node))
            if finds.exact:
                return

    return search
