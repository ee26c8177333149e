"""What people and machines touch; a view makes one domain call."""
