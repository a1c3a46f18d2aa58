"""The search for whole formulas on the rows of a fit, made once and when it is first needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ...network import Network
from ..encoding.data import Data
from ..encoding.table_order import in_one_order
from ..fitting.fitted import Setup
from ..fitting.learning import seed_sequence
from .formula import column_symbols, has_link
from .sought import Sought, criteria_of
from .whole import whole_formula

if TYPE_CHECKING:
    from ...symbolic.judging.criteria import Criterion

# This share of the target's variance is rounding.
ROUNDING = 1e-20


class FormulaSearch:
    """Fronts of formulas, and whether one of them leaves nothing to be fitted.

    Parameters
    ----------
    library : sequence of Primitive
    random_state : int, RandomState or None
    """

    def __init__(self, library: Sequence[Any], random_state: Any) -> None:
        self.library, self._random_state = library, random_state
        self._sought: list[Sought] | None = None

    def sought(self, setup: Setup, data: Data, network: Network | None = None) -> list[Sought]:
        """Return the formulas of each output.

        They are of the mean of the target, or of the decision function. Behind a link the fitted
        network's predictions say how much the rows weigh; the formulas are of the rows. Without a
        link there need be no network.
        """
        if self._sought is None:
            columns = in_one_order(data).columns
            ordered = data.in_order(columns)
            names = column_symbols(setup)
            symbols = [names[k] for k in columns]
            self._sought = [
                self._search(ordered, symbols, y, criterion)
                for y, criterion in criteria_of(setup, data, ordered, network)
            ]
        return self._sought

    def solves(self, setup: Setup, data: Data) -> bool:
        """Tell whether formulas leave nothing but rounding or noise, before there is a network.

        Parameters
        ----------
        setup : Setup
        data : Data
            The rows that count.
        """
        if has_link(setup):
            return False
        sought, rows = self.sought(setup, data), setup.encoding.rows(data)
        most = np.inf if all(each.found.settled for each in sought) else ROUNDING
        return whole_formula(setup, sought, rows, self.library, most) is not None

    def _search(
        self, data: Data, symbols: Sequence[Any], y: np.ndarray, criterion: Criterion
    ) -> Sought:
        from ...symbolic.search import search

        found = search(
            data.X,
            y,
            data.weights,
            library=self.library,
            seed=int(seed_sequence(self._random_state).generate_state(1)[0]),
            symbols=symbols,
            criterion=criterion,
        )
        return Sought(y, criterion, found)
