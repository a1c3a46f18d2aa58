"""The model to look at, found inside of pipelines and searches, and the names of its parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from ..estimators.encoding.data import checked_X
from ..estimators.encoding.scaling import Scaling
from ..estimators.encoding.target import NumericTarget
from ..estimators.fitting.attributes import FittedMixin
from ..estimators.fitting.fitted import Fitted


@dataclass(frozen=True, eq=False)
class Subject:
    """A fit and what to call its inputs and outputs.

    Parameters
    ----------
    fitted : Fitted
    model : KANRegressor or KANClassifier
        Whose fit it is, for its hyperparameters and public methods.
    input_names, output_names : tuple of str
        One an input, one a raw prediction. For two classes there is one raw prediction, the
        log-odds of the second class, which it is named after.
    heading : str
        What the classes are classes of: the name of y, "" where it has none.
    """

    fitted: Fitted
    model: Any
    input_names: tuple[str, ...]
    output_names: tuple[str, ...]
    heading: str = ""

    @property
    def output_scales(self) -> np.ndarray:
        """What one unit of each raw prediction is in units of the effect shown, (q,)."""
        if self.effect_kind != "":
            return np.ones(len(self.output_names))
        return self.output_scaling.unit

    @property
    def output_scaling(self) -> Scaling:
        """The scaling of a target of numbers."""
        target = self.fitted.encoding.target
        assert isinstance(target, NumericTarget)
        return target.scaling

    @property
    def effect_kind(self) -> str:
        """What of the output a raw prediction is: "" for itself, "log" or "log-odds"."""
        if self.fitted.encoding.target.classes is not None:
            return "log-odds"
        return "log" if self.fitted.loss.has_log_link else ""

    def units_of_input(self, layer: int, node: int) -> tuple[float, float]:
        """Return (scale, center): an input node's value times `scale` plus `center` is shown.

        Columns are shown in their own units, hidden nodes in the network's.
        """
        if 0 < layer < len(self.fitted.network.layers):
            return 1.0, 0.0
        scaling = self.fitted.encoding.x_scaling
        return float(scaling.unit[node]), float(scaling.center[node])

    def rows(self, X: Any) -> np.ndarray:
        """Return rows X (n, p) of the user's, checked."""
        return checked_X(X, type(self.model).__name__, self.fitted.columns)[0]

    def full_name(self, output: int) -> str:
        """Return the name of a raw prediction, with what it is a class of."""
        name = self.output_names[output]
        return f"{self.heading} = {name}" if self.heading else name

    def effect_on(self, output: int) -> str:
        """Return a label for contributions to a raw prediction."""
        name = self.full_name(output)
        kind = self.effect_kind
        return f"effect on {name}" if not kind else f"effect on {kind} of {name}"


def subject_of(
    estimator: Any, feature_names: Any = None, output_names: Any = None, user: str = "estimator"
) -> Subject:
    """Find the KAN in what the user gives.

    Parameters
    ----------
    estimator : object
        A fitted KAN estimator, a pipeline that ends in one, or a search over either.
    feature_names : array-like of shape (n_features,) or None
        None for the names seen in `fit`, else x0, x1, ...; in a pipeline the names that the
        other steps hand on.
    output_names : array-like of shape (n_raw_predictions,) or None
        None for the names of the classes, or those of y in `fit`; else y, or y0, y1, ...
    user : str
        Who asks, for messages.

    Raises
    ------
    TypeError
        If there is no KAN in it.
    NotFittedError
        If it is not fitted.
    ValueError
        If the names are of another number than what they name.
    """
    model, found = _unwrapped(estimator)
    if not isinstance(model, FittedMixin):
        raise TypeError(
            f"{user} needs a KANRegressor or KANClassifier, or a pipeline or search that ends "
            f"in one; got {type(model).__name__}."
        )
    check_is_fitted(model)
    fitted = model._fit
    if found is None:
        found = fitted.columns.names
    if found is None or len(found) != fitted.columns.n:
        found = [f"x{i}" for i in range(fitted.columns.n)]
    names = _checked_names(feature_names, found, "feature_names")
    outputs = _checked_names(output_names, _outputs_of(fitted), "output_names")
    heading = _heading_of(fitted) if output_names is None else ""
    return Subject(fitted, model, names, outputs, heading)


def _unwrapped(estimator: Any) -> tuple[Any, Any]:
    """Return the last step of pipelines and searches, and the names that it is handed."""
    names = None
    while True:
        if hasattr(estimator, "best_estimator_"):
            estimator = estimator.best_estimator_
        elif hasattr(estimator, "steps"):
            check_is_fitted(estimator)
            names = _names_out(estimator[:-1], names) if len(estimator.steps) > 1 else names
            estimator = estimator.steps[-1][1]
        else:
            return estimator, names


def _names_out(steps: Any, names: Any) -> Any:
    try:
        return steps.get_feature_names_out(names)
    except (AttributeError, ValueError, TypeError):
        return None  # not every transformer names its columns


def _outputs_of(fitted: Fitted) -> list[str]:
    n_raw, classes = fitted.network.n_outputs, fitted.encoding.target.classes
    if classes is not None:
        return [str(label) for label in (classes[1:] if n_raw == 1 else classes)]
    known = fitted.encoding.target_names
    if known is not None and len(known) == n_raw:
        return list(known)
    return ["y"] if n_raw == 1 else [f"y{j}" for j in range(n_raw)]


def _heading_of(fitted: Fitted) -> str:
    known, classes = fitted.encoding.target_names, fitted.encoding.target.classes
    return known[0] if classes is not None and known is not None else ""


def _checked_names(given: Any, default: Any, argument: str) -> tuple[str, ...]:
    names = default if given is None else given
    if isinstance(names, str):
        names = [names]
    if len(names) != len(default):
        raise ValueError(f"{argument} must have {len(default)} entries; got {len(names)}.")
    return tuple(str(name) for name in names)
