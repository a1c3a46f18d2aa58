"""What a curve of one column may be."""
