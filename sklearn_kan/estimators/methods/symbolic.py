"""Formulas of a fitted estimator: the mixin with the public methods."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import TYPE_CHECKING, Any

import numpy as np

from ..._table import Table
from ..encoding.checks import Checks
from ..encoding.table_order import in_one_order
from ..encoding.target import NumericTarget
from ..fitting.attributes import at_once, of_one_fit
from ..fitting.edits import has_rows
from ..fitting.fitted import Fitted
from ..formulas.formula import FormulaFunction, assembled, column_symbols, rounded
from ..formulas.searched import FormulaSearch
from .edge_edits import EdgeEditsMixin

_COLUMNS = ("expression", "complexity", "r2", "r2_held_out", "chosen")


class SymbolicMixin(EdgeEditsMixin):
    """What a network computes as formulas, and networks that are formulas."""

    if TYPE_CHECKING:
        random_state: Any
        _fit: Fitted

        def predict(self, X: Any) -> Any: ...  # noqa: D102
        def decision_function(self, X: Any) -> Any: ...  # noqa: D102
        def _scaled(self, X: Any) -> np.ndarray: ...
        def _validated(self, *names: str) -> None: ...
        def _checks(self, fitted: Fitted | None) -> Checks: ...

    @property
    @of_one_fit
    def symbolic_formula_(self) -> Any:
        """The formula of the predictions, a SymPy expression; a list for several outputs.

        In the columns' names and units, and those of y; for a classifier the decision
        function(s). It is what `predict` computes, wherever it is defined and inside the range
        that `extrapolation` lets through. Splines stand in it as functions ``phi_0_1(x)`` named
        after layer, input and output; `symbolic_functions_` evaluates them.
        """
        expressions = list(assembled(self._fit).expressions)
        return expressions if self._has_several() else expressions[0]

    @property
    @of_one_fit
    def symbolic_functions_(self) -> dict[str, Callable[[Any], np.ndarray]]:
        """What evaluates the functions in `symbolic_formula_` that SymPy does not know, by name."""
        return dict(assembled(self._fit).functions)

    @property
    @of_one_fit
    def symbolic_report_(self) -> Table | None:
        """What became of each edge in the last `symbolify`, and why; None before."""
        known = self._fit.symbolic
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
        tables = [self._front(output) for output in range(self._fit.network.n_outputs)]
        return tables if self._has_several() else tables[0]

    @at_once
    def symbolify(self, X: Any = None, y: Any = None, sample_weight: Any = None) -> Fitted:
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
            search = FormulaSearch(self._library(), self.random_state)
            return self._with_formulas(self._fit, X, y, sample_weight, search)
        from ..formulas.symbolify import without_rows

        return without_rows(self._fit, self._library())

    def _with_formulas(
        self, fitted: Fitted, X: Any, y: Any, sample_weight: Any, search: FormulaSearch
    ) -> Fitted:
        """Do what `symbolify` does with rows, by a search that may have been made already."""
        from ..formulas.symbolify import with_rows

        data = self._checks(fitted).data(X, y, sample_weight)[0]
        return with_rows(fitted, in_one_order(data).users, search)

    @at_once
    def choose_formula(self, i: int, output: int = 0) -> Fitted:
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
        known = self._fit.symbolic
        if known is None or not known.fronts:
            raise ValueError("There are no formulas to choose from: call symbolify(X, y) first.")
        if not isinstance(output, Integral) or not 0 <= output < len(known.fronts):
            raise ValueError(f"output must be 0 to {len(known.fronts) - 1}; got {output!r}.")
        if not isinstance(i, Integral):
            raise ValueError(f"i must be a whole number; got {i!r}.")
        from ..formulas.fronts import Choice
        from ..formulas.symbolify import with_choice

        return with_choice(self._fit, known, Choice(int(i), int(output)))

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
        if not isinstance(output, Integral) or not 0 <= output < self._fit.network.n_outputs:
            last = self._fit.network.n_outputs - 1
            raise ValueError(f"output must be 0 to {last}; got {output!r}.")
        if i is None:
            expression = assembled(self._fit).expressions[output]
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
        from ...symbolic.text.latex import latex_of

        formula = self.formula(i, None, output)
        if ndigits is None:
            ndigits = self._enough_digits(formula, i, output)
        return latex_of(self.formula(i, ndigits, output), column_symbols(self._fit))

    def _enough_digits(self, formula: Any, i: int | None, output: int) -> int:
        from ..formulas.digits import enough_digits

        front = self._front(output)
        row = next(k for k, row in enumerate(front) if row["chosen"]) if i is None else i
        return enough_digits(self._fit, formula, front[row]["r2"])

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
        from ...symbolic.text.names import is_function_name
        from ...symbolic.text.source import python_source

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
        found = assembled(self._fit)
        symbols = column_symbols(self._fit)
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
        scaling = self._fit.encoding.x_scaling
        rows = scaling.restore(self._scaled(X))
        return self._decide_symbolic(X, self.to_callable()(rows))

    def _decide_symbolic(self, X: Any, values: np.ndarray) -> np.ndarray:
        """Return predictions from the values of formulas."""
        classes = self._fit.encoding.target.classes
        if classes is None:
            return np.where(np.isfinite(values), values, self.predict(X))
        network = self.decision_function(X)
        decision = np.where(np.isfinite(values), values, network)
        if decision.ndim == 1:
            return classes[(decision > 0).astype(int)]
        return classes[decision.argmax(axis=1)]

    def _front(self, output: int) -> Table:
        from ...inspection.subject import subject_of
        from ..formulas.fronts import formula_rows

        records, rule = formula_rows(self._fit, output)
        subject = subject_of(self)
        kind = "log-odds of " if subject.effect_kind == "log-odds" else ""
        return Table(records, _COLUMNS, rule, f"formulas of {kind}{subject.full_name(output)}")

    def _has_several(self) -> bool:
        """Tell whether predictions have a second axis."""
        target = self._fit.encoding.target
        if isinstance(target, NumericTarget):
            return not target.is_column
        return target.n_outputs > 1
