"""The front of formulas: accuracy against complexity."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from .axes import BLUE, GREY, ORANGE, one_axes
from .panels import panels_of
from .subject import subject_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Less of the variance than this is rounding.
_LEAST = 1e-16
_SIZE = (5.5, 3.6)  # of a new figure, in inches


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
    output_name : str, default="y"
        What they are formulas of.

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

    def __init__(self, *, formulas: Sequence[dict[str, Any]], output_name: str = "y") -> None:
        self.formulas = formulas
        self.output_name = output_name

    @classmethod
    def from_estimator(
        cls, estimator: Any, *, output: int = 0, ax: Axes | None = None
    ) -> FormulaDisplay:
        """Draw the formulas of a fitted estimator.

        Parameters
        ----------
        estimator : KANRegressor, KANClassifier, or a pipeline or search that ends in one
            Fitted, and symbolified with rows.
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
            If there is no such output, or no formulas were searched for.
        """
        subject = subject_of(estimator, user=cls.__name__)
        model, n_outputs = subject.model, subject.fitted.network.n_outputs
        symbolic = subject.fitted.symbolic
        if not isinstance(output, Integral) or not 0 <= output < n_outputs:
            raise ValueError(f"output must be 0 to {n_outputs - 1}; got {output!r}.")
        if symbolic is None or not symbolic.fronts:
            raise ValueError(
                f"{cls.__name__} compares the formulas of a search, and this "
                f"{type(model).__name__} has none: call symbolify(X, y) first, or fit with "
                "symbolic=True."
            )
        fronts = model.formulas_ if isinstance(model.formulas_, list) else [model.formulas_]
        name = subject.full_name(int(output))
        return cls(formulas=list(fronts[int(output)]), output_name=name).plot(ax)

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
        self.ax_ = one_axes(ax, type(self).__name__, _SIZE)
        (panel,) = panels_of(self.ax_, 1, 1, _SIZE)[1]
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
        panel.set_letters(self.ax_)
        panel.label(
            self.ax_, ["complexity (nodes of the expression)"], [f"1 - R² of {self.output_name}"]
        )
        self.ax_.locator_params(axis="x", integer=True)
        for record in self.formulas:
            if record["chosen"]:
                panel.title(self.ax_, str(record["expression"]), ORANGE)
        self.ax_.spines[["top", "right"]].set_visible(False)
        return self


def _unexplained(r2: list[float | None]) -> np.ndarray:
    """Return 1 - R2, NaN where it is not known."""
    values = np.array([np.nan if value is None else float(value) for value in r2])
    return np.maximum(1.0 - values, _LEAST)
