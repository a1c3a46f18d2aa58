"""Lines of Python that make numbers of a table: what errors about text, dates and gaps show."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ._columns import Column, Columns, Kind, is_mark, is_missing

_ENCODED = (Kind.CATEGORIES, Kind.TEXT)
_PARSED = (Kind.DATES, Kind.DATE_TEXT)
# Of these no line makes numbers that mean something.
_HOPELESS = (Kind.COMPLEX, Kind.OBJECTS)
# Text of more different values than this is not given a column each.
_MOST_VALUES = 20
_SHORT = "OneHotEncoder(handle_unknown='ignore')"
_LONG = f"OneHotEncoder(handle_unknown='infrequent_if_exist', max_categories={_MOST_VALUES})"


@dataclass(frozen=True)
class Plan:
    """What is to be done to a table.

    Parameters
    ----------
    columns : Columns
    odd : sequence of Column
        Those that are no numbers.
    gaps : bool
        Whether values are missing in columns that become, or are, numbers.
    is_list : bool
        Whether the user's X is a list.
    """

    columns: Columns
    odd: Sequence[Column]
    gaps: bool
    is_list: bool = False


def lines_for(plan: Plan, estimator: str) -> str:
    """Return indented lines that make a table `X` fit for an estimator, "" where there are none.

    Where nothing has to be learnt from the rows they end with the table, else with a pipeline.
    """
    columns = plan.columns
    if any(c.kind in _HOPELESS for c in plan.odd) or len(set(columns.names)) < len(columns.names):
        return ""
    before = ["X = numpy.array(X, dtype=object)"] if plan.is_list else []
    if columns.library == "pyarrow":
        before = ["X = X.to_pandas()"]
        plan = replace(plan, columns=replace(columns, library="pandas"))
    lines = [*before, *_numbers(plan)]
    pipeline = _pipeline(plan, estimator)
    return _indented([*_tables_in(lines), *_imports(pipeline), *lines, *pipeline])


def lines_for_gaps(estimator: str, is_object: bool = False) -> str:
    """Return indented lines of a pipeline that fills missing numbers in, objects or floats."""
    lines = ["X = pandas.DataFrame(X).convert_dtypes()"] if is_object else []
    pipeline = [f"model = make_pipeline(SimpleImputer(), {estimator}())"]
    return _indented([*_tables_in(lines), *_imports(pipeline), *lines, *pipeline])


def lines_for_target(target: Columns, kind: Kind, name: str) -> str:
    """Return indented lines that make numbers of a target, "" if there are none."""
    if target.library == "polars":
        value = _polars_expression(kind, name)
    elif target.library == "pandas" and len(target.names) == 1:
        value = _pandas_expression(kind, name, str(target.dtypes[0]))
    else:
        value = _numpy_expression(kind, name, is_object=str(target.dtypes[0]) in ("object", "str"))
    return _indented([*_tables_in([value]), f"{name} = {value}"]) if value else ""


def _tables_in(lines: Sequence[str]) -> list[str]:
    """Return the imports of packages that lines name."""
    names = ("numpy", "pandas", "polars")
    return [f"import {name}" for name in names if any(f"{name}." in line for line in lines)]


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)


def _numbers(plan: Plan) -> list[str]:
    """Return a line for each column of which one makes numbers, or uniform text."""
    library = plan.columns.library
    lines = []
    if library == "numpy":
        whole = _whole_array(plan)
        if whole:
            return [whole]
        if plan.odd[0].values.dtype.kind in "US" and _kinds(plan) != {Kind.TEXT}:
            lines.append("X = X.astype(object)")
    for column in plan.odd:
        place = _place(plan, column)
        if library == "polars":
            source = f"polars.col({column.name!r})"
            value = _polars_expression(column.kind, source)
            if value:
                lines.append(f"X = X.with_columns({value})")
            continue
        if library == "pandas" or has_marks(column):
            value = _pandas_expression(column.kind, place, column.dtype)
        else:
            value = _numpy_expression(column.kind, place, is_object=True)
        if not value and column.kind is Kind.TEXT and _is_mixed(column):
            value = f"{place}.astype(str)"
        if value:
            lines.append(f"{place} = {value}")
    return lines


def _whole_array(plan: Plan) -> str:
    """Return the one line for an array all of whose columns are of a kind, "" if there is none."""
    kinds = _kinds(plan)
    if len(kinds) != 1 or len(plan.odd) < len(plan.columns.names) or any(map(has_marks, plan.odd)):
        return ""
    (kind,) = kinds
    value = _numpy_expression(kind, "X", is_object=plan.columns.dtypes[0].kind not in "mM")
    return f"X = {value}" if value else ""


def _kinds(plan: Plan) -> set[Kind]:
    return {column.kind for column in plan.odd}


def _place(plan: Plan, column: Column) -> str:
    return f"X[:, {column.name}]" if plan.columns.library == "numpy" else f"X[{column.name!r}]"


def has_marks(column: Column) -> bool:
    """Tell whether some of the numbers that a column's text reads as are missing."""
    return column.kind is Kind.NUMERALS and any(map(is_mark, column.values.tolist()))


def _is_mixed(column: Column) -> bool:
    """Tell whether an encoder would stumble over text beside something else."""
    kinds = {kind for kind in column.types if kind.__name__ not in ("NoneType", "float")}
    has_numbers = any(isinstance(v, float) and v == v for v in column.values.tolist())
    return len(kinds) > 1 or has_numbers


def _pandas_expression(kind: Kind, place: str, dtype: str) -> str:
    if kind in _PARSED:
        dates = f"{place}.dt.to_timestamp()" if dtype.startswith("period") else place
        parsed = f"pandas.to_datetime({dates}, utc=True)"
        return f"({parsed} - pandas.Timestamp(0, tz='UTC')) / pandas.Timedelta(days=1)"
    if kind is Kind.DURATIONS:
        return f"pandas.to_timedelta({place}) / pandas.Timedelta(days=1)"
    if kind is Kind.TIMES:
        return f"pandas.to_timedelta({place}.astype(str)) / pandas.Timedelta(hours=1)"
    return f"pandas.to_numeric({place}, errors='coerce')" if kind is Kind.NUMERALS else ""


def _polars_expression(kind: Kind, place: str) -> str:
    if kind is Kind.DATE_TEXT:
        return f"{place}.str.to_datetime().dt.epoch('s') / 86400"
    return {
        Kind.DATES: f"{place}.dt.epoch('s') / 86400",
        Kind.DURATIONS: f"{place}.dt.total_seconds() / 86400",
        Kind.TIMES: f"{place}.cast(polars.Int64) / 3.6e12",
        Kind.NUMERALS: f"{place}.cast(polars.Float64, strict=False)",
    }.get(kind, "")


def _numpy_expression(kind: Kind, place: str, is_object: bool) -> str:
    if kind in _PARSED:
        dates = f"{place}.astype('datetime64[s]')" if is_object else place
        return f"({dates} - numpy.datetime64(0, 's')) / numpy.timedelta64(1, 'D')"
    if kind is Kind.DURATIONS:
        spans = f"{place}.astype('timedelta64[s]')" if is_object else place
        return f"{spans} / numpy.timedelta64(1, 'D')"
    if kind is Kind.TIMES:
        return f"[t.hour + t.minute / 60 for t in {place}]" if place != "X" else ""
    return f"{place}.astype(float)" if kind is Kind.NUMERALS else ""


def _pipeline(plan: Plan, estimator: str) -> list[str]:
    encoded = [column for column in plan.odd if column.kind in _ENCODED]
    if not encoded and not plan.gaps:
        return []
    if not encoded:
        return [f"model = make_pipeline(SimpleImputer(), {estimator}())"]
    encoder = _LONG if max(map(_n_values, encoded)) > _MOST_VALUES else _SHORT
    if len(encoded) == len(plan.columns.names):
        return [f"model = make_pipeline({encoder}, {estimator}())"]
    names = [column.name for column in encoded]
    if not all(isinstance(name, str) for name in names):
        names = [column.position for column in encoded]
    rest = "SimpleImputer()" if plan.gaps else "'passthrough'"
    return [
        f"columns = make_column_transformer(({encoder}, {names}), remainder={rest})",
        f"model = make_pipeline(columns, {estimator}())",
    ]


def _n_values(column: Column) -> int:
    return len(set(map(str, column.values[~is_missing(column.values)].tolist())))


def _imports(lines: Iterable[str]) -> list[str]:
    text = "\n".join(lines)
    places = {
        "make_column_transformer": "sklearn.compose",
        "SimpleImputer": "sklearn.impute",
        "make_pipeline": "sklearn.pipeline",
        "OneHotEncoder": "sklearn.preprocessing",
    }
    return [f"from {place} import {name}" for name, place in places.items() if f"{name}(" in text]
