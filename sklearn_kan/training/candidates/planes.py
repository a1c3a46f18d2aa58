"""A candidate of interactions that bend too often for pairs of smooth curves.

Where what other fits leave still has an order in the plane of two columns, products of curves on
all of the grid are looked for, and those are taken that noise does not explain. Grids become finer
as long as the evidence rises, see `finer`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..evidence.budget import steps_are_affordable
from ..evidence.gauss_newton import EvidenceProblem, State, problem_of
from ..evidence.hidden_grids import fit_with_moving_grids
from ..objective.objective import Rows
from .context import Context
from .finer_grids import additive_on
from .growth import rank_in_node, working_residual
from .pairs import (
    INCOMING,
    OUTGOING,
    RANKED,
    CurveProduct,
    in_order_of_gain,
    moments_of,
    with_product_nodes,
)
from .part import Kind, Part, Variant
from .residual_order import planes_in_order
from .settings import Settings

# Nodes, at the most. A product counts that explains so many times what noise would.
_MOST_NODES, _ABOVE_NOISE = 32, 1.05
# Steps of the additive part on finer grids, then of the whole; in between hidden grids follow.
_ADDITIVE_ITER, _STEPS = 20, (3, 3, 6)

Pairs = Sequence[tuple[int, int]]


@dataclass(frozen=True)
class Planes:
    """Hidden nodes for the planes in which the best fit so far leaves an order."""

    variants: ClassVar[tuple[Variant, ...]] = (Variant(Kind.PLANES),)

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether hidden nodes are affordable."""
        return context.may_grow

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fit, if there is such a plane."""
        state = planes_fit(
            context.rows, context.additive, context.best, context.settings, context.n_fits
        )
        return [] if state is None else [Part(self.variants[0], state)]


def planes_fit(
    rows: Rows, additive: State, best: State, settings: Settings, n_fits: int
) -> State | None:
    """Return a fit with nodes for the planes in which the best fit so far leaves an order.

    Parameters
    ----------
    rows : Rows
    additive, best : State
    settings : Settings
        `finest` says how fine grids may become.
    n_fits : int
        How many times such a fit will be made.

    Returns
    -------
    State or None
        None where there is no such plane, no product above noise, or it is not affordable.
    """
    found = None
    pairs = _in_order(rows, best, settings)
    grid_size = additive.chart.network.grid_size
    finest = max(settings.finest, grid_size)
    while pairs and grid_size <= finest:
        trial = _on_grid(rows, additive, pairs, grid_size, settings, n_fits)
        grid_size *= 2
        # On a grid that is too coarse there may be no product yet.
        if trial is None and found is None:
            continue
        if trial is None or (found is not None and trial.log_evidence <= found.log_evidence):
            break
        found = trial
        if not set(pairs) & set(_in_order(rows, found, settings)):
            break
    return found


def _in_order(rows: Rows, state: State, settings: Settings) -> Pairs:
    """Return the planes in which a fit leaves an order."""
    residual = working_residual(problem_of(state, rows, settings.loss), state.network)
    return planes_in_order(rows.x, residual, rows.weights)


def _on_grid(
    rows: Rows, additive: State, pairs: Pairs, grid_size: int, settings: Settings, n_fits: int
) -> State | None:
    """Return a fit on one grid."""
    p = rows.x.shape[1]
    rough = np.isin(np.arange(p), pairs)
    coordinate = additive.chart.coordinates[0]
    most = np.bincount(coordinate.node, minlength=p)
    columns = np.where(rough, grid_size + settings.architecture.degree, most)
    is_finer = rough if coordinate.family is None else rough | (coordinate.family > 0)
    if not steps_are_affordable(rows, settings.loss, 0, int(columns.sum()), n_fits):
        return None
    problem, state = additive_on(
        rows, settings, grid_size, columns, is_finer, _ADDITIVE_ITER, settings.tol
    )
    counts = np.bincount(state.chart.coordinates[0].node, minlength=p)
    coordinates_in = np.where(rough, counts, np.minimum(counts, INCOMING))
    products, shared, own = [], 0, int(counts.sum())
    for product in _above_noise(problem, state, pairs, rough)[:_MOST_NODES]:
        shared, own = shared + int(coordinates_in[list(product.pair)].sum()), own + OUTGOING
        if not steps_are_affordable(rows, settings.loss, shared, own, n_fits):
            break
        products.append(product)
    state = with_product_nodes(problem, state, products, rough)
    if not state.chart.n_hidden:
        return None
    return fit_with_moving_grids(problem, state, _STEPS, settings.tol)


def _above_noise(
    problem: EvidenceProblem, state: State, pairs: Pairs, rough: np.ndarray
) -> list[CurveProduct]:
    """Return the products that noise does not explain, the largest first.

    Curves are of all coordinates for the pairs in order, of the smoothest for all others.
    """
    node = state.chart.coordinates[0].node
    smooth = rank_in_node(node) < RANKED
    moments = moments_of(problem, state, smooth | rough[node])
    few = moments.within(smooth[moments.index])
    inputs = np.unique(node)
    others = {(i, j) for i in inputs for j in inputs if i > j} - set(pairs)
    found = in_order_of_gain(moments, pairs) + in_order_of_gain(few, sorted(others))
    found = [product for product in found if product.gain > _ABOVE_NOISE * product.noise]
    return sorted(found, key=lambda product: -product.gain)
