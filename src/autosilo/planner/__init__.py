"""Simulate years of a tower, and size it: ``autosilo plan``."""
