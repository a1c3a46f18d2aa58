"""How to fit an architecture that is given: its levels of grids, widths to try, starts."""

from __future__ import annotations

from dataclasses import dataclass

from ..initial.network import Architecture, Hidden
from ..objective.losses import Loss
from ..report.progress import SILENT, Progress

# Starts by default with one hidden layer, and with more.
_STARTS, _STARTS_IF_DEEP = 7, 21


@dataclass(frozen=True)
class FixedPlan:
    """How to fit an architecture.

    Parameters
    ----------
    loss : Loss
    architecture : Architecture
        Its grid size is that of the last level.
    grid_sizes : tuple of int
        Increasing, the levels; see `levels_to`.
    strength : float or None
        Of roughness and ridge; None to learn the strengths from the evidence.
    exploring : int
        Steps of every start, in each of two goes: hidden grids follow in between, and only then
        it shows which starts are good.
    level_steps : int
        At each level.
    max_iter : int
        To convergence, at the last level.
    tol : float
        Nats a row that count as none, see `fit_evidence`.
    narrower : bool
        Whether fewer hidden nodes may do.
    progress : Progress
        Told of each width, of the stages of each, and of the steps at the end; `count_fixed_parts`
        says how many parts that are.
    """

    loss: Loss
    architecture: Architecture
    grid_sizes: tuple[int, ...]
    strength: float | None = None
    exploring: int = 5
    level_steps: int = 10
    max_iter: int = 100
    tol: float = 1e-4
    narrower: bool = True
    progress: Progress = SILENT

    @property
    def evidence(self) -> bool:
        """Whether strengths are learnt."""
        return self.strength is None


def levels_to(grid_size: int, smallest: int = 3) -> tuple[int, ...]:
    """Return grid sizes that double up to the given one, from `smallest` or a little more.

    >>> levels_to(48)
    (3, 6, 12, 24, 48)
    >>> levels_to(5)
    (5,)
    """
    sizes = [grid_size]
    while sizes[-1] // 2 >= smallest:
        sizes.append(sizes[-1] // 2)
    return tuple(sizes[::-1])


def count_starts(hidden: Hidden) -> int:
    """Return how many starts nearly always hold a good one: deep networks need more."""
    if not hidden:
        return 1
    return _STARTS if len(hidden) == 1 else _STARTS_IF_DEEP


def count_fixed_parts(plan: FixedPlan) -> int:
    """Return of how many parts `fit_fixed` is made at the most."""
    return len(shapes(plan)) + 1


def shapes(plan: FixedPlan) -> list[Hidden]:
    """Return the widths to try, the one asked for last."""
    hidden = plan.architecture.hidden
    return widths_within(hidden) if plan.narrower and plan.evidence else [hidden]


def widths_within(hidden: Hidden) -> list[Hidden]:
    """Return the shape with one node of each kind a layer, with half of the nodes, and itself.

    >>> widths_within(((5, 0), (2, 0)))
    [((1, 0), (1, 0)), ((3, 0), (1, 0)), ((5, 0), (2, 0))]
    """
    one = tuple((min(s, 1), min(p, 1)) for s, p in hidden)
    half = tuple((-(-s // 2), -(-p // 2)) for s, p in hidden)
    return list(dict.fromkeys([one, half, hidden]))
