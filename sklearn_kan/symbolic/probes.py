"""What a formula does between the rows, and half their range beyond: poles, turns, excursions.

Rows are few, and formulas many: some that meet every row turn between them, or have a pole there.
They are not excluded, for laws may have both, but what the rows do not show has to be paid for.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .expression import Apply, Constant, Node, Number, Power, values, walk
from .primitive import Array

# Points of a line, lines between two rows, rows from which one column moves, columns that do.
_POINTS, _ONE_COLUMN, _BETWEEN, _ROWS, _COLUMNS = 33, 161, 8, 2, 8
_BEYOND = 0.5
# Changes smaller than this share of the standard deviation of y are no turns.
_STILL = 0.1
# Nats for a place without value between the rows, and beyond; for a factor e by which values
# leave the range of y, where that is more than so many times its half; for a factor e of turns.
_POLE, _POLE_BEYOND = 20.0, 6.0
_FAR, _FAR_BEYOND = (3.0, 3.0), (1.5, 10.0)
_TURNS = 4.0


@dataclass(frozen=True, eq=False)
class Probes:
    """Points on lines through the rows.

    Parameters
    ----------
    X : ndarray of shape (m, p)
    line : ndarray of shape (m,)
        The number of the line of each point; points of a line are in order.
    inside : ndarray of shape (m,)
        Whether a point is between rows.
    middle, half, still : float
        Of the range of y; what is no change.
    """

    X: Array
    line: Array
    inside: Array
    middle: float
    half: float
    still: float

    @classmethod
    def of(cls, X: Array, y: Array) -> Probes:
        """Return probes for rows (n, p) with a target (n,)."""
        rng = np.random.default_rng(0)
        lines, inside = _sections(X, rng)
        if X.shape[1] > 1:
            pairs = X[rng.integers(0, len(X), (_BETWEEN, 2))]
            t = np.linspace(0.0, 1.0, _POINTS)[:, None]
            lines += [a + t * (b - a) for a, b in pairs]
            inside += [np.ones(_POINTS, bool)] * _BETWEEN
        low, high = float(y.min()), float(y.max())
        return cls(
            np.concatenate(lines),
            np.repeat(np.arange(len(lines)), [len(line) for line in lines]),
            np.concatenate(inside),
            0.5 * (low + high),
            max(0.5 * (high - low), 1e-300),
            max(_STILL * float(y.std()), 1e-300),
        )

    def oddity(self, node: Node) -> float:
        """Return what a formula has to pay for what it does at the probes, in nats."""
        found = values(node, self.X)
        undefined = ~np.isfinite(found) | self._poles(node)
        far = np.abs(np.where(undefined, self.middle, found) - self.middle) / self.half
        nats = 0.0
        for here, pole, (rate, most) in (
            (self.inside, _POLE, _FAR),
            (~self.inside, _POLE_BEYOND, _FAR_BEYOND),
        ):
            nats += pole * bool(undefined[here].any())
            nats += rate * max(float(np.log(far[here].max(initial=most) / most)), 0.0)
        return nats + _TURNS * float(np.log(max(self._turns(found), 1)))

    def _turns(self, found: Array) -> int:
        """Return how often values rise and fall in turn on a line, at the most."""
        with np.errstate(all="ignore"):
            steps = np.round(found / self.still)
        sound = np.flatnonzero(np.isfinite(steps))
        change = np.sign(np.diff(steps[sound]))
        line = self.line[sound]
        moves = np.flatnonzero((change != 0) & (line[1:] == line[:-1]))
        way, line = change[moves], line[1:][moves]
        turned = (way[1:] != way[:-1]) & (line[1:] == line[:-1])
        return int(np.bincount(line[1:][turned]).max(initial=0))

    def _poles(self, node: Node) -> Array:
        """Mark points beside which something that is divided by changes its sign."""
        marked = np.zeros(len(self.X), bool)
        for part in walk(node):
            match part:
                case Power(base, Number() | Constant() as exponent) if _value(exponent) < 0:
                    sign = np.sign(values(base, self.X))
                case Apply(function, argument) if function.name == "tan":
                    sign = np.floor(values(argument, self.X) / np.pi + 0.5)
                case _:
                    continue
            crossed = (sign[1:] != sign[:-1]) & (self.line[1:] == self.line[:-1])
            marked[1:] |= crossed
            marked[:-1] |= crossed
        return marked


def _value(exponent: Number | Constant) -> float:
    return exponent.value if isinstance(exponent, Constant) else exponent.exact.value


def _sections(X: Array, rng: np.random.Generator) -> tuple[list[Array], list[Array]]:
    """Return lines along which one column moves over its range and beyond."""
    n, p = X.shape
    lines, inside = [X[:0]], [np.zeros(0, bool)]
    few = range(p) if p <= _COLUMNS else rng.choice(p, _COLUMNS, replace=False)
    for j in map(int, few):
        low, high = float(X[:, j].min()), float(X[:, j].max())
        ends = _beyond(low, high)
        x = np.linspace(*ends, _POINTS if p > 1 else _ONE_COLUMN)
        for row in X[rng.integers(0, n, _ROWS if p > 1 else 1)]:
            line = np.repeat(row[None], len(x), axis=0)
            line[:, j] = x
            lines.append(line)
            inside.append((x >= low) & (x <= high))
    return lines, inside


def _beyond(low: float, high: float) -> tuple[float, float]:
    """Return half a range more at either end; columns of one sign keep it."""
    width = _BEYOND * (high - low)
    first, last = low - width, high + width
    if low > 0:
        first = max(first, _BEYOND * low)
    if high < 0:
        last = min(last, _BEYOND * high)
    return first, last
