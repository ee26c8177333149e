"""Bring the car down, identify, release."""
