"""Whether what a formula leaves is noise."""

from __future__ import annotations

from dataclasses import replace

from ..language.expression import values
from .interpolant import Interpolant, interpolate
from .problem import EXACT, Candidate, LawProblem

# The share of its error that an interpolant must take for noise; what an interpolant of noise
# leaves of it at least.
_MOSTLY, _WHITE = 0.8, 0.98
# Of what an interpolant takes for noise formulas leave no less than this share.
_MISTAKEN = 0.5


def is_only_noise_left(best: Candidate | None, problem: LawProblem, smooth: Interpolant) -> bool:
    """Tell whether the best formula is short and an interpolant finds nothing beside it.

    It must leave less than the interpolant does, which takes the better part of that for noise;
    if much less, that was a mistake, and the interpolant is no judge: waves may be too fine for it.
    """
    if best is None or smooth.noise < _MOSTLY * smooth.error or best.loss > 1.02 * smooth.error:
        return False
    if best.loss < _MISTAKEN * smooth.noise:
        return False
    if len(best.refined.deviations) > problem.p + 1:
        return False
    residual = problem.y - values(best.node, problem.X)
    left = replace(problem, y=residual, floor=EXACT)
    return interpolate(left).error > _WHITE
