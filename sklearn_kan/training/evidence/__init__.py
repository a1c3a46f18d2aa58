"""Gauss-Newton under evidence: every strength learnt from the rows."""
