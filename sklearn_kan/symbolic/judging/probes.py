"""What a formula does between the rows, and half their range beyond: poles, turns, excursions.

Rows are few, and formulas many: some that meet every row turn between them, or have a pole there.
They are not excluded, for laws may have both, but what the rows do not show has to be paid for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..language.expression import Apply, Constant, Node, Number, Power, values, walk
from ..language.primitive import Array

# Points of a line, beside as many among the rows; of the only column; lines between two rows, rows
# from which one column moves, columns that do.
_POINTS, _ONE_COLUMN, _BETWEEN, _ROWS, _COLUMNS = 33, 121, 8, 2, 8
_BEYOND = 0.5
# Bends by less than this share of the range of y are rounding; points that are nearer to each other
# than this share of a line are one: rounding bends what is between them.
_STRAIGHT, _SAME = 1e-9, 1e-4
# Nats for a place without value between the rows, and beyond; for a factor e by which values
# leave the range of y, where that is more than so many times its half; for a factor e of bends to
# and fro, for each that is more than one in two rows, and for each turn along the only column that
# is more than the rows have. A column of one sign may well keep it:
# where it has the other one, a pole counts for less, and nothing else.
_POLE, _POLE_BEYOND, _POLE_OF_OTHER_SIGN = 20.0, 6.0, 3.0
_FAR, _FAR_BEYOND = (3.0, 3.0), (1.5, 10.0)
_BENDS, _UNSEEN, _ROWS_A_BEND = 4.0, 1.0, 2
_TURN = 3.0


_INSIDE, _OUTSIDE, _OTHER_SIGN = range(3)


@dataclass(frozen=True, eq=False)
class Probes:
    """Points on lines through the rows.

    Parameters
    ----------
    X : ndarray of shape (m, p)
    line : ndarray of shape (m,)
        The number of the line of each point; points of a line are in order.
    along : ndarray of shape (m,)
        How far along its line a point is.
    place : ndarray of shape (m,)
        Whether a point is between rows, beyond, or where a column has another sign than in all.
    middle, half : float
        Of the range of y.
    n : int
        Rows.
    turns : int or None
        Of the target along the only column; None where there are more.
    """

    X: Array
    line: Array
    along: Array
    place: Array
    middle: float
    half: float
    n: int
    turns: int | None

    @classmethod
    def of(cls, X: Array, y: Array) -> Probes:
        """Return probes for rows (n, p) with a target (n,)."""
        rng = np.random.default_rng(0)
        lines = list(_sections(X, rng))
        if X.shape[1] > 1:
            t = np.linspace(0.0, 1.0, _POINTS)
            pairs = X[rng.integers(0, len(X), (_BETWEEN, 2))]
            between = np.full(_POINTS, _INSIDE)
            lines += [(a + t[:, None] * (b - a), t, between) for a, b in pairs]
        low, high = float(y.min()), float(y.max())
        points, along, place = zip(*lines, strict=True)
        return cls(
            np.concatenate(points),
            np.repeat(np.arange(len(lines)), [len(t) for t in along]),
            np.concatenate(along),
            np.concatenate(place),
            0.5 * (low + high),
            max(0.5 * (high - low), 1e-300),
            len(X),
            _turns(y[np.argsort(X[:, 0])]) if X.shape[1] == 1 else None,
        )

    def oddity(self, node: Node) -> float:
        """Return what a formula has to pay for what it does at the probes, in nats."""
        found = values(node, self.X)
        poles = self._poles(node)
        elsewhere = self.place == _OTHER_SIGN
        undefined = ~np.isfinite(found) | poles
        far = np.abs(np.where(undefined, self.middle, found) - self.middle) / self.half
        nats = _POLE_OF_OTHER_SIGN * bool((poles & elsewhere).any())
        for place, pole, (rate, most) in (
            (_INSIDE, _POLE, _FAR),
            (_OUTSIDE, _POLE_BEYOND, _FAR_BEYOND),
        ):
            here = self.place == place
            nats += pole * bool(undefined[here].any())
            nats += rate * max(float(np.log(far[here].max(initial=most) / most)), 0.0)
        found = np.where(elsewhere, np.nan, found)
        if self.turns is not None:
            known = found[np.isfinite(found)]
            moves = np.round(known / (_STRAIGHT * self.half))
            nats += _TURN * max(_turns(moves) - self.turns, 0)
        bends = self._bends(found)
        unseen = max(bends - self.n // _ROWS_A_BEND, 0)
        return nats + _BENDS * float(np.log(max(bends, 1))) + _UNSEEN * unseen

    def _bends(self, found: Array) -> int:
        """Return how often values bend up and down in turn on a line, at the most.

        A wave bends twice a period, on a slope that hides its turns too.
        """
        with np.errstate(all="ignore"):
            slopes = np.diff(found) / np.diff(self.along)
            bent = np.diff(slopes) * (self.along[2:] - self.along[:-2])
        known = np.isfinite(bent) & (np.abs(bent) > _STRAIGHT * self.half)
        places = np.flatnonzero(known & (self.line[2:] == self.line[:-2]))
        way, line = np.sign(bent[places]), self.line[2:][places]
        changed = (way[1:] != way[:-1]) & (line[1:] == line[:-1])
        return int(np.bincount(line[1:][changed]).max(initial=0))

    def _poles(self, node: Node) -> Array:
        """Mark points beside which something that is divided by changes its sign."""
        marked = np.zeros(len(self.X), bool)
        for part in walk(node):
            match part:
                case Power(base, Number() | Constant() as exponent) if _value(exponent) < 0:
                    sign = np.sign(values(base, self.X))
                case Apply(function, argument) if function.has_poles:
                    sign = function.branches(values(argument, self.X))
                case _:
                    continue
            crossed = (sign[1:] != sign[:-1]) & (self.line[1:] == self.line[:-1])
            marked[1:] |= crossed
            marked[:-1] |= crossed
        return marked


def _turns(y: Array) -> int:
    """Return how often values in a row go up after they went down, or the other way round."""
    steps = np.diff(y)
    ways = np.sign(steps[steps != 0])
    return int(np.count_nonzero(ways[1:] != ways[:-1]))


def _value(exponent: Number | Constant) -> float:
    return exponent.value if isinstance(exponent, Constant) else exponent.exact.value


def _sections(X: Array, rng: np.random.Generator) -> Iterator[tuple[Array, Array, Array]]:
    """Yield lines along which one column moves over its range and beyond.

    Points are evenly spaced, and more where rows are close to each other.
    """
    n, p = X.shape
    yield X[:0], np.zeros(0), np.zeros(0, int)
    few = range(p) if p <= _COLUMNS else rng.choice(p, _COLUMNS, replace=False)
    for j in map(int, few):
        low, high = float(X[:, j].min()), float(X[:, j].max())
        width = _BEYOND * (high - low)
        first, last = _of_one_sign(low, high, width)
        count = _POINTS if p > 1 else _ONE_COLUMN
        among = np.quantile(X[:, j], np.linspace(0.0, 1.0, count))
        evenly = np.linspace(first, last, count)
        x = np.sort(np.concatenate([[low - width], evenly, among, [high + width]]))
        x = x[np.append(True, np.diff(x) > _SAME * (x[-1] - x[0]))]
        place = np.where((x >= low) & (x <= high), _INSIDE, _OUTSIDE)
        place[(x < first) | (x > last)] = _OTHER_SIGN
        for row in X[rng.integers(0, n, _ROWS if p > 1 else 1)]:
            line = np.repeat(row[None], len(x), axis=0)
            line[:, j] = x
            yield line, x, place


def _of_one_sign(low: float, high: float, width: float) -> tuple[float, float]:
    """Return an interval so much wider at either end, or less where a column keeps its sign."""
    first = max(low - width, _BEYOND * low) if low > 0 else low - width
    last = min(high + width, _BEYOND * high) if high < 0 else high + width
    return first, last
