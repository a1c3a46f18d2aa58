"""Everything that a fit leaves in an estimator, as one value that is exchanged whole.

A thread that predicts while another one fits, and an interrupt in between, meet the old fit or
the new one, never a mixture: whoever reads takes the record once, whoever edits puts another one
in its place by one assignment.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import wraps
from types import MappingProxyType
from typing import Any, TypeVar

from sklearn.exceptions import NotFittedError
from sklearn.utils.validation import check_is_fitted

Method = TypeVar("Method", bound=Callable[..., Any])


@dataclass(frozen=True, eq=False)
class Fitted:
    """Fitted attributes by name; the record never changes, edits make another one.

    A fit under way knows some of them.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "attributes", MappingProxyType(dict(self.attributes)))

    def __contains__(self, name: str) -> bool:
        """Tell whether an attribute is known."""
        return name in self.attributes

    def __getitem__(self, name: str) -> Any:
        """Return an attribute."""
        return self.attributes[name]

    def but(self, attributes: Mapping[str, Any]) -> Fitted:
        """Return a record in which these attributes are others, or new."""
        return Fitted({**self.attributes, **attributes})

    def without(self, name: str) -> Fitted:
        """Return a record in which an attribute is not known."""
        return Fitted({key: value for key, value in self.attributes.items() if key != name})

    def __reduce__(self) -> tuple[Any, ...]:
        return Fitted, (dict(self.attributes),)


class FittedAttribute:
    """An attribute of an estimator that is kept in its record, ``estimator._fitted_``."""

    def __set_name__(self, owner: type, name: str) -> None:
        """Learn the name."""
        self._name = name

    def __get__(self, estimator: Any, owner: type | None = None) -> Any:
        """Return the attribute, or raise an AttributeError."""
        if estimator is None:
            return self
        fitted: Fitted = estimator._fitted_
        if self._name in fitted:
            return fitted[self._name]
        kind = type(estimator).__name__
        if not fitted.attributes:
            raise NotFittedError(f"This {kind} has no {self._name!r} yet: call 'fit' first.")
        raise AttributeError(f"{kind!r} object has no attribute {self._name!r}")

    def __set__(self, estimator: Any, value: Any) -> None:
        """Exchange the record for one with another value."""
        estimator._fitted_ = estimator._fitted_.but({self._name: value})

    def __delete__(self, estimator: Any) -> None:
        """Exchange the record for one without the attribute."""
        if self._name not in estimator._fitted_:
            raise AttributeError(self._name)
        estimator._fitted_ = estimator._fitted_.without(self._name)


class FittedMixin:
    """The attributes that fits leave; the estimators' docstrings say what the public ones are."""

    _fitted_ = Fitted()

    network_: Any = FittedAttribute()
    n_iter_: Any = FittedAttribute()
    loss_curve_: Any = FittedAttribute()
    validation_loss_curve_: Any = FittedAttribute()
    log_evidence_: Any = FittedAttribute()
    history_: Any = FittedAttribute()
    pruning_report_: Any = FittedAttribute()
    n_parameters_: Any = FittedAttribute()
    n_outputs_: Any = FittedAttribute()
    n_features_in_: Any = FittedAttribute()
    feature_names_in_: Any = FittedAttribute()

    # Scalings and names of columns, how the target is encoded, and its loss.
    _encoding_: Any = FittedAttribute()
    # The ranges of the scaled columns, (2, p), and of the encoded target, (2, q).
    _x_range_: Any = FittedAttribute()
    _y_range_: Any = FittedAttribute()
    # The share of the loss that the network explained of its rows.
    _explained_: Any = FittedAttribute()
    # The architecture that was asked for.
    _asked_: Any = FittedAttribute()
    # What the training rows looked like at the nodes.
    _moments_: Any = FittedAttribute()
    _profiles_: Any = FittedAttribute()
    _spreads_: Any = FittedAttribute()
    # What `partial_fit` goes on with.
    _adam_: Any = FittedAttribute()
    # Standard deviations of predictions, or None; formulas, or None.
    _predictive_: Any = FittedAttribute()
    _symbolic_: Any = FittedAttribute()

    def __sklearn_is_fitted__(self) -> bool:
        """Tell whether there is a network to predict with."""
        return "network_" in self._fitted_


def take(estimator: Any, attributes: Mapping[str, Any]) -> Any:
    """Set fitted attributes, all in one assignment, and return the estimator."""
    estimator._fitted_ = estimator._fitted_.but(attributes)
    return estimator


def of_one_fit(method: Method) -> Method:
    """Make a method of a fitted estimator read the fit that is there when it is called.

    It runs on a shallow copy: whatever becomes of the estimator meanwhile, it sees one fit.
    """

    @wraps(method)
    def steady(self: Any, *arguments: Any, **options: Any) -> Any:
        check_is_fitted(self)
        return method(copy.copy(self), *arguments, **options)

    return steady  # type: ignore[return-value]


def at_once(method: Method) -> Method:
    """Make a method that edits a fitted estimator take effect at its end, or not at all.

    It runs on a shallow copy, whose fitted attributes the estimator then takes as a whole.
    """

    @wraps(method)
    def editing(self: Any, *arguments: Any, **options: Any) -> Any:
        check_is_fitted(self)
        probe = copy.copy(self)
        method(probe, *arguments, **options)
        self._fitted_ = probe._fitted_
        return self

    return editing  # type: ignore[return-value]
