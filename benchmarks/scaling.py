"""Test loss against the number of parameters: KANs on finer and finer grids, beside MLPs.

The five toy functions of figure 3.1 of Liu et al., KAN (arXiv 2404.19756), 3,000 training rows
without noise (1,000 for functions of two or fewer inputs), 1,000 test rows.

- KAN: the shape that can represent the function; one fit a grid, G = 3, 6, 12, ...
- MLP: scikit-learn's, tanh units, L-BFGS to convergence; two hidden layers of 5 to 80 units.

The exponent is the slope of log(test RMSE) over log(number of parameters), from the coarsest
grid to the best one. Cubic splines: -4 in theory, until rounding, or the rows, are the limit.

Run with ``python benchmarks/scaling.py [--only TEXT ...] [--grids 5] [--figure scaling.svg]``.
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
from scipy import special
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPRegressor
from toys import mean_squared_sine, nested, sine_square, sums

from sklearn_kan.network import predict
from sklearn_kan.training.given.fit import fit_fixed
from sklearn_kan.training.given.plan import FixedPlan, count_starts, levels_to
from sklearn_kan.training.initial.network import Architecture
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows

WIDTHS = (5, 10, 20, 40, 80)


@dataclass(frozen=True)
class Toy:
    """A function of uniform inputs on [-1, 1], and the shape of a KAN that represents it."""

    name: str
    function: object
    n_inputs: int
    digits: str
    n_grids: int | None = None


TOYS = (
    Toy("J0(20x)", lambda x: special.j0(20.0 * x), 1, "11"),
    Toy("exp(sin pi x + y^2)", sine_square, 2, "211"),
    Toy("xy", lambda x, y: x * y, 2, "221"),
    Toy("nested sines", nested, 4, "4211"),
    Toy("exp mean sin^2, 100", mean_squared_sine, 100, "111", 2),
)


@dataclass(frozen=True)
class Point:
    """One fit: parameters, test RMSE, seconds."""

    n_parameters: int
    error: float
    seconds: float


@dataclass(frozen=True, eq=False)
class Data:
    """Scaled training and test rows."""

    x: np.ndarray
    y: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    unit: float

    def error(self, prediction: np.ndarray) -> float:
        return float(np.sqrt(np.mean((prediction - self.y_test) ** 2))) * self.unit


def make_data(toy: Toy, seed: int) -> Data:
    rng = np.random.default_rng(seed)
    n = 1_000 if toy.n_inputs <= 2 else 3_000
    x, x_test = (rng.uniform(-1.0, 1.0, (rows, toy.n_inputs)) for rows in (n, 1_000))
    y, y_test = toy.function(*x.T), toy.function(*x_test.T)
    center, scale, mean, unit = x.mean(axis=0), x.std(axis=0), y.mean(), y.std()
    return Data(
        (x - center) / scale,
        (y - mean) / unit,
        (x_test - center) / scale,
        (y_test - mean) / unit,
        unit,
    )


def kan_point(toy: Toy, data: Data, grid_size: int, seed: int) -> Point:
    hidden = sums(toy.digits)
    architecture = Architecture(hidden, grid_size, grid_eps=1.0, direct=False)
    plan = FixedPlan(SquaredError(), architecture, levels_to(grid_size), narrower=False)
    rows = Rows(data.x, data.y[:, None], np.ones(len(data.x)))
    seeds = np.random.SeedSequence(seed).spawn(count_starts(hidden))
    start = time.process_time()
    network = fit_fixed(plan, rows, seeds).network
    seconds = time.process_time() - start
    return Point(network.n_parameters, data.error(predict(network, data.x_test)[:, 0]), seconds)


def mlp_point(data: Data, width: int, seed: int) -> Point:
    network = MLPRegressor(
        hidden_layer_sizes=(width, width),
        activation="tanh",
        solver="lbfgs",
        alpha=0.0,
        max_iter=5_000,
        tol=1e-12,
        max_fun=100_000,
        random_state=seed,
    )
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(data.x, data.y)
    seconds = time.process_time() - start
    count = sum(w.size for w in [*network.coefs_, *network.intercepts_])
    return Point(count, data.error(network.predict(data.x_test)), seconds)


def exponent(points: list[Point]) -> float:
    """Return the slope of log error over log parameters, up to the best point."""
    best = int(np.argmin([point.error for point in points]))
    used = points[: best + 1]
    if len(used) < 2:
        return np.nan
    x, y = (np.log([getattr(p, name) for p in used]) for name in ("n_parameters", "error"))
    return float(np.polyfit(x, y, 1)[0])


def show(label: str, points: list[Point]) -> None:
    for point in points:
        print(
            f"  {label:4s} {point.n_parameters:7d} parameters  {point.error:8.1e}  "
            f"{point.seconds:7.2f} s"
        )
    print(f"  {label:4s} exponent {exponent(points):.2f}", flush=True)


def draw(curves: dict[str, tuple[list[Point], list[Point]]], path: str) -> None:
    """Draw all functions side by side, both axes logarithmic."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(curves), figsize=(3 * len(curves), 3), squeeze=False)
    for axis, (name, pair) in zip(axes[0], curves.items(), strict=True):
        for label, points in zip(("KAN", "MLP"), pair, strict=True):
            x = [point.n_parameters for point in points]
            axis.loglog(x, [point.error for point in points], "o-", label=label)
        axis.set(title=name, xlabel="parameters")
    axes[0, 0].set_ylabel("test RMSE")
    axes[0, 0].legend()
    figure.tight_layout()
    figure.savefig(path)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", default=[], help="parts of the functions' names")
    parser.add_argument("--grids", type=int, default=5, help="how often the grid is doubled, + 1")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--figure", help="a file to draw the curves to")
    options = parser.parse_args()
    curves = {}
    for toy in TOYS:
        if options.only and not any(word in toy.name for word in options.only):
            continue
        print(toy.name, flush=True)
        data = make_data(toy, options.seed)
        sizes = [3 * 2**level for level in range(min(options.grids, toy.n_grids or 99))]
        kan = [kan_point(toy, data, size, options.seed) for size in sizes]
        show("KAN", kan)
        mlp = [mlp_point(data, width, options.seed) for width in WIDTHS]
        show("MLP", mlp)
        curves[toy.name] = (kan, mlp)
    if options.figure:
        draw(curves, options.figure)


if __name__ == "__main__":
    main()
