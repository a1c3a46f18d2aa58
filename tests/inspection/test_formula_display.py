"""The front of formulas."""

import copy

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt

from sklearn_kan import FormulaDisplay, KANRegressor

from . import models

FORMULAS = [
    {"expression": "a", "complexity": 1, "r2": 0.5, "r2_held_out": 0.4, "chosen": False},
    {"expression": "a + b", "complexity": 3, "r2": 0.9, "r2_held_out": 0.88, "chosen": False},
    {"expression": "$a$*sin(b)", "complexity": 4, "r2": 1.0, "r2_held_out": 1.0, "chosen": True},
]


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def test_every_formula_is_a_numbered_point():
    display = FormulaDisplay(formulas=FORMULAS).plot()
    display.figure_.canvas.draw()
    open_points, points = display.ax_.collections
    np.testing.assert_allclose(points.get_offsets()[:2], [[1, 0.5], [3, 0.1]])
    np.testing.assert_allclose(open_points.get_offsets()[:2], [[1, 0.6], [3, 0.12]])
    assert points.get_offsets()[2, 1] > 0  # an exact one has its place on a logarithmic scale
    assert [text.get_text() for text in display.text_] == ["0", "1", "2"]
    assert display.ax_.get_title() == "$a$*sin(b)"


def test_held_out_rows_may_be_missing():
    formulas = [{**record, "r2_held_out": None} for record in FORMULAS]
    _, ax = plt.subplots()
    display = FormulaDisplay(formulas=formulas).plot(ax)
    display.figure_.canvas.draw()
    assert display.ax_ is ax
    assert ax.get_legend() is None


def test_one_formula_without_r2():
    record = {**FORMULAS[0], "r2": None, "r2_held_out": None}
    FormulaDisplay(formulas=[record]).plot().figure_.canvas.draw()


def test_it_draws_the_formulas_of_an_estimator():
    X = np.random.default_rng(0).uniform(-1, 1, (100, 1))
    y = pd.Series(3.0 * X[:, 0] + 1.0, name="height")
    model = KANRegressor((), random_state=0).fit(X, y).symbolify(X, y)
    display = FormulaDisplay.from_estimator(model)
    assert len(display.formulas) == len(model.formulas_)
    assert display.ax_.get_ylabel() == "1 - R² of height"
    display.figure_.canvas.draw()
    with pytest.raises(ValueError, match="output must be 0 to 0; got 1"):
        FormulaDisplay.from_estimator(model, output=1)


def test_without_a_search_there_is_nothing_to_compare():
    for model in (models.additive(), models.several_outputs(), models.three_classes()):
        with pytest.raises(ValueError, match=r"symbolify\(X, y\) first, or fit with symbolic=True"):
            FormulaDisplay.from_estimator(model)
    by_edges = copy.deepcopy(models.additive()).symbolify()
    with pytest.raises(ValueError, match=r"FormulaDisplay compares the formulas of a search"):
        FormulaDisplay.from_estimator(by_edges)
