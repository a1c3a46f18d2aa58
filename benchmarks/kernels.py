"""Time one value and gradient of the objective, beside a naive pass and the bare products.

Squared error, one thread, silu base, degree 3, no direct edges; the features of the first
layer are kept between evaluations as in a fit. Per row of the table:

ours
    `Objective.value_gradient`.
naive
    The same in plain NumPy, all rows at once, with dense B-splines by the Cox-de Boor
    recursion; it keeps its first-layer features too. Both must agree to rounding. Left out
    where its arrays would take more than ``--naive-gb``.
floor
    The matrix products that no pass on dense features can avoid, as bare `numpy.matmul`:
    per layer (n, p * m) @ (p * m, q), (p * m, n) @ (n, q), and behind the first layer
    (n, q) @ (q, p * m). Measured on at most 10,000 rows and scaled. Where features are
    sparse, or not formed at all, a pass can be faster than this.
peak, kept
    Megabytes allocated during one evaluation, and kept between evaluations.

Run with ``python benchmarks/kernels.py [--rows 1000 10000]``.
"""

# ruff: noqa: E402  the number of threads must be set before NumPy is imported
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

from sklearn_kan.network import Layer, Network
from sklearn_kan.training.initial.network import Architecture, initial_network
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Blocks, Objective, Rows

SHAPES = ((2, 5, 1), (4, 10, 1), (10, 32, 1), (64, 64, 10))
GRID_SIZES = (5, 20)
ROWS = (1_000, 10_000, 100_000)
FLOOR_ROWS = 10_000


def problem(shape: tuple[int, ...], grid_size: int, n_rows: int) -> tuple[Network, Rows]:
    """Return a fresh network, its hidden nodes standardised and covered, and rows to fit."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal((n_rows, shape[0]))
    y = np.sin(x @ rng.standard_normal((shape[0], shape[-1])))
    rows = Rows(x, y, np.ones(n_rows))
    hidden = tuple((size, 0) for size in shape[1:-1])
    architecture = Architecture(hidden, grid_size=grid_size, direct=False)
    return initial_network(architecture, rows, np.zeros(shape[-1]), rng), rows


def naive_basis(layer: Layer, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return all features of a layer at x (n, p) and their slopes, both (n, p, m)."""
    knots, degree = layer.basis.knots, layer.basis.degree
    x = x[:, :, None]
    basis = ((x >= knots[:, :-1]) & (x < knots[:, 1:])).astype(float)
    for k in range(1, degree + 1):
        width = knots[:, k:-1] - knots[:, : -k - 1]
        next_width = knots[:, k + 1 :] - knots[:, 1:-k]
        lower, upper = basis[..., :-1] / width, basis[..., 1:] / next_width
        basis = (x - knots[:, : -k - 1]) * lower + (knots[:, k + 1 :] - x) * upper
    slopes = degree * (lower - upper)
    scale, shift = layer.basis.base_map.T
    z = x[..., 0] * scale + shift
    sigma = 1.0 / (1.0 + np.exp(-z))
    base, base_slope = z * sigma, scale * sigma * (1.0 + z * (1.0 - sigma))
    return np.dstack([basis, base]), np.dstack([slopes, base_slope])


def naive_value_gradient(
    network: Network, rows: Rows
) -> Callable[[np.ndarray], tuple[float, np.ndarray]]:
    """Return the objective of `theta` as one would write it down, all rows at once."""
    first = naive_basis(network.layers[0], rows.x)[0].reshape(len(rows.x), -1)

    def value_gradient(theta: np.ndarray) -> tuple[float, np.ndarray]:
        trial = network.with_theta(theta)
        nodes, tape = rows.x, []
        for index, layer in enumerate(trial.layers):
            features, slopes = naive_basis(layer, nodes) if index else (first, None)
            features = features.reshape(len(nodes), -1)
            tape.append((features, slopes))
            nodes = features @ layer.matrix + layer.bias
        delta = (nodes - rows.y) / len(nodes)
        value = 0.5 * len(nodes) * (delta**2).sum()
        pieces = []
        for layer, (features, slopes) in zip(trial.layers[::-1], tape[::-1], strict=True):
            by_weight = (features.T @ delta).reshape(layer.weights.shape)
            pieces += [delta.sum(axis=0), by_weight.transpose(0, 2, 1).reshape(-1)]
            if slopes is not None:
                spread = (delta @ layer.matrix.T).reshape(slopes.shape)
                delta = (spread * slopes).sum(axis=2)
        return value, np.concatenate(pieces[::-1])

    return value_gradient


def naive_bytes(network: Network, n_rows: int) -> int:
    """Return about what the naive pass takes: six arrays of a layer's features."""
    widest = max(layer.weights[..., 0].size for layer in network.layers)
    return 6 * 8 * n_rows * widest


def floor_seconds(network: Network, n_rows: int) -> float:
    """Return the time of the bare matrix products."""
    n, total = min(n_rows, FLOOR_ROWS), 0.0
    for index, layer in enumerate(network.layers):
        features, delta = np.ones((n, len(layer.matrix))), np.ones((n, layer.n_outputs))
        weights = np.ones(layer.matrix.shape)
        total += best_seconds(lambda: np.matmul(features, weights))  # noqa: B023
        total += best_seconds(lambda: np.matmul(features.T, delta))  # noqa: B023
        if index:
            total += best_seconds(lambda: np.matmul(delta, weights.T))  # noqa: B023
    return total * n_rows / n


def best_seconds(run: Callable[[], object], budget: float = 0.5, most: int = 50) -> float:
    """Return the shortest of several runs after a first one; at least three are timed.

    Seconds of the processor: with one thread they are the seconds on the clock, but for what
    other processes take.
    """
    run()
    times: list[float] = []
    while len(times) < 3 or (sum(times) < budget and len(times) < most):
        start = time.process_time()
        run()
        times.append(time.process_time() - start)
    return min(times)


def peak_megabytes(run: Callable[[], object]) -> tuple[object, float, float]:
    """Return what `run` returns, the memory it took at its peak, and what stays."""
    tracemalloc.start()
    result = run()
    kept, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return result, peak / 1e6, kept / 1e6


@dataclass(frozen=True)
class Measured:
    """Seconds and megabytes of one case; None where not measured."""

    ours: float
    naive: float | None
    floor: float
    peak: float
    kept: float


def measure(shape: tuple[int, ...], grid_size: int, n_rows: int, naive_limit: float) -> Measured:
    """Measure one case."""
    network, rows = problem(shape, grid_size, n_rows)
    theta = network.theta
    blocks, _, kept = peak_megabytes(lambda: Blocks(network, rows))
    objective = Objective(network, blocks, SquaredError())
    (value, gradient), peak, _ = peak_megabytes(lambda: objective.value_gradient(theta))
    ours = best_seconds(lambda: objective.value_gradient(theta))
    naive = None
    if naive_bytes(network, n_rows) <= naive_limit:
        run = naive_value_gradient(network, rows)
        naive_value, naive_gradient = run(theta)
        np.testing.assert_allclose(value, naive_value, rtol=1e-9)
        np.testing.assert_allclose(gradient, naive_gradient, rtol=1e-7, atol=1e-11)
        naive = best_seconds(lambda: run(theta))
    return Measured(ours, naive, floor_seconds(network, n_rows), peak, kept)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS)
    parser.add_argument("--naive-gb", type=float, default=2.0)
    options = parser.parse_args()
    print(f"{'':22s}{'ours ms':>10s}{'naive ms':>10s}{'floor ms':>10s}", end="")
    print(f"{'naive/ours':>11s}{'ours/floor':>11s}{'peak MB':>8s}{'kept MB':>8s}")
    for shape, grid_size, n_rows in product(SHAPES, GRID_SIZES, options.rows):
        got = measure(shape, grid_size, n_rows, 1e9 * options.naive_gb)
        naive, ahead = "-", "-"
        if got.naive is not None:
            naive, ahead = f"{1e3 * got.naive:.2f}", f"{got.naive / got.ours:.1f}"
        print(
            f"{describe(shape, grid_size, n_rows)}{1e3 * got.ours:10.2f}{naive:>10s}"
            f"{1e3 * got.floor:10.2f}{ahead:>11s}{got.ours / got.floor:11.2f}"
            f"{got.peak:8.1f}{got.kept:8.1f}",
            flush=True,
        )


def describe(shape: tuple[int, ...], grid_size: int, n_rows: int) -> str:
    """Name a case, in 22 characters."""
    return f"{'-'.join(map(str, shape)):9s}G{grid_size:<3d}n={n_rows:<7d}"


if __name__ == "__main__":
    main()
