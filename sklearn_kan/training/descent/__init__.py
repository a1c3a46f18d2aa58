"""First-order training: L-BFGS and Adam with one strength for all penalties."""
