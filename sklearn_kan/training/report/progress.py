"""Listeners: who is told how far a fit has come may ask it to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from joblib import Parallel, effective_n_jobs

from ...network import Network

Shown = Network | Callable[[], Network] | None


class Progress(Protocol):
    """A piece of work under way, made of parts that begin and end one after the other.

    It stays in the process that it was made in: work elsewhere is told of when its result
    has come back.
    """

    def begin(self, name: str, most: int | None = 0) -> Progress:
        """Begin a part.

        Parameters
        ----------
        name : str
            What kind of work it is.
        most : int or None
            How many parts it may have itself at the most; None where that is not known.

        Returns
        -------
        Progress
            The part.
        """

    def end(self, note: object = None, network: Shown = None) -> bool:
        """End this piece of work.

        Parameters
        ----------
        note : object
            Its text is the line to print, if it is not None.
        network : Network, callable or None
            As it is now; a callable returns it, and is called only if someone wants to see it.

        Returns
        -------
        bool
            Whether the loop that this piece belongs to is asked to stop.
        """


@dataclass(frozen=True)
class Silent:
    """Nobody is told."""

    def begin(self, name: str, most: int | None = 0) -> Progress:
        """Begin a part of which nobody is told either."""
        return self

    def end(self, note: object = None, network: Shown = None) -> bool:
        """Go on."""
        return False


SILENT = Silent()


def in_turn(calls: Iterable[Any], n_jobs: int | None) -> Iterator[Any]:
    """Yield the results of joblib's delayed calls in their order, each as soon as it is there."""
    results: Iterator[Any] = Parallel(n_jobs=n_jobs, return_as="generator")(calls)
    return results


def runs_here(n_jobs: int | None, n_calls: int) -> bool:
    """Tell whether calls run in this very process and thread, one after the other."""
    return n_calls == 1 or effective_n_jobs(n_jobs) == 1
