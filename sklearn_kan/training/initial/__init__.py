"""Where a fit starts: first weights, first grids, starts that are unlike."""
