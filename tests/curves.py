"""Functions for curves in tests, written out here so that the network floor needs no library."""

from dataclasses import dataclass

import numpy as np

from sklearn_kan.network import Curve, CurveEdge, Term


@dataclass(frozen=True)
class Sine:
    """sin u."""

    name: str = "sin"

    def value(self, u):
        return np.sin(u)

    def slope(self, u):
        return np.cos(u)

    def curvature(self, u):
        return -np.sin(u)


@dataclass(frozen=True)
class Power:
    """u^n."""

    n: int = 1

    @property
    def name(self):
        return f"x^{self.n}"

    def value(self, u):
        return u**self.n

    def slope(self, u):
        return self.n * u ** (self.n - 1)

    def curvature(self, u):
        return self.n * (self.n - 1) * u ** max(self.n - 2, 0)


@dataclass(frozen=True)
class Exponential:
    """exp(u)."""

    name: str = "exp"

    def value(self, u):
        return np.exp(u)

    slope = curvature = value


@dataclass(frozen=True)
class Logarithm:
    """log u, of no negative number: it is nobody's task but the term's to keep it finite."""

    name: str = "log"

    def value(self, u):
        return np.log(u)

    def slope(self, u):
        return 1.0 / u

    def curvature(self, u):
        return -1.0 / u**2


FUNCTIONS = (Sine(), Power(1), Power(2), Power(3), Exponential())


def random_curve(rng, n_terms=None):
    """Return a curve that stays moderate over a few units."""
    n_terms = rng.integers(1, 4) if n_terms is None else n_terms
    terms = []
    for _ in range(n_terms):
        function = FUNCTIONS[rng.integers(len(FUNCTIONS))]
        size = 0.5 if isinstance(function, Sine) else 0.2
        terms.append(Term(function, *(size * rng.normal(size=3)).tolist()))
    return Curve(tuple(terms), float(rng.normal()))


def with_curves(network, share=0.5, seed=0, keep=True):
    """Return the network with curves in place of a share of its edges.

    Parameters
    ----------
    keep : bool
        Whether the curves remember the splines they replace.
    """
    rng = np.random.default_rng(seed)
    for index, layer in enumerate(network.all_layers):
        chosen = layer.edges & (rng.uniform(size=layer.edges.shape) < share)
        edges = [
            CurveEdge(int(i), int(j), random_curve(rng), layer.weights[i, :, j] if keep else None)
            for i, j in np.argwhere(chosen)
        ]
        network = network.replace_layer(
            index,
            weights=np.where(chosen[:, None, :], 0.0, layer.weights),
            edges=layer.edges & ~chosen,
            curves=tuple(edges),
        )
    return network


class Cube:
    """A function of a user's own: a cube that is called anything."""

    def __init__(self, name):
        self.name = name

    def value(self, u):
        return u**3

    def slope(self, u):
        return 3 * u**2

    def curvature(self, u):
        return 6 * u
