"""Rows as the user gives them, checked."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn import get_config
from sklearn.base import BaseEstimator
from sklearn.utils import check_array
from sklearn.utils.validation import validate_data

from ..._compat import check_sample_weight
from ...network._value import Value
from .columns import NOT_NUMBERS
from .refusals import refuse_columns, refuse_gaps, refuse_not_finite, refuse_target

# Beyond this the sum of the weights could overflow.
_LARGEST_WEIGHT = 1e100
# Numbers that are made of a sparse X at the most: 2 GiB. Fitting needs a few times as much.
_MOST_NUMBERS = 2**28


@contextmanager
def numeric(names: str) -> Iterator[None]:
    """Turn errors of number conversion into ones that name what was not numeric."""
    try:
        yield
    except OverflowError as error:
        raise ValueError(f"{names} must be within the range of floats: {error}.") from error
    except ValueError as error:
        if "could not convert string" not in str(error):
            raise
        raise ValueError(f"{names} must be numeric: {error}.") from error
    except TypeError as error:
        if not str(error).startswith(("float() argument", "Cannot cast")):
            raise
        raise TypeError(f"{names} must be a table of numbers: {error}.") from error


@dataclass(frozen=True, eq=False)
class Data:
    """Checked rows in the user's units: X (n, p), y, and weights (n,)."""

    X: np.ndarray
    y: np.ndarray
    weights: np.ndarray

    def take(self, index: np.ndarray) -> Data:
        """Return some of the rows, by index or mask."""
        return Data(self.X[index], self.y[index], self.weights[index])

    def in_order(self, columns: np.ndarray) -> Data:
        """Return the rows with columns in another order: column k is ``columns[k]`` of these."""
        return Data(self.X[:, columns], self.y, self.weights)

    def present(self) -> Data:
        """Return the rows whose weight is not zero."""
        keep = self.weights > 0
        return self if keep.all() else self.take(keep)


# One layout, whatever came: sums over rows in another order have other bits.
_AS_FLOATS = {
    "accept_sparse": ("csr", "csc"),
    "dtype": np.float64,
    "order": "C",
    "ensure_all_finite": False,
}


@dataclass(frozen=True, eq=False)
class KnownColumns(Value):
    """The columns that rows must have.

    Parameters
    ----------
    n : int
    names : ndarray of shape (n,) or None
        None if not all are strings.
    """

    n: int
    names: np.ndarray | None = None


def checked_X(
    X: Any, estimator: str, known: KnownColumns | None = None
) -> tuple[np.ndarray, KnownColumns]:
    """Return rows as an array (n, p) of finite floats in C order, and what their columns are.

    Parameters
    ----------
    X : array-like or sparse of shape (n, p)
    estimator : str
        Who asks, for messages.
    known : KnownColumns or None
        The columns that X must have; None where it may have any.

    Raises
    ------
    TypeError, ValueError
        If X is no table of finite numbers, or has other columns. What is wrong is said by
        column, with lines of Python that mend it.
    """
    table = as_table(X)
    refuse_columns(table, estimator, is_list=isinstance(X, list | tuple))
    keeper = _keeper(estimator, known)
    try:
        with numeric("X"):
            array = validate_data(keeper, table, reset=known is None, **_AS_FLOATS)
    except TypeError:
        refuse_gaps(table, estimator, "X")  # float(pandas.NA) is a TypeError
        raise
    found = KnownColumns(keeper.n_features_in_, getattr(keeper, "feature_names_in_", None))
    return _finite_and_dense(array, found, estimator, "X"), found


def checked_X_val(X: Any, estimator: str, known: KnownColumns) -> np.ndarray:
    """Return rows to validate on, likewise; they must have the columns of X."""
    table = as_table(X)
    refuse_columns(table, estimator, "X_val")
    with numeric("X_val"):
        array = check_array(table, input_name="X_val", **_AS_FLOATS)
    if array.shape[1] != known.n:
        raise ValueError(f"X_val has {array.shape[1]} features, X has {known.n}.")
    validate_data(_keeper(estimator, known), table, reset=False, skip_check_array=True)
    return _finite_and_dense(array, known, estimator, "X_val")


def _keeper(estimator: str, known: KnownColumns | None) -> Any:
    """Return an object on which scikit-learn finds, or records, the columns of an estimator."""
    keeper = _keeper_class(estimator)()
    if known is not None:
        keeper.n_features_in_ = known.n
        if known.names is not None:
            keeper.feature_names_in_ = known.names
    return keeper


@cache
def _keeper_class(estimator: str) -> Any:
    """Return a class of an estimator's name, which scikit-learn's messages show."""
    return type(estimator, (BaseEstimator,), {})


def _finite_and_dense(array: Any, known: KnownColumns, estimator: str, name: str) -> np.ndarray:
    if not get_config()["assume_finite"]:
        names = range(known.n) if known.names is None else known.names.tolist()
        refuse_not_finite(array, names, estimator, name)
    return dense(array, name)


def as_table(X: Any) -> Any:
    """Return lists as an array, and what is masked as NaN; else X itself.

    Numbers beside text stay numbers, of which `numpy.array` makes text.
    """
    if isinstance(X, np.ma.MaskedArray):
        return np.ma.filled(X.astype(np.float64), np.nan) if np.ma.is_masked(X) else X.data
    if not isinstance(X, list | tuple):
        return X
    try:
        array = np.asarray(X)
        objects = np.array(X, dtype=object) if array.dtype.kind in "US" else array
        is_text = all(isinstance(value, str | bytes) for value in objects.flat)
        return array if is_text else objects
    except (ValueError, TypeError):  # ragged: scikit-learn says so
        return X


def as_labels(y: Any) -> Any:
    """Return a target whose numbers are of a nullable type in NumPy's; none may be missing."""
    kind = getattr(getattr(y, "dtype", None), "numpy_dtype", None)
    if kind is None and getattr(y, "ndim", 1) == 2 and hasattr(y, "dtypes") and y.shape[1] == 1:
        kind = getattr(next(iter(y.dtypes)), "numpy_dtype", None)
    return y if kind is None or kind.kind not in "biuf" else y.astype(kind)


def dense(X: Any, name: str) -> np.ndarray:
    """Return rows of finite floats as an array in C order.

    Raises
    ------
    ValueError
        If they are sparse, and more than a few billion bytes without.
    """
    if not issparse(X):
        return X
    n, p = X.shape
    if n * p > _MOST_NUMBERS:
        raise ValueError(
            f"{name} is sparse, of shape ({n}, {p}): as the dense array that is worked with it "
            f"would take {n * p * 8 / 1e9:.1f} GB, and at most {_MOST_NUMBERS * 8 / 1e9:.1f} GB "
            "are made. Have fewer columns, by OneHotEncoder(max_categories=...), "
            "sklearn.feature_selection.SelectKBest or sklearn.decomposition.TruncatedSVD, or "
            "fewer rows at a time."
        )
    return np.asarray(X.toarray(order="C"))


def checked_weights(sample_weight: Any, X: np.ndarray, name: str = "sample_weight") -> np.ndarray:
    """Return float weights (n,), ones for None.

    Raises
    ------
    ValueError
        If they are of another length, negative, not finite, all zero, or huge.
    """
    refuse_target(sample_weight, name, NOT_NUMBERS, "numeric")
    try:
        weights = check_sample_weight(sample_weight, X, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{name} is not usable: {error}") from error
    if (weights < 0).any():
        raise ValueError(f"Negative values in {name}: weights must be at least 0.")
    if not (weights > 0).any():
        raise ValueError(f"All of {name} is zero: at least one row needs a positive weight.")
    if weights.max() > _LARGEST_WEIGHT:
        raise ValueError(f"{name} has values above {_LARGEST_WEIGHT}: their sum could overflow.")
    return weights
