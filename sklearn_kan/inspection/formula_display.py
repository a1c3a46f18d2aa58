"""The front of formulas: accuracy against complexity."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import BLUE, GREY, ORANGE, one_axes
from .subject import shortened, subject_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Less of the variance than this is rounding.
_LEAST = 1e-16
_LONGEST_TITLE = 60


class FormulaDisplay:
    """How much of the variance formulas leave unexplained, against how complex they are.

    Every row of `formulas_` is a point under its number; the one that is chosen is orange and
    stands above. Filled points are of the training rows, open ones of held-out rows.

    Create it with `from_estimator`.

    Parameters
    ----------
    formulas : sequence of dict
        Records with ``expression``, ``complexity``, ``r2``, ``r2_held_out`` (or None) and
        ``chosen``, simplest first.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Where it is drawn.
    figure_ : matplotlib Figure
        The figure of `ax_`.
    text_ : list of matplotlib Text
        The numbers of the rows.

    Examples
    --------
    >>> from sklearn_kan import FormulaDisplay
    >>> display = FormulaDisplay(
    ...     formulas=[
    ...         dict(expression="x0", complexity=1, r2=0.8, r2_held_out=0.79, chosen=False),
    ...         dict(expression="sin(x0)", complexity=2, r2=1.0, r2_held_out=1.0, chosen=True),
    ...     ]
    ... ).plot()
    >>> display.ax_.get_title()
    'sin(x0)'
    """

    def __init__(self, *, formulas: Sequence[dict[str, Any]]) -> None:
        self.formulas = formulas

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, output: int = 0, ax: Axes | None = None
    ) -> FormulaDisplay:
        """Draw the formulas of a fitted estimator.

        Parameters
        ----------
        estimator : KANRegressor, KANClassifier, or a pipeline or search that ends in one
            Fitted, and symbolified: else there is one formula only.
        output : int, default=0
            Of which output, where there are several.
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        display : FormulaDisplay
            With the attributes listed above.

        Raises
        ------
        TypeError
            If there is no KAN in `estimator`.
        ValueError
            If there is no such output.
        """
        model = subject_of(estimator, user=cls.__name__).model
        fronts = model.formulas_
        if model.network_.n_outputs == 1:
            fronts = [fronts]
        if not isinstance(output, Integral) or not 0 <= output < len(fronts):
            raise ValueError(f"output must be 0 to {len(fronts) - 1}; got {output!r}.")
        return cls(formulas=list(fronts[int(output)])).plot(ax)

    def plot(self, ax: Axes | None = None) -> FormulaDisplay:
        """Draw.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; None for a new figure.

        Returns
        -------
        display : FormulaDisplay
            The display itself.
        """
        self.ax_ = one_axes(ax, type(self).__name__, (5.5, 3.6))
        self.figure_ = self.ax_.figure
        complexity = np.array([record["complexity"] for record in self.formulas], float)
        left = _unexplained([record["r2"] for record in self.formulas])
        held_out = _unexplained([record["r2_held_out"] for record in self.formulas])
        self.ax_.step(complexity, left, where="post", color=BLUE, linewidth=1.0, alpha=0.5)
        colors = [ORANGE if record["chosen"] else BLUE for record in self.formulas]
        if np.isfinite(held_out).any():
            self.ax_.scatter(
                complexity, held_out, s=46, facecolors="none", edgecolors=colors, label="held out"
            )
            self.ax_.scatter(complexity, left, s=16, c=colors, label="training rows", zorder=3)
            self.ax_.legend(frameon=False)
        else:
            self.ax_.scatter(complexity, left, s=24, c=colors, zorder=3)
        self.text_ = [
            self.ax_.annotate(
                str(number),
                (x, y),
                xytext=(0, -7),
                textcoords="offset points",
                ha="center",
                va="top",
                fontsize="small",
                color=GREY,
            )
            for number, (x, y) in enumerate(zip(complexity, left, strict=True))
            if np.isfinite(y)
        ]
        if np.isfinite(left).any():
            self.ax_.set_yscale("log")
        self.ax_.margins(y=0.12)
        self.ax_.locator_params(axis="x", integer=True)
        self.ax_.set(xlabel="complexity (nodes of the expression)", ylabel="1 - R²")
        for record in self.formulas:
            if record["chosen"]:
                title = shortened(str(record["expression"]), _LONGEST_TITLE)
                self.ax_.set_title(title, fontsize="medium", color=ORANGE, parse_math=False)
        self.ax_.spines[["top", "right"]].set_visible(False)
        return self


def _unexplained(r2: list[float | None]) -> np.ndarray:
    """Return 1 - R2, NaN where it is not known."""
    values = np.array([np.nan if value is None else float(value) for value in r2])
    return np.maximum(1.0 - values, _LEAST)
