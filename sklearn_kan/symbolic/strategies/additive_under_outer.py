"""Generalised additive formulas: y = g^-1(sum of a function of each column)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..curves.univariate import CurveGuess, factor_guesses, guesses, simplest
from ..judging.additive import AdditiveFit, SplineDesign, fit_additive
from ..judging.problem import LawProblem
from ..judging.proposals import Proposals, Start, is_better
from ..language.expression import Apply, Column, Constant, Node, Sum, substitute
from ..language.library import LIBRARY
from ..language.outer import Outer, outers_of
from ..language.primitive import Array
from ..language.tidy import tidy

# Outer functions whose curves are named; at length where the fit leaves no more than this.
_TRIED, _NEARLY_ADDITIVE = 3, 0.02


@dataclass(frozen=True, eq=False)
class Fitted:
    """An outer function, the target under it, and the additive fit.

    Parameters
    ----------
    outer : Outer
    z : ndarray of shape (n,)
    weights : ndarray of shape (n,)
        Errors of y of equal size have these weights in z.
    fit : AdditiveFit
    loss : float
        Root mean square error of y, left-out rows, as a share of its standard deviation.
    """

    outer: Outer
    z: Array
    weights: Array
    fit: AdditiveFit
    loss: float


def additive_formulas(problem: LawProblem) -> Proposals:
    """Propose the best additive fits by name, at length where they leave little."""
    fits = additive_fits(problem)[:_TRIED]
    for deep in (False, True):
        for fitted in fits:
            if not deep or problem.p == 1 or fitted.loss < _NEARLY_ADDITIVE:
                yield from named_curves(fitted, problem, deep=deep)


def additive_fits(problem: LawProblem) -> list[Fitted]:
    """Return the additive fits of all outer functions that y allows, best first."""
    design = SplineDesign.of(problem.X, problem.weights, _coefficients(problem))
    fits = []
    for outer, z, slope in outers_of(problem.y, problem.permitted):
        # Beside their median: squares of the slopes themselves may overflow.
        steepness = np.abs(slope) / max(float(np.median(np.abs(slope))), 1e-300)
        weights = problem.weights * _capped(1.0 / np.maximum(steepness**2, 1e-300))
        fit = fit_additive(design, z, weights)
        fits.append(Fitted(outer, z, weights, fit, _loss_in_y(problem, z, slope, weights, fit)))
    return sorted(
        fits, key=lambda fitted: fitted.loss * (1 + fitted.outer.cost) + 1e-6 * fitted.outer.cost
    )


def _coefficients(problem: LawProblem) -> int:
    return int(min(problem.n // 5, 25 * problem.p))


def _capped(weights: Array) -> Array:
    """Return weights of mean one, none of them more than 30 times the median."""
    weights = np.minimum(weights, 30.0 * np.median(weights))
    return weights / weights.mean()


def _loss_in_y(
    problem: LawProblem, z: Array, slope: Array, weights: Array, fit: AdditiveFit
) -> float:
    centre = np.average(z, weights=weights)
    mean_square = (1.0 - fit.r2) * float(weights @ (z - centre) ** 2) / problem.n
    # Errors of z of this size, weighted, are errors of y by the slope of g at its median.
    middle = np.average(slope**2, weights=weights)
    return float(np.sqrt(max(mean_square, 0.0) / middle)) / problem.sd()


def named_curves(
    fitted: Fitted, problem: LawProblem, *, top: int = 3, deep: bool = False
) -> Proposals:
    """Propose names for the curves of an additive fit, all curves together.

    With `deep`, curves that no primitive fits may be primitives of a function of the column,
    and factors of a product.

    Each column's best curve is the start; then the other candidates of one column after the
    other take its place, the surest column first, and stay where the score is better.
    """
    options = _guesses(fitted, problem, top, deep=deep)
    chosen = {column: few[0] for column, few in options.items()}
    simple = {column: simplest(few) for column, few in options.items()}
    best = yield Start(formula(fitted, chosen), with_next=simple != chosen)
    if simple != chosen:
        trial = yield Start(formula(fitted, simple))
        if is_better(trial, best):
            best, chosen = trial, simple
    for column in sorted(chosen, key=lambda c: chosen[c].left):
        for other in options[column][1:]:
            trial = yield Start(formula(fitted, {**chosen, column: other}))
            if is_better(trial, best):
                best, chosen = trial, {**chosen, column: other}


def _guesses(
    fitted: Fitted, problem: LawProblem, top: int, *, deep: bool
) -> dict[int, list[CurveGuess]]:
    """Return what the curve of each column that matters might be."""
    noise = max(np.sqrt(max(1.0 - fitted.fit.r2, 0.0)), problem.floor, 1e-8)
    library = problem.library
    found: dict[int, list[CurveGuess]] = {}
    for column in map(int, np.argsort(-fitted.fit.effects, kind="stable")):
        effect = fitted.fit.effects[column]
        if effect <= 0.2 * noise:
            continue
        x, f = problem.X[:, column], fitted.fit.components[:, column]
        level = float(min(0.5 * noise / effect, 0.5))
        options = guesses(x, f, fitted.weights, library, level, top, deep=deep)
        if deep and _is_product(fitted.outer) and options and not options[0].fits(level):
            # y is a product of exp(f): the factor itself, or its inverse, may be simpler.
            spread = float(np.std(f))
            options = factor_guesses(x, np.exp(f), problem.weights, library, level * spread, top)
            options = [CurveGuess(Apply(LIBRARY["log"], o.node), o.score, o.left) for o in options]
        if options:
            found[column] = options
    return found


def _is_product(outer: Outer) -> bool:
    return outer.name in ("exp", "-exp")


def formula(fitted: Fitted, chosen: dict[int, CurveGuess]) -> Node:
    """Return the tree of an outer function of a sum of curves."""
    parts = [substitute(guess.node, [Column(c)]) for c, guess in sorted(chosen.items())]
    return fitted.outer.inverse(tidy(Sum((*parts, Constant(fitted.fit.constant)))))
