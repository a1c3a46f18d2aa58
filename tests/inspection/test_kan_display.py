"""The network drawn whole: what is there, where it stands, and what it looks like."""

import copy
from dataclasses import replace
from time import process_time

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.collections import LineCollection, PolyCollection
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import KANDisplay, KANRegressor
from sklearn_kan.inspection.edges import edges_of
from sklearn_kan.inspection.subject import subject_of
from sklearn_kan.network import Curve, Term, remove_edges
from sklearn_kan.symbolic.library import LIBRARY

from . import models
from .figures import pixels


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


def texts(display):
    return [text.get_text() for text in display.text_]


@pytest.mark.parametrize("model", models.MODELS)
def test_all_edges_are_drawn_once(model):
    model = model()
    display = KANDisplay.from_estimator(model, max_edges=1000)
    assert len({edge.place for edge in display.edges}) == model.network_.n_edges
    faint = display.ax_.collections[0]
    boxes = next(c for c in display.ax_.collections if isinstance(c, PolyCollection))
    assert len(boxes.get_paths()) == len(display.drawn_)
    assert len(display.drawn_) + len(faint.get_paths()) == model.network_.n_edges
    assert not len(faint.get_paths()) or model is models.wide()


@pytest.mark.parametrize("model", models.MODELS)
@pytest.mark.parametrize("size", [(4, 3), (12, 8)])
def test_boxes_lie_apart_and_inside(model, size):
    _, ax = plt.subplots(figsize=size)
    display = KANDisplay.from_estimator(model(), ax=ax, max_edges=40)
    boxes = next(c for c in ax.collections if isinstance(c, PolyCollection))
    corners = np.array([path.vertices[:4] for path in boxes.get_paths()])
    low, high = corners.min(axis=1), corners.max(axis=1)
    assert (low >= -1e-9).all()
    assert (high[:, 0] <= display.ax_.get_xlim()[1] + 1e-9).all()
    assert (high[:, 1] <= display.ax_.get_ylim()[1] + 1e-9).all()
    meet = (low[:, None] < high[None]).all(axis=2) & (low[None] < high[:, None]).all(axis=2)
    assert_allclose(meet, np.eye(len(corners), dtype=bool))


@pytest.mark.parametrize("model", models.MODELS)
def test_names_are_written_apart(model):
    display = KANDisplay.from_estimator(model())
    display.figure_.canvas.draw()
    renderer = display.figure_.canvas.get_renderer()
    extents = [t.get_window_extent(renderer) for t in display.text_ if t.get_text()]
    width, height = display.figure_.canvas.get_width_height()
    for number, extent in enumerate(extents):
        assert extent.x0 >= -1
        assert extent.y0 >= -1
        assert extent.x1 <= width + 1
        assert extent.y1 <= height + 1
        assert not any(extent.overlaps(other) for other in extents[number + 1 :])


def test_weak_edges_are_faint_lines():
    display = KANDisplay.from_estimator(models.wide(), max_edges=10)
    assert len(display.drawn_) == 10
    faint = display.ax_.collections[0]
    assert isinstance(faint, LineCollection)
    assert len(faint.get_paths()) == models.wide().network_.n_edges - 10
    strengths = [edge.strength for edge in display.edges]
    assert strengths == sorted(strengths, reverse=True)


def test_thirty_by_ten_takes_less_than_a_second_and_few_artists():
    start = process_time()
    display = KANDisplay.from_estimator(models.wide())
    display.figure_.canvas.draw()
    assert process_time() - start < 1.0
    assert len(display.ax_.get_children()) < 60


def test_removed_edges_are_absent():
    model = clone_fitted(models.additive())
    layer = model.network_.layers[0]
    gone = np.zeros_like(layer.edges)
    gone[2] = True
    model.network_ = remove_edges(model.network_, 0, gone, model._moments_[0].mean)
    display = KANDisplay.from_estimator(model)
    assert 2 not in {edge.input for edge in display.drawn_}
    unused = [t for t in display.text_ if t.get_text() == "bmi"]
    assert unused[0].get_color() != display.text_[1].get_color()


def clone_fitted(model):
    copy = clone(model)
    copy.__dict__.update(model.__dict__)
    return copy


def test_a_constant_is_drawn_without_edges():
    X = np.zeros((50, 2))
    display = KANDisplay.from_estimator(KANRegressor(()).fit(X, np.ones(50)))
    display.figure_.canvas.draw()
    assert texts(display)[:2] == ["x0", "x1"]


def test_product_nodes_have_crosses_and_two_feet():
    display = KANDisplay.from_estimator(models.products())
    offsets = [c.get_offsets() for c in display.ax_.collections if len(c.get_offsets()) > 0]
    sizes = [len(o) for o in offsets]
    assert sizes[-3:] == [4, 2, 2]  # feet, circles, crosses


def test_strengths_are_importances():
    model = models.several_outputs()
    importances = model.edge_importances_
    largest = max(layer.max() for layer in importances)
    for edge in KANDisplay.from_estimator(model).edges:
        importance = importances[edge.layer][edge.input, edge.output]
        assert_allclose(edge.strength, importance / largest)


def test_names_come_from_the_model_the_pipeline_or_the_user():
    X, y = models.diabetes()
    display = KANDisplay.from_estimator(models.additive())
    assert texts(display)[:3] == ["age", "sex", "bmi"]
    assert texts(display)[-1] == "target"
    assert texts(KANDisplay.from_estimator(models.one_hidden()))[-1] == "y"
    pipeline = make_pipeline(StandardScaler(), KANRegressor((), random_state=0)).fit(X, y)
    assert texts(KANDisplay.from_estimator(pipeline))[:3] == ["age", "sex", "bmi"]
    names = [f"$column_{i}$\nin mm" for i in range(10)]
    display = KANDisplay.from_estimator(
        models.additive(), feature_names=names, output_names=["disease"]
    )
    display.figure_.canvas.draw()
    assert texts(display)[0] == "$column_0$ in mm"
    assert texts(display)[-1] == "disease"
    assert not any(text.get_parse_math() for text in display.text_)


def test_classes_are_named():
    assert texts(KANDisplay.from_estimator(models.three_classes()))[-3:] == [
        "setosa", "versicolor", "virginica",
    ]  # fmt: skip


def test_it_draws_on_given_axes_and_leaves_the_rest_alone():
    before = dict(mpl.rcParams)
    figure, (left, right) = plt.subplots(1, 2)
    display = KANDisplay.from_estimator(models.one_hidden(), ax=right)
    assert display.ax_ is right
    assert display.figure_ is figure
    assert not left.collections
    assert plt.get_fignums() == [figure.number]
    assert dict(mpl.rcParams) == before


def test_drawing_keeps_the_model():
    model = models.one_hidden()
    before = set(model.__dict__)
    KANDisplay.from_estimator(model)
    assert set(model.__dict__) == before


def test_subfigures():
    figure = plt.figure(figsize=(8, 4))
    parts = figure.subfigures(1, 2)
    display = KANDisplay.from_estimator(models.additive(), ax=parts[1].subplots())
    figure.canvas.draw()
    assert display.ax_.get_xlim()[1] < 8 * 72 / 2


@pytest.mark.parametrize("bad", [-1, 2.5, "all", True])
def test_max_edges_is_checked(bad):
    with pytest.raises(ValueError, match="max_edges"):
        KANDisplay.from_estimator(models.additive(), max_edges=bad)


def test_wrong_estimators_are_named():
    with pytest.raises(TypeError, match=r"KANDisplay needs a KANRegressor.*Ridge"):
        KANDisplay.from_estimator(Ridge())
    with pytest.raises(NotFittedError):
        KANDisplay.from_estimator(KANRegressor())
    with pytest.raises(ValueError, match="feature_names must have 10 entries; got 2"):
        KANDisplay.from_estimator(models.additive(), feature_names=["a", "b"])


def test_picture_shows_stronger_edges_darker():
    """Blue ink of the strongest curve's box is darker than that of the weakest."""
    display = KANDisplay.from_estimator(models.additive())
    picture = pixels(display.figure_)
    boxes = next(c for c in display.ax_.collections if isinstance(c, PolyCollection))
    darkest = []
    for path in (boxes.get_paths()[0], boxes.get_paths()[-1]):
        low, high = path.vertices.min(axis=0), path.vertices.max(axis=0)
        (x0, y0), (x1, y1) = display.ax_.transData.transform([low + 4, high - 4]).astype(int)
        inside = picture[len(picture) - y1 : len(picture) - y0, x0:x1]
        darkest.append(inside[..., 0].min())
    assert darkest[0] < 60  # the strongest is nearly the full blue, whose red is 0
    assert darkest[1] > darkest[0] + 40


def test_picture_at_two_sizes_is_the_same_picture():
    """Coarse grids of the ink of two sizes resemble each other: nothing moves or vanishes."""
    inks = []
    for size in ((8, 6), (16, 12)):
        figure = plt.figure(figsize=size, dpi=50)
        KANDisplay.from_estimator(models.products(), ax=figure.add_axes((0, 0, 1, 1)))
        ink = 255.0 - pixels(figure).mean(axis=2)
        rows, columns = ink.shape
        coarse = ink[: rows // 6 * 6, : columns // 6 * 6].reshape(6, rows // 6, 6, columns // 6)
        inks.append(coarse.mean(axis=(1, 3)).ravel())
    assert np.corrcoef(inks)[0, 1] > 0.5


def test_subject_of_a_search():
    class Search:
        best_estimator_ = models.additive()

    assert subject_of(Search()).model is models.additive()
    assert len(edges_of(subject_of(Search()))) == models.additive().network_.n_edges


def test_symbolic_edges_are_orange_with_their_formula():
    model = models.with_curves([LIBRARY["sin"], LIBRARY["exp"]])
    display = KANDisplay.from_estimator(model)
    lines = [c for c in display.ax_.collections if isinstance(c, LineCollection)][-1]
    for color in lines.get_colors():
        assert_allclose(color[:3], mpl.colors.to_rgb("#D55E00"))
    written = [text for text in texts(display) if "sin" in text or "exp" in text]
    assert sorted(written) == ["exp + x", "sin + x"]  # the whole formula would not fit
    simple = copy.copy(model)
    layer = model.network_.layers[0]
    edges = tuple(
        replace(edge, curve=Curve((Term(LIBRARY["x^2"], 2.0),), 7.0)) for edge in layer.curves
    )
    simple.network_ = model.network_.replace_layer(0, curves=edges)
    assert all("x²" in text for text in texts(KANDisplay.from_estimator(simple))[3:])
