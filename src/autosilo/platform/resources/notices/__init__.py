"""Messages to shoppers."""
