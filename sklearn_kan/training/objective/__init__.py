"""What is minimised: losses, penalties, their sum over rows, and rows left out."""
