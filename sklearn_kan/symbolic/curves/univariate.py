"""What a curve of one column might be: primitives, sums, and primitives of simple functions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..judging.description import rough_length
from ..language.atoms import UNARY, power_of
from ..language.exact import Exact
from ..language.expression import (
    Column,
    Constant,
    Node,
    Number,
    Power,
    Product,
    Sum,
    size,
    substitute,
    values,
)
from ..language.outer import exp_of
from ..language.primitive import Array, Primitive
from ..language.tidy import tidy
from .curve_fits import fit_curve
from .exponentials import exponential_sums
from .trees import curve_node

X = Column(0)
# Functions that may stand inside a primitive, beside an affine map.
_INNER = ("square", "cube", "log", "sqrt", "1/x", "exp", "fourth")
_PLAIN: tuple[Node, ...] = (
    *(power_of(X, k) for k in (2, 3, 4, 5, 6, -1, -2, -3, -4, -6)),
    *(power_of(X, *k) for k in ((1, 2), (-1, 2), (3, 2), (-3, 2), (1, 3), (2, 3))),
    *(UNARY[name](X) for name in ("log", "exp", "exp-", "sin", "cos")),
)
_NAMES = ("x^2", "x^3", "1/x", "sqrt", "log", "exp", "sin", "cos")
_SCREEN = 90
# Functions of a column that are larger have no powers.
_LARGEST = 1e50


@dataclass(frozen=True)
class CurveGuess:
    """A formula of one column, as a tree in `Column(0)`, with its score; smaller is better."""

    node: Node
    score: float
    left: float

    def fits(self, noise: float) -> bool:
        """Tell whether it leaves no more than noise of that size may."""
        return self.left < 36.0 * noise**2


def guesses(
    x: Array,
    f: Array,
    weights: Array,
    library: Sequence[Primitive] | None,
    noise: float,
    top: int = 3,
    *,
    deep: bool = True,
) -> list[CurveGuess]:
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
    found = [CurveGuess(curve_node(fit.curve, X), fit.score, 1.0 - fit.r2) for fit in fits]
    if deep and not any(guess.fits(noise) for guess in found):
        found += composites(x, f, weights, library, noise)
        if has_all(library, "sin", "exp") and not any(guess.fits(noise) for guess in found):
            found += _waves(x, f, weights, noise)
    if has_all(library, *_NAMES):
        found += plain(x, f, weights, noise)
    found.sort(key=lambda guess: guess.score)
    best = found[:top]
    # Errors of a spline are no noise: what is a little worse may be the law.
    near = [c for c in found[top:] if size(c.node) < min(map(_size, best)) and c.fits(30.0 * noise)]
    return best + near[:1]


def has_all(library: Sequence[Primitive] | None, *names: str) -> bool:
    """Tell whether a library has all functions of these names; None has."""
    return library is None or set(names) <= {primitive.name for primitive in library}


def _size(guess: CurveGuess) -> int:
    return size(guess.node)


def simplest(options: Sequence[CurveGuess]) -> CurveGuess:
    """Return the guess of the smallest formula."""
    return min(options, key=_size)


def plain(x: Array, f: Array, weights: Array, noise: float) -> list[CurveGuess]:
    """Return fits by functions without free constants, beside a factor and a constant."""
    few = _few(x, 200)
    share = weights[few] / weights[few].sum()
    target = f[few] - share @ f[few]
    variance = float(share @ target**2)
    found = []
    for inner in _PLAIN:
        u = _values_of(inner, x[few])
        if u is None or not variance > 0:
            continue
        centred = u - share @ u
        square = float(share @ centred**2)
        if not 0 < square < np.inf:
            continue
        coef = float(share @ (centred * target)) / square
        left = float(share @ (target - coef * centred) ** 2) / variance
        constant = float(share @ f[few] - coef * (share @ u))
        node = Sum((Product((Constant(coef), inner)), Constant(constant)))
        found.append(_guess(node, left, noise, len(few), 2))
    return sorted(found, key=lambda guess: guess.score)[:2]


def _waves(x: Array, f: Array, weights: Array, noise: float) -> list[CurveGuess]:
    """Return sums of exponentials and damped waves."""
    few = _few(x, 2 * _SCREEN)
    variance = max(float(np.var(f[few])), 1e-300)
    found = []
    for fitted in exponential_sums(x, f, weights, noise):
        residual = f[few] - values(fitted.node, x[few, None])
        left = float(np.mean(residual**2)) / variance
        found.append(_guess(fitted.node, left, noise, len(few), len(fitted.deviations)))
    return found


def _guess(node: Node, left: float, noise: float, n: int, n_constants: int) -> CurveGuess:
    """Return a fit with its score: errors below the noise are one as good as another."""
    score = rough_length(left + noise**2, n, n_constants, size(node))
    return CurveGuess(node, float(score), left)


def composites(
    x: Array, f: Array, weights: Array, library: Sequence[Primitive] | None, noise: float
) -> list[CurveGuess]:
    """Return primitives of a square of x, of its logarithm, and so on."""
    few = _few(x)
    found = []
    for name in _INNER:
        inner = UNARY[name](X)
        u = _values_of(inner, x)
        if u is None:
            continue
        fits = fit_curve(u[few], f[few], weights[few], library, 2, noise=noise, pairs=False)
        for fit in fits:
            node = tidy(substitute(curve_node(fit.curve, X), [inner]))
            found.append(CurveGuess(node, fit.score + 2.0 * size(inner), 1.0 - fit.r2))
        if fits and 1.0 - fits[0].r2 < 4.0 * noise**2:
            break
    scale = len(x[:300]) / max(len(few), 1)
    return [CurveGuess(c.node, c.score * max(scale, 1.0), c.left) for c in found]


def _values_of(node: Node, x: Array) -> Array | None:
    u = values(node, x[:, None])
    return u if np.abs(u).max() < _LARGEST and np.ptp(u) > 0 else None


def _few(x: Array, most: int = _SCREEN) -> Array:
    order = np.argsort(x, kind="stable")
    return order[np.unique(np.linspace(0, len(x) - 1, min(len(x), most)).astype(int))]


def factor_guesses(
    x: Array,
    h: Array,
    weights: Array,
    library: Sequence[Primitive] | None,
    noise: float,
    top: int = 3,
) -> list[CurveGuess]:
    """Return what a factor h(x) of a product might be: it, its inverse or its logarithm."""
    ways: list[tuple[Callable[[Node], Node], Array, Array]] = [(_same, h, weights)]
    if (h != 0).all() and np.abs(h).min() > 1e-3 * np.abs(h).max():
        ways.append((_inverse, 1.0 / h, weights * h**4))
        if (h > 0).all() or (h < 0).all():
            sign = float(np.sign(h[0]))
            ways.append((_exponential(sign), np.log(np.abs(h)), weights * h**2))
    found: list[CurveGuess] = []
    for back, g, used in ways:
        used = np.minimum(used, 100 * np.median(used)) / np.median(used)
        spread = np.sqrt(np.average((g - np.average(g, weights=used)) ** 2, weights=used))
        relative = noise * np.std(h) / max(np.average(np.abs(h)), 1e-300)
        level = float(np.clip(relative * np.average(np.abs(g)) / max(spread, 1e-300), 0, 0.5))
        level = max(level if back is not _same else noise, 1e-9)
        found += [
            CurveGuess(back(guess.node), guess.score, guess.left)
            for guess in guesses(x, g, used, library, min(level, 0.5), 2)
        ]
    return sorted(found, key=lambda guess: guess.score)[:top]


def _same(node: Node) -> Node:
    return node


def _inverse(node: Node) -> Node:
    return Power(node, Number(Exact(-1)))


def _exponential(sign: float) -> Callable[[Node], Node]:
    return lambda node: tidy(Product((Number(Exact(int(sign))), exp_of(node))))
