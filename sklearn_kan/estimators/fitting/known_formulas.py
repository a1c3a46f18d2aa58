"""What a fit knows of its formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ..._table import Table
from ...network import Network
from ...network._value import Value

if TYPE_CHECKING:
    from ...symbolic.language.primitive import Primitive


@dataclass(frozen=True, eq=False)
class Candidate:
    """A row of the front of accuracy against complexity.

    Parameters
    ----------
    expression : sympy.Expr
        In the user's columns and units, functions of a user's own by their names.
    complexity : int
        Nodes of its expression tree.
    r2, r2_held_out : float
        Share of the loss saved, of the variance explained say, on the rows it was fitted to and
        on others; NaN where that was not measured.
    network : Network or None
        What it is the formula of, where it was not found whole.
    """

    expression: Any
    complexity: int
    r2: float
    r2_held_out: float
    network: Network | None = None


@dataclass(frozen=True, eq=False)
class Symbolic(Value):
    """What is known of the formulas of a fitted estimator.

    Parameters
    ----------
    network : Network
        The network that computes `expressions`; when it is edited they are not its formula.
    expressions : tuple of sympy.Expr or None
        One an output; None for what the network itself says.
    functions : mapping of str to Primitive
        Functions of a user's own in the expressions.
    fronts : tuple of tuple of Candidate
        One an output.
    chosen : tuple of int
        Which row of each front `network` is.
    rule : str
        Why.
    report : Table or None
    """

    network: Network
    expressions: tuple[Any, ...] | None = None
    functions: Mapping[str, Primitive] = field(default_factory=dict)
    fronts: tuple[tuple[Candidate, ...], ...] = ()
    chosen: tuple[int, ...] = ()
    rule: str = ""
    report: Table | None = None
