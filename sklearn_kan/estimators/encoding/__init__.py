"""From rows of the user to rows of the core, and back."""
