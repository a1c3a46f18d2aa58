"""The scale of a hidden node is a gauge, which every step holds.

The next layer's grid takes up any scale, so a penalty on the incoming weights would shrink it
for ever. Each hidden output keeps its variance to first order: one linear constraint a
node, ``pull' d = 0``, on the step d of its incoming coordinates. A Householder reflection per
node turns the constraint into a coordinate that is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ..coordinates.chart import Chart
from .system import System


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
    def _mirrors(self) -> np.ndarray:
        """The unit vectors (P, blocks) that are reflected; blocks have none in common."""
        mirrors = np.zeros((self.size, len(self.blocks)))
        for index, (block, normal) in enumerate(zip(self.blocks, self.normals, strict=True)):
            mirror = normal.copy()
            mirror[0] += 1.0 if mirror[0] >= 0 else -1.0
            mirrors[block, index] = mirror / np.linalg.norm(mirror)
        return mirrors

    def reflect(self, array: np.ndarray) -> np.ndarray:
        """Reflect the first axis of an array; a second time restores it."""
        if not self.blocks:
            return array
        return array - 2.0 * self._mirrors @ (self._mirrors.T @ array)

    def restrict(self, matrix: np.ndarray) -> np.ndarray:
        """Return a symmetric matrix (P, P) on the free directions.

        Reflected from both sides; rows and columns of entries that are not kept are those of
        the identity, so that they are solved for by zeros and have no part in a determinant.
        """
        if not self.blocks:
            return matrix
        mirrors = self._mirrors
        pull = 2.0 * matrix @ mirrors
        pull -= mirrors @ (mirrors.T @ pull)
        result = np.concatenate([mirrors, pull], axis=1) @ np.concatenate([pull, mirrors], axis=1).T
        np.subtract(matrix, result, out=result)
        held = np.flatnonzero(~self.kept)
        result[held] = 0.0
        result[:, held] = 0.0
        result[held, held] = 1.0
        return result

    def free(self, vector: np.ndarray) -> np.ndarray:
        """Return a gradient (P,) in the free directions, zeros elsewhere."""
        return np.where(self.kept, self.reflect(vector), 0.0)

    def extend(self, free: np.ndarray) -> np.ndarray:
        """Return vectors (P, ...), zero where not free, in all coordinates."""
        return self.reflect(free)


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


def plus_diagonal(matrix: np.ndarray, diagonal: np.ndarray | float) -> np.ndarray:
    """Return a copy of a square matrix with numbers added to its diagonal."""
    result = matrix.copy()
    result.flat[:: len(result) + 1] += diagonal
    return result
