"""Edge functions: units, centring, bands, density, choice of edges, axes."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from numpy.testing import assert_allclose

from sklearn_kan import EdgeDisplay, KANRegressor
from sklearn_kan.inspection.edge_curves import edge_curve
from sklearn_kan.inspection.edges import edges_of
from sklearn_kan.inspection.subject import subject_of
from sklearn_kan.symbolic.library import LIBRARY

from . import models


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("model", models.MODELS)
def test_every_edge_can_be_drawn(model):
    subject = subject_of(model())
    places = [edge.place for edge in edges_of(subject)][:8]
    display = EdgeDisplay.from_estimator(model(), places)
    display.figure_.canvas.draw()
    assert len(display.axes_) == len(places)
    assert display.ax_ is display.axes_[0]
    assert all(axes.get_xlabel() for axes in display.axes_)


def test_effects_are_differences_of_predictions():
    """Along one column an additive model moves by the edge's curve, in the target's units."""
    X, _ = models.diabetes()
    model = models.additive()
    display = EdgeDisplay.from_estimator(model, "bmi")
    (curve,) = display.curves
    rows = np.repeat(X.to_numpy()[:1], len(curve.x), axis=0)
    rows[:, X.columns.get_loc("bmi")] = curve.x
    predicted = model.predict(rows_like(X, rows))
    assert_allclose(np.diff(curve.y), np.diff(predicted), rtol=1e-8, atol=1e-8)
    assert_allclose(curve.x[[0, -1]], [X["bmi"].min(), X["bmi"].max()])


def rows_like(X, rows):
    return type(X)(rows, columns=X.columns)


def test_effects_add_up_to_predictions_and_are_zero_on_average():
    X, y = models.diabetes()
    model = models.additive()
    subject = subject_of(model)
    total = np.zeros(len(X))
    for edge in edges_of(subject):
        curve = edge_curve(subject, edge, 4001)
        effect = np.interp(X.iloc[:, edge.input], curve.x, curve.y)
        assert abs(effect.mean()) < 1e-3 * y.std()
        total += effect
    predicted = model.predict(X)
    assert_allclose(total, predicted - predicted.mean(), atol=1e-3 * y.std())


def test_bands_are_the_deviations_of_differences():
    """With one column and no intercept's share, the band is that of the prediction's curve."""
    rng = np.random.default_rng(0)
    X = rng.uniform(0.0, 5.0, (80, 1))
    y = 1e3 * np.sin(X[:, 0]) + 100.0 * rng.normal(size=80)
    model = KANRegressor((), random_state=0).fit(X, y)
    (curve,) = EdgeDisplay.from_estimator(model).curves
    _, std = model.predict(curve.x[:, None], return_std="mean")
    # The mean over the rows is independent of the centred curve for squared error.
    noise = np.sqrt(model._predictive_.dispersion) * y.std() / np.sqrt(80)
    assert_allclose(curve.std**2 + noise**2, std**2, rtol=1e-6)


def test_without_evidence_there_is_no_band():
    display = EdgeDisplay.from_estimator(models.one_hidden())
    assert all(curve.std is None for curve in display.curves)


@pytest.mark.parametrize(
    ("model", "label"),
    [
        (models.additive, "effect on target"),
        (models.one_hidden, "effect on y"),
        (models.two_classes, "effect on log-odds of True"),
        (models.counts, "effect on log of y"),
    ],
)
def test_labels_say_what_the_effect_is_on(model, label):
    assert EdgeDisplay.from_estimator(model()).ax_.get_ylabel() == label


def test_outputs_have_their_own_units():
    model = models.several_outputs()
    subject = subject_of(model)
    largest = {0: 0.0, 1: 0.0}
    for edge in edges_of(subject):
        if edge.leads_out:
            y = edge_curve(subject, edge).y
            largest[edge.output] = max(largest[edge.output], np.ptp(y))
    assert largest[1] > 100 * largest[0]


def test_log_odds_move_by_the_curve():
    model = models.two_classes()
    (curve,) = EdgeDisplay.from_estimator(model, 0).curves
    rows = np.stack([curve.x, np.zeros_like(curve.x)], axis=1)
    decision = model.decision_function(rows)
    assert_allclose(np.diff(curve.y), np.diff(decision), atol=1e-9)


def test_shared_ranges():
    display = EdgeDisplay.from_estimator(models.additive())
    assert len({axes.get_ylim() for axes in display.axes_}) == 1
    display = EdgeDisplay.from_estimator(models.additive(), sharey=False)
    assert len({axes.get_ylim() for axes in display.axes_}) > 1


def test_one_axes_becomes_a_grid():
    figure, (left, right) = plt.subplots(1, 2)
    display = EdgeDisplay.from_estimator(models.additive(), ["bmi", "bp", "s5"], ax=right)
    assert len(display.axes_) == 3
    assert display.figure_ is figure
    figure.canvas.draw()
    for axes in display.axes_:
        assert axes.get_position().x0 > left.get_position().x1
    free = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
    EdgeDisplay.from_estimator(models.additive(), ["bmi", "bp"], ax=free).figure_.canvas.draw()


def test_given_axes_are_used():
    _, axes = plt.subplots(2, 1)
    display = EdgeDisplay.from_estimator(models.additive(), ["bmi", "bp"], ax=axes)
    assert list(display.axes_) == list(axes)
    with pytest.raises(ValueError, match="ax must be one axes or 3"):
        EdgeDisplay.from_estimator(models.additive(), ["bmi", "bp", "s5"], ax=axes)


@pytest.mark.parametrize("bad", ["age of the captain", (0, 99, 0), (7, 0, 0), 99, [], ["bmi", "x"]])
def test_unknown_edges_are_named(bad):
    with pytest.raises(ValueError, match="edge"):
        EdgeDisplay.from_estimator(models.additive(), bad)


@pytest.mark.parametrize(("argument", "bad"), [("density", "dots"), ("n_columns", 0)])
def test_arguments_are_checked(argument, bad):
    with pytest.raises(ValueError, match=argument):
        EdgeDisplay.from_estimator(models.additive(), **{argument: bad})


def test_a_constant_has_no_edge_to_draw():
    model = KANRegressor(()).fit(np.zeros((50, 2)), np.ones(50))
    if model.network_.n_edges == 0:
        with pytest.raises(ValueError, match="no edge left"):
            EdgeDisplay.from_estimator(model)


def test_columns_of_few_values_are_drawn_value_by_value():
    display = EdgeDisplay.from_estimator(models.additive(), "sex")
    (curve,) = display.curves
    assert_allclose(curve.values, [1.0, 2.0])
    assert_allclose(display.ax_.get_xticks(), [1.0, 2.0])
    assert display.ax_.containers  # error bars


@pytest.mark.parametrize("density", ["histogram", "rug", None])
def test_density_shows_where_the_rows_are(density):
    display = EdgeDisplay.from_estimator(models.additive(), "bmi", density=density)
    (curve,) = display.curves
    assert_allclose(np.median(curve.sample), models.diabetes()[0]["bmi"].median(), rtol=0.02)
    plain = EdgeDisplay.from_estimator(models.additive(), "bmi", density=None)
    more = len(display.ax_.get_children()) - len(plain.ax_.get_children())
    assert more == (density is not None)
    assert display.ax_.get_ylim() == plain.ax_.get_ylim()


def test_symbolic_edges_are_titled_with_their_formula_in_units_of_the_data():
    model = models.with_curves([LIBRARY["sin"], LIBRARY["exp"]])
    display = EdgeDisplay.from_estimator(model)
    for axes, curve in zip(display.axes_, display.curves, strict=True):
        assert curve.std is None
        assert_allclose(curve.formula.values(curve.x), curve.y, atol=1e-9 * np.ptp(curve.y))
        assert "x" in axes.get_title()
    rows = np.zeros((200, 2))
    rows[:, display.curves[0].edge.input] = display.curves[0].x
    assert_allclose(np.diff(model.predict(rows)), np.diff(display.curves[0].y), atol=1e-9)
