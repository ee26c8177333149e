"""Which fact opens which step: one table of handlers."""
