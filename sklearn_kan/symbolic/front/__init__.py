"""From candidates to the table that a user sees."""
