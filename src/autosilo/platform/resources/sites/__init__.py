"""The sites, what was last seen of their towers, and what is sent to them."""
