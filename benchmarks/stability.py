"""Random tables of all kinds: no fit may diverge, or be worse than the additive model.

Rows 20 to 2,000, columns 1 to 30, noise from none to an R2 of 0.05, collinear columns, heavy
tails, constants. Run by hand: ``python benchmarks/stability.py --tables 200``.
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import argparse
import time
import warnings

import numpy as np
from sklearn.linear_model import RidgeCV
from sklearn.metrics import r2_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_kan import KANRegressor


def columns(rng, n, p):
    """Return X (n, p): normal, uniform, heavy-tailed, few-valued, collinear and constant."""
    makers = [
        lambda: rng.standard_normal(n),
        lambda: rng.uniform(-1, 1, n) * 10.0 ** rng.integers(-3, 4),
        lambda: rng.standard_t(2, n),
        lambda: np.exp(rng.standard_normal(n)),
        lambda: rng.integers(0, rng.integers(2, 6), n).astype(float),
        lambda: np.full(n, rng.standard_normal()),
    ]
    shares = [0.3, 0.3, 0.1, 0.1, 0.15, 0.05]
    X = np.stack([makers[rng.choice(6, p=shares)]() for _ in range(p)], axis=1)
    if p > 2 and rng.random() < 0.5:
        X[:, -1] = X[:, 0] + 0.01 * rng.standard_normal(n) * X[:, 0].std()
    return X


def truth(rng, X):
    """Return a function of some columns: main effects, maybe a product or a composition."""
    Z = (X - X.mean(axis=0)) / np.maximum(X.std(axis=0), 1e-12)
    f = np.zeros(len(X))
    for j in rng.choice(X.shape[1], min(X.shape[1], rng.integers(1, 5)), replace=False):
        f += rng.standard_normal() * rng.choice([np.tanh, np.sin, np.abs, np.positive])(Z[:, j])
    if X.shape[1] > 1 and rng.random() < 0.5:
        f += rng.standard_normal() * np.tanh(Z[:, 0]) * np.tanh(Z[:, 1])
    return np.tanh(f) * 3 if rng.random() < 0.2 else f


def run(seed):
    """Return n, p, the share of signal, and R2 on fresh rows of default, additive and linear."""
    rng = np.random.default_rng(seed)
    n, p = int(10 ** rng.uniform(np.log10(20), np.log10(2000))), int(rng.integers(1, 31))
    X = columns(rng, n + 1000, p)
    f = truth(rng, X)
    share = rng.choice([1.0, 0.9, 0.6, 0.3, 0.05])
    noise = f.std() * np.sqrt(1 / share - 1)
    noise = noise * (
        rng.standard_t(3, n + 1000) if rng.random() < 0.3 else rng.standard_normal(n + 1000)
    )
    y = f + noise
    linear = make_pipeline(StandardScaler(), RidgeCV(np.logspace(-3, 3, 13)))
    models = [KANRegressor(random_state=0), KANRegressor((), random_state=0), linear]
    start = time.process_time()
    scores = []
    for model in models:
        predicted = model.fit(X[:n], y[:n]).predict(X[n:])
        if not np.isfinite(predicted).all():
            scores.append(-np.inf)
            continue
        scores.append(r2_score(f[n:], predicted) if f[n:].std() > 0 else 0.0)
    return n, p, share, *scores, time.process_time() - start


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--first", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("error")
    print("seed     n   p  signal  R2 to the truth: default additive linear   seconds")
    worse = failures = 0
    for seed in range(options.first, options.first + options.tables):
        try:
            n, p, share, default, additive, linear, seconds = run(seed)
        except Exception as error:
            failures += 1
            print(f"{seed:4d} FAILED {error!r}", flush=True)
            continue
        flag = "  < additive" if default < additive - 0.05 else ""
        flag += "  < linear" if default < linear - 0.05 else ""
        worse += bool(flag)
        print(
            f"{seed:4d} {n:5d} {p:3d} {share:7.2f} {default:25.3f} {additive:8.3f} {linear:6.3f} "
            f"{seconds:9.2f}{flag}",
            flush=True,
        )
    print(f"{options.tables} tables: {failures} failures, {worse} worse by more than 0.05")


if __name__ == "__main__":
    main()
