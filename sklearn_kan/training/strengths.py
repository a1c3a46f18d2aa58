"""Strengths of the penalties, and their update by the evidence.

``S = diag(s)``, ``s_a = roughness_strength[g] * roughness_a + ridge_strength[g]`` for a
coordinate a of group g. Edges from the inputs that lead to the same node form one group;
every edge from a hidden node is a group of its own, so that nodes are judged one by one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chart import Chart

# Strengths are kept within these bounds, in units of the dispersion: beyond, the penalty is
# absent or the coordinate is.
_WEAKEST, _STRONGEST = 1e-6, 1e6
# One update changes a strength by at most this factor.
_LARGEST_CHANGE = 1e2


@dataclass(frozen=True, eq=False)
class Strengths:
    """Strengths of each group, and the group of each entry of beta.

    Parameters
    ----------
    roughness, ridge : ndarray of shape (n_groups,)
    group : ndarray of shape (P,)
        -1 for entries without a penalty (biases).
    """

    roughness: np.ndarray
    ridge: np.ndarray
    group: np.ndarray

    def diagonal(self, rough: np.ndarray) -> np.ndarray:
        """Return s (P,), given the roughness of each entry."""
        penalised = self.group >= 0
        diagonal = self.roughness[self.group] * rough + self.ridge[self.group]
        return np.where(penalised, diagonal, 0.0)

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of values (P,) over each group."""
        penalised = self.group >= 0
        return np.bincount(self.group[penalised], values[penalised], len(self.ridge))


def count_groups(chart: Chart) -> int:
    """Return the number of groups, those without any coordinate left included."""
    total = 0
    for index, layer in enumerate(chart.network.all_layers):
        p, q = layer.edges.shape
        total += q if index == 0 or index > chart.n_hidden else p * q
    return total


def groups_of(chart: Chart) -> np.ndarray:
    """Return the group of each entry of beta, numbered from 0, -1 for biases."""
    group = np.full(chart.size, -1)
    n_groups = 0
    for index, part in enumerate(chart.parts()):
        columns, outputs = chart.entries(index)
        p, q = chart.network.all_layers[index].edges.shape
        from_inputs = index == 0 or index > chart.n_hidden
        node = (
            np.zeros(len(columns), int) if from_inputs else chart.coordinates[index].node[columns]
        )
        group[part] = n_groups + node * q + outputs
        n_groups += q if from_inputs else p * q
    return group
