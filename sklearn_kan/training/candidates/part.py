"""A fit that a default fit may be, or be mixed of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from ..evidence.beyond_rows import Beyond
from ..evidence.gauss_newton import State


class Kind(Enum):
    """What kind of fit it is; the value is what people are told, with the number of a variant."""

    ADDITIVE = "additive"
    ADDITIVE_ALL_EDGES = "additive, all edges"
    COMPOSED = "a curve of a sum of curves"
    COMPOSED_ALL_EDGES = "a curve of a sum, all edges"
    ONE_NODE = "1 node"
    CURVED_NODE = "1 node, curved"
    PAIRS = "{:g} pairs"
    PLANES = "planes of two columns"
    WIDE = "{:g} nodes"
    PATIENT = "{:g} nodes, many steps"
    PENALISED = "wide, penalty {:g}"


class Variant(NamedTuple):
    """Which of all fits it is: the same for all rows that it is made on.

    Parameters
    ----------
    kind : Kind
    number : float
        Of nodes or pairs, or the strength of a penalty, where there are several of a kind.
    """

    kind: Kind
    number: float = 0

    @property
    def name(self) -> str:
        """What it is called where people read it; nothing is decided by it."""
        return self.kind.value.format(self.number)


@dataclass(frozen=True, eq=False)
class Part:
    """A fit, whole or in a mixture.

    Parameters
    ----------
    variant : Variant
    state : State
    share : float
    beyond : Beyond
        See `finished`.
    """

    variant: Variant
    state: State
    share: float = 1.0
    beyond: Beyond = Beyond.AFTER_LAST_ROW

    @property
    def kind(self) -> Kind:
        """The kind of fit."""
        return self.variant.kind

    @property
    def name(self) -> str:
        """What it is called where people read it."""
        return self.variant.name

    @property
    def is_deep(self) -> bool:
        """Whether there are hidden nodes."""
        return self.state.chart.n_hidden > 0
