"""The network drawn whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..network import Curve, Network
from .axes import GREY, INK, ORANGE, one_axes, require_matplotlib, size_in_points
from .edge_curves import formula_of
from .edges import Edge, curves_on_ranges, edges_of
from .formula_text import curve_text, function_names
from .labels import InputLabels, font_size, name_width
from .layout import Layout, lay_out, natural_size, readable, shown_inputs
from .network_artists import draw_boxes, draw_faint, draw_nodes, draw_paths
from .rows import Frame
from .subject import shortened, subject_of, text_width

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 41  # of the curve in a box
_MARGIN = 6.0
# A curve in a smaller box tells nothing, in points.
_SMALLEST_BOX = 13.0
_SMALLEST_FORMULA = 5.5  # its font size
# Of a new figure, in points: the least and the largest width; the height beside network and names.
_NARROWEST, _WIDEST, _AROUND = 320.0, 900.0, 40.0


class KANDisplay:
    """A picture of a whole network: inputs below, outputs above, a small curve on every edge.

    Every box shows an edge function over the range that its input had in the training rows,
    each on a scale of its own. How strong an edge is (`edge_importances_`) shows in the width
    and the darkness of its lines. Symbolic edges are orange with their formula, less its
    constant, or where that is too long with the names of its functions; a node with a cross
    multiplies what its two feet add up. Edges that are not there are not drawn.

    Create it with `from_estimator`.

    Parameters
    ----------
    network : sklearn_kan.network.Network
        The network.
    edges : list of Edge
        Its edges, strongest first.
    curves : list of ndarray of shape (n_points,)
        The values of each edge at equal steps over the range of its input.
    formulas : list of Curve or None
        Those of symbolic edges, in the units of the data.
    input_names, output_names : tuple of str
        One an input, one a raw prediction.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn, in units of points.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    drawn_ : list of Edge
        The edges that have a box, strongest first.
    text_ : list of matplotlib Text
        All labels.

    See Also
    --------
    EdgeDisplay : Edge functions large, in the units of the data.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_kan import KANDisplay, KANRegressor
    >>> X = np.random.default_rng(0).uniform(-1, 1, (100, 2))
    >>> model = KANRegressor((), random_state=0).fit(X, X[:, 0] ** 2 + X[:, 1])
    >>> display = KANDisplay.from_estimator(model, feature_names=["length", "width"])
    >>> len(display.drawn_)
    2
    """

    def __init__(
        self,
        *,
        network: Network,
        edges: list[Edge],
        curves: list[np.ndarray],
        formulas: list[Curve | None],
        input_names: tuple[str, ...],
        output_names: tuple[str, ...],
    ) -> None:
        self.network = network
        self.edges = edges
        self.curves = curves
        self.formulas = formulas
        self.input_names = input_names
        self.output_names = output_names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        ax: Axes | None = None,
        max_edges: int = 60,
        feature_names: Any = None,
        output_names: Any = None,
    ) -> KANDisplay:
        """Draw the network of a fitted estimator.

        Parameters
        ----------
        estimator : KANRegressor, KANClassifier, or a pipeline or search that ends in one
            Fitted.
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure whose size suits the network.
        max_edges : int, default=60
            The strongest so many edges get a box with their curve, fewer where they would be
            too small to see; the others a faint line.
        feature_names, output_names : array-like of str, default=None
            What to call inputs and outputs; None for the names that the model knows.

        Returns
        -------
        display : KANDisplay
            With the attributes listed above.

        Raises
        ------
        TypeError
            If there is no KAN in `estimator`.
        ValueError
            If `max_edges` or the number of names is not usable.
        """
        subject = subject_of(estimator, feature_names, output_names, cls.__name__)
        edges = edges_of(subject)
        network = subject.model.network_
        values = [curves_on_ranges(subject, i, _POINTS) for i in range(len(network.all_layers))]
        return cls(
            network=network,
            edges=edges,
            curves=[values[edge.layer][:, edge.input, edge.output] for edge in edges],
            formulas=[formula_of(subject, edge) for edge in edges],
            input_names=subject.input_names,
            output_names=subject.output_names,
        ).plot(ax, max_edges=max_edges)

    def plot(self, ax: Axes | None = None, *, max_edges: int = 60) -> KANDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.
        max_edges : int, default=60
            The strongest so many edges get a box with their curve, fewer where they would be
            too small to see; the others a faint line.

        Returns
        -------
        display : KANDisplay
            The display itself.
        """
        if (
            isinstance(max_edges, bool)
            or not isinstance(max_edges, int | np.integer)
            or max_edges < 0
        ):
            raise ValueError(f"max_edges must be an int of at least 0; got {max_edges!r}.")
        pyplot = require_matplotlib(type(self).__name__)
        for_names = 0.3 if ax is not None else 0.45  # of the height; a new figure has room
        if ax is None:
            ax = pyplot.figure(figsize=self._figsize(max_edges)).add_axes((0.0, 0.0, 1.0, 1.0))
        self.ax_ = ax = one_axes(ax, type(self).__name__)
        self.figure_ = ax.figure
        self.text_: list[Any] = []
        width, height = size_in_points(ax)
        ax.set(xlim=(0.0, width), ylim=(0.0, height))
        ax.set_axis_off()
        shown = shown_inputs(self.network, self.edges[:max_edges])
        names = [self.input_names[i] for i in shown]
        label = InputLabels(names, width - 2 * _MARGIN, for_names * height)
        frame = Frame(_MARGIN, width - _MARGIN, label.height + 14.0, height - (_AROUND - 14.0))
        self.drawn_ = readable(self.network, self.edges[:max_edges], frame, _SMALLEST_BOX)
        layout = lay_out(self.network, self.drawn_, frame, shown)
        draw_faint(ax, self.edges[len(self.drawn_) :], layout)
        draw_paths(ax, self.drawn_, layout)
        draw_boxes(ax, self.drawn_, self.curves, layout)
        draw_nodes(ax, self.network, self.edges, layout)
        self._write_inputs(layout, label, shown)
        self._write_outputs(layout, frame)
        self._write_formulas(layout)
        return self

    def _figsize(self, max_edges: int) -> tuple[float, float]:
        """Return a size in inches at which curves and names are large enough to read."""
        edges = self.edges[:max_edges]
        names = [self.input_names[i] for i in shown_inputs(self.network, edges)]
        width, height = natural_size(self.network, edges, _WIDEST)
        level = 9.9 * len(names) * name_width(names)
        if level <= 0.9 * _WIDEST:
            width = max(width, level)
        width = float(np.clip(max(width, 15.0 * len(names)), _NARROWEST, _WIDEST))
        label = InputLabels(names, width - 2 * _MARGIN, height)
        return width / 72.0, (height + label.height + _AROUND) / 72.0

    def _write_inputs(self, layout: Layout, label: InputLabels, shown: list[int]) -> None:
        used = {e.input for e in self.edges if e.layer in (0, len(layout.ports))}
        for name, i in zip(label.names, shown, strict=True):
            x, y = layout.nodes[0][i]
            color = INK if i in used else "#9a9a9a"
            turn = 90.0 if label.upright else 0.0
            style = {"size": label.size, "color": color, "rotation": turn}
            self._write(x, y - 6.0, name, ha="center", va="top", **style)
        if len(shown) < len(self.input_names):
            note = f"{len(shown)} of {len(self.input_names)} inputs"
            self._write(_MARGIN, self.ax_.get_ylim()[1] - 4.0, note, size=8, color=GREY, va="top")

    def _write_outputs(self, layout: Layout, frame: Frame) -> None:
        nodes = layout.nodes[-1]
        room = (frame.right - frame.left) / len(nodes)
        size = font_size(self.output_names, room)
        most = max(int(room / (0.6 * size)), 3)
        for name, (x, y) in zip(self.output_names, nodes, strict=True):
            text = shortened(name, most)
            self._write(x, y + 6.0, text, size=size, color=INK, ha="center", va="bottom")

    def _write_formulas(self, layout: Layout) -> None:
        room = layout.side - 4.0
        for formula, (x, y) in zip(self.formulas, layout.boxes, strict=False):
            if formula is None:
                continue
            text = curve_text(formula.plus(-formula.constant), "x")
            if text_width(text, _SMALLEST_FORMULA) > room:
                text = shortened(function_names(formula), max(int(room / 3.3), 3))
            size = float(np.clip(room / text_width(text, 1.0), _SMALLEST_FORMULA, 8.0))
            top = y + 0.5 * layout.side - 2.0
            self._write(x, top, text, size=size, color=ORANGE, ha="center", va="top")

    def _write(self, x: float, y: float, text: str, **style: Any) -> Any:
        # Names are no formulas: dollar signs in them are dollar signs.
        written = self.ax_.text(x, y, text, parse_math=False, zorder=7, **style)
        self.text_.append(written)
        return written
