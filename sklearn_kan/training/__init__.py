"""Losses, penalties, objective and optimisers: from rows to a trained network.

This floor knows no estimator. Its inputs are validated and scaled.
"""

from .adam import AdamState, epoch
from .architecture import Settings
from .automatic import fit_automatic, is_affordable
from .fixed import FixedPlan, fit_fixed, levels_to
from .gauss_newton import posterior_of, problem_of
from .initialise import Architecture, initial_network
from .losses import (
    REGRESSION_LOSSES,
    BinaryLogLoss,
    Gamma,
    Huber,
    Loss,
    MultinomialLogLoss,
    Poisson,
    SquaredError,
)
from .moments import Moments, edge_deviations, node_moments
from .objective import Rows
from .predictive import Predictive, predictive_of
from .restarts import Fit, MiniBatches, Task, fit_best
from .safeguard import at_least_constant
from .schedule import Plan

__all__ = [
    "REGRESSION_LOSSES",
    "AdamState",
    "Architecture",
    "BinaryLogLoss",
    "Fit",
    "FixedPlan",
    "Gamma",
    "Huber",
    "Loss",
    "MiniBatches",
    "Moments",
    "MultinomialLogLoss",
    "Plan",
    "Poisson",
    "Predictive",
    "Rows",
    "Settings",
    "SquaredError",
    "Task",
    "at_least_constant",
    "edge_deviations",
    "epoch",
    "fit_automatic",
    "fit_best",
    "fit_fixed",
    "initial_network",
    "is_affordable",
    "levels_to",
    "node_moments",
    "posterior_of",
    "predictive_of",
    "problem_of",
]
