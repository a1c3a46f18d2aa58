"""Targets as they come: labels keep their type, and what is no number, or missing, is named."""

import re

import numpy as np
import pandas as pd
import pytest

from sklearn_kan import KANClassifier

from .tables import AGE, DAYS, LABELS, SEX, N, Y, additive, message_of, with_gaps


def test_text_and_dates_of_y_are_refused_by_name():
    X = AGE[:, None]
    for y, said in [
        (SEX, "y must be numeric: it has text, such as 'male'. KANClassifier takes classes"),
        (pd.Series(pd.Categorical(np.arange(N) % 3)), "it has categories, such as 0"),
        (Y.astype(str), "it has text that reads as numbers"),
        (pd.Series(DAYS), "it has dates"),
        (DAYS.to_numpy(), "it has dates"),
        (list(DAYS.date), "it has dates"),
        (pd.Series(DAYS - DAYS[0]), "it has time spans"),
        (pd.DataFrame({"u": Y, "v": DAYS}), "in column 'v' it has dates"),
        (Y + 1j, "complex numbers"),
    ]:
        message = message_of(X, y)
        assert message.startswith("y must be numeric")
        assert said in message
        for line in re.findall(r"^    (y = .*)$", message, re.MULTILINE):
            scope = {"y": np.array(y) if isinstance(y, list) else y, "pandas": pd, "numpy": np}
            exec(line, scope)
            additive().fit(X, scope["y"])
    with pytest.raises(ValueError, match="y must be numbers or text: it has dates"):
        KANClassifier(()).fit(X, DAYS.to_numpy()[np.arange(N) % 2])


TARGETS = {
    "boolean": (pd.Series(LABELS > 0, dtype="boolean"), bool),
    "array of boolean": (pd.array(LABELS > 0, dtype="boolean"), bool),
    "frame of boolean": (pd.DataFrame({"y": pd.array(LABELS > 0, dtype="boolean")}), bool),
    "Int64": (pd.Series(LABELS, dtype="Int64"), np.int64),
    "UInt8": (pd.Series(LABELS, dtype="UInt8"), np.uint8),
    "Float64": (pd.Series(LABELS, dtype="Float64"), np.float64),
    "string": (pd.Series(SEX, dtype="string"), object),
    "objects": (SEX.astype(object), object),
    "text": (SEX, SEX.dtype),
    "list": (SEX.tolist(), SEX.dtype),
    "category of text": (pd.Categorical(SEX), object),
    "category of numbers": (pd.Series(pd.Categorical(LABELS)), np.int64),
    "bool": (LABELS > 0, bool),
    "int8": (LABELS.astype(np.int8), np.int8),
}


@pytest.mark.parametrize("name", TARGETS)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
def test_classes_keep_their_type(name):
    y, kind = TARGETS[name]
    X = AGE[:, None] + 100 * LABELS[:, None]
    model = KANClassifier((), alpha=1e-3).fit(X, y)
    assert model.classes_.dtype == kind
    predicted = model.predict(X)
    assert predicted.dtype == kind
    np.testing.assert_array_equal(predicted, np.asarray(y).ravel().astype(kind))


@pytest.mark.parametrize("gap", [pd.NA, None, np.nan])
@pytest.mark.parametrize("dtype", ["boolean", "Int64", "string", object, "category"])
def test_labels_that_are_missing_are_refused_by_name(dtype, gap):
    labels = SEX if dtype in ("string", object, "category") else LABELS
    y = pd.Series(with_gaps(labels, gap), dtype=dtype)
    with pytest.raises(ValueError, match="Input y contains NaN: it is missing in 5 of 24 rows"):
        KANClassifier(()).fit(AGE[:, None], y)


def test_labels_of_several_types_are_refused():
    with pytest.raises(ValueError, match=r"y has labels of several types, int, str"):
        KANClassifier(()).fit(AGE[:, None], [1, "a"] * (N // 2))
