"""Functions without noise from the KAN literature: our test error beside the source's.

Each row is fitted from scratch on every seed: fresh training rows (1,000 unless the source has
another number), 1,000 fresh test rows, uniform on the box given below. The network has the
source's shape at most: the evidence decides whether fewer hidden nodes do. Grids are refined
from the coarsest one whose doubling ends at the given one.

error
    Root of the mean squared error on the test rows (mean absolute error for the group "fair",
    as in its source), median and worst over the seeds; and the median over the target's
    standard deviation.
source, ratio
    The source's figure, and ours (median) over it: below 1 is better.
s, source s
    Process time of a fit (one thread), and the source's seconds where it states them.

Sources: [P] Liu et al., KAN (arXiv 2404.19756), tables 1 and 2; [N] notebooks of the pykan
repository, stored outputs, best of all versions; [B] Yu et al., KAN or MLP: A Fairer Comparison
(arXiv 2407.16674), results file; [I] no figure, must be found unaided. Where the source states no
ranges, those below are ours, clear of poles; compare orders of magnitude.

Run with ``python benchmarks/toys.py [--group toys special fair feynman] [--only TEXT ...]
[--seeds 5] [--starts N]``.
"""

# ruff: noqa: E402  the number of threads must be set before NumPy is imported
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import argparse
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy import special

from sklearn_kan.network import predict
from sklearn_kan.training.given.fit import fit_fixed
from sklearn_kan.training.given.plan import FixedPlan, count_starts, levels_to
from sklearn_kan.training.initial.network import Architecture, Hidden
from sklearn_kan.training.objective.losses import SquaredError
from sklearn_kan.training.objective.objective import Rows

N_TEST = 1_000
PI = np.pi
TURN = (0.0, 2.0 * PI)
UNIT, SYMMETRIC = (0.0, 1.0), (-1.0, 1.0)

Range = tuple[float, float]


@dataclass(frozen=True)
class Row:
    """A function, where it is sampled, the network for it, and the source's figure."""

    group: str
    name: str
    function: Callable[..., np.ndarray]
    ranges: tuple[Range, ...]
    hidden: Hidden
    grid_size: int
    figure: float | None = None
    source: str = ""
    seconds: float | None = None
    n_train: int = 1_000
    absolute: bool = False


def sums(digits: str) -> Hidden:
    """Return hidden layers of sum nodes from a shape in digits: 2211 is [2, 2, 1, 1]."""
    return tuple((int(digit), 0) for digit in digits[1:-1])


# --- toys and notebooks -------------------------------------------------------------------------


def sine_square(x, y):
    return np.exp(np.sin(PI * x) + y**2)


def nested(a, b, c, d):
    return np.exp((np.sin(PI * (a**2 + b**2)) + np.sin(PI * (c**2 + d**2))) / 2)


def mean_squared_sine(*x):
    return np.exp(np.mean([np.sin(0.5 * PI * column) ** 2 for column in x], axis=0))


def fading_squares(*x):
    return sum(0.5**i * column**2 for i, column in enumerate(x))


def toy(name, function, ranges, hidden, grid_size, *figures, **options) -> Row:
    return Row("toys", name, function, tuple(ranges), hidden, grid_size, *figures, **options)


PLANE, SPACE4 = [SYMMETRIC] * 2, [SYMMETRIC] * 4
TOYS = [
    toy("exp(sin pi x + y^2)", sine_square, PLANE, sums("211"), 3, 1.5e-2, "N"),
    toy("exp(sin pi x + y^2)", sine_square, PLANE, sums("211"), 10, 3.2e-4, "N", 7.0),
    toy("exp(sin pi x + y^2)", sine_square, PLANE, sums("211"), 20, 2.2e-5, "N"),
    toy("exp(sin pi x + y^2)", sine_square, PLANE, sums("211"), 50, 4.6e-6, "N", 69.0),
    toy("exp(sin pi x + y^2)", sine_square, PLANE, sums("251"), 5, 6.1e-3, "N", 3.0),
    toy("exp(sin pi x + y^2)", sine_square, PLANE, sums("251"), 48, 2.0e-4, "N", 22.0),
    toy("nested sines", nested, SPACE4, sums("4211"), 3, 4.6e-3, "N", n_train=3_000),
    toy("nested sines", nested, SPACE4, sums("4211"), 10, 1.5e-4, "N", n_train=3_000),
    toy("nested sines", nested, SPACE4, sums("4211"), 50, 5.07e-7, "N", 387.0, n_train=3_000),
    toy("nested sines", nested, SPACE4, sums("491"), 12, 2.9e-3, "N", n_train=3_000),
    toy(
        "exp(J0(20x) + y^2)",
        lambda x, y: np.exp(special.j0(20 * x) + y**2),
        PLANE,
        sums("251"),
        20,
        1.8e-2,
        "N",
        38.0,
    ),
    toy("J0(20x)", lambda x: special.j0(20 * x), [SYMMETRIC], (), 96, None, "P"),
    toy(
        "(u + v)/(1 + uv)",
        lambda u, v: (u + v) / (1 + u * v),
        [(-0.9, 0.9)] * 2,
        sums("211"),
        10,
        5.8e-4,
        "N",
        3.0,
    ),
    toy("xy", lambda x, y: x * y, PLANE, ((5, 2),), 3, 1.7e-7, "N", 6.0),
    toy(
        "sin(2(log x + log y))",
        lambda x, y: np.sin(2 * (np.log(x) + np.log(y))),
        [(0.2, 5.0)] * 2,
        sums("211"),
        5,
        1.3e-1,
        "N",
    ),
    toy("sqrt(x^2 + y^2)", lambda x, y: np.hypot(x, y), PLANE, sums("211"), 5, 4.0e-3, "N"),
    toy("sin pi x, too deep", lambda x: np.sin(PI * x), [SYMMETRIC], sums("1111"), 5, 3.8e-4, "N"),
    toy(
        "m/sqrt(1 - v^2/c^2)",
        lambda m, v, c: m / np.sqrt(1 - (v / c) ** 2),
        [UNIT, (0.0, 0.9), (1.1, 2.0)],
        ((2, 0), (1, 1)),
        12,
        2.0e-5,
        "N",
    ),
    toy(
        "x0^2 + .3 x1 + .1 x2^3",
        lambda a, b, c, d: a**2 + 0.3 * b + 0.1 * c**3,
        SPACE4,
        sums("451"),
        3,
        8.5e-3,
        "N",
    ),
    toy("100 fading squares", fading_squares, [SYMMETRIC] * 100, sums("111"), 3, 5.5e-2, "N", 16.0),
    toy("exp mean sin^2, 100", mean_squared_sine, [SYMMETRIC] * 100, sums("111"), 3, None, "P"),
    toy("x/y", lambda x, y: x / y, [(0.3, 2.0)] * 2, sums("211"), 24, None, "I"),
    toy(
        "tanh(5(sum x^4 - 1))",
        lambda x, y, z: np.tanh(5 * (x**4 + y**4 + z**4 - 1)),
        [SYMMETRIC] * 3,
        sums("311"),
        24,
        None,
        "I",
    ),
    toy(
        "distance in the plane",
        lambda a, b, c, d: np.hypot(a - b, c - d),
        SPACE4,
        sums("4211"),
        24,
        None,
        "I",
    ),
]

# --- special functions --------------------------------------------------------------------------


def harmonic(m: int, n: int) -> Callable[..., np.ndarray]:
    """Return the real part of a spherical harmonic of (azimuth, polar angle)."""

    def function(azimuth, polar):
        if hasattr(special, "sph_harm_y"):
            return special.sph_harm_y(n, m, polar, azimuth).real
        return special.sph_harm(m, n, azimuth, polar).real

    return function


def legendre(order: int) -> Callable[..., np.ndarray]:
    return lambda degree, x: special.lpmv(order, degree, x)


def paper(name, function, ranges, digits, figure) -> Row:
    return Row("special", name, function, ranges, sums(digits), 48, figure, "P")


SPHERE = (TURN, (0.0, PI))
SPECIAL = [
    paper("ellipj sn", lambda u, m: special.ellipj(u, m)[0], (UNIT, UNIT), "232111", 1.33e-4),
    paper("ellipkinc", special.ellipkinc, (UNIT, UNIT), "22111", 1.24e-4),
    paper("ellipeinc", special.ellipeinc, (UNIT, UNIT), "2211", 8.26e-5),
    paper("jv", special.jv, (UNIT, (0, 10)), "23111", 1.64e-3),
    paper("yv", special.yv, (UNIT, (1, 5)), "2221", 1.49e-5),
    paper("kv", special.kv, (UNIT, (0.5, 3)), "221", 2.52e-5),
    paper("iv", special.iv, (UNIT, (0.5, 3)), "243211", 9.28e-3),
    paper("lpmv 0", legendre(0), (UNIT, UNIT), "221", 5.25e-5),
    paper("lpmv 1", legendre(1), (UNIT, UNIT), "241", 6.90e-4),
    paper("lpmv 2", legendre(2), (UNIT, UNIT), "2321", 2.26e-4),
    paper("Y m0 n1", harmonic(0, 1), SPHERE, "211", 2.21e-7),
    paper("Y m1 n1", harmonic(1, 1), SPHERE, "2321", 1.22e-4),
    paper("Y m0 n2", harmonic(0, 2), SPHERE, "211", 1.95e-7),
    paper("Y m1 n2", harmonic(1, 2), SPHERE, "2211", 1.50e-5),
    paper("Y m2 n2", harmonic(2, 2), SPHERE, "22321", 9.45e-5),
]


def fair(name, function, figure, seconds) -> Row:
    hidden = sums("251")
    return Row(
        "fair", name, function, (UNIT, UNIT), hidden, 10, figure, "B", seconds, absolute=True
    )


FAIR = [
    fair("ellipkinc", special.ellipkinc, 7.78e-5, 1396),
    fair("ellipeinc", special.ellipeinc, 5.91e-5, 1525),
    fair("lpmv 0", legendre(0), 1.71e-4, 1436),
    fair("lpmv 1", legendre(1), 4.82e-4, 862),
    fair("sph01", lambda x, y: np.sqrt(0.75 / PI) * np.cos(y), 1.69e-6, 231),
    fair("sph02", lambda x, y: np.sqrt(5 / 16 / PI) * (3 * np.cos(y) ** 2 - 1), 3.13e-6, 1523),
]

# --- Feynman ------------------------------------------------------------------------------------


def sinc(u):
    return np.sinc(u / PI)


def law(name, function, ranges, digits, figure) -> Row:
    return Row("feynman", name, function, ranges, sums(digits), 48, figure, "P")


HALF = (0.5, 2.0)
FEYNMAN = [
    law(
        "I.6.2",
        lambda t, s: np.exp(-(t**2) / 2 / s**2) / np.sqrt(2 * PI * s**2),
        (SYMMETRIC, HALF),
        "2211",
        2.86e-5,
    ),
    law(
        "I.6.2b",
        lambda t, u, s: np.exp(-((t - u) ** 2) / 2 / s**2) / np.sqrt(2 * PI * s**2),
        ((-1.5, 1.5), (-1.5, 1.5), HALF),
        "32211",
        4.45e-4,
    ),
    law(
        "I.9.18",
        lambda a, b, c, d, e, f: a / ((b - 1) ** 2 + (c - d) ** 2 + (e - f) ** 2),
        (SYMMETRIC, (-1, -0.5), (-1, -0.5), (0.5, 1), (-1, -0.5), (0.5, 1)),
        "6411",
        1.48e-3,
    ),
    law("I.12.11", lambda a, t: 1 + a * np.sin(t), (SYMMETRIC, TURN), "221", 9.1e-4),
    law("I.13.12", lambda a, b: a * (1 / b - 1), (UNIT, HALF), "221", 2.72e-3),
    law(
        "I.15.3x",
        lambda a, b: (1 - a) / np.sqrt(1 - b**2),
        (SYMMETRIC, (-0.9, 0.9)),
        "22111",
        1.14e-3,
    ),
    law("I.16.6", lambda a, b: (a + b) / (1 + a * b), ((-0.9, 0.9),) * 2, "221", 1.06e-3),
    law("I.18.4", lambda a, b: (1 + a * b) / (1 + a), (HALF, SYMMETRIC), "221", 1.50e-4),
    law("I.26.2", lambda n, t: np.arcsin(n * np.sin(t)), ((0, 0.99), TURN), "22211", 7.90e-4),
    law("I.27.6", lambda a, b: 1 / (1 + a * b), (HALF, HALF), "211", 1.94e-4),
    law(
        "I.29.16",
        lambda a, s, t: np.sqrt(1 + a**2 - 2 * a * np.cos(s - t)),
        (SYMMETRIC, TURN, TURN),
        "3231",
        3.20e-3,
    ),
    law(
        "I.30.3",
        lambda n, t: np.sin(n * t / 2) ** 2 / np.sin(t / 2) ** 2,
        ((0, 4), (0.4 * PI, 1.6 * PI)),
        "232311",
        1.03e-3,
    ),
    law("I.30.5", lambda a, n: np.arcsin(a / n), (SYMMETRIC, (1.1, 1.5)), "211111", 3.49e-5),
    law(
        "I.37.4", lambda a, d: 1 + a + 2 * np.sqrt(a) * np.cos(d), ((0.1, 1), TURN), "221", 4.91e-6
    ),
    law("I.40.1", lambda n, a: n * np.exp(-a), (UNIT, SYMMETRIC), "2211121", 3.12e-4),
    law("I.44.4", lambda n, a: n * np.log(a), (UNIT, HALF), "221", 2.30e-5),
    law("I.50.26", lambda a, b: np.cos(a) + b * np.cos(a) ** 2, (TURN, UNIT), "2321", 1.52e-4),
    law("II.2.42", lambda a, b: (a - 1) * b, (UNIT, UNIT), "2221", 7.22e-4),
    law(
        "II.6.15a",
        lambda a, b, c: c * np.sqrt(a**2 + b**2) / 4 / PI,
        (UNIT,) * 3,
        "3211",
        1.35e-3,
    ),
    law(
        "II.11.7", lambda n, a, t: n * (1 + a * np.cos(t)), (UNIT, SYMMETRIC, TURN), "3311", 5.03e-3
    ),
    law("II.11.27", lambda n, a: n * a / (1 - n * a / 3), (UNIT, (0, 2)), "221", 1.43e-5),
    law("II.35.18", lambda n, a: n / (np.exp(a) + np.exp(-a)), (UNIT, UNIT), "2111", 7.71e-5),
    law("II.36.38", lambda a, b, c: a + b * c, (UNIT,) * 3, "321", 1.15e-3),
    law("II.38.3", lambda a, b: a / b, (UNIT, HALF), "22111", 8.78e-5),
    law(
        "III.9.52",
        lambda a, b, c: a * sinc((b - c) / 2) ** 2,
        (UNIT, TURN, TURN),
        "332111",
        3.90e-3,
    ),
    law("III.10.19", lambda a, b: np.sqrt(1 + a**2 + b**2), (UNIT, UNIT), "2121", 8.16e-4),
    law("III.17.37", lambda a, b, t: b * (1 + a * np.cos(t)), (UNIT, UNIT, TURN), "331", 4.12e-4),
]

ROWS = [*TOYS, *SPECIAL, *FAIR, *FEYNMAN]


@dataclass(frozen=True)
class Result:
    """Test error of one fit, the same over the target's deviation, seconds."""

    error: float
    relative: float
    seconds: float


def sample(row: Row, n: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    low, high = np.array(row.ranges).T
    x = rng.uniform(low, high, (n, len(row.ranges)))
    return x, row.function(*x.T)


def fit(row: Row, seed: int, n_starts: int | None) -> Result:
    """Fit one row on the rows of one seed."""
    rng = np.random.default_rng(seed)
    x, y = sample(row, row.n_train, rng)
    x_test, y_test = sample(row, N_TEST, rng)
    center, scale, mean, deviation = x.mean(axis=0), x.std(axis=0), y.mean(), y.std()
    rows = Rows((x - center) / scale, ((y - mean) / deviation)[:, None], np.ones(len(x)))
    architecture = Architecture(row.hidden, row.grid_size, grid_eps=1.0, direct=False)
    plan = FixedPlan(SquaredError(), architecture, levels_to(row.grid_size))
    seeds = np.random.SeedSequence(seed).spawn(n_starts or count_starts(row.hidden))
    start = time.process_time()
    network = fit_fixed(plan, rows, seeds).network
    seconds = time.process_time() - start
    residual = predict(network, (x_test - center) / scale)[:, 0] * deviation + mean - y_test
    error = np.abs(residual).mean() if row.absolute else np.sqrt(np.mean(residual**2))
    return Result(float(error), float(error / y_test.std()), seconds)


HEADER = (
    f"{'function':24s} {'shape':>16s} {'G':>3s} {'median':>8s} {'worst':>8s} {'/std':>8s} "
    f"{'source':>11s} {'ratio':>8s} {'s':>6s} {'source s':>8s}"
)


def shape_of(row: Row) -> str:
    hidden = [str(s) if not p else f"({s},{p})" for s, p in row.hidden]
    return "[" + ",".join([str(len(row.ranges)), *hidden, "1"]) + "]"


def line(row: Row, results: list[Result]) -> str:
    """Return a row of the table."""
    errors = [result.error for result in results]
    median = float(np.median(errors))
    relative = np.median([result.relative for result in results])
    seconds = np.median([result.seconds for result in results])
    source = f"{row.figure:.1e} [{row.source}]" if row.figure else f"[{row.source}]"
    ratio = f"{median / row.figure:.1e}" if row.figure else ""
    known = f"{row.seconds:8.0f}" if row.seconds else ""
    return (
        f"{row.name:24s} {shape_of(row):>16s} {row.grid_size:3d} {median:8.1e} "
        f"{max(errors):8.1e} {relative:8.1e} {source:>11s} {ratio:>8s} {seconds:6.2f} {known}"
    )


def chosen(groups: Iterable[str], words: list[str]) -> list[Row]:
    return [
        row
        for row in ROWS
        if row.group in groups and (not words or any(word in row.name for word in words))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    groups = ("toys", "special", "fair", "feynman")
    parser.add_argument("--group", nargs="+", choices=groups, default=groups)
    parser.add_argument("--only", nargs="+", default=[], help="parts of the functions' names")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--starts", type=int, help="by default what `count_starts` says")
    options = parser.parse_args()
    print(HEADER)
    ratios = []
    for row in chosen(options.group, options.only):
        results = [fit(row, seed, options.starts) for seed in range(options.seeds)]
        print(line(row, results), flush=True)
        if row.figure:
            ratios.append(np.median([result.error for result in results]) / row.figure)
    if ratios:
        print(f"\nmedian ratio {np.median(ratios):.1e}, below 1: {np.mean(np.less(ratios, 1)):.0%}")


if __name__ == "__main__":
    main()
