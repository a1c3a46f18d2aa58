"""The same law as a simpler problem, and the way back."""
