"""How many known laws are found from rows alone, at one set of defaults.

1,000 rows (200 where there is one column), no hint. Per suite:

exact
    The chosen formula, constants as they were snapped, equals the law to 1e-9 of its size on
    2,000 fresh random points, half of them from a box 10 % wider. Whether SymPy manages to
    simplify the difference to zero does not come into it.
numeric
    Relative RMSE at most 1e-6 on 1,000 fresh rows, and on a box 50 % wider where the law is
    defined there.
error, s
    Median relative RMSE on fresh rows; median process time of a search (one thread).

Run with ``python benchmarks/recovery.py [--suite toys feynman classics seen unseen]
[--only TEXT ...] [--noise 0.01] [--seed 0] [--every 6] [--beside gplearn pyoperon]``. Others run
at their own defaults, which take pyoperon a minute a law; one that is not installed is left out,
and that is said. Of theirs, only "numeric", the error and the seconds are judged.
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


def is_equal(law: Law, function) -> bool:
    """Tell whether the formula is the law, in its box and a wider one."""
    return relative_rmse(law, function, 0.0) < 1e-9 and relative_rmse(law, function, 0.1) < 1e-9


def noisy_rows(law: Law, noise: float, seed: int):
    X, y = law.rows(law.n_rows, seed)
    return X, y + noise * np.std(y) * np.random.default_rng(seed + 1).standard_normal(len(y))


def make_rival(name: str, seed: int):
    """Return another package's regressor at its defaults; None where it is not installed."""
    try:
        if name == "gplearn":
            from gplearn.genetic import SymbolicRegressor

            return SymbolicRegressor(random_state=seed)
        from pyoperon.sklearn import SymbolicRegressor

        return SymbolicRegressor(random_state=seed, n_threads=1)
    except ImportError as error:
        print(f"{name} is left out: {error}")
        return None


def judge_rival(model, law: Law, noise: float, seed: int) -> Outcome:
    X, y = noisy_rows(law, noise, seed)
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(X, y)
    seconds = time.process_time() - start

    def function(*columns):
        return model.predict(np.stack(columns, axis=1))

    error = relative_rmse(law, function, 0.0)
    numeric = error <= 1e-6 and relative_rmse(law, function, 0.5) <= 1e-6
    return Outcome(False, numeric, error, seconds, "")


def judge(law: Law, noise: float, seed: int) -> Outcome:
    import sympy

    X, y = noisy_rows(law, noise, seed)
    symbols = [sympy.Symbol(name) for name in law.columns]
    start = time.process_time()
    front = search_formulas(X, y, symbols=symbols, seed=seed)
    seconds = time.process_time() - start
    (chosen,) = [formula for formula in front if formula.chosen]
    function = sympy.lambdify(symbols, chosen.expression, modules=["scipy", "numpy"])
    error = relative_rmse(law, function, 0.0)
    numeric = error <= 1e-6 and relative_rmse(law, function, 0.5) <= 1e-6
    exact = is_equal(law, function)
    return Outcome(exact, numeric, error, seconds, str(chosen.expression))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--suite", nargs="*", default=["toys", "feynman", "classics"])
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--noise", type=float, default=0.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=int, default=1, help="take one law in so many")
    parser.add_argument("--beside", nargs="*", default=[], choices=["gplearn", "pyoperon"])
    arguments = parser.parse_args()
    rivals = {name: make_rival(name, arguments.seed) for name in arguments.beside}
    for suite in arguments.suite:
        chosen = [
            law
            for law in laws(suite)
            if not arguments.only or any(text in law.name for text in arguments.only)
        ][:: arguments.every]
        outcomes = [show(law, judge(law, arguments.noise, arguments.seed)) for law in chosen]
        report(suite, outcomes)
        for name, model in rivals.items():
            if model is not None:
                others = [
                    judge_rival(model, law, arguments.noise, arguments.seed) for law in chosen
                ]
                report(f"{suite}, {name}", others)


def show(law: Law, found: Outcome) -> Outcome:
    mark = "exact  " if found.exact else "numeric" if found.numeric else "       "
    line = f"{law.name:22s} {mark} {found.error:8.1e} {found.seconds:6.1f} s"
    print(f"{line}  {found.text[:110]}", flush=True)
    return found


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
