"""Public methods of the estimators, one subject a file."""
