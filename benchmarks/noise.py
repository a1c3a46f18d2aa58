"""Noise and irrelevant columns: error against the truth, and which columns are gone.

exp(sin(pi x) + y^2) with noise 0.3 and three irrelevant columns, 200 and 500 rows. Run by hand:
``python benchmarks/noise.py [--seeds 6]``.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time

import numpy as np

from sklearn_kan import KANRegressor

NOISE, IRRELEVANT = 0.3, 3
# Aims: RMSE against the truth.
AIMS = {200: 0.14, 500: 0.085}


def truth(X):
    return np.exp(np.sin(np.pi * X[:, 0]) + X[:, 1] ** 2)


def used_columns(network):
    """Return which inputs have an edge left."""
    used = network.layers[0].edges.any(axis=1)
    return used if network.direct is None else used | network.direct.edges.any(axis=1)


def run(n, seed):
    """Return the error against the truth, irrelevant columns that are gone, seconds."""
    rng = np.random.default_rng(seed)
    X, X_new = rng.uniform(-1, 1, (n, 2 + IRRELEVANT)), rng.uniform(-1, 1, (2000, 2 + IRRELEVANT))
    y = truth(X) + NOISE * rng.standard_normal(n)
    start = time.process_time()
    model = KANRegressor(random_state=0).fit(X, y)
    seconds = time.process_time() - start
    error = np.sqrt(np.mean((model.predict(X_new) - truth(X_new)) ** 2))
    return error, int((~used_columns(model.network_)[2:]).sum()), seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    seeds = parser.parse_args().seeds
    print(f"{'rows':>5} {'RMSE median':>12} {'worst':>7} {'aim':>6} {'gone of 3':>10} {'s':>6}")
    for n, aim in AIMS.items():
        errors, gone, seconds = np.array([run(n, seed) for seed in range(seeds)]).T
        print(
            f"{n:5d} {np.median(errors):12.3f} {errors.max():7.3f} {aim:6.3f} "
            f"{gone.mean():10.2f} {np.median(seconds):6.2f}"
        )


if __name__ == "__main__":
    main()
