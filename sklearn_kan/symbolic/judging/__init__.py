"""How good a formula is on rows."""
