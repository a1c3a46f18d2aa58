"""What strategies propose, and how proposals are followed.

A strategy yields formulas to start from. Whoever follows it refines each, keeps it, sends back
what became of it, and stops where one is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass

from ..language.expression import Node
from .problem import Candidate, Finds, LawProblem


@dataclass(frozen=True)
class Start:
    """A formula that is worth refining; what is sent back is the candidate, None if it is none.

    Parameters
    ----------
    node : Node
        Its constants are the start.
    max_iter : int
        Steps at most.
    with_next : bool
        Whether the next one is looked at even if this one is exact: both may be, and one shorter.
    """

    node: Node
    max_iter: int = 40
    with_next: bool = False


@dataclass(frozen=True)
class BestSoFar:
    """A question: which candidate is the best of all strategies, None if there is none."""


Proposals = Generator[Start | BestSoFar, Candidate | None, None]
Strategy = Callable[[LawProblem], Proposals]


def follow(proposals: Proposals, finds: Finds) -> Finds:
    """Refine and keep what is proposed until a formula is exact; return the finds."""
    answer: Candidate | None = None
    while True:
        try:
            asked = proposals.send(answer)
        except StopIteration:
            return finds
        if isinstance(asked, BestSoFar):
            answer = finds.best
            continue
        answer = finds.add(asked.node, asked.max_iter)
        if finds.exact and not asked.with_next:
            return finds


def is_better(candidate: Candidate | None, best: Candidate | None) -> bool:
    """Tell whether there is a candidate, and none that is better or as good."""
    return candidate is not None and (best is None or candidate.score < best.score)
