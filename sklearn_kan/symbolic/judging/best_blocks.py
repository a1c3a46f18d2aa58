"""Which one, two or few of many building blocks explain a target: by matrix products.

Blocks F are (m, s); the target t is (s,). All searches return ``(left, indices)``, best first
by `rough_length`, where left is the share of the target's variance that stays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..language.primitive import Array
from .description import rough_length

# Of a variance: less is not told from nothing.
ROUNDING = 1e-14
Hit = tuple[float, tuple[int, ...]]


@dataclass(frozen=True, eq=False)
class Projected:
    """Blocks and target with a base (ones, and more) taken out, all of norm 1."""

    F: Array
    t: Array
    usable: Array
    costs: Array
    n: int

    @classmethod
    def of(cls, F: Array, t: Array, base: Array, costs: Array, n: int) -> Projected:
        """Take the base, orthonormal (s, b), out of blocks and target."""
        before = np.linalg.norm(F, axis=1)
        F = F - (F @ base) @ base.T
        F = F - (F @ base) @ base.T
        norms = np.linalg.norm(F, axis=1)
        usable = norms > 1e-5 * before
        t = t - base @ (base.T @ t)
        t = t - base @ (base.T @ t)
        F = F / np.where(usable, norms, 1.0)[:, None] * usable[:, None]
        return cls(F, t / max(float(np.linalg.norm(t)), 1e-300), usable, costs, n)


def orthonormal(columns: Array) -> Array:
    """Return an orthonormal basis (s, b') of columns (s, b), those that depend left out."""
    scaled = columns / np.maximum(np.linalg.norm(columns, axis=0), 1e-300)
    left, singular, _ = np.linalg.svd(scaled, full_matrices=False)
    return left[:, singular > 1e-9 * singular[0]]


def _top(left: Array, costs: Array, n: int, count: int) -> Array:
    """Return the flat indices of the best scores."""
    score = rough_length(np.maximum(left, ROUNDING), n, nodes=costs).ravel()
    count = min(count, len(score))
    chosen = np.argpartition(score, count - 1)[:count]
    return chosen[np.argsort(score[chosen], kind="stable")]


def best_single(rows: Projected, count: int = 10) -> list[Hit]:
    """Return the best blocks for ``t = a f + base``."""
    left = np.where(rows.usable, 1.0 - (rows.F @ rows.t) ** 2, 1.0)
    return [(float(left[i]), (int(i),)) for i in _top(left, rows.costs, rows.n, count)]


def best_pair(rows: Projected, count: int = 20) -> list[Hit]:
    """Return the best two blocks for ``t = a f + b g + base``."""
    gram = rows.F @ rows.F.T
    r = rows.F @ rows.t
    apart = 1.0 - gram**2
    with np.errstate(all="ignore"):
        explained = (r[:, None] ** 2 + r**2 - 2.0 * gram * np.outer(r, r)) / apart
    apart[~rows.usable] = 0.0
    left = np.where((apart > 1e-9) & (apart.T > 1e-9), 1.0 - explained, 1.0)
    left[np.tril_indices(len(left))] = 1.0
    costs = rows.costs[:, None] + rows.costs
    chosen = _top(left, costs, rows.n, count)
    return [
        (float(left.flat[k]), (int(k) // len(left), int(k) % len(left)))
        for k in chosen
        if left.flat[k] < 1.0
    ]


def best_product(F: Array, t: Array, costs: Array, n: int, count: int = 20) -> list[Hit]:
    """Return the best two blocks for ``t = a f g + b``; blocks have a mean square of 1."""
    t = t - t.mean()
    t = t / max(float(np.sqrt(np.mean(t**2))), 1e-300)
    s = len(t)
    with np.errstate(all="ignore"):
        together = (F * t) @ F.T / s
        mean = F @ F.T / s
        spread = (F**2) @ (F**2).T / s - mean**2
        left = 1.0 - together**2 / spread
    # Where the blocks' peaks are far apart the products are all rounding.
    left = np.where(spread > 1e-9, left, 1.0)
    left[np.tril_indices(len(left), -1)] = 1.0
    chosen = _top(left, costs[:, None] + costs, n, count)
    return [(float(left.flat[k]), (int(k) // len(left), int(k) % len(left))) for k in chosen]


def stepwise(
    F: Array,
    t: Array,
    base: Array,
    costs: Array,
    n: int,
    *,
    starts: list[tuple[int, ...]],
    depth: int,
    beam: int = 6,
) -> list[Hit]:
    """Return sums of blocks, grown one block at a time from several starts.

    Every round adds to each of the `beam` best sums the block that leaves least; a round's
    sums compete, and the rounds' best are all returned.
    """
    current = starts
    varying = t - base @ (base.T @ t)
    total = max(float(varying @ varying), 1e-300)
    found: list[Hit] = []
    seen: set[tuple[int, ...]] = set()
    for _ in range(depth):
        grown: list[tuple[float, float, tuple[int, ...]]] = []
        for chosen in current:
            held = orthonormal(np.concatenate([base, F[list(chosen)].T], axis=1))
            rest = t - held @ (held.T @ t)
            share = float(rest @ rest) / total
            rows = Projected.of(F, t, held, costs, n)
            for left, (index,) in best_single(rows, beam):
                key = tuple(sorted((*chosen, index)))
                if key not in seen and index not in chosen:
                    seen.add(key)
                    cost = float(costs[list(key)].sum())
                    score = rough_length(max(share * left, ROUNDING), n, nodes=cost)
                    grown.append((score, share * left, key))
        grown.sort(key=lambda each: each[0])
        current = [key for _, _, key in grown[:beam]]
        found += [(left, key) for _, left, key in grown[:2]]
        if not current or grown[0][1] < 1e-20:
            break
    return found
