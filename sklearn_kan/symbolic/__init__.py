"""From curves and rows to formulas: primitives, edge fits, the search for whole formulas.

SymPy is imported inside the functions that use it.
"""

from .curves.curve_fits import EdgeFit, fit_curve
from .front.front import Formula
from .language.library import LIBRARY, power_of_modulus
from .language.primitive import Primitive
from .search import search_formulas
from .text.user_primitives import as_primitive, resolve_library

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
