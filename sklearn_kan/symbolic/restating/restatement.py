"""The same law as simpler problems, and the way back: a search within a search."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from itertools import islice, product
from typing import Protocol

from ..judging.problem import Candidate, Finds, LawProblem
from ..judging.proposals import BestSoFar, Start
from ..language.expression import Node

Search = Callable[[LawProblem], Finds]
# Laws of each problem that are joined with those of the others, and joined ones in all.
FEW, _MOST_JOINED = 3, 27


class Restatement(Protocol):
    """A problem as one or several others, whose laws together say what its own law is."""

    @property
    def problems(self) -> tuple[LawProblem, ...]:
        """Those that are searched instead."""

    def restored(self, laws: Sequence[Node]) -> Node:
        """Return the law of the problem itself from one of each of the others."""


def restored_laws(
    restatement: Restatement, search: Search, few: int = FEW
) -> Generator[Start | BestSoFar, Candidate | None, list[list[Node]]]:
    """Search for the laws of a restatement, and propose what they say of the problem itself.

    Parameters
    ----------
    restatement : Restatement
    search : callable
    few : int
        How many of the best laws of each of its problems are restored.

    Returns
    -------
    list of list of Node
        The laws of each of its problems, best first.
    """
    laws = [[found.node for found in search(each).found[:few]] for each in restatement.problems]
    joined = list(islice(product(*laws), _MOST_JOINED))
    # Which is the shortest is not told before they are restored; too many are not worth that.
    alone = len(laws) == 1
    for rank, chosen in enumerate(joined, 1):
        yield Start(restatement.restored(chosen), with_next=alone and rank < len(joined))
    return laws
