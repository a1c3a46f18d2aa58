"""The estimators: from a user's tables to networks and formulas, and back."""
