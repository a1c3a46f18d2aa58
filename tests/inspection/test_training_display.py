"""The course of a fit."""

import numpy as np
import pytest
from matplotlib import pyplot as plt
from matplotlib.colors import to_hex

from sklearn_kan import KANRegressor, TrainingDisplay

from . import models


@pytest.fixture(autouse=True)
def _close():
    yield
    plt.close("all")


@pytest.mark.parametrize("model", models.MODELS)
def test_it_draws_the_loss(model):
    display = TrainingDisplay.from_estimator(model())
    display.figure_.canvas.draw()
    np.testing.assert_array_equal(display.lines_[0].get_ydata(), model().loss_curve_)


def test_it_draws_the_loss_on_held_out_rows():
    X = np.random.default_rng(0).uniform(-1, 1, (200, 2))
    model = KANRegressor((2,), early_stopping=True, max_iter=30, random_state=0)
    model.fit(X, X[:, 0] * X[:, 1])
    _, ax = plt.subplots()
    display = TrainingDisplay.from_estimator(model, ax=ax)
    assert display.ax_ is ax
    assert len(display.lines_) == 2
    assert ax.get_legend() is not None


def stage(name, n_iter=None, log_evidence=None, n_edges=None, grid_size=None):
    return {
        "stage": name,
        "n_iter": n_iter,
        "objective": None,
        "log_evidence": log_evidence,
        "hidden": None,
        "n_edges": n_edges,
        "grid_size": grid_size,
    }


def marks(display):
    lines = [line for line in display.ax_.lines if line not in display.lines_]
    return [float(line.get_xdata()[0]) for line in lines], [t.get_text() for t in display.ax_.texts]


def test_changes_of_the_network_are_marked():
    history = [
        stage("L-BFGS", 10, n_edges=9, grid_size=3),
        stage("L-BFGS", 5, n_edges=9, grid_size=6),
        stage("pruned", n_edges=4, grid_size=6),
    ]
    display = TrainingDisplay(loss_curve=[1.0] * 15, history=history).plot()
    assert marks(display) == ([10.5, 15.5], ["6 intervals", "4 edges"])
    display.figure_.canvas.draw()


def test_a_loss_curve_of_the_last_stage_has_no_marks_of_the_others():
    history = [stage("a start", 30, grid_size=3), stage("all rows", 5, grid_size=6)]
    assert marks(TrainingDisplay(loss_curve=[1.0] * 5, history=history).plot()) == ([], [])
    assert marks(TrainingDisplay(loss_curve=[1.0] * 7, history=history).plot()) == ([], [])


def test_stages_with_evidence_are_listed():
    model = models.automatic()
    display = TrainingDisplay.from_estimator(model)
    display.figure_.canvas.draw()
    names = [label.get_text() for label in display.stages_ax_.get_yticklabels()]
    known = [record for record in model.history_ if record["log_evidence"] is not None]
    assert names == [record["stage"] for record in known]
    points = display.stages_ax_.collections[-1]
    np.testing.assert_allclose(points.get_offsets()[:, 0], [r["log_evidence"] for r in known])
    _, ax = plt.subplots()
    assert TrainingDisplay.from_estimator(model, ax=ax).stages_ax_ is None
    _, pair = plt.subplots(1, 2)
    assert TrainingDisplay.from_estimator(model, ax=pair).stages_ax_ is pair[1]


def orange(display):
    """Return the names of the stages that are marked, as they are written."""
    colors = [to_hex(color) for color in display.stages_ax_.collections[-1].get_facecolors()]
    labels = display.stages_ax_.get_yticklabels()
    marked = [label.get_text() for label, c in zip(labels, colors, strict=True) if c == "#d55e00"]
    assert marked == [t.get_text() for t in labels if to_hex(t.get_color()) == "#d55e00"]
    return marked


TRIED = [
    stage("additive", log_evidence=-5.0),
    stage("16 pairs", log_evidence=-3.0),
    stage("4 nodes, start 1", log_evidence=-9.0),
    stage("16 nodes, penalty 10"),
    stage("16 nodes, penalty 1"),
]


@pytest.mark.parametrize(
    ("chosen", "marked"),
    [
        ("additive", ["additive"]),
        (
            "0.17 of additive + 0.25 of 16 nodes, penalty 1 + 0.58 of 16 pairs",
            ["0.17 of additive", "0.58 of 16 pairs", "0.25 of 16 nodes, penalty 1"],
        ),
    ],
)
def test_what_was_chosen_is_marked_the_parts_of_mixtures_with_shares(chosen, marked):
    history = [*TRIED, stage(f"chosen: {chosen}", 30, n_edges=9, grid_size=10)]
    display = TrainingDisplay(loss_curve=[1.0] * 30, history=history).plot()
    display.figure_.canvas.draw()
    assert orange(display) == marked
    names = [label.get_text() for label in display.stages_ax_.get_yticklabels()]
    assert "16 nodes, penalty 10" not in names  # neither chosen nor judged


def test_what_was_made_of_the_choice_afterwards_is_marked():
    history = [*TRIED, stage("chosen: 16 pairs"), stage("pruned", 4, log_evidence=-2.0, n_edges=3)]
    assert orange(TrainingDisplay(loss_curve=[1.0], history=history).plot()) == ["pruned"]
    fixed = [stage("all rows", 3, -5.0), stage("finer grid", 3, -3.0), stage("finer grid", 3, -2.0)]
    display = TrainingDisplay(loss_curve=[1.0], history=fixed).plot()
    assert orange(display) == ["finer grid"]


def test_a_default_fit_marks_what_its_history_says():
    model = models.automatic()
    (chosen,) = [r["stage"] for r in model.history_ if r["stage"].startswith("chosen: ")]
    parts = chosen.removeprefix("chosen: ").split(" + ")
    assert sorted(orange(TrainingDisplay.from_estimator(model))) == sorted(parts)


def test_axes_are_checked():
    with pytest.raises(TypeError, match="ax must be matplotlib Axes"):
        TrainingDisplay.from_estimator(models.additive(), ax=3)
    _, axes = plt.subplots(1, 3)
    with pytest.raises(ValueError, match="ax must be one axes or 2"):
        TrainingDisplay.from_estimator(models.additive(), ax=axes)
