"""Towers as technicians see them: their books, orders given to them by staff, and walks from bay to bay."""
