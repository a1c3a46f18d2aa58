"""Formulas as values: trees, primitives, exact numbers; no rows but to evaluate."""
