"""Losses, penalties, objective and optimisers: from rows to a trained network.

This floor knows no estimator. Its inputs are validated and scaled. Fits under evidence are in
modules of their own, `automatic` and `fixed`, imported where they are used.
"""

from .adam import AdamState, epoch
from .effects import total_effects
from .held_out_alpha import with_held_out_alpha
from .history import Record, record_of
from .importance import Spreads, edge_spreads
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
from .profiles import N_QUANTILES, node_profiles
from .restarts import Fit, MiniBatches, Task, fit_best
from .safeguard import at_least_constant, explained_share
from .schedule import Plan

__all__ = [
    "N_QUANTILES",
    "REGRESSION_LOSSES",
    "AdamState",
    "Architecture",
    "BinaryLogLoss",
    "Fit",
    "Gamma",
    "Huber",
    "Loss",
    "MiniBatches",
    "Moments",
    "MultinomialLogLoss",
    "Plan",
    "Poisson",
    "Record",
    "Rows",
    "Spreads",
    "SquaredError",
    "Task",
    "at_least_constant",
    "edge_deviations",
    "edge_spreads",
    "epoch",
    "explained_share",
    "fit_best",
    "initial_network",
    "node_moments",
    "node_profiles",
    "record_of",
    "total_effects",
    "with_held_out_alpha",
]
