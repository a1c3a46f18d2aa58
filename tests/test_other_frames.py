"""Frames of polars and pyarrow, known by what they can do: neither package has to be there."""

import datetime
from dataclasses import dataclass

import numpy as np
import pytest

from sklearn_kan._columns import Kind, columns_of, odd_columns

from .tables import AGE, DAYS, SEX, N, Y, message_of, run

# What dtypes are called in pandas, polars and pyarrow.
NAMES = {
    Kind.NUMBERS: "float64 Int64 boolean Float32 Boolean UInt8 double int32 bool Null null "
    "Decimal(precision=10,scale=2) decimal128(10,2) double[pyarrow] half_float",
    Kind.CATEGORIES: "category Categorical Categorical(ordering='lexical') "
    "Enum(categories=['p','q']) dictionary<values=string,indices=int32,ordered=0> "
    "dictionary<values=string,indices=int32,ordered=0>[pyarrow]",
    Kind.DATES: "datetime64[ns] datetime64[us,UTC] period[M] Date Datetime(time_unit='us') "
    "timestamp[us] timestamp[us,tz=UTC] date32[day] date32[day][pyarrow]",
    Kind.DURATIONS: "timedelta64[ns] Duration(time_unit='us') duration[us]",
    Kind.TIMES: "Time time64[us] time32[s][pyarrow]",
    Kind.COMPLEX: "complex128 complex64",
    Kind.OBJECTS: "List(Int64) list<item:int64> Array(Int64,shape=(2,)) Struct({'a':Int64}) "
    "struct<a:int64> map<string,int64> interval[int64,right] large_list<item:int64>",
}


@dataclass(frozen=True)
class Dtype:
    """A dtype that says no more than its name."""

    name: str

    def __str__(self):
        return self.name


class Series:
    """A column as polars and pyarrow have them."""

    def __init__(self, values):
        self.to_list = self.to_pylist = lambda: list(values)


class PolarsFrame:
    def __init__(self, dtypes, columns):
        self.columns, self.dtypes = [*columns], dtypes
        self.get_columns = lambda: [Series(values) for values in columns.values()]


class ArrowTable:
    def __init__(self, types, columns):
        self.column_names = [*columns]
        self.schema = type("Schema", (), {"types": types})
        self.column = lambda i: Series([*columns.values()][i])


@pytest.mark.parametrize("kind", NAMES)
def test_dtypes_are_known_by_their_names(kind):
    for name in NAMES[kind].split():
        for made in (PolarsFrame, ArrowTable):
            frame = made([Dtype(name)], {"a": [1, None]})
            odd = odd_columns(columns_of(frame))
            assert [column.kind for column in odd] == [kind] * (kind is not Kind.NUMBERS), name


@pytest.mark.parametrize("name", ["String", "string", "large_string", "str", "object", "Object"])
@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["red", None], Kind.TEXT),
        (["1", "2.5"], Kind.NUMERALS),
        (["2024-01-30", None], Kind.DATE_TEXT),
        ([datetime.date(2024, 1, 30)], Kind.DATES),
        ([[1, 2], [3, 4]], Kind.OBJECTS),
        ([1.5, None], None),
    ],
)
def test_text_and_objects_are_looked_into(name, values, kind):
    odd = odd_columns(columns_of(PolarsFrame([Dtype(name)], {"a": values})))
    assert [column.kind for column in odd] == ([] if kind is None else [kind])


def polars_frames(pl):
    sex = SEX.tolist()
    columns = {
        "text": pl.Series(sex),
        "gaps": pl.Series([None if i % 5 == 0 else s for i, s in enumerate(sex)]),
        "category": pl.Series(sex).cast(pl.Categorical),
        "enum": pl.Series(sex).cast(pl.Enum(["male", "female"])),
        "dates": pl.Series([day.date() for day in DAYS.to_pydatetime()]),
        "moments": pl.Series(DAYS.to_pydatetime().tolist()),
        "spans": pl.Series((DAYS - DAYS[0]).to_pytimedelta().tolist()),
        "times": pl.Series([datetime.time(i % 24) for i in range(N)]),
        "numerals": pl.Series([str(i) for i in range(N)]),
        "dates as text": pl.Series(DAYS.strftime("%Y-%m-%d").tolist()),
        "missing": pl.Series([None if i % 5 == 0 else i for i in range(N)]),
    }
    return {name: pl.DataFrame({"age": AGE, "odd": series}) for name, series in columns.items()}


def arrow_tables(pa):
    columns = {
        "text": pa.array(SEX.tolist()),
        "dictionary": pa.array(SEX.tolist()).dictionary_encode(),
        "moments": pa.array(DAYS.to_pydatetime().tolist()),
        "dates": pa.array([day.date() for day in DAYS.to_pydatetime()]),
    }
    return {name: pa.table({"age": AGE, "odd": column}) for name, column in columns.items()}


@pytest.mark.parametrize(
    ("package", "made"),
    [("polars", polars_frames), ("pyarrow", arrow_tables)],
    ids=["polars", "pyarrow"],
)
def test_lines_shown_mend_frames_of_other_packages(package, made):
    for name, frame in made(pytest.importorskip(package)).items():
        message = message_of(frame)
        assert "column 'odd'" in message, name
        assert np.isfinite(run(message, frame, Y)).all()
