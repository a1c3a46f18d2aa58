"""What each strategy of the search for formulas contributes: laws lost without it, its time.

Over the laws of `recovery.py`, found where the chosen formula equals the law to 1e-9 of its size
on fresh rows and beyond them. Each strategy is left out in turn, in searches within searches too;
where it proposed nothing the search without it would be the same, and is not made again.
Restatements, laws of fewer columns and of groups of columns, are left out likewise. A strategy's
CPU is what its proposals took to make and to refine, as a share of all searches.
Run by hand: ``python benchmarks/strategies.py --suite toys feynman --every 6 --rows 300``.
"""

# ruff: noqa: E402  the number of threads must be set before NumPy is imported
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import time
from collections import Counter
from contextlib import ExitStack
from unittest import mock

import pandas as pd
import sympy
from _laws import laws
from recovery import is_equal

from sklearn_kan.symbolic import run
from sklearn_kan.symbolic.judging.proposals import Start
from sklearn_kan.symbolic.search import search_formulas

LISTS = ("FIRST", "THEN", "LAST")
RESTATEMENTS = ("reductions", "separations")
NAMES = (*(one.__name__ for name in LISTS for one in getattr(run, name)), *RESTATEMENTS)


class Counted:
    """The search with its strategies watched, one of them left out."""

    def __init__(self, without=None):
        self.without = without
        self.starts, self.seconds = Counter(), Counter()
        self._stack = ExitStack()

    def __enter__(self):
        for name in LISTS:
            kept = [one for one in getattr(run, name) if one.__name__ != self.without]
            watched = tuple(map(self._watched, kept))
            self._stack.enter_context(mock.patch.object(run, name, watched))
        for name in RESTATEMENTS:
            made = self._made(name, getattr(run, name))
            self._stack.enter_context(mock.patch.object(run, name, made))
        return self

    def __exit__(self, *error):
        self._stack.close()

    def _watched(self, strategy):
        name = strategy.__name__

        def proposals(problem):
            made, answer = strategy(problem), None
            while True:
                began = time.process_time()
                try:
                    asked = made.send(answer)
                    self.starts[name] += isinstance(asked, Start)
                    answer = yield asked
                except StopIteration:
                    return
                finally:
                    self.seconds[name] += time.process_time() - began

        return proposals

    def _made(self, name, make):
        def restatements(problem, smooth):
            found = [] if name == self.without else make(problem, smooth)
            self.starts[name] += len(found)
            return found

        return restatements


def searched(law, n, without=None):
    """Return whether a law is found, who proposed how often, CPU by strategy and in all."""
    X, y = law.rows(n or law.n_rows, 0)
    symbols = [sympy.Symbol(name) for name in law.columns]
    began = time.process_time()
    with Counted(without) as counted:
        front = search_formulas(X, y, symbols=symbols, seed=0)
    seconds = time.process_time() - began
    (chosen,) = [formula for formula in front if formula.chosen]
    function = sympy.lambdify(symbols, chosen.expression, modules=["scipy", "numpy"])
    return is_equal(law, function), counted, seconds


def measured(law, n):
    """Yield a row of the table for each strategy that proposes something, and for all."""
    with_all, counted, total = searched(law, n)
    yield {"law": law.name, "strategy": "all", "found": with_all, "seconds": total}
    for name in NAMES:
        found = with_all
        if counted.starts[name]:
            found, _, _ = searched(law, n, name)
        yield {
            "law": law.name,
            "strategy": name,
            "proposes": counted.starts[name] > 0,
            "found": found,
            "lost": with_all and not found,
            "won": found and not with_all,
            "seconds": counted.seconds[name],
        }


def summary(table):
    """Return what each strategy contributes over all laws."""
    total = table.query("strategy == 'all'")
    rows = []
    for name in NAMES:
        one = table[table["strategy"] == name]
        rows.append(
            {
                "strategy": name,
                "proposes": int(one["proposes"].sum()),
                "found without": int(one["found"].sum()),
                "cpu": one["seconds"].sum() / total["seconds"].sum(),
                "lost": ", ".join(one.loc[one["lost"].astype(bool), "law"]),
                "won": ", ".join(one.loc[one["won"].astype(bool), "law"]),
            }
        )
    print(f"\n{len(total)} laws, {int(total['found'].sum())} found with all")
    return pd.DataFrame(rows)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", nargs="*", default=["toys", "feynman", "classics"])
    parser.add_argument("--every", type=int, default=1, help="take one law in so many")
    parser.add_argument("--rows", type=int, help="rows, for all laws; those of recovery.py if not")
    options = parser.parse_args()
    rows = []
    for suite in options.suite:
        for law in laws(suite)[:: options.every]:
            found = list(measured(law, options.rows))
            rows += found
            lost = [row["strategy"] for row in found[1:] if row["lost"]]
            text = f"{suite:9s} {law.name:24s} {'found' if found[0]['found'] else '     '}"
            print(f"{text} {found[0]['seconds']:6.1f} s  {' '.join(lost)}", flush=True)
    print(summary(pd.DataFrame(rows)).round(3).to_string(index=False))


if __name__ == "__main__":
    main()
