"""A question → a proved answer → a person."""
