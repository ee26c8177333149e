"""Consent, template, pass."""
