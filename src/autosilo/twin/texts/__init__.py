"""A sender of text messages: takes them, and shows what it took."""

ACCOUNT = "AC" + "0" * 32
"""Its one customer, the shop."""
