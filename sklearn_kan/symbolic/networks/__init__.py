"""From formulas to networks, and back."""
