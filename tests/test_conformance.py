"""scikit-learn's own checks of an estimator, over both classes and many configurations."""

import re

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator, parametrize_with_checks

from sklearn_kan import KANClassifier, KANRegressor

# All checks: few iterations, for there are dozens of fits.
SHARED = [
    {"hidden_layer_sizes": (2,), "max_iter": 8, "grid_size": 3},
    {"hidden_layer_sizes": (3, 2), "max_iter": 4, "grid_size": 3, "direct_edges": False},
    {"hidden_layer_sizes": ((2, 1),), "max_iter": 4, "grid_size": 3},
    {"solver": "lbfgs", "base_function": "none", "spline_order": 1, "grid_eps": 1.0},
    {"solver": "adam", "hidden_layer_sizes": 2, "max_iter": 20, "batch_size": 32},
    {"grid_size": 5.0, "extrapolation": "constant", "hidden_layer_sizes": ()},
    {"grid_size": (3, 6), "hidden_layer_sizes": (2,), "max_iter": 4},
    {"early_stopping": True, "hidden_layer_sizes": (3,)},
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
CLASSIFICATION = [{"class_weight": "balanced", "hidden_layer_sizes": ()}]

# As users write them, to the end of the search: the checks that compare two fits, and those of few
# rows.
AS_WRITTEN = [
    {"hidden_layer_sizes": (3,)},
    {"hidden_layer_sizes": (3, 2)},
    {"hidden_layer_sizes": [(2, 1)]},
    {"solver": "lbfgs", "hidden_layer_sizes": (3,)},
    {"solver": "adam", "hidden_layer_sizes": (3,)},
    {"prune_threshold": 0.01, "hidden_layer_sizes": (3,)},
    {"symbolic": True},
]
OF_FITS = (
    "sample_weight",
    "fit_idempotent",
    "order_invariance",
    "fit2d_1sample",
    "fit2d_1feature",
)
OF_FORMULAS = ("fit2d_1feature",)
# What compares a fit with that of other containers says nothing of the search.
NOT_OF_FITS = ("pandas_series", "not_an_array", "sample_weights_list", "not_overwritten", "shape")
# What X and y come in: they are arrays before any hyperparameter is looked at, but where rows are
# held out. A dozen fits each that differ in nothing else.
OF_CONTAINERS = (
    *("estimator_sparse_array", "estimator_sparse_matrix", "data_not_an_array", "pandas_series"),
    *("weights_list", "dtype_object", "regressors_int", "readonly_memmap", "X_dtype"),
)


def checks_of_fits():
    """Yield parameters (estimator, check)."""
    for kind in (KANRegressor, KANClassifier):
        for options in AS_WRITTEN:
            if "symbolic" in options and kind is KANClassifier:
                continue  # searches for the formulas of classes take minutes
            for estimator, check in estimator_checks_generator(kind(**options)):
                name = check.func.__name__
                # A search for formulas takes minutes over all of them; that weights are rows for
                # it too is tested in estimators/encoding/test_table_order.py.
                of_fits = OF_FORMULAS if "symbolic" in options else OF_FITS
                wanted = any(part in name for part in of_fits)
                if wanted and not any(part in name for part in NOT_OF_FITS):
                    yield pytest.param(estimator, check, id=f"{estimator}-{name}")


def checks_of_configurations():
    """Yield parameters (estimator, check), containers for one configuration alone."""
    configured = [KANRegressor(**options) for options in SHARED + REGRESSION]
    configured += [KANClassifier(**options) for options in SHARED + CLASSIFICATION]
    for each in configured:
        for estimator, check in estimator_checks_generator(each):
            name = f"{check.func.__name__}{check.keywords or ''}"
            if each.early_stopping or not any(part in name for part in OF_CONTAINERS):
                yield pytest.param(estimator, check, id=re.sub(r"\s", "", f"{estimator}-{name}"))


@parametrize_with_checks([KANRegressor(), KANClassifier()])
def test_checks_of_defaults(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("estimator", "check"), list(checks_of_configurations()))
def test_checks_of_configurations(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
@pytest.mark.parametrize(("estimator", "check"), list(checks_of_fits()))
def test_checks_of_fits_as_users_write_them(estimator, check):
    check(estimator)
