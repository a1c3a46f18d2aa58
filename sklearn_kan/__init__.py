"""Kolmogorov-Arnold Networks as scikit-learn estimators."""

from .classifier import KANClassifier
from .regressor import KANRegressor

__all__ = ["KANClassifier", "KANRegressor"]
__version__ = "0.1.0.dev0"
