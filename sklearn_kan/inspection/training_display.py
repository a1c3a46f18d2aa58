"""The course of a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import BLUE, GREY, ORANGE, one_axes
from .subject import subject_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A curve that falls by more than this factor is drawn on a logarithmic scale.
_LOG_FROM = 20.0


class TrainingDisplay:
    """The loss along a fit, iteration by iteration.

    Create it with `from_estimator`.

    Parameters
    ----------
    loss_curve : list of float
        The objective after each iteration: mean loss plus penalties.
    validation_loss_curve : list of float or None
        The mean loss on the rows held out.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    lines_ : list of matplotlib Line2D
        The curves.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_kan import KANRegressor, TrainingDisplay
    >>> X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    >>> model = KANRegressor((), random_state=0).fit(X, X[:, 0] ** 2 + X[:, 1])
    >>> display = TrainingDisplay.from_estimator(model)
    >>> len(display.lines_)
    1
    """

    def __init__(
        self,
        *,
        loss_curve: list[float],
        validation_loss_curve: list[float] | None = None,
    ) -> None:
        self.loss_curve = loss_curve
        self.validation_loss_curve = validation_loss_curve

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Axes | None = None) -> TrainingDisplay:
        """Draw the course of the fit of an estimator.

        Parameters
        ----------
        estimator : KANRegressor, KANClassifier, or a pipeline or search that ends in one
            Fitted.
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        display : TrainingDisplay
            With the attributes listed above.

        Raises
        ------
        TypeError
            If there is no KAN in `estimator`.
        """
        model = subject_of(estimator, user=cls.__name__).model
        return cls(
            loss_curve=model.loss_curve_, validation_loss_curve=model.validation_loss_curve_
        ).plot(ax)

    def plot(self, ax: Axes | None = None) -> TrainingDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        display : TrainingDisplay
            The display itself.
        """
        self.ax_ = one_axes(ax, type(self).__name__, (5.5, 3.4))
        self.figure_ = self.ax_.figure
        self.lines_ = [_line(self.ax_, self.loss_curve, BLUE, "objective")]
        if self.validation_loss_curve:
            self.lines_.append(
                _line(self.ax_, self.validation_loss_curve, ORANGE, "loss on held-out rows")
            )
            best = int(np.argmin(self.validation_loss_curve))
            self.ax_.axvline(best + 1, color=GREY, linewidth=0.8, linestyle=":")
        values = np.concatenate([line.get_ydata() for line in self.lines_])
        values = values[np.isfinite(values)]
        if len(values) and values.min() > 0 and values.max() > _LOG_FROM * values.min():
            self.ax_.set_yscale("log")
        self.ax_.set(xlabel="iteration", ylabel="mean loss")
        if len(self.lines_) > 1:
            self.ax_.legend(frameon=False)
        self.ax_.spines[["top", "right"]].set_visible(False)
        return self


def _line(axes: Axes, values: list[float], color: str, label: str) -> Any:
    marker = "o" if len(values) < 30 else ""
    steps = np.arange(1, len(values) + 1)
    return axes.plot(
        steps, values, color=color, label=label, linewidth=1.6, marker=marker, markersize=3
    )[0]
