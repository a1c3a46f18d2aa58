"""Kolmogorov-Arnold Networks as scikit-learn estimators."""

from typing import Any

from .estimators.classifier import KANClassifier
from .estimators.regressor import KANRegressor

# Imported when they are asked for: most of those who fit a model draw none.
_DISPLAYS = ("EdgeDisplay", "FormulaDisplay", "KANDisplay", "TrainingDisplay")

__all__ = [
    "EdgeDisplay",
    "FormulaDisplay",
    "KANClassifier",
    "KANDisplay",
    "KANRegressor",
    "TrainingDisplay",
]
__version__ = "0.1.0.dev0"


def __getattr__(name: str) -> Any:
    """Return a display on its first use."""
    if name in _DISPLAYS:
        from . import inspection

        return getattr(inspection, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    """Return all names, those of the displays too."""
    return sorted({*globals(), *__all__})
