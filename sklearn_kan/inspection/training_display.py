"""The course of a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import BLUE, GREY, ORANGE, many_axes, require_matplotlib, ruler, size_in_points
from .fitting import fitted
from .panels import Panel, panels_of
from .stages import changes, draw_stages, listed, places_of, shares_of
from .subject import subject_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# A curve that falls by more than this factor is drawn on a logarithmic scale.
_LOG_FROM = 20.0
_SIZE = (5.0, 3.4)  # of one of the axes of a new figure, in inches
_NOTE = 7.0  # the size of small letters


class TrainingDisplay:
    """The loss along a fit, what happened on the way, and the evidence of its stages.

    Dotted lines stand where the grid was refined, or edges and nodes came or went. Where a fit
    was made under evidence, the stages are listed beside with the log-evidence of each: what
    was tried, and what was chosen (orange), the parts of a mixture with their shares.

    Create it with `from_estimator`.

    Parameters
    ----------
    loss_curve : list of float
        The objective after each iteration: mean loss plus penalties.
    validation_loss_curve : list of float or None
        The mean loss on the rows held out.
    history : sequence of dict
        The stages, as in `history_`.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where the loss is drawn.
    stages_ax_ : matplotlib Axes or None
        Where the stages are listed.
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
        history: Sequence[dict[str, Any]] = (),
    ) -> None:
        self.loss_curve = loss_curve
        self.validation_loss_curve = validation_loss_curve
        self.history = history

    @classmethod
    def from_estimator(cls, estimator: Any, *, ax: Any = None) -> TrainingDisplay:
        """Draw the course of the fit of an estimator.

        Parameters
        ----------
        estimator : KANRegressor, KANClassifier, or a pipeline or search that ends in one
            Fitted.
        ax : matplotlib Axes or pair of them, default=None
            Where to draw: the loss alone, or the loss and the stages. None for a new figure.

        Returns
        -------
        display : TrainingDisplay
            With the attributes listed above.

        Raises
        ------
        TypeError
            If there is no KAN in `estimator`.
        ValueError
            If there are more axes than two.
        """
        fitted = subject_of(estimator, user=cls.__name__).fitted
        return cls(
            loss_curve=fitted.loss_curve,
            validation_loss_curve=fitted.validation_loss_curve,
            history=fitted.history,
        ).plot(ax)

    def plot(self, ax: Any = None) -> TrainingDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes or pair of them, default=None
            Where to draw: the loss alone, or the loss and the stages. None for a new figure.

        Returns
        -------
        display : TrainingDisplay
            The display itself.
        """
        known = listed(self.history)
        n_axes = 1 + (len(known) > 1) if ax is None else min(np.size(ax), 2)
        name = type(self).__name__
        require_matplotlib(name)
        axes = many_axes(ax, n_axes, 2, name, _SIZE)
        _, panels = panels_of(ax, n_axes, 2, _SIZE)
        self.ax_, self.figure_ = axes[0], axes[0].figure
        self.stages_ax_ = axes[1] if len(axes) > 1 else None
        self._draw_losses(panels[0])
        self._draw_changes()
        if self.stages_ax_ is not None:
            draw_stages(self.stages_ax_, known, shares_of(self.history), panels[1])
        return self

    def _draw_losses(self, panel: Panel) -> None:
        self.lines_ = [_line(self.ax_, self.loss_curve, BLUE, "objective")]
        if self.validation_loss_curve:
            held_out = self.validation_loss_curve
            self.lines_.append(_line(self.ax_, held_out, ORANGE, "loss on held-out rows"))
            self.ax_.legend(frameon=False, fontsize=panel.font)
        values = np.concatenate([line.get_ydata() for line in self.lines_])
        values = values[np.isfinite(values)]
        if len(values) and values.min() > 0 and values.max() > _LOG_FROM * values.min():
            self.ax_.set_yscale("log")
        panel.set_letters(self.ax_)
        panel.label(self.ax_, ["iteration"], ["mean loss"])
        self.ax_.spines[["top", "right"]].set_visible(False)

    def _draw_changes(self) -> None:
        """Draw where stages begin that change the network, and say how where there is room."""
        measure, (width, height) = ruler(), size_in_points(self.ax_)
        low, high = self.ax_.get_xlim()
        free = -np.inf
        for place, text in changes(self.history, places_of(self.history, len(self.loss_curve))):
            self.ax_.axvline(place + 0.5, color=GREY, linewidth=0.8, linestyle=":", zorder=0)
            across = width * (place + 0.5 - low) / (high - low)
            if across < free:
                continue
            free = across + 1.4 * _NOTE
            self.ax_.annotate(
                fitted([text], 0.9 * height / _NOTE, 1, measure)[0],
                (place + 0.5, 1.0),
                xycoords=self.ax_.get_xaxis_transform(),
                xytext=(2, -2),
                textcoords="offset points",
                rotation=90,
                ha="left",
                va="top",
                fontsize=_NOTE,
                color=GREY,
            )


def _line(axes: Axes, values: list[float], color: str, label: str) -> Any:
    marker = "o" if len(values) < 30 else ""
    steps = np.arange(1, len(values) + 1)
    return axes.plot(
        steps, values, color=color, label=label, linewidth=1.6, marker=marker, markersize=3
    )[0]
