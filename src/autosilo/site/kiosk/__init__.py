"""The page that serves a visitor, and the session behind it."""
