"""Tables as they come: what is no number is refused by column, with lines that mend it."""

import datetime
import re
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest

from .tables import AGE, DAYS, LABELS, SEX, N, Y, additive, frame, message_of, run, with_gaps

# Frames, what their errors say, and in which order.
FRAMES = {
    "text": (frame(sex=SEX), "column 'sex' has text, such as 'male'"),
    "text of objects": (frame(sex=SEX.astype(object)), "column 'sex' has text"),
    "text with None": (frame(sex=with_gaps(SEX, None)), "column 'sex' has text"),
    "text with NaN": (frame(sex=with_gaps(SEX, np.nan)), "column 'sex' has text"),
    "text with NA": (frame(sex=with_gaps(SEX, pd.NA)), "column 'sex' has text"),
    "nullable text": (frame(sex=pd.array(SEX, dtype="string")), "column 'sex' has text"),
    "nullable text with NA": (
        frame(sex=pd.array(with_gaps(SEX, pd.NA), dtype="string")),
        "column 'sex' has text",
    ),
    "text alone": (pd.DataFrame({"sex": SEX, "port": SEX}), "columns 'sex' and 'port' have text"),
    "text and numbers in one": (
        frame(m=with_gaps(SEX, 1)),
        "column 'm' has text, such as 'female'",
    ),
    "bytes": (frame(b=SEX.astype("S").astype(object)), "column 'b' has text, such as b'male'"),
    "text of many values": (frame(name=[f"n{i}" for i in range(N)]), "column 'name' has text"),
    "text and gaps in numbers": (
        pd.DataFrame({"age": with_gaps(AGE, np.nan).astype(float), "sex": SEX}),
        "column 'sex' has text.*missing in column 'age'",
    ),
    "numerals": (
        frame(zip=[f"{i:05}" for i in range(N)]),
        "column 'zip' has text that reads as numbers",
    ),
    "dates as text": (
        frame(day=DAYS.strftime("%Y-%m-%d")),
        "column 'day' has text that reads as dates",
    ),
    "category": (frame(sex=pd.Categorical(SEX)), "column 'sex' has categories, such as 'male'"),
    "category of numbers": (
        frame(k=pd.Categorical(np.arange(N) % 3)),
        "column 'k' has categories, such as 0",
    ),
    "category with gaps": (frame(k=pd.Categorical(with_gaps(SEX, None))), "'k' has categories"),
    "category ordered": (
        frame(k=pd.Categorical(np.arange(N) % 3, ordered=True)),
        "'k' has categories",
    ),
    "category of booleans": (frame(k=pd.Categorical(AGE > 40)), "'k' has categories"),
    "interval": (frame(k=pd.cut(AGE, 3)), "'k' has categories"),
    "dates": (frame(day=DAYS), "column 'day' has dates, such as Timestamp"),
    "dates with zone": (frame(day=DAYS.tz_localize("Europe/Rome")), "column 'day' has dates"),
    "dates with gaps": (frame(day=DAYS.where(np.arange(N) % 5 > 0)), "'day' has dates.*missing"),
    "dates of Python": (frame(day=list(DAYS.date)), "column 'day' has dates"),
    "periods": (frame(month=DAYS.to_period("D")), "column 'month' has dates"),
    "time spans": (frame(span=DAYS - DAYS[0]), "column 'span' has time spans"),
    "time spans of Python": (
        frame(span=np.array([datetime.timedelta(days=i) for i in range(N)], dtype=object)),
        "column 'span' has time spans",
    ),
    "times of day": (
        frame(at=[datetime.time(i % 24, 30) for i in range(N)]),
        "column 'at' has times of day",
    ),
    "everything": (
        frame(
            sex=SEX, k=pd.Categorical(np.arange(N) % 3), day=DAYS, zip=[str(i) for i in range(N)]
        ),
        "'k' has categories.*'sex' has text.*'zip' has text that reads.*'day' has dates",
    ),
    "no names": (pd.DataFrame({0: AGE, 1: SEX}), "column 1 has text"),
    "names that are no positions": (pd.DataFrame({7: AGE, 3: SEX}), "column 3 has text"),
    "a name with quotes": (pd.DataFrame({"a": AGE, 'it\'s "x"': SEX}), "has text"),
}
ARRAYS = {
    "text beside numbers": (np.column_stack([AGE.astype(object), SEX]), "column 1 has text"),
    "all text": (np.column_stack([SEX, SEX]), "columns 0 and 1 have text"),
    "text and numerals": (np.column_stack([AGE, SEX]), "column 1 has text.*column 0 .*numbers"),
    "numerals": (AGE[:, None].astype(str), "column 0 has text that reads as numbers"),
    "dates": (DAYS.to_numpy()[:, None], "column 0 has dates"),
    "dates of Python beside numbers": (
        np.column_stack([AGE.astype(object), DAYS.to_pydatetime()]),
        "column 1 has dates",
    ),
    "time spans": ((DAYS - DAYS[0]).to_numpy()[:, None], "column 0 has time spans"),
    "a list": ([[a, s] for a, s in zip(AGE, SEX, strict=True)], "column 1 has text"),
    "a list of text": ([[s] for s in SEX], "column 0 has text"),
    "a list of numerals": ([[str(a)] for a in AGE], "column 0 has text that reads as numbers"),
    "a list with dates": ([[a, d] for a, d in zip(AGE, DAYS, strict=True)], "column 1 has dates"),
}


CASES = {f"frame: {k}": v for k, v in FRAMES.items()} | {
    f"array: {k}": v for k, v in ARRAYS.items()
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_no_number_is_named_and_the_lines_shown_mend_it(name):
    X, said = CASES[name]
    message = message_of(X)
    assert message.startswith("X must be numeric")
    assert re.search(said, message, re.DOTALL), message
    run(message, X.copy())


GAPS = {
    "frame": pd.DataFrame({"age": AGE, "fare": np.where(np.arange(N) % 5, AGE, np.nan)}),
    "nullable": pd.DataFrame({"age": AGE, "fare": pd.array(with_gaps(AGE, pd.NA), "Float64")}),
    "integers": pd.DataFrame({"age": AGE, "fare": pd.array(with_gaps(range(N), pd.NA), "Int64")}),
    "booleans": pd.DataFrame({"age": AGE, "fare": pd.array(with_gaps(AGE > 40, pd.NA), "boolean")}),
    "objects": pd.DataFrame({"age": AGE, "fare": with_gaps(AGE, None)}),
    "objects with NA": pd.DataFrame({"age": AGE, "fare": with_gaps(AGE, pd.NA)}),
}


@pytest.mark.parametrize("name", GAPS)
def test_gaps_are_named_and_the_lines_shown_fill_them(name):
    message = message_of(GAPS[name])
    assert message.startswith("Input X contains NaN in column 'fare' (5 of 24 rows).")
    assert "HistGradientBoosting" not in message
    run(message, GAPS[name])
    model = additive().fit(GAPS[name][["age"]].assign(fare=AGE), Y)
    with pytest.raises(ValueError, match=r"(?s)NaN in column 'fare'.*SimpleImputer"):
        model.predict(GAPS[name])


def test_what_is_masked_is_missing():
    with pytest.raises(ValueError, match=r"X contains NaN in column 0"):
        additive().fit(np.ma.masked_less(AGE[:, None], 30), Y)
    with pytest.raises(ValueError, match="y contains NaN"):
        additive().fit(AGE[:, None], np.ma.masked_less(Y, 0))


def test_marks_of_missing_numbers_are_no_categories():
    X = frame(fare=[f"{a:.1f}" if i % 5 else "?" for i, a in enumerate(AGE)])
    message = message_of(X)
    assert "text that reads as numbers" in message
    run(message, X)


def test_numbers_of_other_kinds_are_numbers():
    plain = additive().set_params(random_state=0).fit(AGE[:, None], Y).predict(AGE[:, None])
    exact = [[Fraction(a)] for a in AGE]
    for X in (exact, [[Decimal(float(a))] for a in AGE], np.array(exact)):
        model = additive().set_params(random_state=0).fit(X, [Fraction(v) for v in Y])
        np.testing.assert_array_equal(model.predict(X), plain)
    flags = pd.DataFrame({"b": AGE > 40, "c": pd.array(AGE > 60, dtype="boolean")})
    model = additive().set_params(random_state=0).fit(flags, Y)
    numbers = flags.astype(float)
    np.testing.assert_array_equal(model.predict(flags), model.predict(numbers))


@pytest.mark.parametrize(
    ("X", "said"),
    [
        ({"age": list(AGE)}, "X must be a table of numbers.*'dict'"),
        ("data.csv", "X must be numeric.*data.csv"),
        ((row for row in AGE[:, None]), "X must be a table of numbers.*'generator'"),
        (pd.DataFrame(index=range(N)), "X has no columns"),
        ([[{1}]] * N, "X must be numeric: column 0 has objects of type set"),
        (frame(cells=[[1, 2]] * N), "column 'cells' has objects of type list"),
        (frame(cells=[np.arange(2)] * N), "column 'cells' has objects of type ndarray"),
        ([[10**400]] * N, "X must be within the range of floats"),
        (np.ones(N, dtype=[("a", float), ("b", float)]), "X must be a table of numbers"),
        (AGE[:, None] + 1j, "column 0 has complex numbers. Complex data not supported"),
        ([[1j]] * N, "column 0 has complex numbers. Complex data not supported"),
    ],
    ids=[
        "dict",
        "path",
        "generator",
        "no columns",
        "sets",
        "lists",
        "arrays",
        "huge",
        "records",
        "complex array",
        "complex list",
    ],
)
def test_what_is_no_table_is_refused_by_name(X, said):
    assert re.search(said, message_of(X), re.DOTALL)


def test_weights_that_are_no_numbers_are_refused_by_name():
    for weights in (DAYS, pd.Series(pd.Categorical(LABELS)), LABELS + 1j):
        with pytest.raises(ValueError, match="sample_weight must be numeric"):
            additive().fit(AGE[:, None], Y, sample_weight=weights)
