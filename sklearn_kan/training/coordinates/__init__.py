"""A network as a flat vector in which variances are norms and penalties are diagonal."""
