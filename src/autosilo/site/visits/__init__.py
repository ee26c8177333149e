"""Who is expected here, with which pass, and how far their visit has come."""
