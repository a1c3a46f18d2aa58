"""The network drawn whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..network import Curve, Network
from .axes import GREY, INK, ORANGE, one_axes, require_matplotlib, ruler, size_in_points
from .edge_curves import formula_of
from .edges import Edge, curves_on_ranges, edges_of
from .fitting import Measure, fitted
from .formula_text import curve_text, function_names
from .labels import Labels, level_width
from .layout import Layout, lay_out, natural_size, readable, shown_inputs
from .network_artists import draw_boxes, draw_faint, draw_nodes, draw_paths
from .rows import Frame
from .subject import subject_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 41  # of the curve in a box
_MARGIN = 6.0
# A curve in a smaller box tells nothing, in points.
_SMALLEST_BOX = 13.0
_SMALLEST_FORMULA = 5.5  # its font size
# Of a new figure, in points: the least and the largest width.
_NARROWEST, _WIDEST = 320.0, 900.0
# From a node to its name, the heading above the outputs' names, and the room above and below all.
_GAP, _HEADING, _AROUND = 6.0, 13.0, 8.0
# Names of outputs are no higher, nor a larger share of the height.
_MOST_OUTPUTS, _OUTPUT_SHARE = 60.0, 0.2


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
    heading : str
        Stands above the names of the outputs.

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
        heading: str = "",
    ) -> None:
        self.network = network
        self.edges = edges
        self.curves = curves
        self.formulas = formulas
        self.input_names = input_names
        self.output_names = output_names
        self.heading = heading

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
        network = subject.fitted.network
        values = [curves_on_ranges(subject, i, _POINTS) for i in range(len(network.all_layers))]
        outputs, heading = subject.output_names, subject.heading
        if len(outputs) == 1:
            outputs, heading = (subject.full_name(0),), ""
        return cls(
            network=network,
            edges=edges,
            curves=[values[edge.layer][:, edge.input, edge.output] for edge in edges],
            formulas=[formula_of(subject, edge) for edge in edges],
            input_names=subject.input_names,
            output_names=outputs,
            heading=heading,
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
        measure = ruler()
        width, height = size_in_points(ax)
        ax.set(xlim=(0.0, width), ylim=(0.0, height))
        ax.set_axis_off()
        shown = shown_inputs(self.network, self.edges[:max_edges])
        names = [self.input_names[i] for i in shown]
        label = Labels(names, width - 2 * _MARGIN, for_names * height, measure)
        outputs = self._output_labels(width, height, measure)
        frame = Frame(
            _MARGIN,
            width - _MARGIN,
            label.height + _GAP + _AROUND,
            height - self._above(outputs),
        )
        self.drawn_ = readable(self.network, self.edges[:max_edges], frame, _SMALLEST_BOX)
        layout = lay_out(self.network, self.drawn_, frame, shown)
        draw_faint(ax, self.edges[len(self.drawn_) :], layout)
        draw_paths(ax, self.drawn_, layout)
        draw_boxes(ax, self.drawn_, self.curves, layout)
        draw_nodes(ax, self.network, self.edges, layout)
        self._write_inputs(layout, label, shown)
        self._write_outputs(layout, outputs, measure)
        self._write_formulas(layout, measure)
        return self

    def _figsize(self, max_edges: int) -> tuple[float, float]:
        """Return a size in inches at which curves and names are large enough to read."""
        edges = self.edges[:max_edges]
        names = [self.input_names[i] for i in shown_inputs(self.network, edges)]
        width, height = natural_size(self.network, edges, _WIDEST)
        measure = ruler()
        level = max(level_width(some, measure) for some in (names, self.output_names))
        if level <= 0.9 * _WIDEST:
            width = max(width, level + 2 * _MARGIN)
        width = float(np.clip(max(width, 15.0 * len(names)), _NARROWEST, _WIDEST))
        label = Labels(names, width - 2 * _MARGIN, height, measure)
        above = self._above(self._output_labels(width, _MOST_OUTPUTS / _OUTPUT_SHARE, measure))
        return width / 72.0, (height + label.height + _GAP + _AROUND + above) / 72.0

    def _output_labels(self, width: float, height: float, measure: Measure) -> Labels:
        room = min(_MOST_OUTPUTS, _OUTPUT_SHARE * height)
        names = self.output_names
        return Labels(names, width - 2 * _MARGIN, room, measure, may_be_upright=False)

    def _above(self, outputs: Labels) -> float:
        """Return the room that the top row of nodes has above it."""
        return outputs.height + _GAP + _AROUND + (_HEADING if self.heading else 0.0)

    def _write_inputs(self, layout: Layout, label: Labels, shown: list[int]) -> None:
        used = {e.input for e in self.edges if e.layer in (0, len(layout.ports))}
        for name, i in zip(label.names, shown, strict=True):
            x, y = layout.nodes[0][i]
            color = INK if i in used else "#9a9a9a"
            style: dict[str, Any] = {"size": label.size, "color": color, "linespacing": 1.1}
            if label.upright:
                style |= {"rotation": 90.0, "multialignment": "right"}
            self._write(x, y - _GAP, name, ha="center", va="top", **style)
        if len(shown) < len(self.input_names):
            note = f"{len(shown)} of {len(self.input_names)} inputs"
            self._write(_MARGIN, self.ax_.get_ylim()[1] - 4.0, note, size=8, color=GREY, va="top")

    def _write_outputs(self, layout: Layout, label: Labels, measure: Measure) -> None:
        nodes = layout.nodes[-1]
        style: dict[str, Any] = {"ha": "center", "va": "bottom", "linespacing": 1.1}
        if self.heading:
            x, y = nodes.mean(axis=0)
            above = y + _GAP + label.height
            width = self.ax_.get_xlim()[1] - 2 * _MARGIN
            (heading,) = fitted([self.heading], width / label.size, 1, measure)
            self._write(x, above, heading, size=label.size, color=GREY, **style)
        for name, (x, y) in zip(label.names, nodes, strict=True):
            self._write(x, y + _GAP, name, size=label.size, color=INK, **style)

    def _write_formulas(self, layout: Layout, measure: Measure) -> None:
        room = layout.side - 4.0
        for formula, (x, y) in zip(self.formulas, layout.boxes, strict=False):
            if formula is None:
                continue
            text = curve_text(formula.plus(-formula.constant), "x")
            if _SMALLEST_FORMULA * measure(text) > room:
                (text,) = fitted([function_names(formula)], room / _SMALLEST_FORMULA, 1, measure)
            size = float(np.clip(room / max(measure(text), 1e-9), _SMALLEST_FORMULA, 8.0))
            top = y + 0.5 * layout.side - 2.0
            self._write(x, top, text, size=size, color=ORANGE, ha="center", va="top")

    def _write(self, x: float, y: float, text: str, **style: Any) -> Any:
        # Names are no formulas: dollar signs in them are dollar signs.
        written = self.ax_.text(x, y, text, parse_math=False, zorder=7, **style)
        self.text_.append(written)
        return written
