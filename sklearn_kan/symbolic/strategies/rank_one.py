"""Products of a function of each column, beside a constant: y = c + prod_i f_i(x_i).

Alternating least squares on splines: with all factors but one held, y is linear in that one
and in c. Signs may change, which a logarithm would not stand.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..curves.univariate import CurveGuess, factor_guesses, simplest
from ..judging.additive import SplineDesign
from ..judging.problem import LawProblem
from ..judging.proposals import BestSoFar, Proposals, Start, is_better
from ..language.expression import Column, Constant, Node, Product, Sum, children, substitute
from ..language.primitive import Array
from ..language.tidy import ONE, tidy

_SWEEPS = 25


@dataclass(frozen=True, eq=False)
class Rank1:
    """A constant and factors (n, p) at the rows, and the share of the deviation they leave."""

    constant: float
    factors: Array
    loss: float


def rank_1(problem: LawProblem, seed: int) -> Rank1:
    """Return the best product of splines found from one start."""
    design = SplineDesign.of(problem.X, problem.weights, int(min(problem.n // 5, 22 * problem.p)))
    blocks = [np.concatenate([np.ones((problem.n, 1)), block], axis=1) for block in design.blocks]
    rng = np.random.default_rng(seed)
    factors = np.stack([_start(x, rng) for x in problem.X.T], axis=1)
    root = np.sqrt(problem.weights)
    constant, loss = 0.0, np.inf
    for _ in range(_SWEEPS):
        before = loss
        for i, block in enumerate(blocks):
            others = np.delete(factors, i, axis=1).prod(axis=1)
            rows = np.concatenate([others[:, None] * block, np.ones((problem.n, 1))], axis=1)
            theta = _ridge(root[:, None] * rows, root * problem.y)
            factor = block @ theta[:-1]
            constant = float(theta[-1])
            size = np.sqrt(np.mean(factor**2))
            factors[:, i] = factor / size if size > 0 and i < len(blocks) - 1 else factor
        residual = problem.y - constant - factors.prod(axis=1)
        loss = float(np.sqrt(np.average(residual**2, weights=problem.weights))) / problem.sd()
        if loss > 0.98 * before:
            break
    return Rank1(constant, factors, loss)


def _start(x: Array, rng: np.random.Generator) -> Array:
    z = (x - x.mean()) / max(x.std(), 1e-300)
    return 1.0 + 0.5 * rng.standard_normal() * z + 0.5 * rng.standard_normal() * (z**2 - 1)


def _ridge(rows: Array, target: Array) -> Array:
    scale = np.linalg.norm(rows, axis=0) + 1e-300
    gram = (rows / scale).T @ (rows / scale)
    gram[np.diag_indices_from(gram)] += 1e-10
    return np.linalg.solve(gram, (rows / scale).T @ target) / scale


def products_of_curves(problem: LawProblem) -> Proposals:
    """Propose a product of a function of each column, beside a constant."""
    if problem.p < 2:
        return
    fits = sorted((rank_1(problem, seed) for seed in range(3)), key=lambda fit: fit.loss)
    best = yield BestSoFar()
    worse = best is not None and fits[0].loss > 3.0 * best.loss
    if fits[0].loss > (0.02 if worse else 0.3):
        return
    fit = fits[0]
    library = problem.library
    chosen: list[list[CurveGuess]] = []
    for i in range(problem.p):
        h = fit.factors[:, i]
        if np.std(h) < fit.loss * np.mean(np.abs(h)) * 0.3:
            chosen.append([CurveGuess(Constant(float(np.mean(h))), 0.0, 0.0)])
            continue
        noise = max(2.0 * fit.loss, problem.floor, 1e-8)
        chosen.append(factor_guesses(problem.X[:, i], h, problem.weights, library, noise))
    if all(chosen):
        yield from _assembled(chosen, fit.constant)


def _assembled(chosen: list[list[CurveGuess]], constant: float) -> Proposals:
    """Propose the product of the best factors, then with one factor exchanged at a time."""
    picks = [options[0] for options in chosen]
    simple = [simplest(options) for options in chosen]
    best = yield Start(product_of(picks, constant), with_next=simple != picks)
    if simple != picks:
        trial = yield Start(product_of(simple, constant))
        if is_better(trial, best):
            best, picks = trial, simple
    for i, options in enumerate(chosen):
        for option in options[1:]:
            trial = yield Start(product_of([*picks[:i], option, *picks[i + 1 :]], constant))
            if is_better(trial, best):
                best = trial
                picks[i] = option


def product_of(picks: list[CurveGuess], constant: float) -> Node:
    """Return a constant plus the product of formulas of the columns in turn."""
    parts = [substitute(pick.node, [Column(i)]) for i, pick in enumerate(picks)]
    return tidy(Sum((Product(tuple(_without_scale(parts))), Constant(constant))))


def _without_scale(parts: list[Node]) -> list[Node]:
    """Keep one free factor of the product: more would say the same twice."""
    kept, scale = [], 1.0
    for part in parts:
        match part:
            case Product((Constant(value), *rest)):
                scale *= value
                kept.append(tidy(Product(tuple(rest))))
            case Constant(value):
                scale *= value
            case Sum((Product((Constant(value), *_)), *_)) if value != 0:
                scale *= value
                kept.append(tidy(_divided(part, value)))
            case _:
                kept.append(part)
    return [Constant(scale), *kept]


def _divided(total: Node, value: float) -> Node:
    """Return a sum over the coefficient of its first part."""
    parts: list[Node] = []
    for i, part in enumerate(children(total)):
        match part:
            case Product((Constant(c), *rest)):
                parts.append(Product((ONE if i == 0 else Constant(c / value), *rest)))
            case Constant(c):
                parts.append(Constant(c / value))
            case _:
                parts.append(Product((Constant(1.0 / value), part)))
    return Sum(tuple(parts))
