"""What stays of the rows in a fitted model: moments, quantiles, importances."""
