"""What a curve of one column might be: primitives, sums, and primitives of simple functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .atoms import UNARY
from .edge_fits import fit_curve
from .exact import Exact
from .expression import Column, Node, Number, Power, Product, size, substitute, values
from .outer import exp_of
from .primitive import Array, Primitive
from .tidy import tidy
from .trees import curve_node

X = Column(0)
# Functions that may stand inside a primitive, beside an affine map.
_INNER = ("square", "cube", "log", "sqrt", "1/x", "exp", "fourth")
_SCREEN = 90


@dataclass(frozen=True)
class Choice:
    """A formula of one column, as a tree in `Column(0)`, with its score; smaller is better."""

    node: Node
    score: float
    left: float

    def fits(self, noise: float) -> bool:
        """Tell whether it leaves no more than noise of that size may."""
        return self.left < 36.0 * noise**2


def choices(
    x: Array,
    f: Array,
    weights: Array,
    library: Sequence[Primitive] | None,
    noise: float,
    top: int = 3,
    *,
    deep: bool = True,
) -> list[Choice]:
    """Return what a curve given by points (x, f) might be, best first.

    Parameters
    ----------
    x, f, weights : ndarray of shape (m,)
    library : sequence of Primitive or None
    noise : float
        How exact f is, as a share of its standard deviation.
    top : int
        How many to return.
    deep : bool
        Whether to try primitives of functions of x where no primitive fits.
    """
    fits = fit_curve(x, f, weights, library, top, noise=noise)
    found = [Choice(curve_node(fit.curve, X), fit.score, 1.0 - fit.r2) for fit in fits]
    if deep and not any(choice.fits(noise) for choice in found):
        found += composites(x, f, weights, library, noise)
    return sorted(found, key=lambda choice: choice.score)[:top]


def composites(
    x: Array, f: Array, weights: Array, library: Sequence[Primitive] | None, noise: float
) -> list[Choice]:
    """Return primitives of a square of x, of its logarithm, and so on."""
    few = _few(x)
    found = []
    for name in _INNER:
        inner = UNARY[name](X)
        u = _inner_values(name, x)
        if u is None:
            continue
        fits = fit_curve(u[few], f[few], weights[few], library, 2, noise=noise, pairs=False)
        for fit in fits:
            node = tidy(substitute(curve_node(fit.curve, X), [inner]))
            found.append(Choice(node, fit.score + 2.0 * size(inner), 1.0 - fit.r2))
        if fits and 1.0 - fits[0].r2 < 4.0 * noise**2:
            break
    scale = len(x[:300]) / max(len(few), 1)
    return [Choice(c.node, c.score * max(scale, 1.0), c.left) for c in found]


def _inner_values(name: str, x: Array) -> Array | None:
    u = values(UNARY[name](X), x[:, None])
    return u if np.isfinite(u).all() and np.ptp(u) > 0 else None


def _few(x: Array) -> Array:
    order = np.argsort(x, kind="stable")
    return order[np.unique(np.linspace(0, len(x) - 1, min(len(x), _SCREEN)).astype(int))]


def factor_choices(
    x: Array,
    h: Array,
    weights: Array,
    library: Sequence[Primitive] | None,
    noise: float,
    top: int = 3,
) -> list[Choice]:
    """Return what a factor h(x) of a product might be: it, its inverse or its logarithm."""
    ways: list[tuple[Callable[[Node], Node], Array, Array]] = [(_same, h, weights)]
    if (h != 0).all() and np.abs(h).min() > 1e-3 * np.abs(h).max():
        ways.append((_inverse, 1.0 / h, weights * h**4))
        if (h > 0).all() or (h < 0).all():
            sign = float(np.sign(h[0]))
            ways.append((_exponential(sign), np.log(np.abs(h)), weights * h**2))
    found: list[Choice] = []
    for back, g, used in ways:
        used = np.minimum(used, 100 * np.median(used)) / np.median(used)
        spread = np.sqrt(np.average((g - np.average(g, weights=used)) ** 2, weights=used))
        relative = noise * np.std(h) / max(np.average(np.abs(h)), 1e-300)
        level = float(np.clip(relative * np.average(np.abs(g)) / max(spread, 1e-300), 0, 0.5))
        level = max(level if back is not _same else noise, 1e-9)
        found += [
            Choice(back(choice.node), choice.score, choice.left)
            for choice in choices(x, g, used, library, min(level, 0.5), 2)
        ]
    return sorted(found, key=lambda choice: choice.score)[:top]


def _same(node: Node) -> Node:
    return node


def _inverse(node: Node) -> Node:
    return Power(node, Number(Exact(-1)))


def _exponential(sign: float) -> Callable[[Node], Node]:
    return lambda node: tidy(Product((Number(Exact(int(sign))), exp_of(node))))
