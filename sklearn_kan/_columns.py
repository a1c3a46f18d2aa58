"""What the columns of a table are: numbers, text, categories, dates.

Tables are told by what they can do, so that pandas, polars and pyarrow need not be there.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from numbers import Number
from typing import Any

import numpy as np
from scipy.sparse import issparse


class Kind(Enum):
    """What a column is; the value says it of several columns."""

    NUMBERS = "numbers"
    CATEGORIES = "categories"
    TEXT = "text"
    NUMERALS = "text that reads as numbers"
    DATE_TEXT = "text that reads as dates"
    DATES = "dates"
    DURATIONS = "time spans"
    TIMES = "times of day"
    COMPLEX = "complex numbers"
    OBJECTS = "objects"


NOT_NUMBERS = tuple(kind for kind in Kind if kind is not Kind.NUMBERS)
# How the names of dtypes begin, in pandas, polars and pyarrow; the first match counts.
_BY_DTYPE = (
    (("category", "categorical", "enum", "dictionary"), Kind.CATEGORIES),
    (("datetime", "timestamp", "date", "period"), Kind.DATES),
    (("timedelta", "duration"), Kind.DURATIONS),
    (("time",), Kind.TIMES),
    (("complex",), Kind.COMPLEX),
    (("interval", "list", "large_list", "fixed_size_list", "struct", "map", "array"), Kind.OBJECTS),
)
# dtypes that say nothing of the values, or only that they are text.
_LOOKED_INTO = ("object", "str", "large_string", "utf8", "binary", "large_binary")
_BY_TYPE: tuple[tuple[tuple[type, ...], Kind], ...] = (
    ((str, bytes), Kind.TEXT),
    ((datetime.date, np.datetime64), Kind.DATES),  # datetime.datetime is a date
    ((datetime.timedelta, np.timedelta64), Kind.DURATIONS),
    ((datetime.time,), Kind.TIMES),
    ((complex, np.complexfloating), Kind.COMPLEX),
    ((Number, np.bool_), Kind.NUMBERS),
)
# Where several kinds are in one column, the first of these is what it is.
_FIRST = (Kind.OBJECTS, Kind.TEXT, Kind.COMPLEX, Kind.DATES, Kind.DURATIONS, Kind.TIMES)
_MISSING_TYPES = {"NoneType", "NAType", "NaTType"}
_DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}")
# What stands in columns of numbers that were read as text where a number is missing.
_MARKS = {"", "?", "-", ".", "na", "n/a", "nan", "null", "none", "missing"}


@dataclass(frozen=True, eq=False)
class Columns:
    """The columns of a table, or of a target.

    Parameters
    ----------
    library : {"pandas", "polars", "pyarrow", "numpy"}
        Whose table it is.
    names : sequence
        Positions where there are no names.
    dtypes : sequence
    values : callable
        Takes a position, returns the column's values (n,).
    """

    library: str
    names: Sequence[Any]
    dtypes: Sequence[Any]
    values: Callable[[int], np.ndarray]


@dataclass(frozen=True, eq=False)
class Column:
    """A column that is no column of numbers.

    Parameters
    ----------
    position : int
    name : object
    kind : Kind
    values : ndarray of shape (n,)
    dtype : str
        In lower case.
    """

    position: int
    name: Any
    kind: Kind
    values: np.ndarray
    dtype: str

    @property
    def example(self) -> Any:
        """A value that is not missing; of a text column a text."""
        present = self.values[~is_missing(self.values)].tolist()
        texts = (value for value in present if isinstance(value, str | bytes))
        return next(texts, present[0] if present else None)

    @property
    def types(self) -> set[type]:
        """The types of the values."""
        return set(map(type, self.values.tolist()))


def columns_of(data: Any) -> Columns | None:
    """Return the columns of a table, a target or an array; None for what is none of these."""
    if issparse(data):
        return None
    if hasattr(data, "to_native"):  # of narwhals
        return columns_of(data.to_native())
    if hasattr(data, "iloc"):
        if data.ndim == 2:
            return Columns(
                "pandas",
                list(data.columns),
                list(data.dtypes),
                lambda i: data.iloc[:, i].to_numpy(dtype=object),
            )
        return Columns("pandas", [data.name], [data.dtype], lambda _: data.to_numpy(dtype=object))
    if hasattr(data, "get_columns"):
        series = data.get_columns()
        return Columns(
            "polars", list(data.columns), list(data.dtypes), lambda i: _objects(series[i].to_list())
        )
    if hasattr(data, "column_names") and hasattr(data, "schema"):
        return Columns(
            "pyarrow",
            list(data.column_names),
            list(data.schema.types),
            lambda i: _objects(data.column(i).to_pylist()),
        )
    if isinstance(data, np.ndarray) and data.ndim in (1, 2):
        table = data if data.ndim == 2 else data[:, None]
        n_columns = table.shape[1]
        return Columns("numpy", range(n_columns), [data.dtype] * n_columns, lambda i: table[:, i])
    listed = getattr(data, "to_list", getattr(data, "tolist", None))
    if listed is not None and hasattr(data, "dtype") and hasattr(data, "__len__"):
        is_polars = type(data).__module__.startswith("polars")
        library = "polars" if is_polars else "numpy"
        return Columns(library, [None], [data.dtype], lambda _: _objects(listed()))
    return None


def odd_columns(columns: Columns) -> list[Column]:
    """Return the columns that are not of numbers."""
    kinds = {dtype: _kind_of_dtype(dtype) for dtype in set(columns.dtypes)}
    if all(kind is Kind.NUMBERS for kind in kinds.values()):
        return []
    found = []
    for position, (name, dtype) in enumerate(zip(columns.names, columns.dtypes, strict=True)):
        kind = kinds[dtype]
        if kind is Kind.NUMBERS:
            continue
        values = columns.values(position)
        kind = _kind_of_values(values) if kind is None else kind
        if kind is not Kind.NUMBERS:
            found.append(Column(position, name, kind, values, str(dtype).lower()))
    return found


def is_missing(values: np.ndarray) -> np.ndarray:
    """Mark (n,) what is None, NaN, NaT or pandas.NA."""
    if values.dtype.kind in "fcmM":
        return np.asarray(np.isnan(values))
    if values.dtype.kind != "O":
        return np.zeros(len(values), bool)
    marks = (type(v).__name__ in _MISSING_TYPES or _is_nan(v) for v in values)
    return np.fromiter(marks, bool, len(values))


def _is_nan(value: Any) -> bool:
    return isinstance(value, Number | np.datetime64 | np.timedelta64) and bool(value != value)


def _objects(values: list[Any]) -> np.ndarray:
    """Return values of any kind, lists too, as an array (n,)."""
    return np.fromiter(values, dtype=object, count=len(values))


def _kind_of_dtype(dtype: Any) -> Kind | None:
    """Return what a dtype says; None where the values have to."""
    name = str(getattr(dtype, "subtype", dtype)).lower()  # of a sparse column its values' dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "USO":
        return None
    if str(dtype).lower().startswith("interval"):
        return Kind.OBJECTS
    for beginnings, kind in _BY_DTYPE:
        if name.startswith(beginnings):
            return kind
    return None if name.startswith(_LOOKED_INTO) else Kind.NUMBERS


def _kind_of_values(values: np.ndarray) -> Kind:
    kinds = {_kind_of_type(kind) for kind in set(map(type, values.tolist()))}
    kind = next((kind for kind in _FIRST if kind in kinds), Kind.NUMBERS)
    return _kind_of_text(values) if kind is Kind.TEXT else kind


def _kind_of_type(kind: type) -> Kind:
    if kind.__name__ in _MISSING_TYPES:
        return Kind.NUMBERS
    for types, found in _BY_TYPE:
        if issubclass(kind, types):
            return found
    is_number = hasattr(kind, "__float__") and not hasattr(kind, "__len__")
    return Kind.NUMBERS if is_number else Kind.OBJECTS


def _kind_of_text(values: np.ndarray) -> Kind:
    """Return what texts say."""
    texts = values[~is_missing(values)].tolist()
    if all(isinstance(text, str) and _DATE.match(text) for text in texts):
        return Kind.DATE_TEXT
    numbers = [text for text in texts if not is_mark(text)]
    try:
        for text in numbers:
            float(text)
    except ValueError:
        return Kind.TEXT
    return Kind.NUMERALS if numbers else Kind.TEXT


def is_mark(text: Any) -> bool:
    """Tell whether a text stands for a number that is missing."""
    return isinstance(text, str) and text.strip().lower() in _MARKS
