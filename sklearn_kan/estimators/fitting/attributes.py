"""The fitted attributes of an estimator, read from its record."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from enum import Enum
from functools import wraps
from typing import Any, TypeVar

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

from .fitted import Fitted

Method = TypeVar("Method", bound=Callable[..., Any])


class _Absent(Enum):
    """Stands in a record for an attribute that the user has deleted."""

    DELETED = 0


class FittedAttribute:
    """An attribute of an estimator that is kept in its record, ``estimator._fitted_``.

    Parameters
    ----------
    path : str
        Where in the record: names with dots between them.
    may_be_none : bool
        False for an attribute that is not there where the record has None.
    """

    def __init__(self, path: str, *, may_be_none: bool = True) -> None:
        self._path = tuple(path.split("."))
        self._absent = (_Absent.DELETED,) if may_be_none else (_Absent.DELETED, None)

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name."""
        self._name = name

    def __get__(self, estimator: Any, owner: type | None = None) -> Any:
        """Return the attribute, or raise an AttributeError."""
        if estimator is None:
            return self
        value: Any = estimator._fitted_
        kind = type(estimator).__name__
        if value is None:
            raise NotFittedError(f"This {kind} has no {self._name!r} yet: call 'fit' first.")
        for name in self._path:
            value = getattr(value, name)
        if any(value is absent for absent in self._absent):
            raise AttributeError(f"{kind!r} object has no attribute {self._name!r}")
        return value

    def __set__(self, estimator: Any, value: Any) -> None:
        """Exchange the record for one with another value."""
        if estimator._fitted_ is None:
            raise NotFittedError(
                f"{self._name!r} of this {type(estimator).__name__} cannot be set before 'fit'."
            )
        estimator._fitted_ = _but(estimator._fitted_, self._path, value)

    def __delete__(self, estimator: Any) -> None:
        """Exchange the record for one without the attribute."""
        self.__get__(estimator)  # raises an error if there is none
        self.__set__(estimator, _Absent.DELETED)


def _but(record: Any, path: tuple[str, ...], value: Any) -> Any:
    """Return a record in which what lies at the end of a path is another value."""
    name, *rest = path
    return replace(
        record, **{name: _but(getattr(record, name), tuple(rest), value) if rest else value}
    )


class FittedMixin:
    """The attributes that fits leave; the estimators' docstrings say what the public ones are."""

    _fitted_: Fitted | None = None

    network_: Any = FittedAttribute("network")
    n_iter_: Any = FittedAttribute("n_iter")
    loss_curve_: Any = FittedAttribute("loss_curve")
    validation_loss_curve_: Any = FittedAttribute("validation_loss_curve")
    log_evidence_: Any = FittedAttribute("log_evidence")
    history_: Any = FittedAttribute("history")
    pruning_report_: Any = FittedAttribute("pruning_report")
    n_features_in_: Any = FittedAttribute("columns.n")
    feature_names_in_: Any = FittedAttribute("columns.names", may_be_none=False)

    # For those who look inside; what they are `Fitted` says.
    _encoding_: Any = FittedAttribute("encoding")
    _x_range_: Any = FittedAttribute("x_range")
    _moments_: Any = FittedAttribute("moments")
    _profiles_: Any = FittedAttribute("profiles")
    _spreads_: Any = FittedAttribute("spreads")
    _adam_: Any = FittedAttribute("adam")
    _predictive_: Any = FittedAttribute("predictive")
    _symbolic_: Any = FittedAttribute("symbolic")

    @property
    def n_parameters_(self) -> int:
        """Number of weights in `network_`."""
        return int(self.network_.n_parameters)

    @property
    def n_outputs_(self) -> int:
        """Number of raw predictions of `network_`."""
        return int(self.network_.n_outputs)

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there is a network to predict with."""
        return hasattr(self, "network_")

    @property
    def _fit(self) -> Fitted:
        """The record of an estimator that is fitted."""
        if self._fitted_ is None:
            raise NotFittedError(f"This {type(self).__name__} is not fitted: call 'fit' first.")
        return self._fitted_


def of_one_fit(method: Method) -> Method:
    """Make a method of a fitted estimator read the fit that is there when it is called.

    It runs on a shallow copy: whatever becomes of the estimator meanwhile, it sees one fit.
    """

    @wraps(method)
    def steady(self: Any, *arguments: Any, **options: Any) -> Any:
        check_is_fitted(self)
        return method(copy.copy(self), *arguments, **options)

    return steady  # type: ignore[return-value]


def at_once(method: Callable[..., Fitted]) -> Callable[..., Any]:
    """Make an editing method, which returns the edited fit, take effect at its end.

    It runs on a shallow copy, and either the estimator gets the fit as a whole, or nothing has
    happened. The method made returns the estimator.
    """

    @wraps(method)
    def editing(self: Any, *arguments: Any, **options: Any) -> Any:
        check_is_fitted(self)
        self._fitted_ = method(copy.copy(self), *arguments, **options)
        return self

    return editing
