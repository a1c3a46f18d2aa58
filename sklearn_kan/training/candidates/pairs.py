"""Candidates of many small interactions: hidden nodes with two inputs each.

Which two is read off the residual: where the product of two curves would explain much of it, a
node of these two begins, a curve of the sum of the curves. So are products of numbers of one
sign, thresholds and steps, and with few parameters, however many columns there are. The search
over all pairs is like that of Lou et al. (2013), with smooth curves instead of bins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..evidence.budget import steps_are_affordable
from ..evidence.gauss_newton import EvidenceProblem, State
from ..evidence.hidden_grids import columns_of, fit_with_moving_grids
from .context import Context
from .growth import rank_in_node, with_nodes, working_residual
from .part import Kind, Part, Variant

# Coordinates of an input's curve that pairs are ranked by, and that edges into a node and out
# of it have.
RANKED, INCOMING, OUTGOING = 3, 5, 8


# Few steps: see `one_node`.
_STEPS = (3, 3)


@dataclass(frozen=True)
class Pairs:
    """So many hidden nodes of two inputs each beside the additive part.

    Parameters
    ----------
    nodes : int
    more_than : int
        It is worth a try if there are more products of curves than this.
    """

    nodes: int
    more_than: int = 0

    @property
    def variants(self) -> tuple[Variant, ...]:
        """The fit."""
        return (Variant(Kind.PAIRS, self.nodes),)

    def is_worth_it(self, context: Context) -> bool:
        """Tell whether there are so many pairs, and nodes for them are affordable."""
        node = context.additive.chart.coordinates[0].node
        ranked = np.minimum(np.bincount(node, minlength=1), RANKED)
        products = int(np.triu(np.minimum(ranked[:, None], ranked), 1).sum())
        shared, own = 2 * INCOMING * self.nodes, OUTGOING * self.nodes + len(node)
        return (
            context.may_grow
            and products > self.more_than
            and steps_are_affordable(
                context.rows, context.settings.loss, shared, own, context.n_fits
            )
        )

    def fits(self, context: Context, asked: frozenset[Variant] | None) -> list[Part]:
        """Return the fit."""
        start = with_pairs(context.problem, context.additive, self.nodes)
        state = fit_with_moving_grids(context.problem, start, _STEPS, context.settings.tol)
        return [Part(self.variants[0], state)]


def with_pairs(problem: EvidenceProblem, state: State, number: int) -> State:
    """Add hidden nodes of two inputs each to an additive model.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        Additive.
    number : int
        Of nodes; fewer where there are not as many pairs, and none where no two columns vary.
    """
    smooth = rank_in_node(state.chart.coordinates[0].node) < RANKED
    moments = moments_of(problem, state, smooth)
    pairs = moments.largest_pairs(number)
    return with_product_nodes(problem, state, in_order_of_gain(moments, pairs)[:number])


@dataclass(frozen=True, eq=False)
class CurveProduct:
    """A product of two curves, and what it would explain of the residual.

    Parameters
    ----------
    pair : (int, int)
        The inputs.
    gain : float
        The singular value.
    columns_a, columns_b : ndarray of int
        Which coordinates the curves have.
    a, b : ndarray
        Their numbers.
    noise : float
        The largest gain that residuals without any order would have, about.
    """

    pair: tuple[int, int]
    gain: float
    columns_a: np.ndarray
    a: np.ndarray
    columns_b: np.ndarray
    b: np.ndarray
    noise: float


@dataclass(frozen=True, eq=False)
class ProductMoments:
    """ProductMoments of the residual with products of two coordinates.

    The coordinates have unit variance and are uncorrelated for one input; the moments of two inputs
    are a matrix, and its singular values say what a product of two curves would explain.

    Parameters
    ----------
    values : ndarray of shape (q, r, r)
    deviation : ndarray of shape (q,)
        Of the residual's mean product with noise of unit variance.
    index, node : ndarray of shape (r,)
        Of each coordinate: its place among all of an additive fit, and its input.
    """

    values: np.ndarray
    deviation: np.ndarray
    index: np.ndarray
    node: np.ndarray

    def within(self, chosen: np.ndarray) -> ProductMoments:
        """Return those of some coordinates alone, by mask."""
        values = self.values[:, chosen][:, :, chosen]
        return ProductMoments(values, self.deviation, self.index[chosen], self.node[chosen])

    def largest_pairs(self, number: int) -> list[tuple[int, int]]:
        """Return the pairs of inputs with the largest moments."""
        inputs = np.unique(self.node)
        belongs = (self.node == inputs[:, None]).astype(float)
        size = belongs @ np.square(self.values).sum(axis=0) @ belongs.T
        first, second = np.triu_indices(len(inputs), 1)
        order = np.argsort(-size[first, second], kind="stable")[:number]
        return [(int(inputs[first[k]]), int(inputs[second[k]])) for k in order]

    def products(self, a: int, b: int) -> list[CurveProduct]:
        """Return the products of curves of two inputs."""
        mine, its = np.flatnonzero(self.node == a), np.flatnonzero(self.node == b)
        of_pair = self.values[:, mine[:, None], its]
        strongest = np.argmax(np.square(of_pair).sum(axis=(1, 2)))
        left, gains, right = np.linalg.svd(of_pair[strongest], full_matrices=False)
        noise = self.deviation[strongest] * (np.sqrt(len(mine)) + np.sqrt(len(its)))
        return [
            CurveProduct((a, b), gain, self.index[mine], u, self.index[its], v, noise)
            for gain, u, v in zip(gains, left.T, right, strict=True)
        ]


def moments_of(problem: EvidenceProblem, state: State, chosen: np.ndarray) -> ProductMoments:
    """Return the moments of what an additive fit leaves with its chosen coordinates (R,), bool."""
    rows, first = problem.blocks.rows, state.chart.coordinates[0]
    residual = working_residual(problem, state.network)
    weights = rows.weights[:, None] / rows.total_weight
    residual = weights * (residual - np.sum(weights * residual, axis=0))
    columns = columns_of(first, state.chart.network.layers[0].basis, rows.x)[:, chosen]
    values = np.stack([columns.T @ (one[:, None] * columns) for one in residual.T])
    deviation = np.sqrt(np.square(residual).sum(axis=0))
    return ProductMoments(values, deviation, np.flatnonzero(chosen), first.node[chosen])


def in_order_of_gain(
    moments: ProductMoments, pairs: Sequence[tuple[int, int]]
) -> list[CurveProduct]:
    """Return all products of curves of these pairs of inputs, the largest gain first."""
    found = [product for pair in pairs for product in moments.products(*pair)]
    return sorted(found, key=lambda product: -product.gain)


def with_product_nodes(
    problem: EvidenceProblem,
    state: State,
    products: Sequence[CurveProduct],
    rough: np.ndarray | None = None,
) -> State:
    """Add a hidden node a product, at the sum of its two curves.

    Parameters
    ----------
    problem : EvidenceProblem
    state : State
        Additive.
    products : sequence of CurveProduct
    rough : ndarray of shape (p,), bool, or None
        Inputs of which all coordinates are parameters, not only the smoothest.
    """
    node = state.chart.coordinates[0].node
    incoming = np.zeros((len(node), len(products)))
    for k, product in enumerate(products):
        incoming[product.columns_a, k] = product.a
        incoming[product.columns_b, k] = product.b
    has_edge = np.zeros((node.max(initial=-1) + 1, incoming.shape[1]), bool)
    np.logical_or.at(has_edge, node, incoming != 0)
    may_bend = rank_in_node(node) < INCOMING
    if rough is not None:
        may_bend |= rough[node]
    return _bent(with_nodes(problem, state, incoming, has_edge[node] & may_bend[:, None]))


def _bent(state: State) -> State:
    """Weaken the roughness penalties of curves into nodes to what edges begin with.

    Else the first step would straighten them, and what leaves the nodes suits them bent.
    """
    chart, strengths = state.chart, state.strengths
    if not chart.n_hidden:
        return state
    bending = strengths.sums(chart.roughness() * state.beta**2)
    roughness = strengths.roughness.copy()
    into = slice(chart.active[0].shape[1])
    roughness[into] /= np.maximum(bending[into], 1.0)
    return replace(state, strengths=replace(strengths, roughness=roughness))
