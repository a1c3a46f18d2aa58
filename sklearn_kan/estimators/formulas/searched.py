"""The search for whole formulas on the rows of a fit, made once and when it is first needed."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..encoding.data import Data
from ..encoding.table_order import in_one_order
from ..fitting.fitted import take
from ..fitting.hyperparameters import architecture_of, refinement_schedule, seed_sequence
from .formula import column_symbols, has_link

if TYPE_CHECKING:
    from ..encoding.encoding import Encoding

# This share of the target's variance is rounding.
ROUNDING = 1e-20


class FormulaSearch:
    """Fronts of formulas, and whether one of them leaves nothing to be fitted.

    Parameters
    ----------
    library : sequence of Primitive
    """

    def __init__(self, library: Sequence[Any]) -> None:
        self.library = library
        self._fronts: list[list[Any]] | None = None

    def fronts(self, estimator: Any, data: Data) -> list[list[Any]]:
        """Return the front of formulas of each output: of the target, or of the raw prediction.

        Behind a link it is the fitted network's raw prediction that is searched for: the target
        itself is a class, or a count.
        """
        if self._fronts is None:
            self._fronts = self._search(estimator, data)
        return self._fronts

    def solves(self, estimator: Any, encoding: Encoding, data: Data) -> bool:
        """Tell whether formulas compute the target up to rounding, before there is a network.

        Parameters
        ----------
        estimator : BaseKAN
            Under way to be fitted.
        encoding : Encoding
        data : Data
            The rows that count.
        """
        from .symbolify import whole_formula

        estimator = copy.copy(estimator)
        asked = architecture_of(estimator, refinement_schedule(estimator.grid_size)[-1])
        take(estimator, {"_encoding_": encoding, "_asked_": asked})
        if has_link(estimator):
            return False
        rows = encoding.rows(data)
        found = whole_formula(estimator, self.fronts(estimator, data), rows, self.library, ROUNDING)
        return found is not None

    def _search(self, estimator: Any, data: Data) -> list[list[Any]]:
        from ...symbolic.search import search_formulas

        seed = int(seed_sequence(estimator.random_state).generate_state(1)[0])
        table = in_one_order(data)
        data = table.data
        if has_link(estimator):
            targets = estimator._raw_prediction(data.X[:, table.places])
        else:
            targets = data.y.reshape(len(data.y), -1)
        names = column_symbols(estimator)
        symbols = [names[k] for k in table.columns]
        with np.errstate(all="ignore"):  # a search tries much that overflows
            return [
                search_formulas(
                    data.X, target, data.weights, library=self.library, seed=seed, symbols=symbols
                )
                for target in targets.T
            ]
