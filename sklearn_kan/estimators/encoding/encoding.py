"""How rows become what the core fits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ...training.objective.objective import Rows
from .data import Data
from .scaling import Scaling, standardise_bulk
from .target import TargetCode
from .target_kind import TargetKind

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, eq=False)
class Encoding:
    """How X and y become what the core fits, and what their columns are called."""

    x_scaling: Scaling
    target: TargetCode
    names: tuple[str, ...] | None = None
    target_names: tuple[str, ...] | None = None

    def rows(self, data: Data) -> Rows:
        """Return the rows that count, scaled and encoded."""
        data = data.present()
        return Rows(self.x_scaling.apply(data.X), self.target.encode(data.y), data.weights)

    def in_order(self, columns: np.ndarray) -> Encoding:
        """Return the encoding of a table whose column k is column ``columns[k]`` of this one's."""
        return replace(self, x_scaling=self.x_scaling.take(columns))


def encoding_of(
    kind: TargetKind,
    data: Data,
    labels: np.ndarray,
    target_names: tuple[str, ...] | None = None,
) -> Encoding:
    """Return the encoding that suits some rows; `labels` are all targets known of."""
    data = data.present()
    scaling = standardise_bulk(data.X, data.weights)
    return Encoding(scaling, kind.code(data, labels), target_names=target_names)


def names_of_target(y: Any) -> tuple[str, ...] | None:
    """Return the name of a series, or those of a table's columns, if all are strings."""
    names = getattr(y, "columns", None)
    names = [getattr(y, "name", None)] if names is None else list(names)
    return tuple(names) if all(isinstance(name, str) and name for name in names) else None
