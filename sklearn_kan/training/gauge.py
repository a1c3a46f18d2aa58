"""The scale of a hidden node is a gauge: it is held in every step, and put right after it.

The next layer's grid takes up any scale, so a penalty on the incoming weights would shrink it
for ever. Each hidden output keeps its variance to first order: one linear constraint a
node, ``pull' d = 0``, on the step d of its incoming coordinates. A Householder reflection per
node turns the constraint into a coordinate that is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .chart import Chart
from .linearise import System


@dataclass(frozen=True, eq=False)
class Gauge:
    """Reflections of blocks of beta, after which the entries not kept are constrained.

    Parameters
    ----------
    blocks : list of slice
        The incoming coordinates of each hidden output.
    normals : list of ndarray
        The unit normal of each constraint, of the block's length.
    size : int
        Length of beta.
    """

    blocks: list[slice]
    normals: list[np.ndarray]
    size: int

    @cached_property
    def kept(self) -> np.ndarray:
        """Which entries are free after `reflect`, a mask of shape (P,)."""
        mask = np.ones(self.size, bool)
        mask[[block.start for block in self.blocks]] = False
        return mask

    @cached_property
    def _mirrors(self) -> list[tuple[slice, np.ndarray]]:
        mirrors = []
        for block, normal in zip(self.blocks, self.normals, strict=True):
            mirror = normal.copy()
            mirror[0] += 1.0 if mirror[0] >= 0 else -1.0
            mirrors.append((block, mirror / np.linalg.norm(mirror)))
        return mirrors

    def reflect(self, array: np.ndarray) -> np.ndarray:
        """Reflect the first axis of an array; a second time restores it."""
        result = array.copy()
        for block, mirror in self._mirrors:
            result[block] -= 2.0 * np.multiply.outer(mirror, mirror @ result[block])
        return result

    def restrict(self, matrix: np.ndarray) -> np.ndarray:
        """Return a symmetric matrix (P, P) on the free directions."""
        if not self.blocks:
            return matrix
        both = self.reflect(self.reflect(matrix).T)
        return both[np.ix_(self.kept, self.kept)]

    def extend(self, free: np.ndarray) -> np.ndarray:
        """Return vectors of the free directions (free, ...) in all coordinates (P, ...)."""
        if not self.blocks:
            return free
        result = np.zeros((self.size, *free.shape[1:]))
        result[self.kept] = free
        return self.reflect(result)


def gauge_at(chart: Chart, system: System) -> Gauge:
    """Return the gauge of every hidden output that varies with its coordinates."""
    blocks, normals = [], []
    for index, part in enumerate(chart.parts()[: chart.n_hidden]):
        columns, outputs = chart.entries(index)
        start = part.start
        for output in range(chart.active[index].shape[1]):
            mine = columns[outputs == output]
            normal = system.pulls[index][mine, output]
            length = np.linalg.norm(normal)
            if len(mine) and length > 0:
                blocks.append(slice(start, start + len(mine)))
                normals.append(normal / length)
            start += len(mine)
    return Gauge(blocks, normals, chart.size)
