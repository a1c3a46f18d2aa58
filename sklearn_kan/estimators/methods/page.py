"""The interactive page of a fitted model."""

from __future__ import annotations

from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.utils import check_consistent_length

from ..encoding.target import TargetCode
from ..fitting.attributes import of_one_fit

if TYPE_CHECKING:
    from ...inspection.page import Page

# Rows that a page holds at most, for its size and speed.
_MOST_ROWS = 500


class PageMixin:
    """`to_html`."""

    @of_one_fit
    def to_html(
        self,
        path: str | PathLike[str] | None = None,
        X: Any = None,
        y: Any = None,
        *,
        max_edges: int = 60,
        max_suggestions: int = 12,
        feature_names: Any = None,
        output_names: Any = None,
    ) -> Page | None:
        """Make a page on which the network can be looked at, edited and tried out.

        One HTML file without anything from the network: hover over an edge to see its
        function in the units of the data, choose a formula for it or switch it off, move the
        inputs, copy the Python lines that make the same edits. A notebook shows the returned
        text as the page itself. It takes 50 kB, and up to 1 kB an edge.

        Parameters
        ----------
        path : str or path-like, default=None
            The file to write; None to return the text.
        X : {array-like, sparse} of shape (n_samples, n_features), default=None
            Rows on which the page measures what edits do. A random 500 of them at most are
            written into the page. Without them it holds no row of any data: edits are then
            measured on rows drawn column by column from the quantiles of the training rows,
            against the predictions of the model as it is.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            Targets of X.
        max_edges : int, default=60
            The strongest so many edges have a curve in the picture; all are in the list.
        max_suggestions : int, default=12
            For the strongest so many edges formulas are suggested, about half a second
            each when the page is made.
        feature_names, output_names : array-like of str, default=None
            What to call inputs and outputs; None for the names that the model knows.

        Returns
        -------
        page : Page or None
            The text, a `str`; None if it was written to `path`.

        Raises
        ------
        ValueError
            If an argument is not usable.
        """
        from ...inspection.page import page_of
        from ...inspection.subject import subject_of

        self._validated("extrapolation")  # type: ignore[attr-defined]
        subject = subject_of(self, feature_names, output_names, "to_html")
        for name, value in (("max_edges", max_edges), ("max_suggestions", max_suggestions)):
            if not isinstance(value, int | np.integer) or isinstance(value, bool) or value < 0:
                raise ValueError(f"{name} must be an int of at least 0; got {value!r}.")
        X, y = self._reference_rows(X, y)
        page = page_of(subject, X, y, int(max_edges), int(max_suggestions))
        if path is None:
            return page
        Path(path).write_text(page, encoding="utf-8")
        return None

    def _reference_rows(self, X: Any, y: Any) -> tuple[Any, Any]:
        """Return the rows that the page is to hold, checked, or None each."""
        if X is None:
            if y is not None:
                raise ValueError("y is for rows X, but X is None.")
            return None, None
        X = self._checked_X(X)  # type: ignore[attr-defined]
        if y is not None:
            y = self._checks(self._fit).y(y)  # type: ignore[attr-defined]
            check_consistent_length(X, y)
            _check_target(y, self._fit.encoding.target)  # type: ignore[attr-defined]
        if len(X) > _MOST_ROWS:
            chosen = np.random.default_rng(0).choice(len(X), _MOST_ROWS, replace=False)
            X, y = X[chosen], None if y is None else y[chosen]
        return X, y


def _check_target(y: np.ndarray, target: TargetCode) -> None:
    classes = target.classes
    if classes is not None and not np.isin(y, classes).all():
        raise ValueError(f"y has labels that are not in classes {classes!r}.")
    if classes is None and y.reshape(len(y), -1).shape[1] != target.n_outputs:
        raise ValueError(f"y must have {target.n_outputs} outputs; got shape {y.shape}.")
