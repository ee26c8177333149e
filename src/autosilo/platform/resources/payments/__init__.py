"""Money asked for and received, through a payment provider."""
