"""The page as text: one file, escaped, without rows, as small as promised."""

import json
import re

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError

from sklearn_kan import KANClassifier, KANRegressor
from sklearn_kan.inspection.page import Page

from . import models

HOSTILE = [
    "</script><script>window.taken = 1</script>",
    "<img src=x onerror='window.taken = 1'>",
    '"><b>bold</b>',
    "a & b 'c' \"d\" \u2028 \\u003c ${1} `x`",
]


def hostile():
    X = np.random.default_rng(0).uniform(-1, 1, (120, 4))
    return KANRegressor((), random_state=0).fit(X, X @ [1.0, 2.0, 3.0, 4.0] + X[:, 0] ** 2)


def data_of(page):
    (text,) = re.findall(
        r'<script type="application/json" id="kan-data">(.*?)</script>', page, re.DOTALL
    )
    return json.loads(text)


@pytest.mark.parametrize("model", models.MODELS)
def test_it_is_one_small_file(model):
    page = model().to_html(max_suggestions=0)
    assert isinstance(page, Page)
    assert page.startswith("<!DOCTYPE html>")
    assert len(page.encode()) < 400_000
    assert "default-src 'none'" in page
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", page)
    assert not re.search(r"<(link|img|iframe|object)\b|@import|url\(", page)
    data = data_of(page)
    assert len(data["edges"]) == model().network_.n_edges
    assert page.count('class="box ') == min(60, model().network_.n_edges)


def test_it_holds_no_row_unless_rows_are_given():
    X, y = models.diabetes()
    without = data_of(models.additive().to_html(max_suggestions=0))["reference"]
    assert without["target"] is None
    rows = {tuple(np.round(row, 6)) for row in X.to_numpy(float)}
    assert not any(tuple(np.round(row, 6)) in rows for row in without["rows"])
    given = data_of(models.additive().to_html(X=X, y=y, max_suggestions=0))["reference"]
    np.testing.assert_allclose(given["rows"], X)
    np.testing.assert_allclose(np.ravel(given["target"]), y)


def test_it_holds_no_more_than_some_rows():
    many = models.diabetes()[0].iloc[[0] * 900]
    reference = data_of(models.additive().to_html(X=many, max_suggestions=0))["reference"]
    assert len(reference["rows"]) == 500


def test_it_is_written_to_a_file(tmp_path):
    model = models.additive()
    assert model.to_html(tmp_path / "page.html", max_suggestions=0) is None
    text = (tmp_path / "page.html").read_text("utf-8")
    assert text == model.to_html(max_suggestions=0)
    assert model.to_html(str(tmp_path / "other.html"), max_suggestions=0) is None


def test_it_keeps_the_model():
    model = models.one_hidden()
    before = set(model.__dict__)
    model.to_html(max_suggestions=0)
    assert set(model.__dict__) == before


def test_names_are_escaped():
    page = hostile().to_html(feature_names=HOSTILE, output_names=["<i>y</i>"], max_suggestions=0)
    assert page.count("<script") == 2
    assert page.count("</script>") == 2
    for tag in ("<img", "<b>", "<i>"):
        assert tag not in page
    assert [each["name"] for each in data_of(page)["inputs"]] == HOSTILE


def test_class_labels_are_escaped():
    X = np.random.default_rng(0).uniform(-1, 1, (120, 2))
    y = np.array(HOSTILE)[np.digitize(X[:, 0], [-0.5, 0.0, 0.5])]
    page = KANClassifier((), alpha=1.0).fit(X, y).to_html(max_suggestions=0)
    assert page.count("<script") == page.count("</script>") == 2
    assert sorted(data_of(page)["classes"]) == sorted(HOSTILE)
    for tag in ("<img", "<b>"):
        assert tag not in page


def test_a_notebook_shows_it_in_a_frame():
    frame = models.additive().to_html(max_suggestions=0)._repr_html_()
    assert frame.startswith('<iframe srcdoc="&lt;!DOCTYPE html&gt;')
    assert frame.count('"') == 2 * len(re.findall(r'\b(srcdoc|sandbox|style|title)="', frame))
    assert 'sandbox="allow-scripts"' in frame


def test_wrong_arguments_are_named(tmp_path):
    X, y = models.diabetes()
    model = models.additive()
    with pytest.raises(NotFittedError):
        KANRegressor().to_html()
    with pytest.raises(ValueError, match="y is for rows X"):
        model.to_html(y=y)
    with pytest.raises(ValueError, match="max_edges"):
        model.to_html(max_edges=-1)
    with pytest.raises(ValueError, match="max_suggestions"):
        model.to_html(max_suggestions=2.5)
    with pytest.raises(ValueError, match="feature_names"):
        model.to_html(feature_names=["a"])
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        model.to_html(X=X, y=y[:-1])
    with pytest.raises(ValueError, match="y must have 1 outputs"):
        model.to_html(X=X, y=np.stack([y, y], axis=1))
    iris = models.three_classes()
    rows = pd.DataFrame(np.zeros((2, 4)), columns=iris.feature_names_in_)
    with pytest.raises(ValueError, match="not in classes"):
        iris.to_html(X=rows, y=["setosa", "rosa"])
    assert list(tmp_path.iterdir()) == []
