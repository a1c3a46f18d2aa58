"""Constants become integers, fractions, multiples of pi: only if the error does not notice."""

from __future__ import annotations

import numpy as np

from ..judging.refine import Refined, refine
from ..language.exact import Exact, recognise
from ..language.expression import Constant, Node, Number, Power, children, parameters, transform
from ..language.primitive import Array
from ..language.tidy import tidy

_MOST_IDLE = 12
# See `recognise`.
_COINCIDENCES, _EXPONENTS = 0.05, 1.0


def snap(fitted: Refined, X: Array, y: Array, weights: Array | None = None) -> Refined:
    """Return the formula with all constants that are recognised put in exactly.

    Constants are taken one by one, the ones nearest to a simple number in units of their
    uncertainty first; the others are fitted again each time, and the number stays only if the
    error is what it was: by a chi-squared statistic below 9, or at rounding.
    """
    fitted = _without_idle(fitted, X, y, weights)
    refused: set[tuple[float, int]] = set()
    while True:
        found = _next(fitted, refused)
        if found is None:
            return fitted
        index, exact = found
        trial = refine(tidy(_put(fitted.node, index, exact)), X, y, weights)
        if _unharmed(trial.rss, fitted.rss, len(y), y, weights):
            fitted, refused = trial, set()
        else:
            refused.add((float(parameters(fitted.node)[index]), index))


def _without_idle(fitted: Refined, X: Array, y: Array, weights: Array | None) -> Refined:
    """Put zeros for constants that the others make up for: a formula may say a thing twice."""
    index = 0
    while index < min(len(fitted.deviations), _MOST_IDLE):
        value, deviation = parameters(fitted.node)[index], fitted.deviations[index]
        if abs(value) < 30.0 * deviation or abs(value) < 1e-9:
            trial = refine(tidy(_put(fitted.node, index, Exact(0))), X, y, weights)
            if _unharmed(trial.rss, fitted.rss, len(y), y, weights):
                fitted, index = trial, 0
                continue
        index += 1
    return fitted


def _unharmed(trial: float, before: float, n: int, y: Array, weights: Array | None) -> bool:
    """Tell whether a rise of the error is no more than chance, or rounding, makes it."""
    scale = float(np.max(np.abs(y), initial=1e-300))
    total = n if weights is None else float(np.sum(weights))
    rounding = total * (2e-14 * scale) ** 2
    return trial <= max(before * (1.0 + 9.0 / (n + 10)), rounding)


def _next(fitted: Refined, refused: set[tuple[float, int]]) -> tuple[int, Exact] | None:
    """Return the constant whose recognised number is simplest, and the number."""
    best = None
    theta = parameters(fitted.node)
    exponents = _exponents(fitted.node)
    for index, (value, deviation) in enumerate(zip(theta, fitted.deviations, strict=True)):
        if (float(value), index) in refused:
            continue
        # Exponents are whole numbers or simple fractions as a rule.
        chance = _EXPONENTS if index in exponents else _COINCIDENCES
        exact = recognise(float(value), float(deviation), chance)
        if exact is None:
            continue
        cost = (exact.unit != "1", exact.denominator, abs(exact.numerator))
        if best is None or cost < best[0]:
            best = (cost, index, exact)
    return None if best is None else best[1:]


def _exponents(node: Node) -> set[int]:
    """Return which of the free constants are exponents."""
    kinds: list[bool] = []

    def visit(part: Node, *, exponent: bool) -> None:
        if isinstance(part, Constant):
            kinds.append(exponent)
        for k, child in enumerate(children(part)):
            visit(child, exponent=isinstance(part, Power) and k == 1)

    visit(node, exponent=False)
    return {index for index, exponent in enumerate(kinds) if exponent}


def _put(node: Node, index: int, exact: Exact) -> Node:
    count = -1

    def change(part: Node) -> Node:
        nonlocal count
        if not isinstance(part, Constant):
            return part
        count += 1
        return Number(exact) if count == index else part

    return transform(node, change)
