"""From curves and rows to formulas: primitives, edge fits, the search for whole formulas.

SymPy is imported inside the functions that use it.
"""

from .edge_fits import EdgeFit, fit_curve
from .front import Formula
from .library import LIBRARY, power_of_modulus
from .primitive import Primitive
from .primitives import as_primitive, resolve_library
from .search import search_formulas

__all__ = [
    "LIBRARY",
    "EdgeFit",
    "Formula",
    "Primitive",
    "as_primitive",
    "fit_curve",
    "power_of_modulus",
    "resolve_library",
    "search_formulas",
]
