"""Formulas of a fitted estimator."""
