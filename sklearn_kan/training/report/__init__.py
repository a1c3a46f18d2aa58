"""Who is told how far a fit has come, and what is kept of it."""
