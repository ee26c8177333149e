"""Selfie, consent, template, pass."""
