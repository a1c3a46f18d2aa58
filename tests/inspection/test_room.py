"""Figures of all sizes: nothing is cut off, nothing overlaps, and curves are large."""

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from matplotlib.text import Text

from sklearn_kan import EdgeDisplay, FormulaDisplay, KANDisplay, KANRegressor, TrainingDisplay
from sklearn_kan.inspection.curve_artists import limits
from sklearn_kan.inspection.edge_curves import EdgeCurve
from sklearn_kan.inspection.edges import Edge

from . import models
from .room import assert_texts_have_room


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


SOME = [
    models.additive, models.long_names, models.several_outputs, models.two_classes, models.wide,
]  # fmt: skip
# Widths and heights in pixels at 100 dots an inch.
SIZES = [(600, 372), (900, 558), (1600, 992)]


def axes_of(size, layout="constrained", **options):
    figure = plt.figure(figsize=np.array(size) / 100, dpi=100, layout=layout)
    return figure.subplots(**options)


@pytest.mark.parametrize(
    ("model", "size"),
    [(model, SIZES[0]) for model in SOME]
    + [(models.long_names, size) for size in (None, *SIZES[1:])],
)
@pytest.mark.parametrize("display", [EdgeDisplay, KANDisplay])
def test_all_texts_have_room(display, model, size):
    ax = None if size is None else axes_of(size)
    assert_texts_have_room(display.from_estimator(model(), ax=ax).figure_)


@pytest.mark.parametrize("layout", [None, "tight"])
def test_without_a_layout_engine_too(layout):
    ax = axes_of(SIZES[0], layout)
    assert_texts_have_room(EdgeDisplay.from_estimator(models.long_names(), ax=ax).figure_)
    axes = axes_of(SIZES[0], layout, ncols=2)
    assert_texts_have_room(TrainingDisplay.from_estimator(models.additive(), ax=axes).figure_)


def test_single_curves_in_small_axes():
    axes = axes_of((500, 300), ncols=3)
    display = EdgeDisplay.from_estimator(models.additive(), ["bmi", "bp", "s5"], ax=axes)
    assert_texts_have_room(display.figure_)


def test_names_that_are_alike_stay_apart():
    display = KANDisplay.from_estimator(models.long_names(), ax=axes_of((400, 300)))
    names = [text.get_text() for text in display.text_][:6]
    assert len(set(names)) == 6
    edges = EdgeDisplay.from_estimator(models.long_names(), ax=axes_of((400, 300)))
    columns = [curve.edge.input for curve in edges.curves]
    labels = [axes.get_xlabel() for axes in edges.axes_]
    assert len(set(zip(columns, labels, strict=True))) == len(set(labels)) == len(set(columns))


def test_few_panels_where_there_is_little_room():
    small = EdgeDisplay.from_estimator(models.additive(), ax=axes_of((300, 200)))
    large = EdgeDisplay.from_estimator(models.additive(), ax=axes_of((900, 600)))
    assert len(small.axes_) < len(large.axes_)
    asked = EdgeDisplay.from_estimator(models.additive(), ["bmi", "bp"], ax=axes_of((100, 80)))
    assert len(asked.axes_) == 2


def share_of_panel(axes, curve):
    low, high = axes.get_ylim()
    return np.ptp(curve.y) / (high - low)


@pytest.mark.parametrize("model", [models.additive, models.two_classes])
def test_curves_fill_their_panels(model):
    display = EdgeDisplay.from_estimator(model(), sharey=False)
    for axes, curve in zip(display.axes_, display.curves, strict=True):
        assert share_of_panel(axes, curve) > 0.4
    shared = EdgeDisplay.from_estimator(model())
    strongest = [share_of_panel(*both) for both in zip(shared.axes_, shared.curves, strict=True)]
    assert max(strongest) > 0.4


def curve(y, std, sample=None):
    x = np.linspace(0.0, 1.0, 11)
    edge = Edge(0, 0, 0, 1.0, True)
    sample = x if sample is None else sample
    return EdgeCurve(edge, x, np.broadcast_to(y, 11), std, sample, None, 0.0, None)


def test_a_band_counts_where_the_rows_are_and_not_without_end():
    line = np.linspace(-1.0, 1.0, 11)
    assert limits([curve(line, None)]) == (-1.0, 1.0)
    assert limits([curve(line, np.full(11, 0.3))]) == pytest.approx((-1.4, 1.4))
    low, high = limits([curve(line, np.full(11, 100.0))])
    assert (low, high) == pytest.approx((-1.8, 1.8))
    at_one_end = np.where(np.arange(11) == 10, 100.0, 0.1)
    assert limits([curve(line, at_one_end, np.full(50, 0.3))]) == pytest.approx((-1.0, 1.0))
    assert limits([curve(0.0, np.full(11, 2.0))]) == pytest.approx((-4.0, 4.0))
    assert limits([curve(0.0, None)]) == (0.0, 0.0)


def test_formulas_of_any_length():
    records = [
        {"expression": "x" * 300, "complexity": 9, "r2": 0.9, "r2_held_out": 0.9, "chosen": True},
        {"expression": "x", "complexity": 1, "r2": 0.1, "r2_held_out": 0.1, "chosen": False},
    ]
    for ax in (None, axes_of(SIZES[0])):
        display = FormulaDisplay(formulas=records, output_name="long " * 30).plot(ax)
        assert_texts_have_room(display.figure_)


def test_letters_are_no_larger_than_asked_for():
    with plt.rc_context({"font.size": 7.0}):
        display = EdgeDisplay.from_estimator(models.additive())
        letters = [t.get_fontsize() for t in display.figure_.findobj(Text) if t.get_text()]
    assert max(letters) <= 7.0


def test_columns_of_zeros_and_rare_ones_are_points():
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"rare": (np.arange(600) < 2) * 1.0, "x": rng.normal(size=600)})
    y = 5.0 * X["rare"] + X["x"] + 0.1 * rng.normal(size=600)
    model = KANRegressor((), random_state=0).fit(X, y)
    display = EdgeDisplay.from_estimator(model, "rare")
    np.testing.assert_array_equal(display.curves[0].values, [0.0, 1.0])
    assert display.ax_.containers
    assert_texts_have_room(display.figure_)


def test_subfigures_have_less_room():
    figure = plt.figure(figsize=(9, 4), layout="constrained")
    left, right = figure.subfigures(1, 2)
    EdgeDisplay.from_estimator(models.additive(), ax=right.subplots())
    left.subplots().plot([0, 1])
    assert_texts_have_room(figure)
