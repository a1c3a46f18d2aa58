"""From curves and rows to formulas: primitives, edge fits, the search for whole formulas.

SymPy is imported inside the functions that use it.
"""

from .library import LIBRARY, power_of_modulus
from .primitive import Primitive
from .primitives import as_primitive, resolve_library

__all__ = ["LIBRARY", "Primitive", "as_primitive", "power_of_modulus", "resolve_library"]
