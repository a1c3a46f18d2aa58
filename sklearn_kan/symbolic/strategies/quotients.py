"""Quotients of sparse polynomials in columns and their waves.

A quotient is linear in its coefficients once it is multiplied out: with one coefficient of the
denominator set to 1, ``y T = sum_j c_j N_j - sum_k d_k y D_k``.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..judging.problem import EXACT, LawProblem
from ..judging.proposals import Proposals, Start
from ..language.exact import Exact
from ..language.expression import Column, Constant, Node, Number, Power, Product, Sum
from ..language.outer import outers_of
from ..language.primitive import Array
from ..language.tidy import tidy
from .polynomials import MOST_TERMS, Terms, eliminate, make_terms, solved, waves_of

# Outer functions, and columns that there may be with waves or many terms.
_OUTERS, _FEW_COLUMNS = ("y", "sqrt", "log", "tanh", "arcsin", "arccos"), 3
_MINUS_ONE = Number(Exact(-1))


def quotients(problem: LawProblem) -> Proposals:
    """Propose quotients of polynomials of low degrees in the columns."""
    columns: list[Node] = [Column(i) for i in range(problem.p)]
    for degree in (1, 2, 3) if 1 < problem.p <= _FEW_COLUMNS else (1, 2):
        yield from _quotients(problem, columns, degree, degree)


def quotients_of_waves(problem: LawProblem) -> Proposals:
    """Propose quotients of polynomials in columns and their sines."""
    columns: list[Node] = [Column(i) for i in range(problem.p)]
    if 1 < len(columns) <= _FEW_COLUMNS:
        yield from _quotients(problem, [*columns, *waves_of(columns, problem)], 2, 2)


def large_quotients(problem: LawProblem) -> Proposals:
    """Propose quotients of so many terms that they come near to much that is none."""
    columns: list[Node] = [Column(i) for i in range(problem.p)]
    if len(columns) <= _FEW_COLUMNS:
        yield from _quotients(problem, columns, 4, 4)
    if len(columns) == 1:
        yield from _quotients(problem, columns, 7, 4)


def _quotients(problem: LawProblem, letters: Sequence[Node], top: int, bottom: int) -> Proposals:
    """Propose quotients of polynomials that are exact, under a few outer functions."""
    if problem.floor > EXACT:
        return
    numerator = make_terms(letters, top, problem.X)
    denominator = make_terms(letters, bottom, problem.X)
    if len(numerator) + len(denominator) > min(MOST_TERMS, problem.n // 3):
        return
    for outer, z, _ in outers_of(problem.y, problem.permitted):
        if outer.name not in _OUTERS:
            continue
        for k in _leading(numerator, denominator, z, problem.weights):
            node = _quotient(numerator, denominator, z, problem.weights, k)
            if node is not None:
                yield Start(outer.inverse(node), max_iter=10)


def _leading(top: Terms, bottom: Terms, z: Array, weights: Array) -> list[int]:
    """Return which coefficient of the denominator may be 1, if any quotient is exact."""
    joint = np.concatenate([top.F, bottom.F * z]) * np.sqrt(weights)
    joint = joint / np.maximum(np.linalg.norm(joint, axis=1), 1e-300)[:, None]
    singular = np.linalg.svd(joint, compute_uv=False)
    # A quotient is a vanishing combination; near ones are as many as the functions are smooth.
    return list(range(min(len(bottom), 12))) if singular[-1] < 1e-13 * singular[0] else []


def _quotient(top: Terms, bottom: Terms, z: Array, weights: Array, k: int) -> Node | None:
    others = [j for j in range(len(bottom)) if j != k]
    F = np.concatenate([top.F, -z * bottom.F[others]])
    target = z * bottom.F[k]
    kept = eliminate(F, target, weights)
    if kept is None or kept[1] > 1e-10:
        return None
    chosen, _ = kept
    theta = solved(F[chosen], target, weights)
    above: list[Node] = []
    below: list[Node] = [bottom.nodes[k]]
    for c, i in zip(theta, chosen, strict=True):
        inside = i < len(top)
        node = top.nodes[i] if inside else bottom.nodes[others[i - len(top)]]
        (above if inside else below).append(Product((Constant(c), node)))
    if not above:
        return None
    return tidy(Product((Sum(tuple(above)), Power(Sum(tuple(below)), _MINUS_ONE))))
