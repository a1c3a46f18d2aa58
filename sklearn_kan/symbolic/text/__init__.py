"""Formulas as text: names, a grammar, printers, and functions as users name them."""
