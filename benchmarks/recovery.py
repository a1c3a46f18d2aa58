"""How many known laws are found from rows alone, at one set of defaults.

1,000 rows (200 where there is one column), no hint. Per suite:

exact
    The chosen formula equals the law: their difference simplifies to zero, or both agree to
    1e-9 of their size on fresh random points, constants as they were snapped.
numeric
    Relative RMSE at most 1e-6 on 1,000 fresh rows, and on a box 50 % wider where the law is
    defined there.
error, s
    Median relative RMSE on fresh rows; median process time of a search (one thread).

Run with ``python benchmarks/recovery.py [--suite toys feynman classics] [--only TEXT ...]
[--noise 0.01] [--seed 0] [--beside gplearn pyoperon]``.
"""

# ruff: noqa: E402  the number of threads must be set before NumPy is imported
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import time
import warnings
from dataclasses import dataclass

import numpy as np
from _laws import Law, laws

from sklearn_kan.symbolic.search import search_formulas


@dataclass(frozen=True)
class Outcome:
    exact: bool
    numeric: bool
    error: float
    seconds: float
    text: str


def relative_rmse(law: Law, function, wider: float, n: int = 1000) -> float:
    X, y = law.rows(n, 12345, wider)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = np.broadcast_to(np.asarray(function(*X.T), dtype=complex), y.shape)
    found = np.where(np.abs(found.imag) > 1e-9 * np.abs(found.real), np.nan, found.real)
    defined = np.isfinite(y) & (np.abs(y) < 1e6 * np.nanmedian(np.abs(y)))
    error = (found - y)[defined]
    if not np.isfinite(error).all():
        return np.inf
    return float(np.sqrt(np.mean(error**2)) / np.sqrt(np.mean(y[defined] ** 2)))


def is_equal(law: Law, expression, function) -> bool:
    """Tell whether the formula is the law: numerically to 1e-9 everywhere, or by SymPy."""
    return relative_rmse(law, function, 0.0) < 1e-9 and relative_rmse(law, function, 0.1) < 1e-9


def judge(law: Law, noise: float, seed: int) -> Outcome:
    import sympy

    X, y = law.rows(law.n_rows, seed)
    y = y + noise * np.std(y) * np.random.default_rng(seed + 1).standard_normal(len(y))
    symbols = [sympy.Symbol(name) for name in law.columns]
    start = time.process_time()
    front = search_formulas(X, y, symbols=symbols, seed=seed)
    seconds = time.process_time() - start
    (chosen,) = [formula for formula in front if formula.chosen]
    function = sympy.lambdify(symbols, chosen.expression, modules=["scipy", "numpy"])
    error = relative_rmse(law, function, 0.0)
    numeric = error <= 1e-6 and relative_rmse(law, function, 0.5) <= 1e-6
    exact = is_equal(law, chosen.expression, function)
    return Outcome(exact, numeric, error, seconds, str(chosen.expression))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", nargs="*", default=["toys", "feynman", "classics"])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for suite in arguments.suite:
        outcomes = []
        for law in laws(suite):
            if arguments.only and not any(text in law.name for text in arguments.only):
                continue
            found = judge(law, arguments.noise, arguments.seed)
            outcomes.append(found)
            mark = "exact  " if found.exact else "numeric" if found.numeric else "       "
            line = f"{law.name:22s} {mark} {found.error:8.1e} {found.seconds:6.1f} s"
            print(f"{line}  {found.text[:110]}", flush=True)
        report(suite, outcomes)


def report(suite: str, outcomes: list[Outcome]) -> None:
    if not outcomes:
        return
    exact = np.mean([o.exact for o in outcomes])
    numeric = np.mean([o.numeric for o in outcomes])
    error = np.median([o.error for o in outcomes])
    seconds = np.median([o.seconds for o in outcomes])
    print(
        f"\n{suite}: {len(outcomes)} laws, exact {exact:.0%}, numeric {numeric:.0%}, "
        f"error {error:.1e}, {seconds:.1f} s\n"
    )


if __name__ == "__main__":
    main()
