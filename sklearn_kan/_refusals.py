"""Errors about tables: which columns are no finite numbers, and what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np
from scipy.sparse import issparse

from ._advice import Plan, has_marks, lines_for, lines_for_gaps, lines_for_target
from ._columns import Column, Columns, Kind, columns_of, is_missing, odd_columns

# Columns that are named one by one.
_MOST_NAMED = 10
# Columns of which lines make numbers, with gaps where values are missing.
_MADE_NUMBERS = (Kind.DATES, Kind.DATE_TEXT, Kind.DURATIONS, Kind.TIMES, Kind.NUMERALS)


def refuse_columns(table: Any, estimator: str, name: str = "X", *, is_list: bool = False) -> None:
    """Raise an error if some columns of a table are no numbers.

    Parameters
    ----------
    table : object
        As the user gave it.
    estimator : str
        Whose class stands in the lines that mend it.
    name : str
        What the table is called.
    is_list : bool
        Whether it was a list.
    """
    columns = columns_of(table)
    if columns is None or getattr(table, "ndim", 2) != 2:
        return
    if not columns.names:
        raise ValueError(
            f"{name} has no columns: 0 feature(s) (shape=({len(table)}, 0)) while a minimum of 1 "
            "is required."
        )
    odd = odd_columns(columns)
    if not odd:
        return
    text = f"{name} must be numeric: {_said(odd)}."
    gaps = _with_gaps(columns, odd)
    if gaps:
        text += f" Values are missing in {_listed([columns.names[i] for i in gaps])}."
    if name == "X":
        encoded = {column.position for column in odd if column.kind not in _MADE_NUMBERS}
        to_fill = bool(set(gaps) - encoded) or any(map(has_marks, odd))
        plan = Plan(columns, odd, to_fill, is_list)
        lines = lines_for(plan, estimator)
        text += f" This makes numbers of it:\n\n{lines}\n" if lines else ""
    raise (TypeError if any(c.kind is Kind.OBJECTS for c in odd) else ValueError)(text)


def refuse_target(y: Any, name: str, kinds: Sequence[Kind], needs: str) -> None:
    """Raise an error if a target is, or has a column, of some kinds.

    Parameters
    ----------
    y : object
        As the user gave it.
    name : str
        What it is called.
    kinds : sequence of Kind
    needs : str
        What it has to be.
    """
    columns = columns_of(y)
    if columns is None:
        return
    odd = [column for column in odd_columns(columns) if column.kind in kinds]
    if not odd:
        return
    kind = odd[0].kind
    where = "" if len(columns.names) == 1 else f"in {_listed([c.name for c in odd])} "
    text = f"{name} must be {needs}: {where}it has {kind.value}, such as {_short(odd[0].example)}."
    if kind in (Kind.TEXT, Kind.CATEGORIES) and name.startswith("y"):
        text += " KANClassifier takes classes."
    if kind is Kind.CATEGORIES:
        text += f" Where its labels are quantities, {name}.astype(float) makes numbers of them."
    lines = lines_for_target(columns, kind, name) if len(columns.names) == 1 else ""
    raise ValueError(f"{text} This makes numbers of it:\n\n{lines}\n" if lines else text)


def refuse_mixed_labels(y: np.ndarray, name: str) -> None:
    """Raise an error if some labels are text and some are not."""
    kinds = {type(label).__name__ for label in y.tolist()} if y.dtype == object else set()
    if "str" in kinds and len(kinds) > 1:
        raise ValueError(
            f"{name} has labels of several types, {', '.join(sorted(kinds))}: make all text, by "
            f"numpy.array({name}).astype(str) say, or none."
        )


def refuse_missing_target(y: Any, name: str) -> None:
    """Raise an error if labels or numbers of a target are missing, in whatever way."""
    columns = columns_of(y)
    if columns is None:
        return
    marks = [is_missing(np.asarray(columns.values(i))) for i in range(len(columns.names))]
    n_missing = int(np.any(marks, axis=0).sum()) if marks else 0
    if n_missing:
        raise ValueError(
            f"Input {name} contains NaN: it is missing in {n_missing} of {len(marks[0])} rows. "
            "Leave these rows out."
        )


def refuse_gaps(table: Any, estimator: str, name: str) -> None:
    """Raise an error if values of a table are missing, in whatever way."""
    columns = columns_of(table)
    if columns is None:
        return
    marks = [is_missing(np.asarray(columns.values(i))) for i in range(len(columns.names))]
    counts = np.array([mark.sum() for mark in marks])
    if counts.any():
        lines = lines_for_gaps(estimator, is_object=True)
        raise ValueError(_nan_said(counts, columns.names, len(marks[0]), name, lines))


def refuse_not_finite(array: Any, names: Sequence[Any], estimator: str, name: str) -> None:
    """Raise an error if an array (n, p), or a sparse one, has NaN or infinity, by column."""
    values = array.data if issparse(array) else array
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(values.sum()) or np.isfinite(values).all():
            return
    counts = _column_counts(array, np.isnan)
    if not counts.any():
        counts = _column_counts(array, np.isinf)
        raise ValueError(
            f"Input {name} contains infinity or a value too large for dtype('float64') "
            f"{_counted(counts, names, array.shape[0])}."
        )
    raise ValueError(_nan_said(counts, names, array.shape[0], name, lines_for_gaps(estimator)))


def _nan_said(counts: np.ndarray, names: Sequence[Any], n_rows: int, name: str, lines: str) -> str:
    text = f"Input {name} contains NaN {_counted(counts, names, n_rows)}."
    return f"{text} This fills in what is missing:\n\n{lines}\n" if name == "X" else text


def _column_counts(array: Any, test: Any) -> np.ndarray:
    """Return how many values of each column (p,) pass a test."""
    if not issparse(array):
        return np.asarray(test(array).sum(axis=0))
    triples = array.tocoo()
    return np.bincount(triples.col[test(triples.data)], minlength=array.shape[1])


def _counted(counts: np.ndarray, names: Sequence[Any], n_rows: int) -> str:
    """Return which columns something was counted in, and in how many rows."""
    positions = np.flatnonzero(counts).tolist()
    most = " at the most" if len(positions) > 1 else ""
    named = _listed([names[i] for i in positions])
    return f"in {named} ({counts.max()} of {n_rows} rows{most})"


def _with_gaps(columns: Columns, odd: Sequence[Column]) -> list[int]:
    """Return the columns in which values are missing."""
    known = {column.position: column.values for column in odd}
    return [
        i
        for i in range(len(columns.names))
        if is_missing(np.asarray(known.get(i, columns.values(i)))).any()
    ]


def _said(odd: Sequence[Column]) -> str:
    """Return what the odd columns are."""
    in_order = sorted(odd, key=lambda column: list(Kind).index(column.kind))
    return "; ".join(
        _said_of(kind, list(members)) for kind, members in groupby(in_order, lambda c: c.kind)
    )


def _said_of(kind: Kind, columns: Sequence[Column]) -> str:
    has = f"{_listed([c.name for c in columns])} {'has' if len(columns) == 1 else 'have'}"
    if kind is Kind.COMPLEX:
        return f"{has} complex numbers. Complex data not supported"
    example = columns[0].example
    if kind is Kind.OBJECTS:  # the words of float(), which scikit-learn's checks look for
        kind_of = type(example).__name__
        return f"{has} objects of type {kind_of}: argument must be a string or a real number"
    return f"{has} {kind.value}" + ("" if example is None else f", such as {_short(example)}")


def _listed(names: Sequence[Any]) -> str:
    """Return columns by name."""
    shown = [_short(name) for name in names[:_MOST_NAMED]]
    if len(names) > _MOST_NAMED:
        shown.append(f"{len(names) - _MOST_NAMED} more")
    if len(shown) == 1:
        return f"column {shown[0]}"
    return f"columns {', '.join(shown[:-1])} and {shown[-1]}"


def _short(value: Any) -> str:
    text = repr(value.item() if isinstance(value, np.generic) else value)
    return text if len(text) <= 60 else f"{text[:57]}..."
