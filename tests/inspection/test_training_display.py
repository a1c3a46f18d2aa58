"""The course of a fit."""

import numpy as np
import pytest
from matplotlib import pyplot as plt

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


def test_axes_are_checked():
    with pytest.raises(TypeError, match="ax must be matplotlib Axes"):
        TrainingDisplay.from_estimator(models.additive(), ax=3)
