"""Hold a car and a slot."""
