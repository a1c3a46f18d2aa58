"""All strategies on one problem, the cheap ones first, until a formula is exact."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np

from .judging.interpolant import Interpolant, interpolate
from .judging.noise import is_only_noise_left
from .judging.problem import Finds, LawProblem
from .judging.proposals import Proposals, Start, Strategy, follow
from .judging.rows import FEW_ROWS
from .language.expression import Constant, Node
from .restating.over_powers import powers_times_functions
from .restating.restatement import FEW, Search, restored_laws
from .restating.separation import Separation, separations
from .restating.symmetry import reductions
from .strategies.additive_under_outer import additive_formulas
from .strategies.beside_a_line import curves_beside_a_line
from .strategies.blocks import few_blocks
from .strategies.interactions import blocks_beside_curves
from .strategies.low_rank import low_rank_sums
from .strategies.polynomials import polynomials
from .strategies.power_laws import power_laws
from .strategies.power_sums import exact_power_sums, power_sums
from .strategies.power_sums_with_waves import power_sums_with_letters
from .strategies.quotients import large_quotients, quotients, quotients_of_waves
from .strategies.rank_one import products_of_curves
from .strategies.wave_products import wave_products
from .strategies.waves import waves_across_columns

FIRST: tuple[Strategy, ...] = (
    additive_formulas,
    polynomials,
    quotients,
    curves_beside_a_line,
    exact_power_sums,
    wave_products,
)
THEN: tuple[Strategy, ...] = (
    quotients_of_waves,
    products_of_curves,
    low_rank_sums,
    power_sums,
    power_laws,
    few_blocks,
)
LAST: tuple[Strategy, ...] = (
    blocks_beside_curves,
    power_sums_with_letters,
    powers_times_functions,
    large_quotients,
    waves_across_columns,
)
"""Before and after laws of fewer columns are searched for; the last, if more than noise is left."""

_DEEPEST = 3
_MOST_SEARCHES = 8
# Interpolants with a larger error do not tell which columns interact.
_SEPARABLE = 0.2
# Where laws of the other groups are right, a group's interpolant leaves less than this.
_CLEAR = 0.01


@dataclass(eq=False)
class Budget:
    """How many more searches there may be, those within others counted."""

    searches: int = _MOST_SEARCHES


def run(problem: LawProblem, budget: Budget | None = None, depth: int = 0) -> Finds:
    """Try all strategies on a problem, the cheap ones first; stop at an exact formula.

    Parameters
    ----------
    problem : LawProblem
    budget : Budget, optional
        Shared by a search and all within it.
    depth : int
        How many searches this one is within.
    """
    budget = budget or Budget()
    budget.searches -= 1
    finds = Finds(problem)
    finds.add(Constant(float(np.average(problem.y, weights=problem.weights))))
    for strategy in FIRST:
        if problem.p == 0 or finds.exact:
            return finds
        follow(strategy(problem), finds)
    smooth = interpolate(problem) if problem.p > 1 and not finds.exact else None
    if smooth is not None and depth < _DEEPEST and budget.searches > 0:
        _restate(finds, smooth, budget, depth)
    checked = finds.best
    for strategy in (*THEN, *LAST):
        if smooth is not None and strategy in LAST and finds.best is not checked:
            checked = finds.best
            finds.settled = is_only_noise_left(finds.best, problem, smooth)
        if finds.exact or finds.settled or budget.searches < 0:
            break
        follow(strategy(problem), finds)
    return finds


def _restate(finds: Finds, smooth: Interpolant, budget: Budget, depth: int) -> None:
    """Search for laws of fewer columns, if more than noise is left, and say if it is now."""
    problem = finds.problem
    finds.settled = is_only_noise_left(finds.best, problem, smooth)
    if finds.settled or (problem.n < FEW_ROWS and smooth.error > _CLEAR):
        return
    follow(_of_fewer_columns(problem, smooth, budget, depth), finds)
    if not finds.exact:
        finds.settled = is_only_noise_left(finds.best, problem, smooth)


def _of_fewer_columns(
    problem: LawProblem, smooth: Interpolant, budget: Budget, depth: int
) -> Proposals:
    """Propose laws of fewer columns, and of groups of columns, restored."""
    search = partial(run, budget=budget, depth=depth + 1)
    for reduction in reductions(problem, smooth):
        yield from restored_laws(reduction, search)
    if smooth.error < _SEPARABLE:
        for separation in separations(problem, smooth):
            laws = yield from restored_laws(separation, search)
            best = [few[0] for few in laws]
            yield from _one_by_one(separation, best, problem, search, budget)


def _one_by_one(
    separation: Separation, laws: list[Node], problem: LawProblem, search: Search, budget: Budget
) -> Proposals:
    """Search for the law of each group in what those of the others leave of the rows."""
    for k in range(len(separation.groups)):
        rest = separation.rest(problem, laws, k)
        if rest is None or budget.searches <= 0 or interpolate(rest).error > _CLEAR:
            continue
        for candidate in search(rest).found[:FEW]:
            yield Start(separation.restored([*laws[:k], candidate.node, *laws[k + 1 :]]))
