"""Generalised additive formulas: y = g^-1(sum of a function of each column)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .additive import AdditiveFit, SplineDesign, fit_additive
from .expression import Apply, Column, Constant, Node, Sum, substitute
from .library import LIBRARY
from .outer import Outer, outers_of
from .primitive import Array, Primitive
from .problem import Candidate, Finds, Problem
from .tidy import tidy
from .univariate import Choice, choices, factor_choices, simplest


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


def additive_fits(problem: Problem) -> list[Fitted]:
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


def _coefficients(problem: Problem) -> int:
    return int(min(problem.n // 5, 25 * problem.p))


def _capped(weights: Array) -> Array:
    """Return weights of mean one, none of them more than 30 times the median."""
    weights = np.minimum(weights, 30.0 * np.median(weights))
    return weights / weights.mean()


def _loss_in_y(problem: Problem, z: Array, slope: Array, weights: Array, fit: AdditiveFit) -> float:
    centre = np.average(z, weights=weights)
    mean_square = (1.0 - fit.r2) * float(weights @ (z - centre) ** 2) / problem.n
    # Errors of z of this size, weighted, are errors of y by the slope of g at its median.
    middle = np.average(slope**2, weights=weights)
    return float(np.sqrt(max(mean_square, 0.0) / middle)) / problem.sd()


def identify(
    fitted: Fitted,
    finds: Finds,
    library: tuple[Primitive, ...] | None,
    *,
    top: int = 3,
    deep: bool = False,
) -> Candidate | None:
    """Name the curves of an additive fit, and refine them together on the rows.

    With `deep`, curves that no primitive fits may be primitives of a function of the column,
    and factors of a product.

    Each column's best curve is the start; then the other candidates of one column after the
    other take its place, the surest column first, and stay where the score is better.
    """
    options = _choices(fitted, finds.problem, library, top, deep=deep)
    chosen = {column: few[0] for column, few in options.items()}
    best = finds.add(formula(fitted, chosen))
    simple = {column: simplest(few) for column, few in options.items()}
    if simple != chosen:
        trial = finds.add(formula(fitted, simple))
        if trial is not None and (best is None or trial.score < best.score):
            best, chosen = trial, simple
    for column in sorted(chosen, key=lambda c: chosen[c].left):
        for other in options[column][1:]:
            if finds.exact:
                return best
            trial = finds.add(formula(fitted, {**chosen, column: other}))
            if trial is not None and (best is None or trial.score < best.score):
                best, chosen = trial, {**chosen, column: other}
    return best


def _choices(
    fitted: Fitted,
    problem: Problem,
    library: tuple[Primitive, ...] | None,
    top: int,
    *,
    deep: bool,
) -> dict[int, list[Choice]]:
    """Return what the curve of each column that matters might be."""
    noise = max(np.sqrt(max(1.0 - fitted.fit.r2, 0.0)), problem.floor, 1e-8)
    found: dict[int, list[Choice]] = {}
    for column in map(int, np.argsort(-fitted.fit.effects, kind="stable")):
        effect = fitted.fit.effects[column]
        if effect <= 0.2 * noise:
            continue
        x, f = problem.X[:, column], fitted.fit.components[:, column]
        level = float(min(0.5 * noise / effect, 0.5))
        options = choices(x, f, fitted.weights, library, level, top, deep=deep)
        if deep and _is_product(fitted.outer) and options and not options[0].fits(level):
            # y is a product of exp(f): the factor itself, or its inverse, may be simpler.
            spread = float(np.std(f))
            options = factor_choices(x, np.exp(f), problem.weights, library, level * spread, top)
            options = [Choice(Apply(LIBRARY["log"], o.node), o.score, o.left) for o in options]
        if options:
            found[column] = options
    return found


def _is_product(outer: Outer) -> bool:
    return outer.name in ("exp", "-exp")


def formula(fitted: Fitted, chosen: dict[int, Choice]) -> Node:
    """Return the tree of an outer function of a sum of curves."""
    parts = [substitute(choice.node, [Column(c)]) for c, choice in sorted(chosen.items())]
    return fitted.outer.inverse(tidy(Sum((*parts, Constant(fitted.fit.constant)))))
