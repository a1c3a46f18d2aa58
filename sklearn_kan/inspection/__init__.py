"""Looking at a fitted model: figures, a page to work with, and tests of its structure.

Matplotlib is imported where something is drawn.
"""

from .edge_display import EdgeDisplay
from .formula_display import FormulaDisplay
from .kan_display import KANDisplay
from .structure import separability, separable_groups, symmetries
from .training_display import TrainingDisplay

__all__ = [
    "EdgeDisplay",
    "FormulaDisplay",
    "KANDisplay",
    "TrainingDisplay",
    "separability",
    "separable_groups",
    "symmetries",
]
