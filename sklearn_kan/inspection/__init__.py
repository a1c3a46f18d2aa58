"""Looking at a fitted model: figures, and a page to work with.

Matplotlib is imported where something is drawn.
"""

from .edge_display import EdgeDisplay
from .formula_display import FormulaDisplay
from .kan_display import KANDisplay
from .training_display import TrainingDisplay

__all__ = ["EdgeDisplay", "FormulaDisplay", "KANDisplay", "TrainingDisplay"]
