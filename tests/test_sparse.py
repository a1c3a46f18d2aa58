"""Sparse rows, and rows in any layout of memory, give the bits that dense ones give."""

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import sklearn_kan._data
from sklearn_kan import KANClassifier, KANRegressor

from .tables import RNG, additive

FULL = RNG.uniform(-1, 1, (60, 4))
SPARSE = np.where(FULL > 0.2, FULL, 0.0)
TARGET = np.sin(3 * FULL[:, 0]) + FULL[:, 1]
FORMATS = [
    getattr(scipy.sparse, f"{name}_{kind}")
    for name in ("csr", "csc", "coo", "bsr", "lil", "dok", "dia")
    for kind in ("array", "matrix")
]


@pytest.mark.parametrize("as_sparse", FORMATS, ids=lambda f: f.__name__)
def test_sparse_and_dense_give_the_same_bits(as_sparse):
    X = as_sparse(SPARSE)
    dense, model = (KANRegressor((), alpha=1.0, random_state=0).fit(Z, TARGET) for Z in (SPARSE, X))
    np.testing.assert_array_equal(model.predict(X), dense.predict(SPARSE))
    assert model.score(X, TARGET) == dense.score(SPARSE, TARGET)


def test_sparse_goes_wherever_rows_go():
    X = scipy.sparse.csr_array(SPARSE)
    parameters = {"alpha": 1.0, "random_state": 0, "symbolic_library": ["x", "x^2"]}

    def edited(Z):
        model = KANRegressor((), **parameters, early_stopping=True)
        model.fit(Z, TARGET, X_val=Z, y_val=TARGET).partial_fit(Z, TARGET)
        model.refine_(20, Z, TARGET).prune_(Z, TARGET)
        page = model.to_html(X=Z, y=TARGET, max_suggestions=0)
        model.symbolify(Z, TARGET)
        return model.predict(Z), model.predict_symbolic(Z), model.to_callable()(Z), len(page)

    for sparse, dense in zip(edited(X), edited(SPARSE), strict=True):
        np.testing.assert_array_equal(sparse, dense)
    labels = TARGET > 0
    sparse, dense = (KANClassifier((), **parameters).fit(Z, labels) for Z in (X, SPARSE))
    for method in ("predict", "predict_proba", "predict_log_proba", "decision_function"):
        np.testing.assert_array_equal(getattr(sparse, method)(X), getattr(dense, method)(SPARSE))
    mean, std = KANRegressor((), random_state=0).fit(X, TARGET).predict(X, return_std=True)
    assert np.isfinite(mean + std).all()


def test_sparse_frames_and_encoders():
    words = pd.DataFrame({"a": list("xyz") * 20, "b": list("uv") * 30})
    y = (words["a"] == "x") * 2.0 + (words["b"] == "u")
    assert (
        make_pipeline(OneHotEncoder(), KANRegressor((), alpha=1e-3)).fit(words, y).score(words, y)
        > 0.999
    )
    dummies = pd.get_dummies(words, sparse=True)
    assert list(additive().fit(dummies, y).feature_names_in_) == list(dummies.columns)
    assert KANRegressor().__sklearn_tags__().input_tags.sparse


def test_what_is_too_large_as_a_dense_array_is_refused(monkeypatch):
    wide = scipy.sparse.csr_array((60, 10**8))
    with pytest.raises(
        ValueError, match=r"\(60, 100000000\).* 48.0 GB.*at most 2.1 GB.*SelectKBest"
    ):
        additive().fit(wide, TARGET)
    monkeypatch.setattr(sklearn_kan._data, "_MOST_NUMBERS", 4 * 59)
    model = additive().fit(SPARSE, TARGET)
    with pytest.raises(ValueError, match=r"fewer rows at a time"):
        model.predict(scipy.sparse.csr_array(SPARSE))
    model.predict(scipy.sparse.csr_array(SPARSE[:59]))


@pytest.mark.parametrize("as_sparse", [np.asarray, scipy.sparse.csc_array])
def test_gaps_of_arrays_are_named_by_position(as_sparse):
    X = SPARSE.copy()
    X[[3, 5], 1], X[5, 3] = np.nan, np.nan
    with pytest.raises(ValueError, match=r"NaN in columns 1 and 3 \(2 of 60 rows at the most\)"):
        additive().fit(as_sparse(X), TARGET)
    X[np.isnan(X)] = np.inf
    with pytest.raises(ValueError, match=r"contains infinity .*in columns 1 and 3"):
        additive().fit(as_sparse(X), TARGET)


LAYOUTS = {
    "Fortran order": np.asfortranarray,
    "frame": pd.DataFrame,
    "strides": lambda X: np.repeat(X, 2, axis=1)[:, ::2],
    "a list": lambda X: X.tolist(),
    "objects": lambda X: X.astype(object),
    "backwards": lambda X: np.ascontiguousarray(X[::-1, ::-1])[::-1, ::-1],
}
FITS = [{}, {"alpha": 1.0}, {"hidden_layer_sizes": (2,), "max_iter": 5}]
FITS += [{"hidden_layer_sizes": (2,), "solver": s, "max_iter": 5} for s in ("lbfgs", "adam")]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("parameters", FITS, ids=str)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_layout_of_memory_does_not_matter_to_a_bit(parameters, layout):
    y = np.column_stack([TARGET, FULL[:, 2] ** 2])
    model = KANRegressor(**{"hidden_layer_sizes": (), "random_state": 0, **parameters})
    weights = np.arange(60) % 3 + 0.5
    expected = model.fit(FULL, y, weights).predict(FULL)
    again = model.fit(LAYOUTS[layout](FULL), LAYOUTS[layout](y), np.repeat(weights, 2)[::2])
    np.testing.assert_array_equal(again.predict(LAYOUTS[layout](FULL)), expected)
