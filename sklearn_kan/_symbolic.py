"""Formulas of a fitted estimator: the mixin with the public methods."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from ._edge_edits import EdgeEditsMixin
from ._edits import checked_table, has_rows
from ._fitted import at_once, of_one_fit, take
from ._formula import (
    FormulaFunction,
    Symbolic,
    assembled,
    column_symbols,
    rounded,
)
from ._formula_search import FormulaSearch
from ._table import Table
from ._target import NumericTarget

_COLUMNS = ("expression", "complexity", "r2", "r2_held_out", "chosen")


class SymbolicMixin(EdgeEditsMixin):
    """What a network computes as formulas, and networks that are formulas."""

    if TYPE_CHECKING:
        classes_: np.ndarray
        _symbolic_: Symbolic | None

        def predict(self, X: Any) -> Any: ...
        def decision_function(self, X: Any) -> Any: ...
        def _scaled(self, X: Any) -> np.ndarray: ...
        def _validated(self, *names: str) -> None: ...

    @property
    @of_one_fit
    def symbolic_formula_(self) -> Any:
        """The formula of the predictions, a SymPy expression; a list for several outputs.

        In the columns' names and units, and those of y; for a classifier the decision
        function(s). It is what `predict` computes, wherever it is defined and inside the range
        that `extrapolation` lets through. Splines stand in it as functions ``phi_0_1(x)`` named
        after layer, input and output; `symbolic_functions_` evaluates them.
        """
        expressions = list(assembled(self).expressions)
        return expressions if self._has_several() else expressions[0]

    @property
    @of_one_fit
    def symbolic_functions_(self) -> dict[str, Callable[[Any], np.ndarray]]:
        """What evaluates the functions in `symbolic_formula_` that SymPy does not know, by name."""
        return dict(assembled(self).functions)

    @property
    @of_one_fit
    def symbolic_report_(self) -> Table | None:
        """What became of each edge in the last `symbolify`, and why; None before."""
        known = self._symbolic_
        return None if known is None else known.report

    @property
    @of_one_fit
    def formulas_(self) -> Any:
        """The front of accuracy against complexity of `symbolify`, simplest first.

        A table of ``expression``, ``complexity`` (nodes of the expression tree), ``r2`` and
        ``r2_held_out`` (on rows of a split of its own; where they are fewer than 50, and of the
        network, with each row left out, to first order), and which one is ``chosen``; its
        ``rule`` says by what. The network, edge by edge, is a row of it. A list of tables for
        several outputs. R2 is the share of the loss of a constant that is saved: with squared
        error, of the variance. Without a search the formula at hand.
        """
        tables = [self._front(output) for output in range(self.network_.n_outputs)]
        return tables if self._has_several() else tables[0]

    @at_once
    def symbolify(self, X: Any = None, y: Any = None, sample_weight: Any = None) -> Any:
        """Make the network a formula, in place.

        With rows, whole formulas are searched for in the user's units, judged by the loss of the
        estimator, and the one that ``formulas_.rule`` says is compiled into a network. The
        rule may prefer the network edge by edge: edges become functions one by one as long as
        the loss does not mind, all numbers fitted jointly. Without rows each edge is judged by
        its own curve. Edges that are no function of the
        library stay splines, and `symbolic_report_` says which and why.

        Parameters
        ----------
        X, y, sample_weight : array-like, default=None
            Rows as for `fit`, those of the fit say; all or none of X and y.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If only one of X and y is given, or they are not usable.
        """
        self._validated("random_state")
        if has_rows(X, y, sample_weight):
            return self._symbolify(X, y, sample_weight, FormulaSearch(self._library()))
        from ._symbolify import without_rows

        return take(self, without_rows(self, self._library()))

    def _symbolify(self, X: Any, y: Any, sample_weight: Any, search: FormulaSearch) -> Any:
        """Do what `symbolify` does with rows, by a search that may have been made already."""
        from ._symbolify import with_rows

        data = checked_table(self, X, y, sample_weight).users
        rows = self._encoding_.rows(data)
        return take(self, with_rows(self, data, rows, search))

    @at_once
    def choose_formula(self, i: int, output: int = 0) -> Any:
        """Take another row of `formulas_`: the network becomes one that computes it.

        Parameters
        ----------
        i : int
            The row.
        output : int, default=0
            The output, where there are several.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If there is no such row, or `symbolify` has not searched for formulas.
        """
        known = self._symbolic_
        if known is None or not known.fronts:
            raise ValueError("There are no formulas to choose from: call symbolify(X, y) first.")
        if not isinstance(output, Integral) or not 0 <= output < len(known.fronts):
            raise ValueError(f"output must be 0 to {len(known.fronts) - 1}; got {output!r}.")
        if not isinstance(i, Integral):
            raise ValueError(f"i must be a whole number; got {i!r}.")
        from ._fronts import Choice
        from ._symbolify import with_choice

        choice = Choice(int(i), int(output))
        return take(self, with_choice(self, choice))

    @of_one_fit
    def formula(self, i: int | None = None, ndigits: int | None = None, output: int = 0) -> Any:
        """Return a formula to read.

        Parameters
        ----------
        i : int or None, default=None
            A row of `formulas_`; None for `symbolic_formula_`.
        ndigits : int or None, default=None
            Significant digits of its numbers; None for all.
        output : int, default=0
            The output, where there are several.

        Returns
        -------
        sympy.Expr
        """
        if not isinstance(output, Integral) or not 0 <= output < self.network_.n_outputs:
            last = self.network_.n_outputs - 1
            raise ValueError(f"output must be 0 to {last}; got {output!r}.")
        if i is None:
            expression = assembled(self).expressions[output]
        else:
            front = self._front(int(output))
            if not isinstance(i, Integral) or not 0 <= i < len(front):
                raise ValueError(f"i must be 0 to {len(front) - 1}, a row; got {i!r}.")
            expression = front[int(i)]["expression"]
        if ndigits is None:
            return expression
        if not isinstance(ndigits, Integral) or not 1 <= ndigits <= 17:
            raise ValueError(f"ndigits must be a whole number from 1 to 17; got {ndigits!r}.")
        return rounded(expression, int(ndigits))

    @of_one_fit
    def to_latex(self, i: int | None = None, ndigits: int | None = None, output: int = 0) -> str:
        """Return a formula in LaTeX; see `formula` for the parameters.

        Names of more than a letter or a Greek one stand as text, and whatever is in them is no
        command. With ``ndigits=None`` numbers have as many digits as the formula needs to be as
        accurate as `formulas_` says, four at least.
        """
        from .symbolic.latex import latex_of

        formula = self.formula(i, None, output)
        if ndigits is None:
            ndigits = self._enough_digits(formula, i, output)
        return latex_of(self.formula(i, ndigits, output), column_symbols(self))

    def _enough_digits(self, formula: Any, i: int | None, output: int) -> int:
        from ._digits import enough_digits

        front = self._front(output)
        row = next(k for k, row in enumerate(front) if row["chosen"]) if i is None else i
        return enough_digits(self, formula, front[row]["r2"])

    @of_one_fit
    def to_python(self, module: str = "numpy", name: str = "predict") -> str:
        """Return the source of a Python function of the columns that computes the formula.

        Parameters
        ----------
        module : {"numpy", "math"}, default="numpy"
            What the source imports; with NumPy its arguments may be arrays, and it returns as
            many values as the first has. Functions that neither knows are taken from
            ``scipy.special``.
        name : str, default="predict"
            The name of the function. Its arguments are the names of the columns as far as
            these are identifiers, and mean nothing else in Python.

        Raises
        ------
        ValueError
            If there are functions in the formula that cannot be written in Python, such as
            spline edges and those of your own, or an argument is none of these.
        """
        from .symbolic.names import is_function_name
        from .symbolic.source import python_source

        if module not in ("numpy", "math"):
            raise ValueError(f"module must be 'numpy' or 'math'; got {module!r}.")
        if not isinstance(name, str) or not is_function_name(name):
            raise ValueError(
                "name must be an identifier that is no keyword, builtin or module of Python; "
                f"got {name!r}."
            )
        function = self.to_callable()
        if function.functions:
            raise ValueError(
                f"The formula has functions that are no expressions: "
                f"{', '.join(function.functions)}. Make them into some with symbolify or "
                "fix_symbolic, or use to_callable."
            )
        return python_source(
            function.expressions, function.symbols, module, name, is_column=function.is_column
        )

    @of_one_fit
    def to_callable(self) -> FormulaFunction:
        """Return the formula as a function of rows X (n_samples, n_features); it pickles."""
        found = assembled(self)
        symbols = column_symbols(self)
        several = self._has_several()
        return FormulaFunction(found.expressions, symbols, found.functions, not several)

    @of_one_fit
    def predict_symbolic(self, X: Any) -> np.ndarray:
        """Predict by the formula: what `predict` gives, worked out by `symbolic_formula_`.

        Parameters
        ----------
        X : {array-like, sparse} of shape (n_samples, n_features)

        Returns
        -------
        y : ndarray
            Of the shape that `predict` returns; where the formula is not defined, the
            network's value.
        """
        scaling = self._encoding_.x_scaling
        rows = scaling.restore(self._scaled(X))
        return self._decide_symbolic(X, self.to_callable()(rows))

    def _decide_symbolic(self, X: Any, values: np.ndarray) -> np.ndarray:
        """Return predictions from the values of formulas."""
        if isinstance(self._encoding_.target, NumericTarget):
            return np.where(np.isfinite(values), values, self.predict(X))
        network = self.decision_function(X)
        decision = np.where(np.isfinite(values), values, network)
        classes = self.classes_
        if decision.ndim == 1:
            return classes[(decision > 0).astype(int)]
        return classes[decision.argmax(axis=1)]

    def _front(self, output: int) -> Table:
        from ._fronts import formula_rows
        from .inspection.subject import subject_of

        records, rule = formula_rows(self, output)
        subject = subject_of(self)
        kind = "log-odds of " if subject.effect_kind == "log-odds" else ""
        return Table(records, _COLUMNS, rule, f"formulas of {kind}{subject.full_name(output)}")

    def _has_several(self) -> bool:
        """Tell whether predictions have a second axis."""
        target = self._encoding_.target
        if isinstance(target, NumericTarget):
            return not target.is_column
        return self.network_.n_outputs > 1
