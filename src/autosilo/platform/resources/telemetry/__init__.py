"""The latest word of each connected car."""
