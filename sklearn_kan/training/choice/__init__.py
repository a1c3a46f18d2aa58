"""One network from the candidates."""
