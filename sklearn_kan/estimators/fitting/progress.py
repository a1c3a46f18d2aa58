"""Who is told of a fit: lines of `verbose`, and callbacks of scikit-learn 1.9 and later."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any

from ...network import Network
from ...training.report.progress import SILENT, Progress, Shown
from .fitted import Fitted

HAS_CALLBACKS = find_spec("sklearn.callback") is not None


class CallbackSupport:
    """What scikit-learn's mixin gives an estimator, without its import before it is needed.

    An empty class with a scikit-learn that has no callbacks.
    """

    if HAS_CALLBACKS:

        def set_callbacks(self, *callbacks: Any) -> Any:
            """Set callbacks, which are told how far a fit has come.

            With scikit-learn 1.9 or later, for instance its `ProgressBar` and
            `ScoringMonitor`. They do not change the result, unless they ask to stop.

            Parameters
            ----------
            *callbacks : callback instances
                None to remove those that are set.

            Returns
            -------
            self : object
                The estimator.
            """
            from sklearn.callback import CallbackSupportMixin

            return CallbackSupportMixin.set_callbacks(self, *callbacks)

        def _init_callback_context(self, *arguments: Any, **options: Any) -> Any:
            """Return the context of a fit, after its callbacks are set up."""
            from sklearn.callback import CallbackSupportMixin

            return CallbackSupportMixin._init_callback_context(self, *arguments, **options)


@dataclass(frozen=True, eq=False)
class Told:
    """A part of a fit of which verbose lines and callbacks tell: a `Progress`.

    Parameters
    ----------
    verbose : bool
        Whether notes are printed.
    context : CallbackContext or None
        None where there are no callbacks.
    estimator : BaseKAN or None
        The one whose `fit` was called.
    data : dict
        Arguments of all hooks: X, y and metadata, as given to `fit`.
    fitted : callable or None
        Turns a network into a fit, as far as `predict` needs it.
    """

    verbose: bool
    context: Any = None
    estimator: Any = None
    data: dict[str, Any] = field(default_factory=dict)
    fitted: Callable[[Network], Fitted] | None = None

    def begin(self, name: str, most: int | None = 0) -> Progress:
        """Begin a part."""
        if self.context is None:
            return self
        context = self.context.subcontext(task_name=name, max_subtasks=most)
        context.call_on_fit_task_begin(estimator=self.estimator, **self.data)
        return replace(self, context=context)

    def end(self, note: object = None, network: Shown = None) -> bool:
        """End the part; return whether a callback asks to stop."""
        if self.verbose and note is not None:
            print(note, flush=True)  # noqa: T201  (verbose was asked for)
        if self.context is None:
            return False
        attributes = None
        if network is not None and self.fitted is not None:
            fitted = self.fitted

            def attributes() -> dict[str, Any]:
                return {"_fitted_": fitted(network() if callable(network) else network)}

        asked: bool = self.context.call_on_fit_task_end(
            estimator=self.estimator, reconstruction_attributes=attributes, **self.data
        )
        return asked


class Report:
    """Tells of one call of `fit`, from the time on when it is known what will be done.

    Parameters
    ----------
    estimator : BaseKAN
    X, y, sample_weight
        As given to `fit`.
    """

    def __init__(self, estimator: Any, X: Any, y: Any, sample_weight: Any) -> None:
        metadata = None if sample_weight is None else {"sample_weight": sample_weight}
        self._estimator = estimator
        self._data = {"X": X, "y": y, "metadata": metadata}
        self._root: Progress = SILENT
        self._context: Any = None

    def begin(self, most: int, fitted: Callable[[Network], Fitted]) -> Progress:
        """Begin; training has at most so many parts. What follows it is added.

        Parameters
        ----------
        most : int
        fitted : callable
            See `Told`.
        """
        estimator, context = self._estimator, None
        # Without callbacks nothing is set up, and sklearn.callback is not imported by us.
        if getattr(estimator, "_skl_callbacks", None):
            most += (estimator.prune_threshold is not None) + bool(estimator.symbolic)
            context = estimator._init_callback_context(max_subtasks=most)
            context.call_on_fit_task_begin(estimator=estimator, **self._data)
            self._context = context
        if context is not None or estimator.verbose:
            self._root = Told(bool(estimator.verbose), context, estimator, self._data, fitted)
        return self._root

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        """Tell of a part that follows training."""
        part = self._root.begin(name)
        yield
        part.end()

    def end(self) -> None:
        """Tell that the estimator is fitted."""
        if self._context is not None:
            self._context.call_on_fit_task_end(
                estimator=self._estimator, reconstruction_attributes={}, **self._data
            )
