"""Each file proposes formulas of one form of law."""
