"""Tables as they come: what is no number is refused by column, with lines that mend it."""

import datetime
import re

import numpy as np
import pandas as pd
import pytest

from sklearn_kan import KANRegressor

N = 24
RNG = np.random.default_rng(0)
AGE = RNG.uniform(18, 80, N)
Y = np.sin(AGE / 10) + 0.1 * RNG.standard_normal(N)
SEX = np.array(["male", "female"])[np.arange(N) % 2]
DAYS = pd.date_range("2024-01-30", periods=N)


def additive():
    return KANRegressor((), alpha=1.0)


def frame(**columns):
    return pd.DataFrame({"age": AGE, **columns})


def with_gaps(values, gap, every=5):
    """The values as objects, every so many of them missing."""
    objects = np.array(list(values), dtype=object)
    objects[::every] = gap
    return objects


def message_of(X, y=Y, model=None):
    with pytest.raises((TypeError, ValueError)) as caught:
        (model or additive()).fit(X, y)
    return str(caught.value)


def run(message, X, y=Y):
    """Run the lines in a message as a user would, then fit what they make; return predictions."""
    lines = "\n".join(line[4:] for line in message.splitlines() if line.startswith("    "))
    assert lines, message
    scope = {"X": X, "KANRegressor": KANRegressor}
    exec(lines, scope)
    model = scope.get("model", KANRegressor())
    quick = {name: 1.0 for name in model.get_params() if name.split("__")[-1] == "alpha"}
    predicted = model.set_params(**quick).fit(scope["X"], y).predict(scope["X"])
    assert np.isfinite(predicted).all()
    return predicted


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
