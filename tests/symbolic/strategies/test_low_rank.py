"""Sums of products of curves: spaces of curves, the blocks that lie in them, and laws."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose

from sklearn_kan.symbolic.curves.curve_spaces import CurveSpace, blocks_of
from sklearn_kan.symbolic.judging.problem import Finds, LawProblem
from sklearn_kan.symbolic.judging.proposals import follow
from sklearn_kan.symbolic.language.expression import values
from sklearn_kan.symbolic.language.library import LIBRARY
from sklearn_kan.symbolic.strategies.low_rank import low_rank_sums


def space(*curves, x):
    left, singular, _ = np.linalg.svd(np.stack(curves, axis=1), full_matrices=False)
    return CurveSpace(x, left, singular / singular[0], 1e-9)


def problem(law, *ranges, n=600, seed=0):
    X = np.stack([np.random.default_rng(seed + i).uniform(*r, n) for i, r in enumerate(ranges)], 1)
    return LawProblem(X, law(*X.T), np.ones(n))


def searched(rows):
    return follow(low_rank_sums(rows), Finds(rows))


def explained(nodes, curve, x):
    rows = np.stack([np.ones(len(x)), *(values(node, x[:, None]) for node in nodes)], axis=1)
    theta = np.linalg.lstsq(rows / np.linalg.norm(rows, axis=0), curve, rcond=None)[0]
    return rows / np.linalg.norm(rows, axis=0) @ theta


@pytest.mark.parametrize(
    "curve",
    [
        lambda x: x**1.7,
        lambda x: np.exp(-1.3 * x),
        lambda x: 1.0 / (x + 0.77),
        lambda x: 1.0 / (4.2 - x),
        lambda x: np.log(x + 2.3),
        lambda x: np.sqrt(x**2 + 0.6),
        lambda x: np.sin(2.9 * x + 0.4),
        lambda x: x / (1.0 + x**2),
    ],
)
@pytest.mark.parametrize("others", [(), (np.ones_like,), (np.ones_like, np.square)])
def test_the_blocks_of_a_space_are_found(curve, others):
    x = np.linspace(0.3, 3.0, 40)
    of = space(curve(x), *(other(x) for other in others), x=x)
    assert of.has_constants == bool(others)
    nodes = blocks_of(of)
    assert_allclose(explained(nodes, curve(x), x), curve(x), atol=1e-4)
    F = np.stack([values(node, x[:, None]) for node in nodes])
    assert (of.distances(F) < 1.0).all()
    assert of.distances(np.stack([np.tanh(5 * (x - 1))]))[0] > 1.0


def test_distances_know_no_scale_and_no_constants_that_are_in_the_space():
    x = np.linspace(-1.0, 2.0, 30)
    of = space(np.ones(30), np.sin(x), x=x)
    near = np.sin(x) + 1e-5 * x**2
    assert_allclose(of.distances(np.stack([near, 7.0 - 3.0 * near])), of.distances(near[None])[0])


LAWS = {
    "wind chill": (lambda t, v: 13 + 0.6 * t - 11 * v**0.16 + 0.4 * t * v**0.16, (-20, 5), (5, 60)),
    "orbit": (lambda a, u: (1 - a**2) / (1 + a * np.cos(u)), (0.2, 0.8), (-6, 6)),
    "waves": (lambda x, y: (x**2 + y**2) / 40 - np.cos(x) * np.cos(0.7 * y), (-5, 5), (-5, 5)),
    "doppler": (lambda b, t: np.sqrt(1 - b**2) / (1 + b * np.cos(t)), (0.05, 0.6), (0, 6)),
    "decay": (lambda x, y: 2.5 * x * np.exp(-1.3 * y) + 0.7 * np.sin(3 * y), (-2, 2), (0, 3)),
    "three": (lambda x, y, z: x * np.exp(-y) + z**2 * np.log(y + 2), (-2, 2), (0, 2), (1, 3)),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_laws_are_found(law):
    assert searched(problem(*law)).exact


@pytest.mark.parametrize("function", [lambda x, y: x * y, lambda x, y: x + y])
def test_noise_is_no_law(function):
    noisy = problem(function, (1, 2), (1, 2))
    rng = np.random.default_rng(1)
    finds = searched(LawProblem(noisy.X, rng.standard_normal(noisy.n), noisy.weights))
    assert all(candidate.loss > 0.8 for candidate in finds.found)


def test_only_permitted_functions_stand_in_sums():
    law, *ranges = LAWS["orbit"]
    rows = problem(law, *ranges)
    assert not searched(replace(rows, library=(LIBRARY["x^2"],))).exact
