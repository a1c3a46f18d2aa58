"""B-splines, layers, networks, passes and surgery: values on NumPy and SciPy alone.

This floor knows no data set, loss or estimator. Arrays are float64 throughout.
"""

from .base_functions import BASE_FUNCTIONS
from .basis import Basis, extend_breaks, make_basis
from .beyond import flatten_beyond, level_off, without_bends
from .bulk import bulk_ends, without_far
from .conversion import insertion_matrix, nests, projection_matrix, spline_values
from .curves import Curve, CurveEdge, Function, Term, curve_outputs
from .editing import drop_dangling, kept_nodes, remove_edges, widen
from .extension import extend_inputs
from .features import Features, evaluate
from .fixing import (
    curve_at,
    edge_values,
    fold_scales,
    restore_spline,
    set_curve,
    with_bases,
)
from .grids import fit_breaks, weighted_quantiles, with_intervals
from .input_grids import input_basis
from .jacobian import input_derivatives, jacobian
from .layer import Layer, combine, split_sensitivity
from .network import Network
from .ordering import with_inputs_in_order
from .passes import Inputs, backward, forward, inputs_at, predict, row_blocks, sensitivities
from .rescaling import hold_inputs, renormalise, rescale_inputs, rescale_outputs
from .surgery import cover, refine, regrid

__all__ = [
    "BASE_FUNCTIONS",
    "Basis",
    "Curve",
    "CurveEdge",
    "Features",
    "Function",
    "Inputs",
    "Layer",
    "Network",
    "Term",
    "backward",
    "bulk_ends",
    "combine",
    "cover",
    "curve_at",
    "curve_outputs",
    "drop_dangling",
    "edge_values",
    "evaluate",
    "extend_breaks",
    "extend_inputs",
    "fit_breaks",
    "flatten_beyond",
    "fold_scales",
    "forward",
    "hold_inputs",
    "input_basis",
    "input_derivatives",
    "inputs_at",
    "insertion_matrix",
    "jacobian",
    "kept_nodes",
    "level_off",
    "make_basis",
    "nests",
    "predict",
    "projection_matrix",
    "refine",
    "regrid",
    "remove_edges",
    "renormalise",
    "rescale_inputs",
    "rescale_outputs",
    "restore_spline",
    "row_blocks",
    "sensitivities",
    "set_curve",
    "spline_values",
    "split_sensitivity",
    "weighted_quantiles",
    "widen",
    "with_bases",
    "with_inputs_in_order",
    "with_intervals",
    "without_bends",
    "without_far",
]
