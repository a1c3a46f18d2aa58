import numpy as np

from sklearn_kan.symbolic.judging.interpolant import interpolate
from sklearn_kan.symbolic.judging.problem import LawProblem
from sklearn_kan.symbolic.restating.symmetry import reductions, rotations


def test_indicator_columns_leave_no_row_to_find_rotations_on():
    rng = np.random.default_rng(0)
    kinds = np.eye(3)[rng.integers(0, 3, 90)]
    X = np.column_stack([rng.uniform(1, 2, (90, 2)), kinds])
    problem = LawProblem(X, X[:, 0] * X[:, 1] + kinds @ [0.0, 1.0, 2.0], np.ones(90))
    assert rotations(problem, interpolate(problem), 1) is None
    assert isinstance(reductions(problem, interpolate(problem)), list)
