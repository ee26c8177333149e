"""``/demo``: everything that a visitor of the demo needs to try it. Not routed at all outside demo mode."""
