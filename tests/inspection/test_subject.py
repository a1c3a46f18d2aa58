"""What inputs and outputs are called: on axes, pages and tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import EdgeDisplay, KANClassifier, KANDisplay, KANRegressor
from sklearn_kan.estimators.encoding.encoding import names_of_target
from sklearn_kan.inspection.subject import subject_of

X = np.random.default_rng(0).uniform(-1.0, 1.0, (120, 2))


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def regressor():
    return KANRegressor((), random_state=0)


def names(estimator, **options):
    return subject_of(estimator, **options).output_names


def test_the_name_of_a_series():
    y = pd.Series(X[:, 0] ** 2, name="height in m")
    model = regressor().fit(X, y)
    assert names(model) == ("height in m",)
    assert names(make_pipeline(StandardScaler(), regressor()).fit(X, y)) == ("height in m",)
    search = GridSearchCV(regressor(), {"grid_size": [5]}, cv=2).fit(X, y)
    assert names(search) == ("height in m",)
    assert names(model, output_names=["h"]) == ("h",)
    assert names(regressor().fit(X, y.to_frame().iloc[:, 0].rename(None))) == ("y",)
    assert EdgeDisplay.from_estimator(model).ax_.get_ylabel() == "effect on height in m"
    assert KANDisplay.from_estimator(model).text_[-1].get_text() == "height in m"
    assert '"name":"height in m"' in model.to_html(max_suggestions=0)
    assert repr(model.formulas_).splitlines()[0] == "formulas of height in m"
    assert "<caption>formulas of height in m</caption>" in model.formulas_._repr_html_()


def test_the_columns_of_a_table():
    y = pd.DataFrame({"lift": X[:, 0], "drag": X[:, 1] ** 2})
    model = regressor().fit(X, y)
    assert names(model) == ("lift", "drag")
    assert [repr(table).splitlines()[0] for table in model.formulas_] == [
        "formulas of lift", "formulas of drag",
    ]  # fmt: skip
    assert names(regressor().fit(X, y.to_numpy())) == ("y0", "y1")
    assert names(KANRegressor((1,), random_state=0).partial_fit(X, y)) == ("lift", "drag")
    again = KANRegressor((), random_state=0, warm_start=True).fit(X, y)
    assert names(again.fit(X, y.to_numpy())) == ("lift", "drag")


@pytest.mark.parametrize("y", [[1, 2], np.zeros(2), pd.Series([1, 2], name=3), pd.DataFrame([1])])
def test_what_has_no_name_in_words_has_none(y):
    assert names_of_target(y) is None


def test_classes_say_what_they_are_classes_of():
    label = np.where(X[:, 0] ** 2 > 0.3, "far", "near")
    model = KANClassifier((), random_state=0).fit(X, pd.Series(label, name="place"))
    subject = subject_of(model)
    assert (subject.output_names, subject.heading) == (("near",), "place")
    label_of = EdgeDisplay.from_estimator(model).ax_.get_ylabel()
    assert label_of.replace("\n", " ") == "effect on log-odds of place = near"
    assert KANDisplay.from_estimator(model).text_[-1].get_text() == "place = near"
    assert '"target":"place"' in model.to_html(max_suggestions=0)
    assert "formulas of log-odds of place = near" in repr(model.formulas_)
    assert EdgeDisplay.from_estimator(model, output_names=["n"]).ax_.get_ylabel().endswith("of n")


def test_several_classes_have_a_heading():
    label = np.digitize(X[:, 0], [-0.3, 0.3])
    model = KANClassifier((), random_state=0).fit(X, pd.Series(label, name="zone"))
    written = [text.get_text() for text in KANDisplay.from_estimator(model).text_]
    assert written[-4:] == ["zone", "0", "1", "2"]
    assert ">zone</text>" in model.to_html(max_suggestions=0)
    plain = KANClassifier((), random_state=0).fit(X, label)
    assert KANDisplay.from_estimator(plain).text_[-4].get_text() == "x1"
