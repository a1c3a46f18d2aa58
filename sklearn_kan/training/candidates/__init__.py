"""Fits that a default fit is chosen from."""
