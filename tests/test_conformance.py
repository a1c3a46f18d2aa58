"""scikit-learn's own checks of an estimator, over both classes and many configurations."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_kan import KANClassifier, KANRegressor

# Few iterations: checks that compare two fits to 1e-7 shuffle rows, and a long non-convex
# search amplifies rounding.
SHARED = [
    {"hidden_layer_sizes": (2,), "max_iter": 8, "grid_size": 3},
    {"hidden_layer_sizes": (3, 2), "max_iter": 4, "grid_size": 3, "direct_edges": False},
    {"hidden_layer_sizes": ((2, 1),), "max_iter": 4, "grid_size": 3},
    {"solver": "lbfgs", "base_function": "none", "spline_order": 1, "grid_eps": 1.0},
    {"solver": "adam", "hidden_layer_sizes": 2, "max_iter": 20, "batch_size": 32},
    {"grid_size": 5.0, "extrapolation": "constant", "max_iter": 20},
    {"grid_size": (3, 6), "hidden_layer_sizes": (2,), "max_iter": 4},
    {"early_stopping": True, "hidden_layer_sizes": (2,), "max_iter": 5},
    {"n_init": 2, "hidden_layer_sizes": (1,), "max_iter": 4, "grid_size": 2},
    {"prune_threshold": 0.01, "hidden_layer_sizes": (1,), "max_iter": 4, "grid_size": 3},
    {"sparsity": 0.01, "hidden_layer_sizes": (2,), "max_iter": 5},
]
# Growth under other losses is in test_estimators.py; here it would take minutes.
REGRESSION = [
    {"loss": "huber"},
    {"loss": "poisson", "hidden_layer_sizes": ()},
    {"loss": "gamma", "hidden_layer_sizes": (), "max_iter": 20},
]
CLASSIFICATION = [{"class_weight": "balanced"}]


@parametrize_with_checks([KANRegressor(), KANClassifier()])
def test_checks_of_defaults(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@parametrize_with_checks(
    [KANRegressor(**configuration) for configuration in SHARED + REGRESSION]
    + [KANClassifier(**configuration) for configuration in SHARED + CLASSIFICATION]
)
def test_checks_of_configurations(estimator, check):
    check(estimator)
