"""Starts that are unlike: which optimum a fit ends in is decided by the first steps.

Beside the KAN paper's weights: near-lines, random cubics, and cubics that all edges into a node
share up to a sign, which have the even functions that sums of squares are made of; and lines
along the directions in which the target is curved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...network import Basis, Network, bulk_ends
from ..objective.objective import Rows
from .network import Architecture, DrawWeights, initial_network, paper_weights

_NOISE = 0.1


def _abscissae(basis: Basis) -> np.ndarray:
    """Return the Greville abscissae (p, G + k), from -1 to 1 over the bulk of each node's grid."""
    low, high = basis.bulk[:, :1], basis.bulk[:, 1:]
    return (2.0 * basis.abscissae - low - high) / (high - low)


def _polynomials(basis: Basis, coefficients: np.ndarray) -> np.ndarray:
    """Return the weights (p, m, q) of sums of Legendre polynomials 1, 2, ..., about.

    B-spline coefficients are a polynomial's values at the Greville abscissae.

    Parameters
    ----------
    basis : Basis
    coefficients : ndarray of shape (d, p, q)
    """
    x = _abscissae(basis)
    p, q = coefficients.shape[1:]
    weights = np.zeros((p, basis.n_features, q))
    for order, coefficient in enumerate(coefficients, start=1):
        curve = np.polynomial.legendre.Legendre.basis(order)(x)
        weights[:, : basis.n_splines] += curve[:, :, None] * coefficient[:, None, :]
    return weights


def random_lines(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw lines of random slopes, and a little noise: a random direction for each output."""
    slopes = rng.standard_normal((1, basis.n_nodes, q))
    return _polynomials(basis, slopes) + _NOISE * paper_weights(basis, q, rng)


def cubic_weights(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw random cubics for each edge."""
    return _polynomials(basis, rng.standard_normal((3, basis.n_nodes, q)))


def alike_weights(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
    """Draw for each output one random cubic, which all its edges have up to a sign."""
    shared = rng.standard_normal((3, 1, q))
    signs = rng.choice([-1.0, 1.0], (basis.n_nodes, q))
    noise = rng.standard_normal((3, basis.n_nodes, q))
    return _polynomials(basis, shared * signs + _NOISE * noise)


def curved_directions(rows: Rows) -> np.ndarray:
    """Return directions (p, p) in which the target is curved, the most curved one first.

    Principal Hessian directions (Li 1992): eigenvectors of the inputs' second moments weighted
    by the target. Values that are far out count as the ends of the bulk.
    """
    x = np.clip(rows.x, *bulk_ends(rows.x, rows.weights))
    centred = rows.y - np.average(rows.y, axis=0, weights=rows.weights)
    vectors, sizes = [], []
    for output in centred.T:
        moments = (x * (rows.weights * output)[:, None]).T @ x
        values, found = np.linalg.eigh(moments / rows.total_weight)
        vectors.append(found)
        sizes.append(np.abs(values))
    order = np.argsort(-np.concatenate(sizes), kind="stable")
    return np.concatenate(vectors, axis=1)[:, order]


def _along(directions: np.ndarray) -> DrawWeights:
    """Return a draw of lines along these directions (p, r), one after the other."""

    def draw(basis: Basis, q: int, rng: np.random.Generator) -> np.ndarray:
        chosen = directions[:, np.arange(q) % directions.shape[1]]
        width = basis.bulk[:, 1] - basis.bulk[:, 0]
        slopes = chosen * (0.5 * width)[:, None]
        noise = _NOISE * np.abs(slopes).max() * rng.standard_normal(slopes.shape)
        return _polynomials(basis, (slopes + noise)[None])

    return draw


@dataclass(frozen=True)
class Start:
    """A kind of start.

    Parameters
    ----------
    draw : callable
        Draws the weights.
    along_curvature : bool
        Whether the first layer has lines along `curved_directions` instead.
    strength : float
        What all strengths begin with. Strong ones are best under noise; but they flatten the
        first curves, and even functions with them.
    """

    draw: DrawWeights
    along_curvature: bool = False
    strength: float = 0.03

    def network(
        self, architecture: Architecture, rows: Rows, bias: np.ndarray, rng: np.random.Generator
    ) -> Network:
        """Return a network to start from; `bias` (q,) is the best constant."""
        first = _along(curved_directions(rows)) if self.along_curvature else None
        network = initial_network(architecture, rows, bias, rng, self.draw, first)
        for index, layer in enumerate(network.layers[:-1]):
            # Factors of a product have means of their own.
            shift = np.zeros(layer.n_outputs)
            shift[layer.n_sums :] = rng.standard_normal(2 * layer.n_products)
            network = network.replace_layer(index, bias=layer.bias + shift)
        return network


# They take turns. Measured at G = 3, shares of starts that find the best optimum: on
# sqrt(x^2 + y^2) 1.0 of the lines and 0.3 to 0.5 of the others; on exp of a mean of two sines of
# a^2 + b^2 0.35 of the lines, 0.2 of the paper's and cubics; on a distance in the plane 0.35
# along its curvature, 0.3 of those alike, 0.1 of the others.
STARTS = (
    Start(random_lines),
    Start(alike_weights, along_curvature=True),
    Start(paper_weights),
    Start(random_lines, strength=1.0),
    Start(alike_weights, strength=0.3),
    Start(cubic_weights),
    Start(random_lines),
)
