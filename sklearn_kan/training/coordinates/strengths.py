"""Strengths of the penalties; `evidence` has their update.

``S = diag(s)``, ``s_a = roughness_strength[g] * roughness_a + ridge_strength[g]`` for a
coordinate a of group g. Edges from the inputs that lead to the same node form one group, those
to the logits of classes one for all (`Chart.shares_outputs`); every edge from a hidden node is a
group of its own, so that nodes are judged one by one. Inputs with finer grids than the others are
another family (`Coordinates.family`): their edges to the outputs have strengths of their own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .chart import Chart


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
        group = self.group[penalised]
        diagonal = np.zeros(len(self.group))
        diagonal[penalised] = self.roughness[group] * rough[penalised] + self.ridge[group]
        return diagonal

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Return the sums of values (P,) over each group."""
        penalised = self.group >= 0
        return np.bincount(self.group[penalised], values[penalised], len(self.ridge))


def count_groups(chart: Chart) -> int:
    """Return the number of groups, those without any coordinate left included."""
    return sum(_groups_in_layer(chart, index) for index in range(len(chart.active)))


def _groups_in_layer(chart: Chart, index: int) -> int:
    p, q = chart.network.all_layers[index].edges.shape
    if 0 < index <= chart.n_hidden:
        return p * q
    return _families(chart, index) * (1 if _is_shared(chart, index) else q)


def _families(chart: Chart, index: int) -> int:
    family = chart.coordinates[index].family
    leads_to_outputs = index > chart.n_hidden or chart.n_hidden == 0
    return 1 if family is None or not leads_to_outputs else int(family.max(initial=0)) + 1


def _is_shared(chart: Chart, index: int) -> bool:
    """Tell whether all edges of a layer are in one group: those from inputs to outputs may be."""
    return chart.shares_outputs and (index > chart.n_hidden or chart.n_hidden == 0)


def groups_of(chart: Chart) -> np.ndarray:
    """Return the group of each entry of beta, numbered from 0, -1 for biases."""
    group = np.full(chart.size, -1)
    n_groups = 0
    for index, part in enumerate(chart.parts()):
        columns, outputs = chart.entries(index)
        q = chart.network.all_layers[index].edges.shape[1]
        if 0 < index <= chart.n_hidden:
            outputs = chart.coordinates[index].node[columns] * q + outputs
        elif _is_shared(chart, index):
            outputs = np.zeros_like(outputs)
        family = chart.coordinates[index].family
        if family is not None and _families(chart, index) > 1:
            which = family[chart.coordinates[index].node[columns]]
            outputs = outputs * _families(chart, index) + which
        group[part] = n_groups + outputs
        n_groups += _groups_in_layer(chart, index)
    return group
