"""What `fit` and `partial_fit` do, and what they leave."""
