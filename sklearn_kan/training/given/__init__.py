"""Fits of an architecture that is given."""
