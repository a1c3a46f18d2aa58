"""Which formulas an edge might have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...network import Curve
from ..distinct import is_constant
from ..edges import Edge
from ..subject import Subject

_TOP = 5


@dataclass(frozen=True, eq=False)
class Suggestion:
    """A symbolic curve for an edge, in the network's units.

    Parameters
    ----------
    name : str
        Of the function, or of several.
    curve : Curve
    r2 : float
    """

    name: str
    curve: Curve
    r2: float


def suggestions_for(subject: Subject, edge: Edge) -> list[Suggestion]:
    """Return what the estimator suggests for a spline edge, best first."""
    profile = subject.fitted.profiles[edge.layer][edge.input]
    if edge.curve is not None or is_constant(profile):
        return []
    scale, center = subject.units_of_input(edge.layer, edge.input)
    return [
        Suggestion(record["function"], record["curve"].after(scale, center), float(record["r2"]))
        for record in subject.model.suggest_symbolic(*edge.place, top=_TOP)
        if np.isfinite(record["r2"])
    ]
