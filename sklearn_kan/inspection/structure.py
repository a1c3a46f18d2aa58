"""Structure of the function that a model has found: separability and symmetries of columns.

Tests of KAN 2.0 (Liu et al. 2024, arXiv:2408.10205, section 4.3) with the derivatives of a fitted
model. Each property is an equation between derivatives, ``a = b``, that holds everywhere where
the property does; its score is ``|a - b| / (|a| + |b|)``, norms taken over points: 0 where it
holds exactly, 1 where it does not hold at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any

import numpy as np

from .._table import Table
from .derivatives import Derivatives, derivatives_of
from .subject import subject_of

# Columns whose effect is less than this share of the largest one have none.
_NO_EFFECT = 0.02
_THRESHOLD = 0.1


def separability(
    estimator: Any, X: Any = None, *, output: int = 0, threshold: float = _THRESHOLD
) -> Table:
    """Test for each pair of columns whether their effects are added, or multiplied.

    Effects are on the target in its units; on the log-odds of a class, or on the logarithm of
    the mean for ``loss="poisson"`` and "gamma". A column has no effect if a step of its
    standard deviation does less than a fiftieth of what the most effective column does.

    - Additive, ``f = g(x_i, rest) + h(x_j, rest)``: the mixed derivative f_ij is 0. The score is
      ``|s_i s_j f_ij| / (|s_i s_j f_ij| + sqrt(|s_i f_i| |s_j f_j|))`` with s the columns'
      standard deviations.
    - Multiplicative, ``f = g(x_i, rest) * h(x_j, rest)``: ``f f_ij = f_i f_j``.

    Parameters
    ----------
    estimator : object
        A fitted KAN estimator, or a pipeline or search that ends in one.
    X : array-like of shape (n_samples, n_features), default=None
        Points to look at; by default points made up from the quantiles of the columns in `fit`.
    output : int, default=0
        Which target or class.
    threshold : float, default=0.1
        A property with a lower score is taken to hold.

    Returns
    -------
    Table
        One record a pair: ``columns``, the scores ``additive`` and ``multiplicative`` (None where
        a column has no effect), and ``verdict``.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_kan import KANRegressor
    >>> from sklearn_kan.inspection import separability
    >>> X = np.random.default_rng(0).uniform(1, 2, (300, 3))
    >>> y = X[:, 0] * X[:, 1] + X[:, 2] ** 2
    >>> found = separability(KANRegressor(random_state=0).fit(X, y))
    >>> [(record["columns"], record["verdict"]) for record in found][1:]
    [(('x0', 'x2'), 'additive'), (('x1', 'x2'), 'additive')]
    """
    names, at = _looked_at(estimator, X, output)
    records = []
    for i, j, both_matter in _pairs(at):
        scores: dict[str, float | None] = {"additive": None, "multiplicative": None}
        if both_matter:
            scores = {"additive": _additive(at, i, j), "multiplicative": _multiplicative(at, i, j)}
        verdict = _verdict(scores, threshold) if both_matter else "no effect"
        records.append({"columns": (names[i], names[j]), **scores, "verdict": verdict})
    return Table(records, ("columns", "additive", "multiplicative", "verdict"))


def separable_groups(
    estimator: Any,
    X: Any = None,
    *,
    kind: str = "additive",
    output: int = 0,
    threshold: float = _THRESHOLD,
) -> Table:
    """Part the columns into groups whose effects are added, or multiplied.

    The finest partition in which all pairs from different groups are separable, see
    `separability`.

    Parameters
    ----------
    estimator, X, output, threshold
        As in `separability`.
    kind : {"additive", "multiplicative"}, default="additive"

    Returns
    -------
    Table
        One record a group: ``columns``, and ``score``, the largest one of a pair that it forms
        with other groups (None for a single group). Columns without effect are in none.

    Raises
    ------
    ValueError
        If `kind` is none of these.
    """
    scores = {"additive": _additive, "multiplicative": _multiplicative}
    if kind not in scores:
        raise ValueError(f"kind must be 'additive' or 'multiplicative'; got {kind!r}.")
    names, at = _looked_at(estimator, X, output)
    p = len(names)
    table = np.zeros((p, p))
    for i, j, both_matter in _pairs(at):
        if both_matter:
            table[i, j] = table[j, i] = scores[kind](at, i, j)
    labels = _components(table >= threshold)
    matters = at.matters(_NO_EFFECT)
    records = []
    for label in dict.fromkeys(labels[matters].tolist()):
        mine = (labels == label) & matters
        others = table[np.ix_(mine, ~mine & matters)]
        records.append(
            {
                "columns": tuple(names[i] for i in np.flatnonzero(mine)),
                "score": float(others.max()) if others.size else None,
            }
        )
    return Table(records, ("columns", "score"))


def symmetries(
    estimator: Any, X: Any = None, *, output: int = 0, threshold: float = _THRESHOLD
) -> Table:
    """Test for each pair of columns whether only a combination of them matters.

    - ``x - y``: ``f_x = -f_y``;  ``x + y``: ``f_x = f_y``;
    - ``x * y``: ``x f_x = y f_y``;  ``x / y``: ``x f_x = -y f_y``;
    - ``g(x, y)``, some function of both: the ratio f_x / f_y does not depend on any other
      column z, ``f_xz f_y = f_yz f_x``. The largest score of a z counts, those that are added
      to both aside; None without other columns.

    Parameters
    ----------
    estimator, X, output, threshold
        As in `separability`.

    Returns
    -------
    Table
        One record a pair: ``columns``, a score for each combination (None where a column has no
        effect), and ``verdict``: the one that fits best, "g(x, y)" where none of the others does,
        or "none".
    """
    names, at = _looked_at(estimator, X, output)
    records = []
    for i, j, both_matter in _pairs(at):
        scores = _symmetries(at, i, j, threshold) if both_matter else dict.fromkeys(_COMBINATIONS)
        verdict = "no effect"
        if both_matter:
            simple = {name: scores[name] for name in _COMBINATIONS[:-1]}
            verdict = _verdict(simple, threshold)
            general = scores[_COMBINATIONS[-1]]
            if verdict == "none" and general is not None and general < threshold:
                verdict = _COMBINATIONS[-1]
        records.append({"columns": (names[i], names[j]), **scores, "verdict": verdict})
    return Table(records, ("columns", *_COMBINATIONS, "verdict"))


_COMBINATIONS = ("x - y", "x + y", "x * y", "x / y", "g(x, y)")


def _looked_at(estimator: Any, X: Any, output: int) -> tuple[tuple[str, ...], Derivatives]:
    subject = subject_of(estimator, user="structure tests")
    return subject.input_names, derivatives_of(subject, X, output)


def _pairs(at: Derivatives) -> Iterator[tuple[int, int, bool]]:
    matters = at.matters(_NO_EFFECT)
    for i, j in combinations(range(len(matters)), 2):
        yield i, j, bool(matters[i] and matters[j])


def _size(values: np.ndarray) -> float:
    return float(np.sqrt(np.mean(values**2)))


def _difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return ``|a - b| / (|a| + |b|)``, 0 where both vanish."""
    total = _size(a) + _size(b)
    return _size(a - b) / total if total > 0 else 0.0


def _additive(at: Derivatives, i: int, j: int) -> float:
    mixed = at.spread[i] * at.spread[j] * _size(at.hessian[:, i, j])
    alone = [at.spread[k] * _size(at.gradient[:, k]) for k in (i, j)]
    total = mixed + float(np.sqrt(alone[0] * alone[1]))
    return mixed / total if total > 0 else 0.0


def _multiplicative(at: Derivatives, i: int, j: int) -> float:
    return _difference(at.value * at.hessian[:, i, j], at.gradient[:, i] * at.gradient[:, j])


def _symmetries(at: Derivatives, i: int, j: int, threshold: float) -> dict[str, float | None]:
    by_i, by_j = at.gradient[:, i], at.gradient[:, j]
    scaled_i, scaled_j = at.x[:, i] * by_i, at.x[:, j] * by_j
    others = [int(k) for k in np.flatnonzero(at.matters(_NO_EFFECT)) if k not in (i, j)]
    mixed = [
        _difference(at.hessian[:, i, k] * by_j, at.hessian[:, j, k] * by_i)
        for k in others
        if max(_additive(at, i, k), _additive(at, j, k)) >= threshold
    ]
    return {
        "x - y": _difference(by_i, -by_j),
        "x + y": _difference(by_i, by_j),
        "x * y": _difference(scaled_i, scaled_j),
        "x / y": _difference(scaled_i, -scaled_j),
        "g(x, y)": max(mixed, default=0.0) if others else None,
    }


def _verdict(scores: dict[str, Any], threshold: float) -> str:
    best = min(scores, key=lambda name: scores[name])
    return best if scores[best] < threshold else "none"


def _components(joined: np.ndarray) -> np.ndarray:
    """Return the connected component of each node of a graph (p, p)."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import connected_components

    labels: np.ndarray = connected_components(csr_array(joined), directed=False)[1]
    return labels
