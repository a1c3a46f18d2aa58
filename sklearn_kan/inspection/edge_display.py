"""Edge functions large, in the units of the data."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np

from .axes import many_axes, require_matplotlib
from .choice import chosen_edges, from_input
from .curve_artists import draw_curve, draw_density, limits, symbolic_title
from .edge_curves import EdgeCurve, edge_curve
from .edges import Edge
from .panels import n_panels, panels_of
from .subject import Subject, subject_of


class EdgeDisplay:
    """Edge functions with their uncertainty and the density of the data.

    Every curve is centred: it is zero on average over the training rows. One that adds to a
    prediction is in units of the target, of its logarithm (losses "poisson" and "gamma") or
    of the log-odds (classifiers); without hidden layers these are the effects of an additive
    model. The band is two standard deviations to either side, where the fit knows them; where it
    is much wider than the curve is high, it goes on beyond the panel. Columns of up to eight
    values have a point for each. Below, a strip shows where the training rows were.

    Create it with `from_estimator`.

    Parameters
    ----------
    curves : list of EdgeCurve
        What to draw.
    x_labels, y_labels : list of str
        One a curve.

    Attributes
    ----------
    axes_ : ndarray of matplotlib Axes, of shape (n_curves,)
        One a curve.
    ax_ : matplotlib Axes
        The first of `axes_`.
    figure_ : matplotlib Figure
        Their figure.

    See Also
    --------
    KANDisplay : All edges in their places.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_kan import EdgeDisplay, KANRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    >>> model = KANRegressor((), random_state=0).fit(X, X[:, 0] ** 2 + X[:, 1])
    >>> display = EdgeDisplay.from_estimator(model, "width", feature_names=["length", "width"])
    >>> display.ax_.get_xlabel(), display.ax_.get_ylabel()
    ('width', 'effect on y')
    """

    def __init__(
        self, *, curves: list[EdgeCurve], x_labels: list[str], y_labels: list[str]
    ) -> None:
        self.curves = curves
        self.x_labels = x_labels
        self.y_labels = y_labels

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        edges: Any = None,
        *,
        ax: Any = None,
        n_columns: int = 3,
        sharey: bool = True,
        density: str | None = "histogram",
        feature_names: Any = None,
        output_names: Any = None,
    ) -> EdgeDisplay:
        """Draw edge functions of a fitted estimator.

        Parameters
        ----------
        estimator : KANRegressor, KANClassifier, or a pipeline or search that ends in one
            Fitted.
        edges : str, int, (layer, input, output) or list of these, default=None
            What to draw: all edges of a column, by name or number, or single edges by their
            place in ``network_.all_layers``. None for the strongest, twelve at most and no
            more than have room.
        ax : matplotlib Axes or array of them, default=None
            Where to draw: one axes a curve, or one for all, in whose place a grid is made.
            None for a new figure.
        n_columns : int, default=3
            Columns of the grid, fewer where they would be too narrow.
        sharey : bool, default=True
            Whether effects on the same output have the same vertical range, so that what
            looks strong is.
        density : {"histogram", "rug"} or None, default="histogram"
            How to show where the training rows were.
        feature_names, output_names : array-like of str, default=None
            What to call inputs and outputs; None for the names that the model knows.

        Returns
        -------
        display : EdgeDisplay
            With the attributes listed above.

        Raises
        ------
        TypeError
            If there is no KAN in `estimator`.
        ValueError
            If there is no such edge, or another argument is not usable.
        """
        subject = subject_of(estimator, feature_names, output_names, cls.__name__)
        chosen = chosen_edges(subject, edges, n_panels(ax))
        return cls(
            curves=[edge_curve(subject, edge) for edge in chosen],
            x_labels=[_x_label(subject, edge) for edge in chosen],
            y_labels=[_y_label(subject, edge) for edge in chosen],
        ).plot(ax, n_columns=n_columns, sharey=sharey, density=density)

    def plot(
        self,
        ax: Any = None,
        *,
        n_columns: int = 3,
        sharey: bool = True,
        density: str | None = "histogram",
    ) -> EdgeDisplay:
        """Draw; the parameters are those of `from_estimator`.

        Returns
        -------
        display : EdgeDisplay
            The display itself.
        """
        if density not in ("histogram", "rug", None):
            raise ValueError(f"density must be 'histogram', 'rug' or None; got {density!r}.")
        if not isinstance(n_columns, Integral) or n_columns < 1:
            raise ValueError(f"n_columns must be an int of at least 1; got {n_columns!r}.")
        n_curves = len(self.curves)
        name = type(self).__name__
        require_matplotlib(name)
        size = (5.0, 3.6) if n_curves == 1 else (3.2, 2.6)
        n_columns, panels = panels_of(ax, n_curves, int(n_columns), size)
        self.axes_: np.ndarray = many_axes(
            ax, n_curves, n_columns, name, size, (panels[0].left, panels[0].below)
        )
        self.ax_ = self.axes_[0]
        self.figure_ = self.ax_.figure
        for axes, curve in zip(self.axes_, self.curves, strict=True):
            draw_curve(axes, curve)
        self._set_limits(sharey)
        for number, (axes, panel, curve) in enumerate(
            zip(self.axes_, panels, self.curves, strict=True)
        ):
            draw_density(axes, curve, density)
            panel.set_ticks(axes, curve.values)
            panel.label(axes, self.x_labels, self.y_labels, number)
            panel.title(axes, *symbolic_title(curve))
        if sharey and np.size(ax) == 1:
            _hide_inner_labels(self.axes_, self.y_labels, n_columns)
        return self

    def _set_limits(self, sharey: bool) -> None:
        """Leave room for the strip below, and give effects on one output one range."""
        groups: dict[Any, list[int]] = {}
        for number, (curve, label) in enumerate(zip(self.curves, self.y_labels, strict=True)):
            shared = sharey and curve.edge.leads_out
            groups.setdefault(label if shared else number, []).append(number)
        for members in groups.values():
            low, high = limits([self.curves[number] for number in members])
            spread = (high - low) or 1.0
            for number in members:
                self.axes_[number].set_ylim(low - 0.22 * spread, high + 0.06 * spread)


def _x_label(subject: Subject, edge: Edge) -> str:
    if from_input(subject, edge):
        return subject.input_names[edge.input]
    return f"hidden node {edge.input} of layer {edge.layer}"


def _y_label(subject: Subject, edge: Edge) -> str:
    if edge.leads_out:
        return subject.effect_on(edge.output)
    return f"to hidden node {edge.output} of layer {edge.layer + 1}"


def _hide_inner_labels(axes: np.ndarray, labels: list[str], n_columns: int) -> None:
    """Write a label that neighbours in a row of the grid have in common only once."""
    for number in range(1, len(axes)):
        if number % n_columns and labels[number] == labels[number - 1]:
            axes[number].set_ylabel("")
