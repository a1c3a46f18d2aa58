"""A fit that a default fit may be, or be mixed of."""

from __future__ import annotations

from dataclasses import dataclass

from ..evidence.gauss_newton import State


@dataclass(frozen=True, eq=False)
class Part:
    """A fit, whole or in a mixture.

    Parameters
    ----------
    name : str
    state : State
    share : float
    n_beyond : int
        See `finished`.
    """

    name: str
    state: State
    share: float = 1.0
    n_beyond: int = 0
